"""`khabar records`: formats, sinks by their targets, and wrong options as one sentence."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from khabar.errors import Exit
from khabar.keys.names import EVENT_FIELD, Names
from tests.acceptance.service import khabar
from tests.broker import Broker

EVENTS = Path(__file__).parents[1] / "unit" / "messages" / "cases" / "events_0.4.0.jsonl"
EVENT = EVENTS.read_text(encoding="utf-8").partition("\n")[0]
ID = json.loads(EVENT)["id"]


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A Valkey with one record."""
    running = Broker(tmp_path_factory.mktemp("valkey")).start()
    client = running.client()
    client.xadd(Names().records, {EVENT_FIELD: EVENT}, id="1796040000123-0")
    client.close()
    yield running
    running.kill()


def test_a_plain_line_has_its_outcome_s_id(broker: Broker) -> None:
    """A consumer of a file upserts by it."""
    done = khabar("records", "--redis-url", broker.url)
    assert done.returncode == Exit.OK, done.stderr
    (line,) = done.stdout.splitlines()
    assert json.loads(line) == {"outcome_id": ID, **json.loads(EVENT)["data"]}


def test_a_format_is_that_of_an_exporter(broker: Broker) -> None:
    """`event` is the earlier name of cloudevents."""
    for name in ("event", "cloudevents"):
        event = json.loads(khabar("records", "--format", name, "--redis-url", broker.url).stdout)
        assert (event["id"], event["time"], event["data"]) == (
            ID,
            "2026-11-30T12:00:00.123Z",
            json.loads(EVENT)["data"],
        )


def test_the_target_tells_the_sink(broker: Broker, tmp_path: Path) -> None:
    """One option; read twice by two groups, the record is there once."""
    target = tmp_path / "a.jsonl"
    for group in ("first", "second"):
        done = khabar(
            *("records", "--group", group, "--to", str(target), "--set", "max_mb=100", "--redis-url", broker.url)
        )
        assert (done.returncode, done.stdout) == (Exit.OK, ""), done.stderr
    assert [json.loads(line)["id"] for line in target.read_text(encoding="utf-8").splitlines()] == [ID]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--format", "xml"], Exit.USAGE, "there is no format 'xml'; there are json, pretty, bulk, cloudevents"),
        (["--sink", "jsonl"], Exit.USAGE, "--sink needs a target: --to TARGET"),
        (["--to", "a.jsonl", "--set", "max_mb"], Exit.USAGE, "--set max_mb: is not of the form NAME=VALUE"),
        (["--to", "mysql://db"], Exit.USAGE, "mysql://db: shows no sink; name it with --sink"),
        (["--to", "/dev/null/a.jsonl"], Exit.FAILED, "/dev/null/a.jsonl: cannot be written: Not a directory"),
    ],
)
def test_a_wrong_option_is_one_sentence(broker: Broker, arguments: list[str], code: Exit, said: str) -> None:
    """What is wrong, where, and what to do; nothing was read."""
    done = khabar("records", *arguments, "--redis-url", broker.url)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith(f"khabar: {said}")
    assert done.stderr.count("\n") == 1
