"""`khabar stories` over a file: every record is in one story, whatever its place in the file."""

import json
from pathlib import Path
from typing import Any

import pytest

from khabar.cli.commands.stories import stories
from khabar.errors import CommandError, Exit
from khabar.messages.story import Story
from khabar.pipeline.assemble import record_bytes
from tests.unit.stories.conftest import MakeRecord
from tests.unit.stories.test_grouping import FLOOD, MATCH, NAMES


@pytest.fixture
def lines(make: MakeRecord) -> list[bytes]:
    records = [
        make("a", "السيول تقطع الطريق القومي", FLOOD, names=NAMES),
        make("m", "القمة زرقاء", MATCH, hours=2),
        make("b", "نزوح مئات الأسر", FLOOD, hours=5, outlet="الثانية", names=NAMES),
        make("late", "كاريكاتير", "", hours=24 * 30),
    ]
    return [record_bytes(record) + b"\n" for record in records]


def run(path: Path, capsysbinary: Any, **options: Any) -> list[dict[str, Any]]:
    stories(str(path), **({"days": 7.0, "least": 1} | options))
    return [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]


def test_every_record_is_in_one_story(lines: list[bytes], tmp_path: Path, capsysbinary: Any) -> None:
    """Stories that are over come first; each line is a Story."""
    path = tmp_path / "records.jsonl"
    path.write_bytes(b"".join(lines))
    found = run(path, capsysbinary)
    assert sorted(article["id"] for story in found for article in story["articles"]) == ["a", "b", "late", "m"]
    assert [len(Story.model_validate(story).articles) for story in found if story["articles"][0]["id"] == "a"] == [2]


def test_the_order_of_the_file_does_not_matter(lines: list[bytes], tmp_path: Path, capsysbinary: Any) -> None:
    """Archives are sorted by outlet as often as by time."""
    path = tmp_path / "records.jsonl"
    path.write_bytes(b"".join(lines))
    forwards = run(path, capsysbinary)
    path.write_bytes(b"".join(reversed(lines)))
    assert run(path, capsysbinary) == forwards


def test_small_stories_are_left_out_on_request(lines: list[bytes], tmp_path: Path, capsysbinary: Any) -> None:
    """Most articles are a story alone."""
    path = tmp_path / "records.jsonl"
    path.write_bytes(b"".join(lines))
    (story,) = run(path, capsysbinary, least=2)
    assert [(article["role"], article["original"]) for article in story["articles"]] == [
        ("first", None),
        ("copy_of", "a"),
    ]


@pytest.mark.parametrize("text", ["", "{}\n", "[]\n", "{\n", '{"code": "no_text"}\n'])
def test_what_holds_no_record_is_said(text: str, tmp_path: Path) -> None:
    """An empty answer would look like no stories."""
    path = tmp_path / "records.jsonl"
    path.write_text(text)
    with pytest.raises(CommandError) as caught:
        stories(str(path), days=7.0, least=1)
    assert caught.value.exit_code is Exit.UNREADABLE
