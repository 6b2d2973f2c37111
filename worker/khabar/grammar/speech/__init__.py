"""Reported speech: glyphs paired, cues, speakers, and what is speech among quoted words."""
