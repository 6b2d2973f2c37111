"""Pushing to a real broker."""
