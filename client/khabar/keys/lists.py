"""The keys that `khabar relay` has beside a list which it empties."""


def held_key(key: str) -> str:
    """Return the list of what was taken and is not accepted yet."""
    return f"{key}:khabar-relay"


def lease_key(key: str) -> str:
    """Return the key that says which relay is at work."""
    return f"{key}:khabar-relay-lease"
