"""One batch in a worker process: begun entries in, outcomes out."""
