"""Clients under sentinels: they find the primary, follow a failover in the middle of a call, and can wait for replicas."""

import threading
from collections.abc import Iterator

import pytest

from khabar.broker.connection import connect
from khabar.broker.patience import Patience
from khabar.consuming.stream import RecordStream
from khabar.consuming.stream import connect as consumer_client
from khabar.errors import BrokerUnavailable
from khabar.keys.names import Lane, Names
from khabar.publishing.publisher import ArticlePublisher
from tests.outages import frozen
from tests.sentinel import Deployment
from tests.waiting import wait_until

NAMES = Names()
LIVE = NAMES.ledger(Lane.LIVE)
ARTICLE = '{"id": 1, "body": "نص"}'


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """One for all tests here; each leaves a primary and a replica at work."""
    running = Deployment(tmp_path_factory.mktemp("sentinel"), replicas=2)
    try:
        yield running.start()
    finally:
        running.kill()


@pytest.fixture(autouse=True)
def _empty(deployment: Deployment) -> None:
    with deployment.primary().client() as client:
        client.flushall()


def test_an_accepted_batch_is_on_a_replica(deployment: Deployment) -> None:
    """What acceptance means when one is waited for."""
    with ArticlePublisher(deployment.url, wait_replicas=1) as publisher:
        publisher.publish([ARTICLE])
    primary = deployment.primary()
    lengths = []
    for server in deployment.servers:
        if server is not primary:
            with server.client() as client:
                lengths.append(client.xlen(LIVE))
    assert max(lengths) == 1


def test_a_primary_that_has_forgotten_its_scripts_is_given_them_again(deployment: Deployment) -> None:
    """A replica that becomes the primary may never have had them; the batch is confirmed all the same, and once."""
    with ArticlePublisher(deployment.url, wait_replicas=1) as publisher:
        for _ in range(2):
            with deployment.primary().client() as client:
                client.script_flush()
            publisher.publish([ARTICLE])
    with connect(deployment.url) as client:
        assert client.xlen(LIVE) == 2


def test_without_enough_replicas_nothing_is_accepted_and_nothing_is_doubled_later(deployment: Deployment) -> None:
    """The primary has the batch already: sent again it must be confirmed only when the replicas have it, and once."""
    primary = deployment.primary()
    replicas = [server for server in deployment.servers if server is not primary]
    with ArticlePublisher(deployment.url, wait_replicas=2, outage_s=0.5) as publisher:
        publisher.add(ARTICLE)
        with (
            frozen(replicas[0]),
            pytest.raises(BrokerUnavailable, match="1 of 2 replicas confirmed"),
        ):
            publisher.flush()
        assert publisher.report.accepted == 0
        wait_until(lambda: _confirms(publisher))  # the replica is back
        assert publisher.report.accepted == 1
    with connect(deployment.url) as client:
        assert client.xlen(LIVE) == 1


def test_a_batch_sent_again_is_waited_for_by_its_new_connection(deployment: Deployment) -> None:
    """WAIT counts the writes of its own connection only; the script writes, so that a second sending has one."""
    primary = deployment.primary()
    replicas = [server for server in deployment.servers if server is not primary]
    publisher = ArticlePublisher(deployment.url, wait_replicas=2, outage_s=0.5)
    publisher.add(ARTICLE)
    with frozen(replicas[0]):
        for _ in range(2):
            publisher._client.connection_pool.disconnect()
            with pytest.raises(BrokerUnavailable, match="1 of 2 replicas confirmed"):
                publisher.flush()
    wait_until(lambda: _confirms(publisher))
    publisher.close()
    with connect(deployment.url) as client:
        assert client.xlen(LIVE) == 1


def _confirms(publisher: ArticlePublisher) -> bool:
    try:
        publisher.flush()
    except BrokerUnavailable:
        return False
    return True


def test_a_call_in_the_middle_of_a_failover_ends_at_the_new_primary(deployment: Deployment) -> None:
    """redis-py alone would try the dead one for as long as the call lasts."""
    client = connect(deployment.url, Patience(60))
    stream = RecordStream(consumer_client(deployment.url), "g")
    assert stream.read() == []
    client.wait(1, 1000)
    dead = deployment.primary()
    dead.kill()
    counted: list[int] = []
    calling = threading.Thread(target=lambda: counted.append(client.incr("n")))
    calling.start()
    assert stream.read(wait=True) == []  # a consumer goes on as well
    calling.join(30)
    assert counted == [1]
    assert deployment.primary() is not dead
    client.close()
    deployment.revive(dead)
