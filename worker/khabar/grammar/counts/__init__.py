"""Counted things: the units of numbers, bounds, duals, and the fate of the people counted."""
