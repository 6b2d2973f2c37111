"""Who is alive, who makes progress, and what counts as stuck: health means progress, not a process id."""
