"""The supervisor: in order, again when they exit, in reverse at the end. Real processes."""

import os
import sys
import threading
from pathlib import Path

import pytest

from khabar.supervisor import NotReady, Service, Supervisor
from tests.waiting import wait_until

SLEEP = "import time; time.sleep(600)"


def service(name: str, code: str, folder: Path, **options: object) -> Service:
    return Service(name, [sys.executable, "-c", code], folder / f"{name}.log", os.environ, **options)  # type: ignore[arg-type]


def test_what_exits_is_started_again(tmp_path: Path) -> None:
    """And somebody is told, with the place of its log."""
    events: list[str] = []
    sleeper = service("sleeper", SLEEP, tmp_path)
    supervisor, stop = Supervisor([sleeper], on_event=events.append), threading.Event()
    supervisor.start()
    watch = threading.Thread(target=supervisor.watch, args=(stop,))
    watch.start()
    try:
        assert sleeper.process is not None
        first = sleeper.process.pid
        sleeper.process.kill()
        wait_until(lambda: sleeper.process is not None and sleeper.process.pid != first)
        assert sleeper.restarts == 1
        assert "was killed by SIGKILL" in events[0]
        assert str(sleeper.output) in events[0]
    finally:
        stop.set()
        watch.join()
        supervisor.stop()
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
    wait_until(lambda: "ready" in stubborn.output.read_text())
    supervisor.stop()
    assert stubborn.has_exited
