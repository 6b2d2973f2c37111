"""How the recognizers' weights and the table of places are made; not installed."""
