"""Reported speech without quotation glyphs: where a statement begins and ends, as learned decisions over a line's words."""
