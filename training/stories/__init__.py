"""Fits the decisions which articles are copies and which tell one story, from pairs labelled by reading."""
