"""Processes of the `khabar` command that are forked from one that has imported it: a start takes milliseconds, not a second.

Each is a real process of the real command: streams, environment, folder, signals and exit code are its own. What begins with
the interpreter is not: imports, the locale, the seed of hashes. Tests of those start a fresh one.
"""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

SERVER = Path(__file__).with_name("server.py")
# What may differ from the server's environment: whatever else does may have had its say when the interpreter started.
PREFIXES = ("KHABAR_", "FAKE_JAVA", "PYTHONPATH")
_LONGEST = 100  # bytes of an answer of the server's


class Process:
    """One command, running: what tests need of `subprocess.Popen`.

    Attributes:
        pid: its process id.
        returncode: None until an end was seen; below 0, the signal that ended it.
    """

    used_s = 0.0
    """Processor time of all that have ended, in seconds; `tests.costs` adds it to that of the tests' own children."""

    def __init__(self, reply: socket.socket, arguments: Sequence[str]) -> None:
        self.returncode: int | None = None
        self._reply, self._arguments = reply, list(arguments)
        self.pid = int(reply.recv(_LONGEST))

    def poll(self) -> int | None:
        """Return the exit code, or None while it runs."""
        if self.returncode is None and select.select([self._reply], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def wait(self, timeout_s: float | None = None) -> int:
        """Return the exit code once it has ended.

        Raises:
            subprocess.TimeoutExpired: it has not within `timeout_s` seconds.
        """
        if self.returncode is None:
            self._reply.settimeout(timeout_s)
            try:
                status, used_s = json.loads(self._reply.recv(_LONGEST))
            except TimeoutError:
                raise subprocess.TimeoutExpired(self._arguments, timeout_s or 0) from None
            self._reply.close()
            Process.used_s += used_s
            self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal; nothing where it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):  # it has just ended
                os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill -9."""
        self.send_signal(signal.SIGKILL)


def environment(settings: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a command with these settings: what is printed has no colours and wide lines."""
    return os.environ | {"NO_COLOR": "1", "COLUMNS": "200"} | (settings or {})


def can_fork(wanted: Mapping[str, str]) -> bool:
    """Whether the server can stand in for a fresh interpreter with this environment."""
    names = _at_start.keys() | wanted.keys()
    differing = {name for name in names if _at_start.get(name) != wanted.get(name)} - {"PYTEST_CURRENT_TEST"}
    return sys.platform == "linux" and all(name.startswith(PREFIXES) for name in differing)


def start(
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str],
    folder: Path | None,
    streams: Sequence[int | None],
    ends_early: bool = True,
) -> Process:
    """Start a command.

    Args:
        environment: the whole of it; see `can_fork`.
        folder: where it runs; here if not given.
        streams: descriptors of its standard input, output and error; None for one that is closed.
        ends_early: without taking all modules down, which takes twice the time of most commands.
    """
    with _lock:
        control = _server()
        reply, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)  # each answer is read as it was sent
        is_open = [stream is not None for stream in streams]
        request = json.dumps([list(arguments), dict(environment), str(folder or Path.cwd()), is_open, ends_early])
        given = [stream for stream in streams if stream is not None]
        socket.send_fds(control, [len(request).to_bytes(4, "little")], [theirs.fileno(), *given])
        control.sendall(request.encode("ascii"))
        theirs.close()
        return Process(reply, arguments)


def run(
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str],
    folder: Path | None,
    data: bytes | None,
    timeout_s: float,
) -> "subprocess.CompletedProcess[bytes]":
    """Run a command to its end, as `subprocess.run` does.

    Raises:
        subprocess.TimeoutExpired: it has been killed.
    """
    stdin, feed = os.pipe()
    output, stdout = os.pipe()
    errors, stderr = os.pipe()
    try:
        process = start(arguments, environment=environment, folder=folder, streams=(stdin, stdout, stderr))
    finally:
        for descriptor in (stdin, stdout, stderr):
            os.close(descriptor)
    with ThreadPoolExecutor(3) as pool:
        said = [pool.submit(_read, descriptor) for descriptor in (output, errors)]
        pool.submit(_write, feed, data or b"")
        try:
            process.wait(timeout_s)
        finally:
            process.kill()
        out, err = (future.result() for future in said)
    return subprocess.CompletedProcess(list(arguments), process.wait(), out, err)


def _read(descriptor: int) -> bytes:
    with open(descriptor, "rb") as file:
        return file.read()


def _write(descriptor: int, data: bytes) -> None:
    with (
        suppress(BrokenPipeError),
        open(descriptor, "wb", buffering=0) as file,
    ):  # it may end before it has read everything
        while data:
            data = data[file.write(data) or 0 :]


_lock = threading.Lock()
_at_start = environment()
_control: socket.socket | None = None


def _server() -> socket.socket:
    global _control
    if _control is None:
        _control, theirs = socket.socketpair()
        process = subprocess.Popen(
            [sys.executable, SERVER, str(theirs.fileno())],
            env=_at_start,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        theirs.close()
        atexit.register(_end, _control, process)
    return _control


def _end(control: socket.socket, process: "subprocess.Popen[bytes]") -> None:
    control.close()
    process.wait()
