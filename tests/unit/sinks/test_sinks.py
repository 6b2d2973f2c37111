"""Sinks: found by name, and each event in them once."""

import json
from pathlib import Path

import pytest

from khabar.consuming.delivery import Delivery
from khabar.errors import Exit, SinkError, UnusablePlugin
from khabar.messages.envelope import Envelope, EventType
from khabar.sinks.registry import open_sink
from tests.packages import install


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
    with pytest.raises(SinkError, match="holds lines that are no events of khabar"):
        open_sink("jsonl", str(path))
    assert path.read_text() == content


def test_a_target_that_cannot_be_opened_is_one_sentence(tmp_path: Path) -> None:
    """The command prints it and nothing else."""
    with pytest.raises(SinkError, match=r"cannot be written: No such file or directory$"):
        open_sink("jsonl", str(tmp_path / "missing" / "a.jsonl"))


def test_what_is_no_sink_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said before the first record is read."""
    with pytest.raises(UnusablePlugin, match=r"^there is no sink 'kafka'; there are jsonl$") as caught:
        open_sink("kafka", "x")
    assert caught.value.exit_code is Exit.USAGE
    points = {"khabar.sinks": {"kafka": "kafka_room:sink"}}
    folder = install(tmp_path, "kafka-room", modules={"kafka_room": "sink = str"}, points=points)
    monkeypatch.syspath_prepend(folder)
    with pytest.raises(UnusablePlugin, match=r"^package kafka-room 1.0: its sink 'kafka' is of type str, not khabar"):
        open_sink("kafka", "x")
