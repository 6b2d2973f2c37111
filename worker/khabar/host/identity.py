"""How a process of this service is called where others look for it."""

import os
import socket


def this_process() -> str:
    """Return who holds an entry, for a person to find: host and process id."""
    return f"{socket.gethostname()}:{os.getpid()}"
