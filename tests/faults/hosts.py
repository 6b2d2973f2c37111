"""Worker hosts with a network of their own: a namespace each, all on one bridge, at whose end the broker listens."""

import os
import shutil
import subprocess
from ipaddress import IPv4Address

from tests.faults.row import Unavailable

BENCHMARKS = IPv4Address("198.18.0.0")  # RFC 2544: a network for tests, which no machine is connected to
NETWORKS, ADDRESSES = 16_384, 8  # it is cut into so many networks of so many addresses
LACKS = "no network namespaces here; run as root, with `ip` of iproute2"


class Hosts:
    """A context manager; what it has made is taken away again, whatever happens.

    Args:
        count: how many worker hosts.
        port: of the broker; no two brokers of a machine share it, so it makes the addresses and names unique.

    Raises:
        Unavailable: this machine has no network namespaces for us.
    """

    def __init__(self, count: int, port: int) -> None:
        self._count = count
        self._name = f"kh{port}"
        self._net = BENCHMARKS + port % NETWORKS * ADDRESSES

    @property
    def broker_address(self) -> str:
        """Where the broker must listen."""
        return str(self._net + 1)

    def through(self, host: int) -> list[str]:
        """Return the command that runs another one on this host."""
        return ["ip", "netns", "exec", self._host(host)]

    def cut(self, host: int) -> None:
        """Pull the cable of one host."""
        self._ip("link", "set", self._cable(host), "down")

    def join(self, host: int) -> None:
        """Put it back."""
        self._ip("link", "set", self._cable(host), "up")

    def __enter__(self) -> "Hosts":
        if shutil.which("ip") is None or os.geteuid() != 0:
            raise Unavailable(LACKS)
        try:
            self._ip("link", "add", self._name, "type", "bridge")
            self._ip("addr", "add", f"{self.broker_address}/29", "dev", self._name)
            self._ip("link", "set", self._name, "up")
            for host in range(self._count):
                self._add(host)
        except subprocess.CalledProcessError as error:
            self.__exit__()
            raise Unavailable(f"{LACKS}: {error.stderr.decode()[:200]}") from error
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for host in range(self._count):
            self._ip("netns", "del", self._host(host), check=False)  # and its end of the cable, and so the other end
            self._ip("link", "del", self._cable(host), check=False)
        self._ip("link", "del", self._name, check=False)

    def _add(self, host: int) -> None:
        name, cable = self._host(host), self._cable(host)
        self._ip("netns", "add", name)
        self._ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", name)
        self._ip("link", "set", cable, "master", self._name, "up")
        for command in (
            ("addr", "add", f"{self._net + 2 + host}/29", "dev", "eth0"),
            ("link", "set", "eth0", "up"),
            ("link", "set", "lo", "up"),
        ):
            self._ip("-n", name, *command)

    def _host(self, host: int) -> str:
        return f"{self._name}-{host}"

    def _cable(self, host: int) -> str:
        return f"{self._name}v{host}"

    @staticmethod
    def _ip(*arguments: str, check: bool = True) -> None:
        subprocess.run(["ip", *arguments], check=check, capture_output=True)
