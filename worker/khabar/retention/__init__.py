"""Removes records that every consumer group has passed, consumers that hold nothing, and leftovers; nothing still needed."""
