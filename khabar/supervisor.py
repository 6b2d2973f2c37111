"""Keeps processes running: starts them in order, restarts what exits, stops them in reverse."""

import ctypes
import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.2
RESTART_MIN_S = 0.2
RESTART_MAX_S = 5.0
STEADY_S = 10.0  # a process that ran this long is restarted without a pause again
PR_SET_PDEATHSIG = 1


@dataclass
class Service:
    """One process.

    Attributes:
        output: file for its standard output and error, appended to.
        is_ready: asked after a start until it says yes; the next service is started then.
        stop_timeout_s: how long it may take to stop before it is killed.
    """

    name: str
    command: list[str]
    output: Path
    env: Mapping[str, str]
    is_ready: Callable[[], bool] = lambda: True
    stop_timeout_s: float = 15.0
    ready_timeout_s: float = 30.0
    restarts: int = field(default=0, init=False)
    process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)
    started_at: float = field(default=0.0, init=False)
    pause_s: float = field(default=0.0, init=False)

    def start(self) -> None:
        """Start the process; it is told to stop should this one die."""
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603  # our own command lines
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(self.env),
                start_new_session=True,  # Ctrl-C in the terminal is for the supervisor alone
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )
        self.started_at = time.monotonic()

    @property
    def has_exited(self) -> bool:
        """Whether it was started and is not running any more."""
        return self.process is not None and self.process.poll() is not None

    def stop(self) -> None:
        """Ask it to stop, wait, and kill it if it does not."""
        if self.process is None or self.has_exited:
            return
        self.process.terminate()
        try:
            self.process.wait(self.stop_timeout_s)
        except subprocess.TimeoutExpired:
            log.warning("%s did not stop in %s s and is killed", self.name, self.stop_timeout_s)
            self.kill()

    def kill(self) -> None:
        """Kill it at once."""
        if self.process is not None and not self.has_exited:
            self.process.kill()
            self.process.wait()


class NotReady(Exception):
    """A service did not become ready; the message says which and where its log is."""


class Supervisor:
    """Runs services until told to stop.

    Args:
        on_event: told in one sentence what happened: a restart, a stop.
    """

    def __init__(self, services: list[Service], *, on_event: Callable[[str], None]) -> None:
        self._services = services
        self._on_event = on_event

    def start(self) -> None:
        """Start all in order, each when the one before is ready.

        Raises:
            NotReady: one of them exited at once or did not get ready; those that run are stopped.
        """
        try:
            for service in self._services:
                service.start()
                _wait_until_ready(service)
        except BaseException:  # Ctrl-C as well: nothing may be left behind
            self.stop()
            raise

    def watch(self, stop: threading.Event) -> None:
        """Restart what exits until `stop` is set."""
        while not stop.wait(LOOK_EVERY_S):
            for service in self._services:
                if service.has_exited:
                    self._restart(service, stop)

    def stop(self) -> None:
        """Stop all, the last started first, so that the broker outlives those who need it."""
        for service in reversed(self._services):
            service.stop()

    def kill(self) -> None:
        """Kill all at once."""
        for service in reversed(self._services):
            service.kill()

    def _restart(self, service: Service, stop: threading.Event) -> None:
        assert service.process is not None  # noqa: S101  # it has exited, so it was started
        steady = time.monotonic() - service.started_at > STEADY_S
        service.pause_s = RESTART_MIN_S if steady else min(max(2 * service.pause_s, RESTART_MIN_S), RESTART_MAX_S)
        self._on_event(
            f"{service.name} {_how_it_ended(service.process.returncode)}, starting again (log: {service.output})"
        )
        if stop.wait(service.pause_s):
            return
        service.restarts += 1
        service.start()


def _wait_until_ready(service: Service) -> None:
    deadline = time.monotonic() + service.ready_timeout_s
    while not service.is_ready():
        if service.has_exited or time.monotonic() > deadline:
            raise NotReady(f"{service.name} did not start; see {service.output}: {_last_line(service.output)}")
        time.sleep(0.02)


def _how_it_ended(returncode: int) -> str:
    return f"was killed by {signal.Signals(-returncode).name}" if returncode < 0 else f"exited with {returncode}"


def _last_line(path: Path) -> str:
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n") if path.exists() else []
    return next((line for line in reversed(lines) if line.strip()), "its log is empty")


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
