"""Sinks: found by name, and each event in them once."""

import json
from collections.abc import Sequence
from importlib import import_module
from inspect import Parameter, signature
from pathlib import Path

import pytest

from khabar.consuming.delivery import Delivery
from khabar.errors import Exit, SinkError, UnusablePlugin
from khabar.messages.envelope import Envelope, EventType
from khabar.sinks.base import Sink
from khabar.sinks.files import Remembered
from khabar.sinks.filling import copy
from khabar.sinks.registry import SINKS, open_sink, sink_of
from tests.packages import install

ROOT = Path(__file__).parents[3]


def deliveries(*ids: str) -> list[Delivery]:
    """Return a delivery for each event id."""
    return [Delivery("1-0", Envelope(id=each, type=EventType.RECORD, data={"text": "نص"})) for each in ids]


def ids(path: Path) -> list[str]:
    """Return the event ids of a file."""
    return [json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()]


def test_an_event_is_in_the_file_once_also_when_it_is_opened_again(tmp_path: Path) -> None:
    """Deliveries come at least once."""
    path = tmp_path / "a.jsonl"
    for batch in (("a", "b", "a"), ("b", "c")):
        sink = open_sink("jsonl", str(path))
        sink.write(deliveries(*batch))
        sink.write(deliveries(*batch))
        sink.flush()
        sink.close()
    assert ids(path) == ["a", "b", "c"]
    assert "نص" in path.read_text(encoding="utf-8")


def test_a_line_that_a_crash_has_cut_is_taken_out(tmp_path: Path) -> None:
    """It was not acknowledged, so it comes again; appended to a torn line, the next record would be lost with it."""
    path = tmp_path / "a.jsonl"
    sink = open_sink("jsonl", str(path))
    sink.write(deliveries("a", "b"))
    sink.flush()
    sink.close()
    path.write_bytes(path.read_bytes()[:-5])
    sink = open_sink("jsonl", str(path))
    sink.write(deliveries("b", "c"))
    sink.flush()
    sink.close()
    assert ids(path) == ["a", "b", "c"]


def test_only_the_end_of_a_large_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive of years must open at once; what comes again was written last."""
    path = tmp_path / "a.jsonl"
    sink = open_sink("jsonl", str(path))
    sink.write(deliveries("a", "b", "c"))
    sink.close()
    line_bytes = path.stat().st_size // 3
    monkeypatch.setattr("khabar.sinks.jsonl.TAIL_BYTES", 2 * line_bytes + 1)
    sink = open_sink("jsonl", str(path))
    sink.write(deliveries("a", "b", "c"))
    sink.close()
    assert ids(path) == ["a", "b", "c", "a"]


@pytest.mark.parametrize("content", ['{"text": "x"}\n', "[]\n", "x\n", "notes without a line end"])
def test_another_file_is_left_as_it_is(tmp_path: Path, content: str) -> None:
    """A slip of the fingers must not cost a file."""
    path = tmp_path / "a.jsonl"
    path.write_text(content)
    with pytest.raises(SinkError, match="holds lines that are not events of khabar"):
        open_sink("jsonl", str(path))
    assert path.read_text() == content


def test_a_target_that_cannot_be_opened_is_one_sentence(tmp_path: Path) -> None:
    """The command prints it and nothing else."""
    with pytest.raises(SinkError, match=r"cannot be written: No such file or directory; with"):
        open_sink("jsonl", str(tmp_path / "missing" / "a.jsonl"))


def test_what_is_no_sink_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said before the first record is read."""
    with pytest.raises(
        UnusablePlugin,
        match=r"^there is no sink 'kafka'; there are csv, duckdb, jsonl, opensearch, parquet, postgresql, webhook$",
    ) as caught:
        open_sink("kafka", "x")
    assert caught.value.exit_code is Exit.USAGE
    points = {"khabar.sinks": {"kafka": "kafka_room:sink"}}
    folder = install(tmp_path, "kafka-room", modules={"kafka_room": "sink = str"}, points=points)
    monkeypatch.syspath_prepend(folder)
    with pytest.raises(UnusablePlugin, match=r"^package kafka-room 1.0: its sink 'kafka' is of type str, not khabar"):
        open_sink("kafka", "x")


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("archive.jsonl", "jsonl"),
        ("out/news.ndjson", "jsonl"),
        ("news.parquet", "parquet"),
        ("news.parquet/", "parquet"),
        ("news.duckdb", "duckdb"),
        ("tables.csv/", "csv"),
        ("postgresql://me@db/news", "postgresql"),
        ("postgres://me@db/news", "postgresql"),
        ("https://example.org/hook.jsonl", "webhook"),
        ("opensearch+https://search:9200/news", "opensearch"),
        ("elasticsearch+http://search:9200/news", "opensearch"),
    ],
)
def test_a_target_tells_its_sink(target: str, name: str) -> None:
    """One option is enough where there is no doubt."""
    assert sink_of(target) == name


@pytest.mark.parametrize("target", ["archive", "mysql://me:word@db/news", "news.csv"])
def test_a_target_that_tells_no_sink_is_refused(target: str) -> None:
    """The sentence lists what would; it holds no password."""
    with pytest.raises(
        UnusablePlugin, match=r"shows no sink; name it with --sink, or .*\.duckdb.*postgresql://"
    ) as caught:
        sink_of(target)
    assert "word" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"max_gb": "1"}, "the sink jsonl has no option 'max_gb'; it takes max_mb"),
        ({"max_mb": "much"}, "the option max_mb of the sink jsonl is a number, and not 'much'"),
    ],
)
def test_a_wrong_option_is_one_sentence(tmp_path: Path, options: dict[str, str], reason: str) -> None:
    """A misspelt option must not be taken for its default."""
    with pytest.raises(UnusablePlugin, match=reason):
        open_sink("jsonl", str(tmp_path / "a.jsonl"), options)


@pytest.mark.parametrize("name", SINKS.house())
def test_every_sink_and_option_is_documented(name: str) -> None:
    """docs/how-to/sinks.md has a section for each, with every option of its function."""
    section = (
        (ROOT / "docs" / "how-to/sinks.md")
        .read_text(encoding="utf-8")
        .partition(f"\n## {name}\n")[2]
        .partition("\n## ")[0]
    )
    build = import_module(f"khabar.sinks.{name}").sink
    options = [each.name for each in signature(build).parameters.values() if each.kind is Parameter.KEYWORD_ONLY]
    assert section
    assert [option for option in options if f"`{option}`" not in section] == []


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A consumer that runs for years must not keep every id."""
    monkeypatch.setattr("khabar.sinks.files.REMEMBERED", 10)
    known = Remembered(map(str, range(25)))
    known.add(["25"])
    assert [str(number) in known for number in (0, 14, 20, 25)] == [False, False, True, True]


def test_a_batch_waits_for_more_and_is_acknowledged_after_the_flush() -> None:
    """What a sink commits at once costs as much for one record as for thousands."""
    stream = deliveries("a", "b", "c", "d", "e")
    happened: list[str] = []

    class Noting(Sink):
        def write(self, deliveries: Sequence[Delivery]) -> None:
            happened.append("write " + "".join(each.event.id for each in deliveries))

        def flush(self) -> None:
            happened.append("flush")

        def close(self) -> None:
            """It keeps nothing open."""

    def read(count: int, *, wait: bool) -> list[Delivery]:
        found = stream[: min(count, 2)]  # a read gives what is there, not all that was asked for
        del stream[: len(found)]
        return found

    done = copy(read, Noting(), lambda held: happened.append(f"acknowledge {len(held)}"), batch=3, limit=4)
    assert done == 4
    assert happened == ["write abc", "flush", "acknowledge 3", "write d", "flush", "acknowledge 1"]
