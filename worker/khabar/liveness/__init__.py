"""Who is alive, who gets on, and what counts as stuck: health means progress, not a process id."""
