"""The reference that is made from the code: `make reference` writes docs/reference, and a test compares. Not installed."""
