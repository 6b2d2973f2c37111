"""A history that a real run has written: valid as it is, and whatever is planted in it is found."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.broker import Broker
from tests.faults.history import FILE, disagreements, verdict_of
from tests.faults.stage import Stage
from tests.faults.tally import Tally

ARTICLES = 40
CHOSEN = "test-7"

Events = list[dict[str, Any]]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Events, Tally]:
    """Run real articles through real processes, and return the history and the count."""
    folder = tmp_path_factory.mktemp("history")
    with Stage(folder, Broker(folder / "broker"), children=1) as stage:
        stage.push(ARTICLES)
        tally = stage.finish()
    return [json.loads(line) for line in (folder / FILE).read_bytes().splitlines()], tally


def lose(events: Events) -> None:
    """Forget that the record was ever read."""
    for event in events:
        if event["f"] == "read":
            event["value"] = [item for item in event["value"] if item["article"] != CHOSEN]


def double(events: Events) -> None:
    """Publish it again, under another entry."""
    items = [item for event in events if event["f"] == "read" for item in event["value"]]
    again = {**next(item for item in items if item["article"] == CHOSEN), "entry": "9999999999999-0"}
    next(event for event in events if event["f"] == "read")["value"].append(again)


def forget_the_push(events: Events) -> None:
    """Let nobody have pushed it."""
    for event in events:
        if event["f"] == "push":
            event["value"] = [name for name in event["value"] if name != CHOSEN]


def judged(folder: Path, events: Events) -> dict[str, Any]:
    (folder / FILE).write_text("".join(json.dumps(event) + "\n" for event in events))
    verdict = verdict_of(folder)
    assert verdict is not None
    return verdict


def test_the_checker_and_the_count_agree_about_a_real_run(recorded: tuple[Events, Tally], tmp_path: Path) -> None:
    """0 lost, 0 doubled, every article acknowledged and published, from either."""
    events, tally = recorded
    verdict = judged(tmp_path, events)
    assert verdict["valid"]
    assert len(verdict["published"]) == ARTICLES
    assert not disagreements(verdict, accepted=tally.accepted, missing=tally.missing, doubled=tally.doubled)


@pytest.mark.parametrize(("plant", "kind"), [(lose, "lost"), (double, "doubled"), (forget_the_push, "unexpected")])
def test_a_planted_fault_is_found(
    plant: Callable[[Events], None], kind: str, recorded: tuple[Events, Tally], tmp_path: Path
) -> None:
    """The one article is named, and the campaign's row would fail."""
    events, tally = recorded
    planted: Events = json.loads(json.dumps(events))
    plant(planted)
    verdict = judged(tmp_path, planted)
    assert (verdict["valid"], verdict[kind]) == (False, [CHOSEN])
    assert disagreements(verdict, accepted=tally.accepted, missing=tally.missing, doubled=tally.doubled)
