"""One trace from push to record, through the real processes; what a stranger writes as its context harms nothing."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from khabar.keys.names import ARTICLE_FIELD, EVENT_FIELD, TRACEPARENT_FIELD, Lane
from tests.acceptance.service import Service
from tests.waiting import wait_until

OTHERS = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"  # the example of the specification
NONE = [
    b"",
    b"\xff\xfe",
    b"00-" + b"0" * 32 + b"-" + b"0" * 16 + b"-01",
    OTHERS.upper().encode(),
    b"ff" + OTHERS[2:].encode(),
]


def spans(text: str) -> Iterator[dict[str, Any]]:
    """Read the spans that the console exporter has written between other lines."""
    for line in text.splitlines():
        if '"span_id"' in line and line.startswith("{"):
            yield orjson.loads(line)


def tree(found: list[dict[str, Any]], parent: str | None = None, depth: int = 0) -> list[str]:
    """Return a trace as indented lines."""
    lines = []
    for span in sorted(found, key=lambda span: span["start_time"]):
        if span["parent_id"] == parent:
            lines.append("  " * depth + span["name"])
            lines += tree(found, span["context"]["span_id"], depth + 1)
    return lines


def test_a_trace_leads_from_push_to_record(tmp_path: Path) -> None:
    """The producer's step, the worker's steps by layer, the settling; and no step of a loop that waits."""
    with Service(tmp_path / "var", layers=None, traces="console", log_level="WARNING", children=1) as service:
        pushed = service.run(
            "push", "-", input=orjson.dumps({"id": "traced", "text": "وصل الوزير إلى بغداد يوم السبت."})
        )
        for number, context in enumerate((OTHERS.encode(), *NONE)):
            article = orjson.dumps({"id": f"by hand {number}", "text": "قال الوزير إن المشروع سيبدأ غدا."})
            service.client.xadd(service.names.ledger(Lane.LIVE), {ARTICLE_FIELD: article, TRACEPARENT_FIELD: context})
        wait_until(lambda: service.settled() == 2 + len(NONE))
        log = tmp_path / "var" / "log"
        wait_until(lambda: (log / "worker.log").read_text().count('"settle"') == 2 + len(NONE))
        worked = list(spans((log / "worker.log").read_text()))
        assert not list(spans((log / "dispatcher.log").read_text())), (
            "a loop that looks for work is no step of an article"
        )
        events = {
            event["subject"]: event
            for _, fields in service.client.xrange(service.names.records)
            for event in [orjson.loads(fields[EVENT_FIELD.encode()])]
        }
    (sent,) = spans(pushed.stderr)
    trace = [sent, *(span for span in worked if span["context"]["trace_id"] == sent["context"]["trace_id"])]
    shown = "\n".join(tree(trace))
    sys.stdout.write(f"{shown}\n")
    assert shown.splitlines()[:5] == [
        "send khabar:articles",
        "  process live",
        "    read",
        "    normalize",
        "    split",
    ]
    assert {"    entities", "    temporal", "    assemble", "    settle"} <= set(shown.splitlines())
    process = next(span for span in trace if span["name"] == "process live")
    assert process["attributes"]["khabar.outcome"] == "record"
    named, _, flags = events["traced"]["traceparent"].rpartition("-")
    assert named == f"00-{process['context']['trace_id'][2:]}-{process['context']['span_id'][2:]}"
    assert int(flags, 16) & 1, "it is recorded"
    assert events["by hand 0"]["traceparent"].startswith(OTHERS[:36]), (
        "a producer of another language goes on in its trace"
    )
    begun_anew = {events[f"by hand {number}"]["traceparent"][3:35] for number in range(1, len(NONE) + 1)}
    assert len(begun_anew) == len(NONE), "what is no context begins a trace of its own"
    assert OTHERS[3:35] not in begun_anew
