"""Item: one article on its way from a source to the queue."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from khabar.errors import RejectedArticle


@dataclass(frozen=True, slots=True)
class Item:
    """The content of one line, row or file.

    Attributes:
        raw: JSON as it was found, or fields.
        number: its place in the source, from 1; skipped items count.
        where: file and line, for a person.
        error: why it cannot be an article, found while reading; the item becomes a dead letter.
        mark: proves later that the source up to here has not changed; empty where the source cannot be read again.
    """

    raw: bytes | Mapping[str, Any]
    number: int
    where: str
    error: RejectedArticle | None = None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """An item that became a dead letter instead of an article."""

    number: int
    where: str
    code: str
    field: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Progress:
    """The name under which the broker remembers how much of a source has been accepted.

    Attributes:
        key: of the source; the same for the same file, read in the same way.
        still_in: takes the number and the mark of the last accepted item. It reads the source up to there, and returns how
            many items at its beginning are unchanged.
    """

    key: str
    still_in: Callable[[int, str], int] = field(compare=False)
