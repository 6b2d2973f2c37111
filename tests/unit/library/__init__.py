"""The public face: khabar as a library."""
