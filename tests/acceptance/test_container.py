"""`khabar up --only` as a container runs it: as process 1 of its own, with all that this means for signals and orphans."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from khabar.broker.connection import connect
from khabar.errors import Exit
from khabar.keys.names import Names
from tests.acceptance.service import KHABAR, khabar
from tests.articles import json_lines
from tests.broker import Broker
from tests.waiting import wait_until

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("unshare") is None,
    reason="a process 1 of one's own needs root and unshare (util-linux)",
)


# Process 1 is on trial: the models of all layers would take longer to open than all else here.
CONTAINED = {"KHABAR_CHILDREN": "2", "KHABAR_LEASE_S": "2", "KHABAR_LAYERS": "tokens"}


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    running = Broker(tmp_path / "broker").start()
    yield running
    running.kill()


class Container:
    """A command as process 1 of a process namespace.

    Attributes:
        first: process 1, seen from outside.
    """

    def __init__(self, url: str, log: Path, *arguments: str) -> None:
        env = os.environ | CONTAINED | {"KHABAR_REDIS_URL": url}
        with log.open("wb") as output:
            command = ["unshare", "--pid", "--fork", "--mount-proc", KHABAR, *arguments]
            self.process = subprocess.Popen(command, env=env, stdout=output, stderr=output, stdin=subprocess.DEVNULL)
        self.log = log
        self.first = wait_until(lambda: psutil.Process(self.process.pid).children())[0]

    @property
    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def inside(self) -> list[psutil.Process]:
        return self.first.children(recursive=True)

    def stop(self) -> int:
        self.first.send_signal(signal.SIGTERM)
        return self.process.wait(12)


@contextmanager
def container(url: str, log: Path, *arguments: str) -> Iterator[Container]:
    running = Container(url, log, *arguments)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.first.kill()  # and the kernel kills the namespace
            running.process.wait()


def test_process_1_serves_restarts_reaps_and_stops(broker: Broker, tmp_path: Path) -> None:
    """Two containers: articles pass, a killed worker comes again and leaves no zombies, SIGTERM ends both with 0."""
    client = connect(broker.url)
    names = Names()
    with (
        container(broker.url, tmp_path / "dispatcher.log", "up", "--only", "dispatcher") as dispatcher,
        container(broker.url, tmp_path / "worker.log", "up", "--only", "worker") as worker,
    ):
        assert khabar("push", "-", input=json_lines(200), env={"KHABAR_REDIS_URL": broker.url}).returncode == 0
        wait_until(lambda: client.xlen(names.records) == 200)
        parent = wait_until(worker.first.children)[0]
        orphans = wait_until(parent.children)
        parent.kill()
        wait_until(lambda: "worker was killed by SIGKILL, starting again" in worker.said)
        wait_until(lambda: not any(process.is_running() for process in (parent, *orphans)))  # a zombie still runs
        assert (
            khabar("push", "-", input=json_lines(50, first=1_000), env={"KHABAR_REDIS_URL": broker.url}).returncode == 0
        )
        wait_until(lambda: client.xlen(names.records) == 250)
        for running in (worker, dispatcher):
            inside = running.inside()
            assert running.stop() == 0, running.said
            assert not any(process.is_running() for process in inside)
    client.close()


def test_process_1_stops_in_time_when_its_service_is_stuck(broker: Broker, tmp_path: Path) -> None:
    """Within the grace period of the engine, which would kill process 1 and with it whatever else runs."""
    with container(broker.url, tmp_path / "worker.log", "up", "--only", "worker") as worker:
        parent = wait_until(worker.first.children)[0]
        wait_until(parent.children)
        parent.suspend()
        asked_at = time.monotonic()
        assert worker.stop() == 0, worker.said
        assert time.monotonic() - asked_at < 30


def heeds(pid: int, number: int) -> bool:
    """Whether a process has a handler for a signal."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


def test_a_stop_reaches_process_1_while_it_starts_and_while_its_broker_is_away(tmp_path: Path) -> None:
    """A signal without a handler does nothing to process 1; and a container that waits for its broker must be stoppable."""
    with container("redis://127.0.0.1:9/0", tmp_path / "worker.log", "up", "--only", "worker") as worker:
        wait_until(lambda: heeds(worker.first.pid, signal.SIGTERM), timeout_s=120)
        assert worker.stop() in (0, Exit.TERMINATED), worker.said  # by whether it had begun
    with container("redis://127.0.0.1:9/0", tmp_path / "dispatcher.log", "up", "--only", "dispatcher") as dispatcher:
        wait_until(lambda: "is up" in dispatcher.said and dispatcher.inside())
        assert dispatcher.stop() == 0, dispatcher.said
