"""Ways in which a real broker is in trouble, each as a context: inside it there is the outage, after it the broker is well."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from tests.broker import Broker
from tests.waiting import wait_until


@contextmanager
def killed(broker: Broker) -> Iterator[None]:
    """Kill -9, and started again on its data."""
    broker.kill()
    yield
    broker.start()


@contextmanager
def frozen(broker: Broker) -> Iterator[None]:
    """SIGSTOP: connections stay open and nothing is answered, as on a host that swaps."""
    assert broker.pid
    os.kill(broker.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(broker.pid, signal.SIGCONT)


@contextmanager
def read_only(broker: Broker) -> Iterator[None]:
    """READONLY: it is a replica for a while, as in a failover."""
    with broker.client() as client:
        client.replicaof("127.0.0.1", "1")
        yield
        client.replicaof("NO", "ONE")


@contextmanager
def out_of_memory(broker: Broker) -> Iterator[None]:
    """OOM: maxmemory is reached and nothing may be evicted."""
    with broker.client() as client:
        client.config_set("maxmemory", 1)
        yield
        client.config_set("maxmemory", 0)


@contextmanager
def without_replicas(broker: Broker) -> Iterator[None]:
    """NOREPLICAS: min-replicas-to-write is not met."""
    with broker.client() as client:
        client.config_set("min-replicas-to-write", 1)
        yield
        client.config_set("min-replicas-to-write", 0)


@contextmanager
def full_disk(broker: Broker) -> Iterator[None]:
    """MISCONF: a snapshot cannot be written, as on a full disk."""
    (broker.folder / "dump.rdb").mkdir()
    with broker.client() as client:
        client.config_set("save", "3600 1")
        client.bgsave()
        wait_until(lambda: client.info("persistence")["rdb_last_bgsave_status"] == "err")
        yield
        client.config_set("save", "")


@contextmanager
def cut_off(broker: Broker) -> Iterator[None]:
    """Every connection is closed, as by a firewall."""
    with broker.client() as client:
        client.execute_command("CLIENT KILL TYPE normal SKIPME yes")
        yield


OUTAGES: dict[str, Callable[[Broker], AbstractContextManager[None]]] = {
    "killed": killed,
    "frozen": frozen,
    "READONLY": read_only,
    "OOM": out_of_memory,
    "NOREPLICAS": without_replicas,
    "MISCONF": full_disk,
}
