"""Reported speech: pairs of quotation glyphs, lines without the quoted words, and cues."""
