"""One file a row of the campaign: what is broken, how often, and what must hold besides the count."""
