"""The service under Redis Sentinel: the primary dies in mid-work, and everything goes on by itself at the next."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from khabar.errors import Exit
from khabar.keys.names import EVENT_FIELD, Lane
from tests.acceptance.service import Service, khabar
from tests.articles import json_lines
from tests.broker import DEBIAN, VALKEY, debian_redis
from tests.sentinel import Deployment
from tests.waiting import wait_until

ARTICLES = 600


@pytest.fixture(params=[VALKEY, DEBIAN])
def deployment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Deployment]:
    """A primary, two replicas, three sentinels; two, so that one is left to confirm when the primary has died."""
    binary = debian_redis() if request.param == DEBIAN else None
    running = Deployment(tmp_path / "servers", replicas=2, binary=binary)
    try:
        yield running.start()
    finally:
        running.kill()


def subjects(service: Service) -> Counter[str]:
    """Return which articles have records, and how many each, on the primary of now."""
    entries = service.client.xrange(service.names.records)
    return Counter(orjson.loads(fields[EVENT_FIELD.encode()])["subject"] for _, fields in entries)


def test_the_primary_dies_and_the_service_goes_on(deployment: Deployment, tmp_path: Path) -> None:
    """Dispatcher, worker, children, producer and reader; each article accepted by two servers has exactly one record.

    Then the old primary comes back, as a replica, and dies a second time what is the primary by then.
    """
    with Service(tmp_path / "var", redis_url=deployment.url, lease_s=10, wait_replicas=1) as service:
        assert service.run("push", "-", input=json_lines(ARTICLES)).returncode == Exit.OK
        wait_until(lambda: service.settled() > ARTICLES // 10)
        dead = deployment.fail_over()
        assert service.run("push", "-", input=json_lines(ARTICLES, first=ARTICLES)).returncode == Exit.OK
        wait_until(lambda: service.settled() >= 2 * ARTICLES)
        assert subjects(service) == Counter(f"test-{number}" for number in range(2 * ARTICLES))
        assert service.client.xlen(service.names.ledger(Lane.LIVE)) == 0
        assert service.client.xlen(service.names.dead) == 0

        deployment.revive(dead)
        deployment.fail_over()
        assert service.run("push", "-", input=json_lines(100, first=2 * ARTICLES)).returncode == Exit.OK
        wait_until(lambda: service.settled() >= 2 * ARTICLES + 100)
        assert subjects(service) == Counter(f"test-{number}" for number in range(2 * ARTICLES + 100))
        assert "starting again" not in service.said, service.said
        read = service.run("records", "--group", "archive", "--limit", "5")
        assert len(read.stdout.splitlines()) == 5
        status = service.run("status")
        assert status.returncode == Exit.OK
        assert "sentinel://127.0.0.1" in status.stdout
        assert service.stop() == 0


SOON = ("--outage", "0.5")


@pytest.mark.parametrize(
    ("url", "code", "said"),
    [
        ("sentinel://127.0.0.1:1/0", Exit.USAGE, "the sentinels' service"),
        ("sentinel://:secret@127.0.0.1:1/0?service=khabar&sentinel_password=secret", Exit.NO_BROKER, "127.0.0.1:1"),
    ],
)
@pytest.mark.parametrize("command", [["push", "-", *SOON], ["records", *SOON], ["status"], ["up"]])
def test_a_wrong_sentinel_url_is_one_sentence(command: list[str], url: str, code: Exit, said: str) -> None:
    """It says what is wrong and holds no password."""
    done = khabar(*command, "--redis-url", url, input=json_lines(1))
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr
