"""Trained weights, the commands that made them, and their scores."""
