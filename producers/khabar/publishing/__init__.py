"""Step 1: articles onto the queue."""
