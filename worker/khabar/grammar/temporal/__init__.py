"""How Arabic tells time: one module a construction, each with its parser; what they mean is in meanings.py."""
