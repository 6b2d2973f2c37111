"""A cluster: with a hash tag in the prefix all keys lie in one slot, and its server may die."""

from collections.abc import Iterator

import pytest
import redis

from khabar import ArticlePublisher
from khabar.broker.ledgers import Ledger, ledgers_of
from khabar.broker.slots import cluster_refusal, has_tag
from khabar.errors import BrokerRefused
from khabar.keys.names import GROUP, Lane, Names
from khabar.publishing.dealing import DealingPublisher
from khabar.results.known import KnownIds
from khabar.results.outcome import Outcome, OutcomeName
from khabar.results.publisher import ResultPublisher
from tests.articles import article
from tests.broker import Broker
from tests.cluster import Cluster

PREFIX = "{khabar}:"
ARTICLES = 20


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Start one for all tests here, of which the last kills a server: its start takes as long as they do."""
    running = Cluster(tmp_path_factory.mktemp("cluster"), PREFIX)
    yield running
    running.kill()


def _settle(server: Broker, names: Names) -> list[str]:
    """End what is in the ledger, each article under an id of its own, as a worker does; some may be out already."""
    with redis.Redis.from_url(server.url, protocol=2) as client:
        ledger = names.ledger(Lane.LIVE)
        client.xreadgroup(GROUP, "worker", {ledger: ">"}, count=ARTICLES)
        entries = [each["message_id"].decode() for each in client.xpending_range(ledger, GROUP, "-", "+", ARTICLES)]
        outcomes = [
            Outcome(Lane.LIVE, entry, OutcomeName.RECORD, f"{number:02x}" * 16, b"{}")
            for number, entry in enumerate(entries)
        ]
        return ResultPublisher(client, names, done_generation_s=86_400).publish(outcomes)


def test_a_cluster_that_cannot_work_is_refused_with_what_to_do(cluster: Cluster) -> None:
    """Otherwise the first script fails with a word that only Redis' documentation explains."""
    other = next(server for server in cluster.servers[:3] if server is not cluster.owner)
    with other.client() as client:
        assert "KHABAR_PREFIX='{khabar}:'" in (cluster_refusal(client, "khabar:") or "")
        assert f"127.0.0.1:{cluster.owner.port} has khabar's slot" in (cluster_refusal(client, PREFIX) or "")
    publisher = ArticlePublisher(other.url, outage_s=0)
    publisher.add(article(1))
    with pytest.raises(BrokerRefused, match=r"KHABAR_PREFIX='\{khabar\}:'"):
        publisher.flush()


def test_two_slots_of_two_servers_are_two_ledgers(cluster: Cluster) -> None:
    """A slot is one server's work; with a prefix for each, a cluster carries as much as its servers do."""
    found: dict[int, Ledger] = {}
    for server in cluster.servers[:3]:
        with server.client() as client:
            tags = (f"{{ledger-{number}}}:" for number in range(100))
            prefix = next(tag for tag in tags if cluster_refusal(client, tag) is None)
            found[server.port] = Ledger(server.url, prefix)
    ledgers = ledgers_of(
        ",".join(each.url for each in found.values()), ",".join(each.prefix for each in found.values())
    )
    with DealingPublisher(ledgers) as publisher:
        publisher.publish(article(number) for number in range(3 * ARTICLES))
    lengths = []
    for server in cluster.servers[:3]:
        with server.client() as client:
            lengths.append(client.xlen(Names(found[server.port].prefix).ledger(Lane.LIVE)))
    assert sum(lengths) == 3 * ARTICLES
    assert min(lengths) > ARTICLES / 2


def test_with_a_hash_tag_nothing_is_lost_or_doubled_in_a_failover(cluster: Cluster) -> None:
    """Scripts touch many keys at once; the replica that takes the slot over has all of them."""
    names = Names(PREFIX)
    with cluster.owner.client() as client:
        assert cluster_refusal(client, PREFIX) is None
        client.xgroup_create(names.ledger(Lane.LIVE), GROUP, id="0", mkstream=True)
        KnownIds(redis.Redis.from_url(cluster.owner.url, protocol=2), names).remember([bytes([3]) * 16])
    with ArticlePublisher(cluster.owner.url, prefix=PREFIX, wait_replicas=1) as publisher:
        for number in range(ARTICLES):
            publisher.add(article(number))
    assert publisher.report.accepted == ARTICLES
    first = _settle(cluster.owner, names)
    assert first == ["record"] * 3 + ["duplicate"] + ["record"] * 16
    with ArticlePublisher(cluster.owner.url, prefix=PREFIX, wait_replicas=1) as publisher:
        for number in range(ARTICLES):
            publisher.add(article(number))

    promoted = cluster.fail_over()

    assert _settle(promoted, names) == ["duplicate"] * ARTICLES
    with promoted.client() as client:
        assert client.xlen(names.records) == ARTICLES - 1
        assert client.xlen(names.ledger(Lane.LIVE)) == 0


@pytest.mark.parametrize(
    ("prefix", "is_tagged"),
    [("{khabar}:", True), ("news:{ar}:", True), ("khabar:", False), ("{}:", False), ("{khabar:", False), ("}{", False)],
)
def test_a_hash_tag_is_told_as_the_cluster_tells_it(prefix: str, is_tagged: bool) -> None:
    """An empty tag is none."""
    assert has_tag(prefix) is is_tagged
