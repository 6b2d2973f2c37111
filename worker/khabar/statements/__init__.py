"""Reported speech without quotation glyphs. Learned weights over a line's words decide where a statement begins and ends."""
