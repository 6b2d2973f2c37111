"""Each sink's consumer is killed twice by SIGKILL and started again: every outcome is there once, whole, and acknowledged."""

import csv
import json
import multiprocessing
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from khabar.keys.names import DEFAULT_REDIS_URL, EVENT_FIELD, Names
from tests.broker import Broker
from tests.integration.sinks.dying import BATCH, GROUP, consume
from tests.postgres import Postgres
from tests.receiver import Receiver, receiving

ROOT = Path(__file__).parents[3]
EVENT = json.loads(
    (ROOT / "tests/unit/messages/cases/events_0.4.0.jsonl").read_text(encoding="utf-8").partition("\n")[0]
)
TEXT = EVENT["data"]["text"]
IDS = [f"{number:032x}" for number in range(3 * BATCH)]
# Forked from a process that has imported what consumers need: a tenth of the time of a start from nothing, and a real SIGKILL.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.integration.sinks.dying", "duckdb", "psycopg"])


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """One Valkey for all; each test has a database of its own."""
    started = Broker(tmp_path_factory.mktemp("valkey")).start()
    yield started
    started.kill()


def fill_and_die(broker: Broker, number: int, name: str, target: str, **options: str) -> None:
    """Put records on a stream, and let three consumers read them: two are killed, the last one ends."""
    url = broker.url[:-1] + str(number)
    client = broker.client()
    client.select(number)
    for each in IDS:
        client.xadd(Names().records, {EVENT_FIELD: json.dumps(EVENT | {"id": each})})
    for moment, code in (("write", -signal.SIGKILL), ("flush", -signal.SIGKILL), ("never", 0)):
        consumer = PROCESSES.Process(target=consume, args=(url, name, target, moment, options))
        consumer.start()
        consumer.join(120)
        assert consumer.exitcode == code
    groups: Any = client.xinfo_groups(Names().records)
    assert [(each["name"], each["pending"], each["entries-read"]) for each in groups] == [(GROUP, 0, len(IDS))]
    client.close()


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_jsonl_with_rotation(broker: Broker, tmp_path: Path) -> None:
    """Files of a batch each, for each batch is larger than what a file may hold."""
    fill_and_die(broker, 0, "jsonl", str(tmp_path / "a.jsonl"), max_mb="0.01")
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["a.000001.jsonl", "a.000002.jsonl", "a.000003.jsonl", "a.jsonl"]
    events = [event for file in files for event in lines_of(file)]
    assert [event["id"] for event in events] == IDS
    assert all(event["data"] == EVENT["data"] and event["time"].endswith("Z") for event in events)


def test_csv(broker: Broker, tmp_path: Path) -> None:
    """No table has a row twice, or one that its article lacks."""
    fill_and_die(broker, 1, "csv", str(tmp_path))
    tables = {path.stem: rows_of(path) for path in tmp_path.glob("*.csv")}
    assert [row["outcome_id"] for row in tables["articles"]] == IDS
    assert {row["text"] for row in tables["articles"]} == {TEXT}
    for layer in ("entities", "quotations", "quantities", "temporal"):
        items = EVENT["data"][layer]
        assert [row["outcome_id"] for row in tables[layer]] == [each for each in IDS for _ in items]
    for table in ("mentions", "quotations", "quantities", "temporal"):
        assert all(TEXT[int(row["start"]) : int(row["end"])] == row["text"] for row in tables[table])


def test_parquet(broker: Broker, tmp_path: Path) -> None:
    """A file a batch, with one schema."""
    import duckdb

    fill_and_die(broker, 2, "parquet", str(tmp_path / "news.parquet"))
    found = duckdb.sql(f"SELECT outcome_id, text FROM '{tmp_path}/news.parquet/*.parquet' ORDER BY 1").fetchall()
    assert found == [(each, TEXT) for each in IDS]
    assert not list(tmp_path.glob("*/*.part"))


def test_duckdb(broker: Broker, tmp_path: Path) -> None:
    """Rows and views."""
    import duckdb

    fill_and_die(broker, 3, "duckdb", str(tmp_path / "news.duckdb"))
    with duckdb.connect(str(tmp_path / "news.duckdb"), read_only=True) as db:
        assert db.sql("SELECT outcome_id, text FROM records ORDER BY 1").fetchall() == [(each, TEXT) for each in IDS]
        [(count,)] = db.sql("SELECT count(*) FROM quotations WHERE speaker.name IS NOT NULL").fetchall()
        assert count == len(IDS) * sum(each["speaker"] is not None for each in EVENT["data"]["quotations"])


def test_postgresql(broker: Broker, postgres: Postgres) -> None:
    """Rows and views, in a real server."""
    import psycopg

    fill_and_die(broker, 4, "postgresql", postgres.url)
    with psycopg.connect(postgres.url) as db:
        found = db.execute("SELECT outcome_id, record FROM khabar_records ORDER BY 1").fetchall()
        assert found == [(each, EVENT["data"]) for each in IDS]
        cut = "SELECT substr(r.record->>'text', q.start::int + 1, (q.\"end\" - q.start)::int) = q.text, speaker_name"
        rows = db.execute(f"{cut} FROM khabar_records_quotations q JOIN khabar_records r USING (outcome_id)").fetchall()
        said = [(True, each["speaker"] and each["speaker"]["name"]) for each in EVENT["data"]["quotations"]]
        assert rows == said * len(IDS)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A server that notes what it is sent."""
    with receiving() as found:
        yield found


def test_opensearch(broker: Broker, receiver: Receiver) -> None:
    """Against a server of the tests' own that answers as the documentation of _bulk says; no OpenSearch is installed here."""
    fill_and_die(broker, 5, "opensearch", f"{receiver.url}/news")
    assert sorted(receiver.documents) == IDS
    assert all(document["text"] == TEXT for document in receiver.documents.values())
    assert any(count > 1 for count in receiver.seen.values())  # some came again, and the id made one of both


def test_webhook(broker: Broker, receiver: Receiver) -> None:
    """What comes again has the same id and the same time; the receiver keeps one."""
    fill_and_die(broker, 6, "webhook", f"{receiver.url}/hook")
    bodies: dict[str, set[bytes]] = {}
    for headers, body in receiver.posts:
        bodies.setdefault(headers["webhook-id"], set()).add(body)
    assert sorted(bodies) == IDS
    assert all(len(each) == 1 for each in bodies.values())
    assert len(receiver.posts) > len(IDS)


def test_the_program_of_the_page_runs_as_it_stands(broker: Broker, tmp_path: Path) -> None:
    """docs/how-to/sinks.md in three lines."""
    page = (ROOT / "docs" / "how-to/sinks.md").read_text(encoding="utf-8")
    program = page.partition("```python\n")[2].partition("```")[0].replace(DEFAULT_REDIS_URL, f"{broker.url[:-1]}7")
    client = broker.client()
    client.select(7)
    client.xadd(Names().records, {EVENT_FIELD: json.dumps(EVENT)})
    client.close()
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert [event["id"] for event in lines_of(tmp_path / "archive.jsonl")] == [EVENT["id"]]
