"""A record in another format: one file a format, each a pure function, and those that other packages register."""
