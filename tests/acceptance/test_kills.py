"""`khabar up` and kills of its own processes. Worker hosts, children and the broker: tests/acceptance/test_faults.py."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import orjson
import psutil
from prometheus_client.parser import text_string_to_metric_families

from khabar.keys.names import EVENT_FIELD, GROUP, Lane
from tests.acceptance.service import Service
from tests.articles import json_lines
from tests.broker import free_port
from tests.waiting import PATIENCE_S, wait_until

ARTICLES = 160


def test_a_dispatcher_killed_in_mid_work_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """160 articles in flight, kill -9 of the dispatcher and a child after a fifth of them: each has one record, counted once."""
    port = free_port()
    with Service(tmp_path / "var", layers=None, lease_s=10, batch_articles=16, metrics=port) as service:
        pushed = service.run("push", "-", input=json_lines(ARTICLES))
        assert pushed.returncode == 0, pushed.stderr
        wait_until(lambda: service.settled() >= ARTICLES // 5)
        service.kill("dispatcher")
        service.kill("child")
        assert service.settled() < ARTICLES, "the kill came too late to mean anything"
        wait_until(lambda: service.settled() >= ARTICLES)
        wait_until(
            lambda: sum(service.client.xpending(service.names.ledger(lane), GROUP)["pending"] for lane in Lane) == 0
        )
        records = [
            orjson.loads(fields[EVENT_FIELD.encode()]) for _, fields in service.client.xrange(service.names.records)
        ]
        seen = Counter(event["subject"] for event in records)
        assert seen == Counter(f"test-{number}" for number in range(ARTICLES))
        assert service.client.xlen(service.names.dead) == 0
        metrics = wait_until(
            lambda: scrape(port, lambda found: found["khabar_article_seconds_count", "live"] == ARTICLES)
        )
        assert metrics["khabar_articles_total", "", "live", "record"] == ARTICLES
        assert sum(count for (name, *_), count in metrics.items() if name == "khabar_articles_total") == ARTICLES
        assert metrics["khabar_step_processor_seconds_count", "live", "entities", "extract"] >= ARTICLES
        assert metrics["khabar_service_restarts_total", "dispatcher"] == 1
        assert urlopen(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE_S).read() == b"well\n"
        assert service.stop() == 0


def scrape(port: int, enough: Callable[[dict[tuple[str, ...], float]], bool]) -> dict[tuple[str, ...], float] | None:
    """Return name and labels of each sample with its value, once they are enough."""
    text = urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE_S).read().decode()
    found = {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    return found if enough(found) else None


def test_a_killed_up_takes_its_processes_along_and_the_next_goes_on(tmp_path: Path) -> None:
    """Orphans would hold the port and the data, and the next start would fail."""
    with Service(tmp_path / "var", layers=None, lease_s=10) as service:
        assert service.run("push", "-", input=json_lines(ARTICLES)).returncode == 0
        wait_until(lambda: service.settled() > 0)
        pids = [service.pid(role) for role in ("broker", "dispatcher", "worker")]
        service.process.kill()
        service.process.wait()
        wait_until(lambda: not any(psutil.pid_exists(pid) for pid in pids))
    with Service(tmp_path / "var", layers=None, lease_s=10, port=service.port) as service:
        wait_until(lambda: service.settled() >= ARTICLES)
        assert service.client.xlen(service.names.records) == ARTICLES
