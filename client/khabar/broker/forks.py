"""Forks: a child process must not use the connections, batches and names that its parent made before the fork."""

import os
from typing import Any

# Never freed: closing an asynchronous connection takes its socket out of the event loop's epoll, which the parent shares.
_ABANDONED: list[Any] = []


class Forks:
    """Notices that this process is a fork of the one in which an object was made."""

    def __init__(self) -> None:
        self._pid = os.getpid()

    def is_new_child(self) -> bool:
        """Whether the process changed since the last call; true once in each child."""
        pid = os.getpid()
        is_new, self._pid = pid != self._pid, pid
        return is_new


def abandon(client: Any, *, is_ours: bool) -> None:
    """Leave a client's connections to the parent, without closing them.

    Args:
        client: blocking or asynchronous.
        is_ours: the client is not used again. Otherwise it makes new connections; a blocking client does so by itself.
    """
    _ABANDONED.append(client)
    pool = client.connection_pool
    held = [getattr(pool, name, None) for name in ("_available_connections", "_in_use_connections")]
    if not is_ours and isinstance(held[1], set):
        _ABANDONED.append([list(connections or ()) for connections in held])
        pool.reset()
