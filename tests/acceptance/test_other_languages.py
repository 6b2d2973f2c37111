"""The contract in other languages: the official tools read docs/schema, and examples/node runs as it stands."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from khabar.keys.names import ARTICLE_FIELD, EVENT_FIELD, Names
from khabar.messages.article import parse_article
from tests.broker import Broker
from tests.waiting import wait_until

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "docs" / "schema"
EXAMPLES = ROOT / "examples" / "node"
NODE = ROOT / "tests" / "node"
EVENTS = ROOT / "tests" / "unit" / "messages" / "cases" / "events_0.4.0.jsonl"
TYPES = ["khabar.record.v1", "khabar.record.v1", "khabar.rejection.v1"]


def node(*arguments: object, input: str | None = None) -> str:
    """Run Node.js beside what `make node` has installed; return its output."""
    done = subprocess.run(
        ["node", *map(str, arguments)], cwd=NODE, input=input, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _events() -> list[dict[str, Any]]:
    return [json.loads(line) for line in EVENTS.read_text(encoding="utf-8").splitlines()]


def _has_node() -> bool:
    if shutil.which("node") is None or not (NODE / "node_modules").is_dir():
        return False
    version = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout  # such as v20.19.2
    return [int(part) for part in version.strip().removeprefix("v").split(".")[:2]] >= [20, 19]


needs_node = pytest.mark.skipif(
    not _has_node(), reason="Node.js 20.19 or its packages are not here; `make node` installs the packages where npm is"
)


@pytest.fixture
def example(tmp_path: Path) -> Iterator[Path]:
    """The examples beside their package, as after `npm install ioredis`."""
    folder = tmp_path / "example"
    shutil.copytree(EXAMPLES, folder)
    (folder / "node_modules").symlink_to(NODE / "node_modules")
    yield folder


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A Valkey of this test's own."""
    running = Broker(tmp_path / "valkey").start()
    yield running
    running.kill()


@needs_node
def test_the_official_parsers_read_every_document() -> None:
    """@asyncapi/parser without a warning, ajv in its strict mode; the events are what 0.4.0 made."""
    found = json.loads(node("official.mjs", SCHEMA, EVENTS))
    names = Names()
    assert found["asyncapi"] == {
        "channels": [names.prefix + "articles", names.prefix + "backfill", names.records, names.dead, names.stories],
        "errors": [],
        "messages": ["Article", "RecordEvent", "RejectionEvent", "StoryEvent"],
    }
    assert found["ajv"] == {"compiled": ["article", "record", "rejection", "story", "event"], "invalid": 0}


@needs_node
def test_types_that_quicktype_makes_read_real_events(tmp_path: Path) -> None:
    """The types of six languages come from one description; JavaScript's check at run time."""
    module = tmp_path / "event.js"
    quicktype = NODE / "node_modules" / "quicktype" / "dist" / "index.js"
    node(quicktype, "-s", "schema", SCHEMA / "event.schema.json", "-l", "javascript", "-t", "Event", "-o", module)
    assert json.loads(node("quicktype_reads.cjs", module, EVENTS)) == TYPES


def test_models_that_datamodel_code_generator_makes_read_real_events(tmp_path: Path) -> None:
    """For those who do not install khabar-client."""
    options = ["--input-file-type", "jsonschema", "--output-model-type", "pydantic_v2.BaseModel"]
    options += ["--formatters", "builtin", "--input", str(SCHEMA / "event.schema.json")]
    made = subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "datamodel_code_generator",
            *options,
            "--output",
            str(tmp_path / "made"),
        ],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert made.returncode == 0, made.stderr
    script = "import made, sys; [print(made.Envelope.model_validate_json(line).root.type) for line in sys.stdin]"
    read = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, input=EVENTS.read_text("utf-8"), capture_output=True, text=True
    )
    assert read.stdout.split() == TYPES, read.stderr


@needs_node
def test_the_node_consumer_prints_claims_and_acknowledges(example: Path, broker: Broker) -> None:
    """An emoji in a title shifts every UTF-16 offset behind it; the example's claims are the record's."""
    client, names = broker.client(), Names()
    events = [event for event in _events() if event["type"] == "khabar.record.v1"]
    assert any(ord(letter) > 0xFFFF for event in events for letter in event["data"]["text"])
    for event in events:
        client.xadd(names.records, {EVENT_FIELD: json.dumps(event)})
    consumer = subprocess.Popen(
        ["node", "consumer.mjs", broker.url, "g"],
        cwd=example,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )

    def is_done() -> bool:
        groups: Any = client.xinfo_groups(names.records) if client.exists(names.records) else []
        return [(each["entries-read"], each["pending"]) for each in groups] == [(2, 0)] or consumer.poll() is not None

    try:
        wait_until(is_done)
        consumer.send_signal(signal.SIGTERM)
        out, errors = consumer.communicate(timeout=60)
    finally:
        consumer.kill()
        client.close()
    assert (consumer.returncode, errors) == (0, "")
    expected = [(event["id"], quotation["text"]) for event in events for quotation in event["data"]["quotations"]]
    assert expected
    assert [(line["id"], line["said"]) for line in map(json.loads, out.splitlines())] == expected


@needs_node
def test_what_the_node_producer_adds_are_articles(example: Path, broker: Broker) -> None:
    """In the ledger as khabar's own producer leaves them: one field, JSON, UTF-8."""
    lines = '{"title": "🔴 عنوان", "text": "وصل الوزير"}\n\n{"headline": "آخر", "body": "نص"}\n'
    node(example / "producer.mjs", broker.url, input=lines)
    client = broker.client()
    entries: Any = client.xrange(Names().prefix + "articles")
    client.close()
    assert [parse_article(fields[ARTICLE_FIELD]).title for _, fields in entries] == ["🔴 عنوان", "آخر"]


@pytest.mark.skipif(
    shutil.which("redis-cli") is None, reason="redis-cli is not here; Debian's package redis-tools has it"
)
def test_the_page_s_commands_of_redis_cli_run_as_they_stand(broker: Broker, tmp_path: Path) -> None:
    """A consumer in a shell: what it acknowledged is not given again, and the article is in the ledger."""
    page = (ROOT / "docs" / "reference/messages.md").read_text(encoding="utf-8")
    script = page.partition("```sh\n")[2].partition("```")[0].replace("6390", str(broker.port))
    client, names = broker.client(), Names()
    for event in _events()[:2]:
        client.xadd(names.records, {EVENT_FIELD: json.dumps(event)})
    done = subprocess.run(["sh", "-eu", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    groups: Any = client.xinfo_groups(names.records)
    assert [(group["name"], group["entries-read"], group["pending"]) for group in groups] == [("monitor", 2, 1)]
    entries: Any = client.xrange(names.prefix + "articles")
    client.close()
    assert [parse_article(fields[ARTICLE_FIELD]).title for _, fields in entries] == ["وصول الوفد"]
