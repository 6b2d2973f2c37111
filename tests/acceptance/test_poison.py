"""One bad item is one dead letter: its fellows end as records, whoever is killed meanwhile."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import psutil
import pytest

from khabar.keys.names import ARTICLE_FIELD, EVENT_FIELD, GROUP, Lane, Names
from tests.acceptance.service import Service
from tests.articles import article, json_lines
from tests.broker import Broker
from tests.waiting import wait_until

ARTICLES = 300
PATIENCE_S = 200.0
NAMES = Names()
LEDGER = NAMES.ledger(Lane.LIVE)
DEEP = '[{"name":"x","d":' + "[" * 1_015 + "]" * 1_015 + "}]"
POISON = f'{{"id":"deep","text":"قال","author":{DEEP},"authors":{DEEP}}}'


def events(service: Service, key: str) -> list[dict[str, Any]]:
    return [json.loads(fields[EVENT_FIELD.encode()]) for _, fields in service.client.xrange(key)]


def assert_one_poison(service: Service) -> None:
    wait_until(lambda: service.settled() >= ARTICLES + 1, timeout_s=PATIENCE_S, every_s=0.2)
    subjects = Counter(event["subject"] for event in events(service, NAMES.records))
    assert subjects == Counter(f"test-{number}" for number in range(ARTICLES))
    assert len(events(service, NAMES.dead)) == 1
    wait_until(lambda: service.client.xpending(LEDGER, GROUP)["pending"] == 0, timeout_s=PATIENCE_S)


@pytest.mark.timeout(500)
def test_an_item_that_cannot_be_compared_costs_nobody_else_anything(tmp_path: Path) -> None:
    """4 KB with one power cut left 64 of 3,000 accepted articles pending for ever, and no dispatcher lived longer than 10 s."""
    with Service(tmp_path / "var", children=1, lease_s=2, up_s=PATIENCE_S) as service:
        service.client.xadd(LEDGER, {ARTICLE_FIELD: POISON})
        assert service.run("push", "-", input=json_lines(ARTICLES)).returncode == 0
        pids = [service.pid(role) for role in ("broker", "dispatcher", "worker")]
        service.process.kill()
        service.process.wait()
        wait_until(lambda: not any(psutil.pid_exists(pid) for pid in pids))
    with Service(tmp_path / "var", children=1, lease_s=2, port=service.port, up_s=PATIENCE_S) as service:
        dispatcher = service.pid("dispatcher")
        assert_one_poison(service)
        assert events(service, NAMES.dead)[0]["data"]["code"] == "wrong_type"
        assert service.pid("dispatcher") == dispatcher
        letters = service.run("push", "-", input=f"{POISON}\n{json.dumps(article(ARTICLES))}\n")
        assert letters.returncode == 0, letters.stderr
        wait_until(lambda: service.settled() >= ARTICLES + 2, timeout_s=PATIENCE_S)


@pytest.mark.timeout(500)
def test_a_dispatcher_ends_poison_and_takes_the_rest_over(tmp_path: Path) -> None:
    """As a lost worker host of an earlier version leaves them: the poison has used up its attempts, its fellows have not."""
    broker = Broker(tmp_path / "broker").start()
    with broker.client() as client:
        client.xgroup_create(LEDGER, GROUP, id="0", mkstream=True)
        poison = client.xadd(LEDGER, {ARTICLE_FIELD: POISON})
        for number in range(ARTICLES):
            client.xadd(LEDGER, {ARTICLE_FIELD: json.dumps(article(number))})
        client.xreadgroup(GROUP, "worker:lost", {LEDGER: ">"})
        client.xclaim(LEDGER, GROUP, "worker:lost", 0, [poison], retrycount=9)
    with Service(tmp_path / "var", children=1, lease_s=2, redis_url=broker.url, up_s=PATIENCE_S) as service:
        dispatcher = service.pid("dispatcher")
        assert_one_poison(service)
        assert events(service, NAMES.dead)[0]["data"]["code"] == "worker_lost"
        assert service.pid("dispatcher") == dispatcher
    broker.kill()


@pytest.mark.timeout(500)
def test_each_entry_with_a_wrong_field_name_is_a_rejection_that_says_so(tmp_path: Path) -> None:
    """20 articles under `data` were one dead letter with an empty original, and 19 duplicates of it."""
    with Service(tmp_path / "var", children=1, lease_s=2, up_s=PATIENCE_S) as service:
        for number in range(20):
            service.client.xadd(LEDGER, {"data": json.dumps(article(number)), "kind": "x"})
        service.client.xadd(LEDGER, {"kind": "x"})
        service.client.xadd(LEDGER, {"kind": "x"})  # the same again is another entry
        service.client.xadd(LEDGER, {"data": b"\xff"})
        service.client.xadd(LEDGER, {ARTICLE_FIELD: json.dumps(article(99)), "kind": "x"})
        wait_until(lambda: service.settled() >= 24, timeout_s=PATIENCE_S)
        rejections = [event["data"] for event in events(service, NAMES.dead)]
        assert {(each["code"], each["field"]) for each in rejections} == {("wrong_entry", ARTICLE_FIELD)}
        originals = [json.loads(each["original"]) for each in rejections]
        assert [json.loads(each["data"])["id"] for each in originals[:20]] == [f"test-{number}" for number in range(20)]
        assert originals[20:] == [{"kind": "x"}, {"kind": "x"}, {"data": {"base64": "/w=="}}]
        assert "data, kind" in rejections[0]["reason"]
        assert [event["subject"] for event in events(service, NAMES.records)] == ["test-99"]
        assert b"duplicate" not in service.client.hgetall(NAMES.counters)
