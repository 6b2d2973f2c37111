"""The whole service in an outage of every kind: no process exits, nothing is lost, doubled or given up."""

import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import orjson
import pytest

from khabar.errors import Exit
from khabar.keys.names import EVENT_FIELD
from tests.acceptance.service import Service
from tests.articles import json_lines
from tests.broker import Broker
from tests.outages import OUTAGES
from tests.waiting import wait_until

ARTICLES = 400
OUTAGE_S = 2.0  # longer than what Celery's worker asks the broker at most: its BRPOP takes a second


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A broker that is not a child of `khabar up`."""
    running = Broker(tmp_path / "broker").start()
    yield running
    running.kill()


def test_an_outage_of_any_kind_stops_no_process_and_gives_up_no_article(broker: Broker, tmp_path: Path) -> None:
    """Celery's worker took READONLY and its like for unrecoverable and exited with 0, which few supervisors restart."""
    with Service(tmp_path / "var", redis_url=broker.url, lease_s=10) as service:
        for number, kind in enumerate(OUTAGES):
            first = number * ARTICLES
            assert service.run("push", "-", input=json_lines(ARTICLES, first=first)).returncode == Exit.OK
            with OUTAGES[kind](broker), suppress(subprocess.TimeoutExpired):
                service.process.wait(OUTAGE_S)
            wait_until(lambda done=first + ARTICLES: service.settled() >= done)
        assert "starting again" not in service.said, service.said
        assert service.client.xlen(service.names.dead) == 0
        entries = service.client.xrange(service.names.records)
        seen = Counter(orjson.loads(fields[EVENT_FIELD.encode()])["subject"] for _, fields in entries)
        assert seen == Counter(f"test-{number}" for number in range(len(OUTAGES) * ARTICLES))
        assert service.stop() == 0
