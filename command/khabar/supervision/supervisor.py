"""Keeps processes running: starts them in order, restarts what exits and what is stuck, stops them in reverse."""

import contextlib
import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from khabar.supervision.reasons import last_words

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.2  # three waitpid() a look: 0.1 % of a core
RESTART_MIN_S = 0.2
RESTART_MAX_S = 5.0  # after a kill or a standstill, which may be over at once
RESTART_MAX_OWN_S = 15.0  # a process that ends by itself again and again has a reason that no restart mends
STEADY_S = 10.0  # a process that ran this long is restarted without a pause again
SOFT_STOP_S = 10.0  # a worker ends its batches or itself in 5 or 6 (khabar/host/shutdown.py); what does not is killed
STUCK_STOP_S = 2.0  # what is stuck has shown that it does not react; it is asked all the same
PR_SET_PDEATHSIG = 1
PRIVATE_UMASK = 0o077

_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None  # loaded before any fork, which must not load anything


@dataclass
class Service:
    """One process.

    Attributes:
        output: file for its standard output and error, appended to; None for the supervisor's own.
        is_ready: asked after a start until it says yes; the next service is started then.
        is_stuck: asked while it runs; says in one sentence why it must be restarted although it lives, or None. Must not block.
        answers: asked before a stop; what does not answer is killed at once instead of asked to stop.
        stop_timeout_s: how long it may take to stop before it is killed.
        stops_last: whether the others need it until they have stopped.
        explain: asked when it has ended; says why in one clause, or nothing.
        pass_fds: open files that it inherits.
    """

    name: str
    command: list[str]
    output: Path | None
    env: Mapping[str, str]
    is_ready: Callable[[], bool] = lambda: True
    is_stuck: Callable[["Service"], str | None] = lambda _service: None
    answers: Callable[[], bool] = lambda: True
    stop_timeout_s: float = SOFT_STOP_S
    ready_timeout_s: float = 30.0
    stops_last: bool = False
    explain: Callable[["Service"], str] = lambda service: last_words(service.output, since=service.log_start)
    pass_fds: Sequence[int] = ()
    restarts: int = field(default=0, init=False)
    process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)
    started_at: float = field(default=0.0, init=False)
    pause_s: float = field(default=0.0, init=False)
    log_start: int = field(default=0, init=False)  # byte at which its output stood at its last start

    def start(self) -> None:
        """Start the process; it is told to stop should this one die."""
        with contextlib.ExitStack() as stack:
            output = stack.enter_context(_open_private(self.output)) if self.output else None
            self.log_start = output.seek(0, os.SEEK_END) if output else 0
            self.process = subprocess.Popen(  # noqa: S603  # our own command lines
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                env=dict(self.env),
                start_new_session=True,  # Ctrl-C in the terminal reaches only the supervisor; and the group can be killed as one
                preexec_fn=_die_with_parent if _LIBC else None,
                pass_fds=self.pass_fds,
                umask=PRIVATE_UMASK if output else -1,  # only this user may read its files
            )
        self.started_at = time.monotonic()

    @property
    def pid(self) -> int | None:
        """Its process id; None before its first start."""
        return self.process.pid if self.process else None

    @property
    def running_s(self) -> float:
        """For how long it has been running."""
        return time.monotonic() - self.started_at

    @property
    def has_exited(self) -> bool:
        """Whether it was started and is not running any more."""
        return self.process is not None and self.process.poll() is not None

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not exited."""
        return self.process is not None and self.process.poll() is None

    @property
    def log(self) -> str:
        """Where to read what it said."""
        return str(self.output) if self.output else "its lines above"

    def ask_to_stop(self) -> None:
        """Send SIGTERM."""
        if self.process is not None and self.is_running:
            self.process.terminate()

    def stop(self) -> None:
        """Ask it to stop, wait, and kill it if it does not."""
        _stop_together([self])

    def kill(self) -> None:
        """Kill it at once, and whatever it has left behind."""
        if self.process is not None:
            if self.is_running:
                self.process.kill()
                self.process.wait()
            self.kill_leftovers()

    def kill_leftovers(self) -> None:
        """Kill its process group: the process itself and its children, which would keep holding memory and ledger entries."""
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)


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

    def start(self, stop: threading.Event | None = None) -> None:
        """Start all in order, each when the one before is ready; no further one once `stop` is set.

        Raises:
            NotReady: one of them exited at once or did not get ready; those that run are stopped.
        """
        stop = stop or threading.Event()
        try:
            for service in self._services:
                if not stop.is_set():
                    service.start()
                    _wait_until_ready(service, stop)
        except BaseException:  # Ctrl-C as well: nothing may be left behind
            self.stop()
            raise

    def watch(self, stop: threading.Event) -> None:
        """Restart what exits and what is stuck until `stop` is set."""
        while not stop.wait(LOOK_EVERY_S):
            reap_orphans({service.pid for service in self._services})
            for service in self._services:
                if stop.is_set():
                    return
                if service.has_exited:
                    assert service.process is not None  # noqa: S101  # it has exited, so it was started
                    self._restart(service, _how_it_ended(service.process.returncode), stop)
                elif service.is_running and (reason := service.is_stuck(service)):
                    self._end_stuck(service, stop)
                    self._restart(service, reason, stop, was_stuck=True)

    def stop(self) -> None:
        """Stop all at the same time, then those that the others need: within the longest stop_timeout_s where nothing reacts."""
        _stop_together([service for service in self._services if not service.stops_last])
        _stop_together([service for service in self._services if service.stops_last])

    def kill(self) -> None:
        """Kill all at once."""
        for service in reversed(self._services):
            service.kill()

    def hurry(self) -> None:
        """Kill all and do not wait: in a signal handler a wait could meet the one that it interrupted."""
        for service in self._services:
            if service.is_running:
                service.kill_leftovers()

    def _end_stuck(self, service: Service, stop: threading.Event) -> None:
        """Ask it to stop, because it may still put back what it holds, and kill it soon: it may react to nothing else."""
        service.ask_to_stop()
        deadline = time.monotonic() + STUCK_STOP_S
        while service.is_running and time.monotonic() < deadline and not stop.wait(LOOK_EVERY_S / 4):
            pass
        service.kill()

    def _restart(self, service: Service, why: str, stop: threading.Event, *, was_stuck: bool = False) -> None:
        service.kill_leftovers()
        steady = service.running_s > STEADY_S and not was_stuck
        ended_itself = not was_stuck and service.process is not None and service.process.returncode >= 0
        longest_s = RESTART_MAX_OWN_S if ended_itself else RESTART_MAX_S
        service.pause_s = RESTART_MIN_S if steady else min(max(2 * service.pause_s, RESTART_MIN_S), longest_s)
        reason = service.explain(service) if ended_itself else ""
        when = f" in {service.pause_s:.0f} s" if service.pause_s >= 1 else ""
        self._on_event(
            f"{service.name} {why}{f': {reason}' if reason else ''}, starting again{when} (log: {service.log})"
        )
        if stop.wait(service.pause_s):
            return
        service.restarts += 1
        try:
            service.start()
        except OSError as error:  # no process, no open file to be had: tried again as an exit is
            service.started_at = time.monotonic()
            self._on_event(f"{service.name} cannot be started: {error.strerror or error}, trying again")


def reap_orphans(ours: "set[int | None]") -> None:
    """As the first process of a container: let those go whose parents have died. Popen sees to the ends of our own."""
    if os.getpid() != 1:
        return
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) and ended.si_pid not in ours:
            os.waitpid(ended.si_pid, 0)


def _stop_together(services: Sequence[Service]) -> None:
    for service in services:
        if service.is_running and not service.answers():
            log.warning("%s does not answer and is killed", service.name)
            service.kill()
        service.ask_to_stop()
    asked_at = time.monotonic()
    for service in services:
        if service.process is None:
            continue
        try:
            service.process.wait(max(asked_at + service.stop_timeout_s - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            log.warning("%s did not stop in %s s and is killed", service.name, service.stop_timeout_s)
        service.kill()


def _wait_until_ready(service: Service, stop: threading.Event) -> None:
    deadline = time.monotonic() + service.ready_timeout_s
    # Its exit is asked about first: on a port that was taken meanwhile another broker answers.
    while not stop.is_set() and (service.has_exited or not service.is_ready()):
        if service.has_exited or time.monotonic() > deadline:
            why = service.explain(service)
            raise NotReady(f"{service.name} did not start; see {service.log}{f': {why}' if why else ''}")
        time.sleep(0.02)


def _how_it_ended(returncode: int) -> str:
    return f"was killed by {signal.Signals(-returncode).name}" if returncode < 0 else f"exited with {returncode}"


def _open_private(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def _die_with_parent() -> None:
    assert _LIBC is not None  # noqa: S101  # asked before
    _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
