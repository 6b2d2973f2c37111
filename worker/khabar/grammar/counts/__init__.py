"""What numbers count: units, bounds, duals, and what happened to the people counted."""
