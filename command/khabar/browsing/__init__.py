"""Records in a browser, on this machine: an index that is a cache, searches over it, and the pages."""
