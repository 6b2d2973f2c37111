"""Delivery: one event as a stream gave it; Unreadable: an entry that holds no event."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from khabar.broker.replies import text
from khabar.keys.names import EVENT_FIELD
from khabar.messages.envelope import Envelope, open_event

START = "0-0"
LAST_OF_MS = (1 << 64) - 1  # the highest sequence number within one millisecond


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event as the stream delivered it.

    Attributes:
        id: entry id in the stream; what is acknowledged.
        ledger: which of several it came from, from 0 on (khabar/consuming/merging.py).
    """

    id: str
    event: Envelope
    ledger: int = 0


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An entry of the stream that is not an event, or is an event of a later version.

    Attributes:
        id: entry id in the stream.
        fields: the entry's fields, as the client returns them.
        error: why it cannot be read.
    """

    id: str
    fields: dict[Any, Any]
    error: str


def entries_of(reply: Any) -> list[Any]:
    """Return the entries in the answer of XREAD or XREADGROUP about one stream, each a pair of id and fields."""
    return [entry for _, entries in reply or [] for entry in entries]


def open_entries(entries: Iterable[Any]) -> tuple[list[Delivery], list[Unreadable]]:
    """Tell the events among entries from the entries that cannot be read; one that was deleted by hand is left out."""
    deliveries, unreadable = [], []
    for entry, fields in entries:
        if not fields:  # deleted by hand while it was pending
            continue
        event = fields.get(EVENT_FIELD.encode(), fields.get(EVENT_FIELD))  # a client may answer in text
        try:
            deliveries.append(Delivery(text(entry), open_event(event or b"")))
        except ValueError as error:
            unreadable.append(Unreadable(text(entry), fields, type(error).__name__))
    return deliveries, unreadable


def deleted_ids(entries: Iterable[Any]) -> list[str]:
    """Return the ids of entries that are pending and were deleted from the stream."""
    return [text(entry) for entry, fields in entries if entry is not None and not fields]


def last_id(entries: Sequence[Any]) -> str:
    """Return the id of the last entry of an answer."""
    return text(entries[-1][0])


def place(entry_id: str) -> tuple[int, int]:
    """Return where an entry is in its stream; ids compare by it, not as text."""
    ms, _, number = entry_id.partition("-")
    return int(ms), int(number)


def before(entry_id: str) -> str:
    """Return the id right before another."""
    ms, number = place(entry_id)
    return f"{ms}-{number - 1}" if number else f"{ms - 1}-{LAST_OF_MS}"
