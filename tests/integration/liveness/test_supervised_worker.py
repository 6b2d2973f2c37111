"""A worker that lives and consumes nothing, and one whose parent is killed: real Celery under a real supervisor."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import psutil
import pytest

from khabar.broker.connection import connect
from khabar.errors import Exit
from khabar.keys.names import ARTICLE_FIELD, Lane, Names
from khabar.liveness.processes import Role, read_processes
from khabar.liveness.rules import Health
from khabar.supervision.machine import COMMANDS
from khabar.supervision.supervisor import Service, Supervisor
from khabar.supervision.watch import Watch
from tests.articles import article
from tests.broker import Broker
from tests.health import looks
from tests.waiting import PATIENCE_S, wait_until

STALL_S = 20.0  # a worker must show life within half of it, and starts in 1 to 3 s, in 7 where every core is busy four times over
SETTINGS = {
    "KHABAR_STALL_S": str(STALL_S),
    "KHABAR_LAYERS": "tokens",  # a start that loads the models of all takes longer
    "KHABAR_ARTICLE_TIMEOUT_S": "1",
    "KHABAR_MAX_ARTICLE_BYTES": "100000",
    "KHABAR_LEASE_S": "2",
}

# Celery as the service runs it, but at its first start from a queue into which nobody puts anything.
DEAF = """
import pathlib, sys
from khabar.host.__main__ import run_worker
from khabar.host.app import app
mark = pathlib.Path(sys.argv[1])
if not mark.exists():
    mark.touch()
    app.conf.task_default_queue = "nowhere"
sys.argv[1:] = []
run_worker()
"""

# Starts more slowly than half a stall, as a worker does on a machine that is busy with other work; then shows life.
SLOW_STALL_S = 8.0
SLOW = f"""
import os, sys, time
from khabar.keys.names import Names
from khabar.liveness.pulse import open_pulse
from khabar.liveness.processes import Role
time.sleep({SLOW_STALL_S / 2 + 1})
open_pulse(sys.argv[1], Names(), Role.WORKER, os.getpid()).keep_beating()
time.sleep(600)
"""


@pytest.fixture
def env(broker: Broker) -> dict[str, str]:
    return os.environ | SETTINGS | {"KHABAR_REDIS_URL": broker.url, "KHABAR_CHILDREN": "2"}


def test_a_worker_that_consumes_nothing_is_restarted(broker: Broker, env: dict[str, str], tmp_path: Path) -> None:
    """Connected, alive, and deaf, as one worker in 36 was after a restart of the broker."""
    events: list[str] = []
    names = Names()
    watch = Watch(broker.url, names, stall_s=STALL_S)
    deaf = [sys.executable, "-c", DEAF, str(tmp_path / "mark")]
    services = [
        Service(str(role), command, tmp_path / f"{role}.log", env, is_stuck=partial(watch.stuck_process, role))
        for role, command in ((Role.DISPATCHER, COMMANDS[Role.DISPATCHER]), (Role.WORKER, deaf))
    ]
    client = connect(broker.url)
    client.xadd(names.ledger(Lane.LIVE), {ARTICLE_FIELD: json.dumps(article(1), ensure_ascii=False)})
    supervisor, stop = Supervisor(services, on_event=events.append), threading.Event()
    thread = threading.Thread(target=supervisor.watch, args=(stop,))
    supervisor.start()
    thread.start()
    try:
        wait_until(lambda: client.xlen(names.records) == 1)
        assert any("worker has finished no batch for" in event for event in events), events
    finally:
        stop.set()
        thread.join()
        supervisor.stop()
        client.close()


def test_a_slow_start_is_waited_for_and_a_later_silence_is_not(broker: Broker, tmp_path: Path) -> None:
    """Restarted after half a stall, it would begin its start anew for ever."""
    events: list[str] = []
    watch = Watch(broker.url, Names(), stall_s=SLOW_STALL_S)
    command = [sys.executable, "-c", SLOW, broker.url]
    is_stuck = partial(watch.stuck_process, Role.WORKER)
    slow = Service("worker", command, tmp_path / "worker.log", os.environ, is_stuck=is_stuck)
    supervisor, stop = Supervisor([slow], on_event=events.append), threading.Event()
    thread = threading.Thread(target=supervisor.watch, args=(stop,))
    client = connect(broker.url)
    supervisor.start()
    thread.start()
    try:
        wait_until(lambda: any(process.role is Role.WORKER for process in read_processes(client, Names())))
        assert events == []
        assert slow.pid is not None
        os.kill(slow.pid, signal.SIGSTOP)
        [event] = wait_until(lambda: events)
        assert re.match(r"worker has shown no life for [4-9] s although the broker answers", event)
    finally:
        stop.set()
        thread.join()
        supervisor.stop()
        watch.end()
        client.close()


def test_a_worker_that_consumes_nothing_is_seen_by_a_health_check(
    broker: Broker, env: dict[str, str], tmp_path: Path
) -> None:
    """Where nobody supervises: all processes are alive, and the exit code says that nothing gets on."""
    deaf = [sys.executable, "-c", DEAF, str(tmp_path / "mark")]
    client = connect(broker.url)
    client.xadd(Names().ledger(Lane.LIVE), {ARTICLE_FIELD: json.dumps(article(1), ensure_ascii=False)})
    with (tmp_path / "log").open("wb") as output:
        processes = [
            subprocess.Popen(command, env=env, stdout=output, stderr=output)
            for command in (COMMANDS[Role.DISPATCHER], deaf)
        ]
    khabar = Path(sys.executable).with_name("khabar")

    def status(*options: str) -> int:
        return subprocess.run([khabar, "status", *options], env=env, capture_output=True).returncode

    try:
        wait_until(lambda: looks(broker.url, stall_s=STALL_S) is Health.WELL, every_s=0.1)
        assert status() == Exit.OK  # alive, and not yet for so long
        wait_until(lambda: looks(broker.url, stall_s=STALL_S) is Health.STALLED, every_s=0.1)
        assert status() == Exit.STALLED
        assert status("--role", "worker", "--here") == Exit.STALLED
        assert status("--role", "dispatcher", "--here") == Exit.OK
        assert status("--role", "broker") == Exit.OK
    finally:
        for process in processes:
            process.kill()
            process.wait()
        client.close()


def test_a_killed_parent_takes_its_children_with_it(broker: Broker, env: dict[str, str], tmp_path: Path) -> None:
    """Also where no supervisor stands above it: orphans would go on holding memory and renewing ledger entries."""
    with (tmp_path / "worker.log").open("wb") as output:
        worker = subprocess.Popen(COMMANDS[Role.WORKER], env=env, stdout=output, stderr=output)
    client = connect(broker.url)
    try:
        wait_until(lambda: read_processes(client, Names()))
        children = psutil.Process(worker.pid).children(recursive=True)
        assert len(children) == 2
        worker.kill()
        worker.wait()
        wait_until(lambda: not any(child.is_running() for child in children))
    finally:
        worker.kill()
        client.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_an_orderly_end_takes_the_sign_away_and_a_kill_does_not(
    number: signal.Signals, broker: Broker, env: dict[str, str], tmp_path: Path
) -> None:
    """Who was stopped on purpose is not missed; who died is seen as dead for an hour."""
    client = connect(broker.url)
    with (tmp_path / "log").open("wb") as output:
        processes = [subprocess.Popen(COMMANDS[role], env=env, stdout=output, stderr=output) for role in COMMANDS]
    try:
        wait_until(lambda: len(read_processes(client, Names())) == 2)
        for process in processes:
            process.send_signal(number)
            process.wait(PATIENCE_S)
        assert len(read_processes(client, Names())) == (0 if number == signal.SIGTERM else 2)
    finally:
        for process in processes:
            process.kill()
            process.wait()
        client.close()
