"""The supervisor: in order, again when they exit, in reverse at the end. Real processes."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from khabar.supervision.supervisor import NotReady, Service, Supervisor
from tests.waiting import wait_until

SLEEP = "import time; time.sleep(600)"


def service(name: str, code: str, folder: Path, **options: object) -> Service:
    return Service(name, [sys.executable, "-c", code], folder / f"{name}.log", os.environ, **options)  # type: ignore[arg-type]


@contextmanager
def watched(services: list[Service], events: list[str]) -> Iterator[None]:
    supervisor, stop = Supervisor(services, on_event=events.append), threading.Event()
    supervisor.start()
    watch = threading.Thread(target=supervisor.watch, args=(stop,))
    watch.start()
    try:
        yield
    finally:
        stop.set()
        watch.join()
        supervisor.stop()


def test_what_exits_is_started_again(tmp_path: Path) -> None:
    """And somebody is told, with the place of its log."""
    events: list[str] = []
    sleeper = service("sleeper", SLEEP, tmp_path)
    with watched([sleeper], events):
        assert sleeper.process is not None
        first = sleeper.pid
        sleeper.process.kill()
        wait_until(lambda: sleeper.pid != first)
        assert sleeper.restarts == 1
        assert "was killed by SIGKILL" in events[0]
        assert str(sleeper.output) in events[0]
    assert sleeper.has_exited


def test_one_that_cannot_start_is_named_with_its_last_words(tmp_path: Path) -> None:
    """And those before it are stopped again."""
    first = service("first", SLEEP, tmp_path)
    broken = service("broken", "raise SystemExit('no model data')", tmp_path, is_ready=lambda: False)
    with pytest.raises(NotReady, match=r"broken did not start; see .*broken\.log: no model data"):
        Supervisor([first, broken], on_event=print).start()
    assert first.has_exited


def test_one_that_ignores_the_stop_is_killed(tmp_path: Path) -> None:
    """Ctrl-C ends the command, whatever a process thinks of it."""
    code = "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)"
    stubborn = service("stubborn", code, tmp_path, stop_timeout_s=0.2)
    supervisor = Supervisor([stubborn], on_event=print)
    supervisor.start()
    wait_until(lambda: stubborn.output and "ready" in stubborn.output.read_text())
    supervisor.stop()
    assert stubborn.has_exited


def test_what_is_stuck_is_started_again_with_its_reason(tmp_path: Path) -> None:
    """A stopped process reacts to SIGKILL alone, and is not waited for long."""
    events: list[str] = []
    stopped: list[int] = []

    def is_stuck(service: Service) -> str | None:
        return "moves no more" if service.pid in stopped else None

    sleeper = service("sleeper", SLEEP, tmp_path, is_stuck=is_stuck)
    with watched([sleeper], events):
        assert sleeper.pid is not None
        first = sleeper.pid
        os.kill(first, signal.SIGSTOP)
        stopped.append(first)
        wait_until(lambda: sleeper.pid != first)
        assert not psutil.pid_exists(first)
        assert events == [f"sleeper moves no more, starting again (log: {sleeper.output})"]


def test_one_that_is_stuck_at_every_look_is_restarted_ever_more_slowly(tmp_path: Path) -> None:
    """Whatever is wrong then, a restart does not mend it."""
    events: list[str] = []
    sleeper = service("sleeper", SLEEP, tmp_path, is_stuck=lambda _: "moves no more")
    with watched([sleeper], events):
        wait_until(lambda: sleeper.restarts == 3)
        assert sleeper.pause_s >= 0.8


def test_the_children_of_one_that_was_killed_die_with_it(tmp_path: Path) -> None:
    """They would hold memory, and what they were at, beside those of the next."""
    code = (
        f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {SLEEP!r}]).pid, flush=True); {SLEEP}"
    )
    parent = service("parent", code, tmp_path)
    with watched([parent], []):
        child = int(wait_until(lambda: parent.output is not None and parent.output.read_text().strip()))
        assert parent.process is not None
        parent.process.kill()
        wait_until(lambda: not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE)


def test_stops_are_asked_for_together_and_the_foundation_last(tmp_path: Path) -> None:
    """One timeout for all of them; and none of them loses its broker before it has stopped."""
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)"
    stubborn = [service(f"stubborn-{n}", code, tmp_path, stop_timeout_s=3) for n in range(3)]
    base = service("base", SLEEP, tmp_path, stops_last=True)
    seen: list[bool] = []
    base.answers = lambda: not seen.append(all(one.has_exited for one in stubborn))
    supervisor = Supervisor([base, *stubborn], on_event=print)
    supervisor.start()
    wait_until(lambda: all(one.output and "ready" in one.output.read_text() for one in stubborn))
    started = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - started < 8  # one after the other, they would take 9 s
    assert seen == [True]
    assert base.has_exited


def test_a_foundation_that_answers_nothing_is_not_waited_for(tmp_path: Path) -> None:
    """A broker that is stuck would use up the whole of its time."""
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)"
    base = service("base", code, tmp_path, stops_last=True, answers=lambda: False, stop_timeout_s=60)
    supervisor = Supervisor([base], on_event=print)
    supervisor.start()
    wait_until(lambda: base.output and "ready" in base.output.read_text())
    started = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - started < 40


def test_a_stop_that_comes_while_a_service_starts_starts_no_further_one(tmp_path: Path) -> None:
    """And is not waited for until the first is ready."""
    stop = threading.Event()

    def never() -> bool:
        stop.set()
        return False

    first, second = service("first", SLEEP, tmp_path, is_ready=never), service("second", SLEEP, tmp_path)
    supervisor = Supervisor([first, second], on_event=print)
    supervisor.start(stop)
    assert first.is_running
    assert second.pid is None
    supervisor.stop()
