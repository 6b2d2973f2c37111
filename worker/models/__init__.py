"""Data that khabar ships, with the commands that made it."""
