"""A real PostgreSQL for tests, from Debian's packages."""

import getpass
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.broker import free_port


def find_binaries() -> Path | None:
    """Return the folder of the newest version's programs; Debian does not put them on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    here = shutil.which("initdb")
    return found[-1].parent if found else Path(here).parent if here else None


class Postgres:
    """One server on a loopback port, which anybody here may enter as `postgres`."""

    def __init__(self, folder: Path, binaries: Path) -> None:
        self.port = free_port()
        self._data = folder / "data"
        self.binaries = binaries
        # It refuses to run as root.
        self._user = "postgres" if getpass.getuser() == "root" else None
        if self._user:
            shutil.chown(folder, self._user)
        self._run(
            "initdb",
            "--pgdata",
            self._data,
            "--auth",
            "trust",
            "--username",
            "postgres",
            "--encoding",
            "UTF8",
            "--no-sync",
        )

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start, and return when it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        self._run("pg_ctl", "start", "-w", "-D", self._data, "-o", options, "-l", self._data / "log")

    def stop(self) -> None:
        """End it at once."""
        self._run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", self._data)

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(self.binaries / program), *map(str, arguments)]
        done = subprocess.run(
            command, user=self._user, cwd="/", capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL
        )
        assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def running() -> Iterator[Postgres]:
    """Give out a server that runs; skip where the programs are not installed.

    Its folder is not among pytest's: each pytest that starts on the machine closes those to other users.
    """
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed; Debian's package postgresql has it")
    with tempfile.TemporaryDirectory(prefix="khabar-postgres-") as folder:
        server = Postgres(Path(folder), binaries)
        server.start()
        try:
            yield server
        finally:
            server.stop()
