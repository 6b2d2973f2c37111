"""The password of the embedded broker of `khabar up`, found by the other processes of the same user on the same machine.

`khabar up` keeps it in a file that only its user can read, and notes under the user's home which folder serves which port. So
redis://127.0.0.1:6390/0 is all that a producer needs. Another user, or a program in another language, needs the password.
"""

import os
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from redis.credentials import CredentialProvider

try:
    import fcntl
except ImportError:  # on Windows, where there is no embedded broker
    fcntl = None  # type: ignore[assignment]

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
DEFAULT_FOLDER = Path("var")  # of `khabar up`; looked at where the user has no home


class LocalPassword(CredentialProvider):
    """Asked at every connection: a client may be made before the broker is started, and outlive it."""

    def __init__(self, port: int) -> None:
        self._port = port

    def get_credentials(self) -> tuple[()] | tuple[str]:  # type: ignore[override]  # with no words redis-py sends no AUTH
        """Return the password; nothing where this user's broker has none, or another's listens on the port."""
        password = _password(self._port)
        return (password,) if password else ()


def local_credentials(url: str) -> LocalPassword | None:
    """Return who knows the password, where the URL may name this user's embedded broker and brings no password itself."""
    port = _local_port(url)
    return None if port is None else LocalPassword(port)


def local_password(url: str) -> str | None:
    """Return the password of this user's embedded broker, where the URL names one that runs and brings no password itself."""
    port = _local_port(url)
    return None if port is None else _password(port)


def _local_port(url: str) -> int | None:
    try:
        parts = urlsplit(url)
        if parts.scheme != "redis" or parts.username or parts.password or parts.hostname not in LOOPBACK:
            return None
        if {"username", "password"} & {name for name, _ in parse_qsl(parts.query)}:
            return None
        return parts.port or 6379
    except ValueError:
        return None


def _password(port: int) -> str | None:
    for folder in (_noted(port), DEFAULT_FOLDER):
        if folder is not None and _serves(folder, port):
            with suppress(OSError, ValueError):
                return password_file(folder).read_text(encoding="ascii").strip() or None
    return None


def password_file(folder: Path) -> Path:
    """Return the path of the password file of this folder's broker. A broker without a password has no such file."""
    return folder / "broker" / "password"


def note_folder(folder: Path, port: int) -> None:
    """Note that the broker of this folder serves this port. A user without a home leaves no note."""
    if (note := _note(port)) is None:
        return
    with suppress(OSError):
        note.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        note.write_text(str(folder), encoding="utf-8", errors="surrogateescape")


def drop_note(port: int) -> None:
    """Take the note away."""
    if (note := _note(port)) is not None:
        with suppress(OSError):
            note.unlink()


def _note(port: int) -> Path | None:
    try:
        home = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    except RuntimeError:
        return None
    return home / "khabar" / "brokers" / str(port)


def _noted(port: int) -> Path | None:
    note = _note(port)
    with suppress(OSError, ValueError):
        return None if note is None else Path(note.read_text(encoding="utf-8", errors="surrogateescape"))
    return None


def _serves(folder: Path, port: int) -> bool:
    """Whether a `khabar up` has this folder now and its broker listens on the port: a note may be old, and the port another's."""
    if fcntl is None:
        return False
    try:
        with (folder / "lock").open("rb") as lock:
            if not lock.read(500).rstrip().endswith(b":%d" % port):
                return False
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except (OSError, ValueError):
        return False
    return False
