"""Who does the linguistics."""
