"""Dates as other formats want them."""

from datetime import UTC, datetime
from typing import Any


def as_utc(moment: Any) -> str | None:
    """Return a moment in UTC, ISO 8601; None for one without a zone, because nobody knows which hour of the world it is."""
    try:
        read = datetime.fromisoformat(moment)
        return read.astimezone(UTC).isoformat() if read.tzinfo else None
    except (TypeError, ValueError, OverflowError):
        return None


def as_local(moment: Any) -> str | None:
    """Return the date and time of day that the source has written, without its zone."""
    try:
        return datetime.fromisoformat(moment).replace(tzinfo=None).isoformat()
    except (TypeError, ValueError):
        return None
