"""The checker of histories finds each kind of fault, and nothing else."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CHECKER = Path(__file__).resolve().parents[2] / "history" / "check.py"
CLEAN = {"lost": [], "doubled": [], "unexpected": [], "altered": [], "unknown_published": [], "unknown_unseen": []}


def event(kind: str, f: str, value: list[Any], **more: object) -> dict[str, Any]:
    return {"process": "p", "type": kind, "f": f, "value": value, "time": 1, "wall": 1.0, **more}


def pushed(*articles: str, end: str | None = "ok") -> list[dict[str, Any]]:
    return [event("invoke", "push", list(articles))] + ([event(end, "push", list(articles))] if end else [])


def read(article: str, entry: str, *, hash: str = "h", version: str = "1", **more: object) -> dict[str, Any]:
    item = {"article": article, "event": f"event-{article}", "entry": entry, "hash": hash, "version": version}
    return event("ok", "read", [item], **{"group": "g", **more})


def rejected(article: str, entry: str, **more: object) -> dict[str, Any]:
    return {**read(article, entry, version="", **more), "f": "read-dead"}


def judged(folder: Path, *events: dict[str, Any]) -> dict[str, Any]:
    """Run the checker as a stranger does: isolated, without any installed package."""
    file = folder / "history.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in events))
    done = subprocess.run([sys.executable, "-I", "-S", CHECKER, "--json", file], capture_output=True, text=True)
    assert not done.stderr
    verdict = dict(json.loads(done.stdout))
    assert done.returncode == (0 if verdict["valid"] else 1)
    return verdict


CASES = {
    "all is well": ([*pushed("a", "b"), read("a", "1-0"), rejected("b", "1-0")], {}),
    "acknowledged and never read": ([*pushed("a", "b"), read("a", "1-0")], {"lost": ["b"]}),
    "two publications": ([*pushed("a"), read("a", "1-0"), read("a", "2-0")], {"doubled": ["a"]}),
    "a record and a rejection": ([*pushed("a"), read("a", "1-0"), rejected("a", "1-0")], {"doubled": ["a"]}),
    "two rejections": ([*pushed("a"), rejected("a", "1-0"), rejected("a", "2-0")], {"doubled": ["a"]}),
    "one entry twice to a reader that must not": (
        [*pushed("a"), read("a", "1-0", once=True), read("a", "1-0", once=True)],
        {"doubled": ["a"]},
    ),
    "one entry twice to a group": ([*pushed("a"), read("a", "1-0"), read("a", "1-0")], {"redelivered": {"g": 1}}),
    "a record of each version": ([*pushed("a"), read("a", "1-0"), read("a", "2-0", version="2")], {}),
    "two records of one of two versions": (
        [*pushed("a"), read("a", "1-0"), read("a", "2-0", version="2"), read("a", "3-0", version="2")],
        {"doubled": ["a"]},
    ),
    "a requeued rejection": (
        [*pushed("a"), rejected("a", "1-0"), event("invoke", "requeue", ["a"]), read("a", "1-0")],
        {},
    ),
    "read and never pushed": ([*pushed("a"), read("a", "1-0"), read("x", "2-0")], {"unexpected": ["x"]}),
    "read though refused": ([*pushed("a", end="fail"), read("a", "1-0")], {"unexpected": ["a"]}),
    "refused, then accepted": ([*pushed("a", end="fail"), *pushed("a"), read("a", "1-0")], {}),
    "one event, two contents": (
        [*pushed("a"), read("a", "1-0"), read("a", "1-0", hash="other", group="h")],
        {"altered": ["a"]},
    ),
    "unknown, and appeared": ([*pushed("a", end="info"), read("a", "1-0")], {"unknown_published": ["a"]}),
    "unknown, and did not": ([*pushed("a", end="info")], {"unknown_unseen": ["a"]}),
    "unknown, for its process was killed": ([*pushed("a", end=None)], {"unknown_unseen": ["a"]}),
    "a group that missed a record": (
        [*pushed("a", "b"), *(read(name, f"{name}-0") for name in "ab"), read("a", "a-0", group="slow")],
        {"lost_to_group": {"g": [], "slow": ["b"]}},
    ),
    "a rejection, which groups do not read": (
        [*pushed("a", "b"), read("a", "1-0"), rejected("b", "1-0")],
        {"lost_to_group": {"g": []}},
    ),
    "a dead letter without an id": ([*pushed("a"), read("a", "1-0"), rejected("", "1-0")], {"nameless": 1}),
}


@pytest.mark.parametrize(("events", "wanted"), CASES.values(), ids=CASES)
def test_a_history_gets_its_verdict(events: list[dict[str, Any]], wanted: dict[str, Any], tmp_path: Path) -> None:
    """What is named is found, and every other kind is empty."""
    verdict = judged(tmp_path, *events)
    assert {name: verdict[name] for name in CLEAN | wanted} == CLEAN | wanted


@pytest.mark.parametrize("kind", ["lost", "doubled", "unexpected", "altered"])
def test_each_fault_makes_a_history_invalid(kind: str, tmp_path: Path) -> None:
    """The exit code says so; what is merely unknown is no fault."""
    events = next(events for events, wanted in CASES.values() if kind in wanted)
    assert not judged(tmp_path, *events)["valid"]
    assert judged(tmp_path, *pushed("a", end="info"))["valid"]


def test_a_line_cut_by_a_kill_is_left_out_and_any_other_is_named(tmp_path: Path) -> None:
    """Only the last line of a file can be cut; garbage before it is an error with its place."""
    file = tmp_path / "history.jsonl"
    whole = "".join(json.dumps(one) + "\n" for one in pushed("a"))
    command = [sys.executable, "-I", "-S", CHECKER, file]
    file.write_text(whole + '{"process": "p", "ty')
    assert "lost: 1 (a)" in subprocess.run(command, capture_output=True, text=True).stdout
    file.write_text('{"process": "p", "ty\n' + whole)
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, "line 1" in done.stderr) == (2, True)


def test_the_checker_shares_no_code_with_khabar() -> None:
    """It must not be wrong where khabar is wrong: the standard library is all that it can import."""
    code = f"import sys, runpy; runpy.run_path({str(CHECKER)!r}); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True).stdout
    roots = {name.partition(".")[0] for name in loaded.split()}
    assert roots <= sys.stdlib_module_names | {"__main__"}
