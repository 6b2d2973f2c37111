"""`khabar up` and kills of its own processes. Worker hosts, children and the broker: tests/acceptance/test_faults.py."""

from collections import Counter
from pathlib import Path

import orjson
import psutil

from khabar.keys.names import EVENT_FIELD, GROUP, Lane
from tests.acceptance.service import Service
from tests.articles import json_lines
from tests.waiting import wait_until

ARTICLES = 160


def test_a_dispatcher_killed_in_mid_work_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """160 articles in flight, one kill -9 after a fifth of them: each has exactly one record."""
    with Service(tmp_path / "var", layers=None, lease_s=10, batch_articles=16) as service:
        pushed = service.run("push", "-", input=json_lines(ARTICLES))
        assert pushed.returncode == 0, pushed.stderr
        wait_until(lambda: service.settled() >= ARTICLES // 5)
        service.kill("dispatcher")
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
        assert service.stop() == 0


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
