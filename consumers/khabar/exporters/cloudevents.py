"""CloudEvents 1.0.2 with `time`, in both modes: one JSON document, or attributes in headers and the record as the body."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

import orjson

from khabar.consuming.delivery import Delivery, place
from khabar.exporters.registry import Exporter

STRUCTURED: Final = "application/cloudevents+json; charset=utf-8"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def event_time(delivery: Delivery) -> str | None:
    """Return when the broker took the event, RFC 3339 in UTC with milliseconds, from the id of the stream's entry.

    A delivery that is repeated has the same time, and reading an archive does not change it. None where somebody has given the
    entry an id that is no time.
    """
    try:
        moment = _EPOCH + timedelta(milliseconds=place(delivery.id)[0])
    except (OverflowError, ValueError):
        return None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def structured(delivery: Delivery) -> dict[str, Any]:
    """Return the event as one JSON object: its attributes, `time` among them, and `data`."""
    event = delivery.event.model_dump(mode="json", exclude={"data"}, exclude_none=True)
    if time := event_time(delivery):
        event["time"] = time
    return event | {"data": delivery.event.data}


def binary(delivery: Delivery) -> tuple[dict[str, str], bytes]:
    """Return HTTP headers and body: attributes as `ce-` headers, percent-encoded; the body is the data."""
    event = structured(delivery)
    body, kind = orjson.dumps(event.pop("data")), event.pop("datacontenttype")
    headers = {f"ce-{name}": quote(value, safe=_SAFE) for name, value in event.items()}
    return {"content-type": kind, **headers}, body


# Printable ASCII without space, double quote and per cent: CloudEvents HTTP binding 1.0.2, section 3.1.3.2.
_SAFE: Final = "!#$&'()*+,-./:;<=>?@[\\]^_`{|}~"


def exporter() -> Exporter:
    """Return what writes an event as `khabar records --format cloudevents` shows it: in structured mode."""
    return structured
