"""What may go: records behind every consumer group, consumers that hold nothing, leftovers. Never what somebody still needs."""
