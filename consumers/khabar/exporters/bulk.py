"""The bulk form of OpenSearch and Elasticsearch: two lines a record, for POST /INDEX/_bulk."""

from typing import Any

import orjson

from khabar.consuming.delivery import Delivery
from khabar.exporters.dates import as_utc
from khabar.exporters.registry import Exporter


def document(delivery: Delivery) -> dict[str, Any]:
    """Return the document: the record, its outcome id, and the dates in UTC where their zone is known."""
    record = delivery.event.data
    article = record.get("article") or {}
    utc = {f"{name}_utc": as_utc(article.get(name)) for name in ("published_at", "scraped_at")}
    return {**record, "outcome_id": delivery.event.id} | {name: value for name, value in utc.items() if value}


def lines(delivery: Delivery) -> bytes:
    """Return the action, which names the outcome as the document's id, and the document; without the last line's end."""
    action = {"index": {"_id": delivery.event.id}}
    return orjson.dumps(action) + b"\n" + orjson.dumps(document(delivery))


def exporter() -> Exporter:
    """Return what writes a record's two lines."""
    return lines
