"""A record as HTML: a page of its own, or a frame for a notebook. Reads records only as JSON."""
