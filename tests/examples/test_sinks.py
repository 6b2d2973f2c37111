"""The webhook's receiver in FastAPI, and the questions to PostgreSQL: `khabar records` fills them, as their READMEs say."""

import base64
import importlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest

from khabar.keys.names import EVENT_FIELD, Names
from khabar.sinks.webhook import sign
from tests.broker import Broker, free_port
from tests.examples.shell import ROOT, commands, copied, run
from tests.postgres import running

EVENTS = ROOT / "tests" / "unit" / "messages" / "cases" / "events_0.4.0.jsonl"
TITLE = "🔴 عاجل: السيول تقطع الطريق بين بورتسودان وعطبرة"
QUOTATION = "فرقنا تعمل منذ الفجر، ولن تعود قبل فتح الطريق"
SECRET = "whsec_" + base64.b64encode(b"a secret of this test").decode()
NOW_S = 1_790_000_000


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """One with two records, one of which has no title."""
    server = Broker(tmp_path / "valkey").start()
    with server.client() as client:
        for line in EVENTS.read_text(encoding="utf-8").splitlines():
            if json.loads(line)["type"] == "khabar.record.v1":
                client.xadd(Names().records, {EVENT_FIELD: line})
    yield server
    server.kill()


@pytest.fixture(scope="module")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """Give out the example as a module, in a folder of its own."""
    example = copied("webhook", tmp_path_factory.mktemp("receiver"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KHABAR_WEBHOOK_SECRET", SECRET)
        patch.chdir(example)
        patch.syspath_prepend(example)
        module = importlib.import_module("receiver")
    yield module
    module.db.close()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not here")
def test_the_receiver_has_each_record_once(broker: Broker, tmp_path: Path) -> None:
    """Somebody without the secret is refused; a second group delivers all of them again, to the same receiver."""
    example = copied("webhook", tmp_path)
    port = str(free_port())
    [records] = [line.replace("8000", port) for line in commands("webhook") if line.startswith("khabar records")]
    stranger = f"! KHABAR_WEBHOOK_SECRET=guessed {records.replace('--group webhook', '--group stranger')}"
    again = records.replace("--group webhook", "--group second")
    env = {"KHABAR_REDIS_URL": broker.url}
    instead = {"8000": port, records: f"{stranger}\n{records}\n{again}"}
    printed, said = run("webhook", example, env=env, instead=instead)
    assert "answers 401" in said
    assert sorted(printed.splitlines()) == sorted([f"('{TITLE}',)", "(None,)"])
    with closing(sqlite3.connect(example / "records.sqlite")) as db:
        rows = db.execute("SELECT title, record FROM records").fetchall()
    assert [json.loads(record)["article"]["title"] for _, record in rows] == [title for title, _ in rows]
    with broker.client() as client:
        groups = client.xinfo_groups(Names().records)
    assert {group["name"]: (group["entries-read"], group["pending"]) for group in groups} == {
        "stranger": (2, 2),
        "webhook": (2, 0),
        "second": (2, 0),
    }


@pytest.mark.parametrize(
    ("change", "is_signed"),
    [
        ({}, True),
        ({"now_s": NOW_S + 299}, True),
        ({"now_s": NOW_S + 301}, False),
        ({"now_s": NOW_S - 301}, False),
        ({"body": b"{} "}, False),
        ({"secret": b"another"}, False),
        ({"headers": {}}, False),
        ({"headers": {"webhook-timestamp": "soon"}}, False),
        ({"headers": {"webhook-id": "other"}}, False),
        ({"headers": {"webhook-signature": ""}}, False),
        ({"headers": {"webhook-signature": "v1,خطأ"}}, False),
    ],
)
def test_the_receiver_believes_only_its_own_secret(
    receiver: ModuleType, change: dict[str, object], is_signed: bool
) -> None:
    """Anybody can post to an open address."""
    secret = change.get("secret", b"a secret of this test")
    headers = sign(secret, "e1", NOW_S, b"{}")
    given = change.get("headers")
    headers = {} if given == {} else headers | (given or {})
    assert receiver.is_signed(headers, change.get("body", b"{}"), now_s=change.get("now_s", float(NOW_S))) is is_signed


def test_the_receiver_takes_one_of_several_signatures(receiver: ModuleType) -> None:
    """Standard Webhooks sends two while a secret is exchanged."""
    headers = sign(b"a secret of this test", "e1", NOW_S, b"{}")
    headers["webhook-signature"] = f"v1,AAAA {headers['webhook-signature']}"
    assert receiver.is_signed(headers, b"{}", now_s=NOW_S)


def test_the_questions_to_postgresql_are_answered(broker: Broker, tmp_path: Path) -> None:
    """Each of the three has an answer in the records; the claim is exact although an emoji stands before it."""
    with running() as server:
        example = copied("postgresql", tmp_path)
        env = {
            "KHABAR_REDIS_URL": broker.url,
            "PGHOST": "127.0.0.1",
            "PGPORT": str(server.port),
            "PGUSER": "postgres",
            "PATH": os.pathsep.join([str(server.binaries), os.environ["PATH"]]),
        }
        printed, _ = run("postgresql", example, env=env, instead={})
    answers = [[cell.strip() for cell in line.split("|")] for line in printed.splitlines() if "|" in line]
    assert ["ياسر عثمان", "1"] in answers
    assert ["2026-08-14", "people", "350"] in answers
    assert [QUOTATION, "https://example.com/news/1"] in answers
