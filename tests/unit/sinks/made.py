"""Deliveries for the tests of sinks and exporters: what khabar 0.4.0 made, and what a test makes of it."""

import json
from pathlib import Path
from typing import Any

from khabar.consuming.delivery import Delivery
from khabar.messages.envelope import Envelope

EVENTS = Path(__file__).parents[1] / "messages" / "cases" / "events_0.4.0.jsonl"
# A title with an emoji, quotations, quantities, a hashtag and a link; and a plain text without a title, with a dateline.
EMOJI, PLAIN = (json.loads(line) for line in EVENTS.read_text(encoding="utf-8").splitlines()[:2])
ENTRY = "1796040000123-0"  # 2026-11-30 12:00 UTC
TIME = "2026-11-30T12:00:00.123Z"


def delivery(event_id: str = "e", *, event: dict[str, Any] = EMOJI, entry: str = ENTRY, **changes: Any) -> Delivery:
    """Return a delivery of an event; `changes` are to keys of its article."""
    data = event["data"]
    data = {**data, "article": {**data["article"], **changes}}
    return Delivery(entry, Envelope.model_validate({**event, "id": event_id, "data": data}))
