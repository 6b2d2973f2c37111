"""Step 3: records to downstream services."""
