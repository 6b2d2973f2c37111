"""What is in the broker: every key with its type, who may touch it, what is remembered of outcomes and groups."""
