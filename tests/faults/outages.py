"""Ways in which a broker is away, each a context manager: the fault lasts as long as its body."""

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator

import redis

from tests.faults.stage import Stage

CUT_EVERY_S = 0.2
NOWHERE = ("127.0.0.1", 1)  # a master that is never reached, so that nothing is ever synchronised, and nothing dropped
SMALL = 1_000_000  # bytes: less than an empty server uses

Outage = Callable[[Stage], contextlib.AbstractContextManager[None]]


@contextlib.contextmanager
def killed(stage: Stage) -> Iterator[None]:
    """Kill -9, and start again on the same data."""
    stage.broker.kill()
    yield
    stage.broker.start()


@contextlib.contextmanager
def frozen(stage: Stage) -> Iterator[None]:
    """Stop the process: connections stay open, nothing is answered."""
    pid = stage.broker.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextlib.contextmanager
def cut(stage: Stage) -> Iterator[None]:
    """Close every connection again and again."""
    over = threading.Event()

    def close_all() -> None:
        while not over.wait(CUT_EVERY_S):
            with contextlib.suppress(redis.RedisError):
                stage.client.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")

    thread = threading.Thread(target=close_all)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextlib.contextmanager
def read_only(stage: Stage) -> Iterator[None]:
    """Make it a replica, as a failover does: READONLY for every write."""
    stage.client.replicaof(*NOWHERE)
    try:
        yield
    finally:
        stage.client.replicaof("NO", "ONE")


@contextlib.contextmanager
def without_replicas(stage: Stage) -> Iterator[None]:
    """Ask for a replica that is not there: NOREPLICAS for every write."""
    stage.client.config_set("min-replicas-to-write", 1)
    try:
        yield
    finally:
        stage.client.config_set("min-replicas-to-write", 0)


@contextlib.contextmanager
def out_of_memory(stage: Stage) -> Iterator[None]:
    """Let its memory be full: OOM for every write that could need more."""
    stage.client.config_set("maxmemory", SMALL)
    try:
        yield
    finally:
        stage.client.config_set("maxmemory", 0)
