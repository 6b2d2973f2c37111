"""Expressions of time in Arabic: one module with a parser for each construction, and modules for their meanings."""
