"""Numbers as written, in digits and in words."""
