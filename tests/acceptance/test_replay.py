"""`khabar replay`: records of an earlier version against this one."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from khabar.bootstrap import build_pipeline
from khabar.cli.commands.replay import compare
from khabar.errors import CommandError, Exit
from khabar.pipeline.pipeline import Pipeline
from khabar.settings import Settings
from tests.acceptance.service import khabar
from tests.articles import json_lines

FAST = {"KHABAR_RECOGNIZER": "fast"}
ODD = [
    {"text": "خبر بلا عنوان: وصلت الفرق إلى المدينة صباح اليوم وفق ما أفاد به المتحدث."},
    {"title": "عنوان وحده عن وصول الفرق إلى المدينة صباح اليوم"},
    {
        "title": "  عنوان\n",
        "text": "\n\nوصلت الفرق إلى المدينة.",
        "date": "2026-05-04",
        "scraped_at": "2026-05-04T10:00:00Z",
        "tags": ["أ", "ب"],
        "عدد": {"x": [1, None]},
    },
    {"id": "en", "text": "The council met on Tuesday and agreed on a new budget for the coming year."},
]


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What `khabar extract` makes of ordinary and of odd articles; one of them is rejected."""
    items = json_lines(6) + "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in ODD)
    done = khabar("extract", "-", input=items, env=FAST)
    assert done.returncode == Exit.OK, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return build_pipeline(Settings(recognizer="fast"))  # type: ignore[arg-type]


@dataclass
class Said:
    """What the command writes and how it ends."""

    returncode: Exit
    stdout: str
    stderr: str


@pytest.fixture
def replayed(pipeline: Pipeline, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Compare in this process: a start of the command takes seconds on a busy machine."""

    def run(records: str, *, show: int = 3) -> Said:
        file = tmp_path / "records.jsonl"
        file.write_text(records, encoding="utf-8")
        try:
            compare(str(file), pipeline, show=show)
        except CommandError as error:
            return Said(error.exit_code, capsys.readouterr().out, str(error))
        return Said(Exit.OK, capsys.readouterr().out, "")

    return run


def changed(records: str, article: str, change: Any) -> str:
    lines = [json.loads(line) for line in records.splitlines()]
    change(next(line for line in lines if line.get("article", {}).get("id") == article))
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def test_records_of_this_version_are_equal(records: str) -> None:
    """With and without title, dates and fields of the producer's own; a rejection among them is left out."""
    done = khabar("replay", "--against", "-", input=records, env=FAST)
    assert done.returncode == Exit.OK, done.stdout + done.stderr
    assert "9 records (" in done.stdout
    assert "9 equal" in done.stdout


def test_a_changed_layer_is_found_and_named_with_its_place(records: str, replayed: Callable[..., Said]) -> None:
    """Which layer, in how many records, where, and from what to what."""

    def change(record: dict[str, Any]) -> None:
        record["sentences"][2]["end"] += 1
        del record["hashtags"]
        record["provenance"]["khabar"] = "0.4.0"  # differs between versions as it should

    done = replayed(changed(records, "test-3", change))
    assert done.returncode == Exit.DIFFERENT
    assert "8 equal" in done.stdout
    assert "0.4.0: 1" in done.stdout
    assert "hashtags: 1 differ" in done.stdout
    assert "sentences: 1 differ\n  test-3: sentences[2].end: " in done.stdout
    assert "provenance" not in done.stdout
    assert "1 of 9 records differ" in done.stderr
    brief = replayed(changed(records, "test-3", change), show=0)
    assert "test-3" not in brief.stdout


def test_an_article_that_is_rejected_now_is_a_difference(records: str, replayed: Callable[..., Said]) -> None:
    """No record at all is the largest one."""

    def change(record: dict[str, Any]) -> None:
        record["article"]["title"], record["text"] = None, "The council met on Tuesday and agreed on a new budget."

    done = replayed(changed(records, "test-1", change))
    assert done.returncode == Exit.DIFFERENT
    assert "test-1: record: a record -> rejected as not_arabic" in done.stdout


def test_nothing_of_an_article_reaches_the_terminal_raw(records: str, replayed: Callable[..., Said]) -> None:
    """Ids and texts are strangers' words."""

    def change(record: dict[str, Any]) -> None:
        record["article"]["id"] = "\x1b]0;x\x07\u202e[/b]"
        record["quality"] = {"flags": ["\x9b2J"]}

    done = replayed(changed(records, "test-1", change))
    assert done.returncode == Exit.DIFFERENT
    assert "[/b]" in done.stdout
    assert all(letter.isprintable() or letter == "\n" for letter in done.stdout)


@pytest.mark.parametrize("line", ["{", "7", '{"text": "x"}', '{"article": {"id": "a", "title": "b"}, "text": "c"}', ""])
def test_what_is_no_record_is_one_sentence(line: str, replayed: Callable[..., Said]) -> None:
    """With the line's number where there is one; nothing is compared with half a file in silence."""
    done = replayed(line + "\n")
    assert done.returncode == Exit.UNREADABLE
    assert "line 1" in done.stderr or "no record" in done.stderr
