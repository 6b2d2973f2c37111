"""A record as HTML: a page of its own, or a frame for a notebook; knows records as JSON alone."""
