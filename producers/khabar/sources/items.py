"""Item: one article on its way from a source to the queue."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from khabar.errors import RejectedArticle


@dataclass(frozen=True, slots=True)
class Item:
    """What one line, row or file holds.

    Attributes:
        raw: JSON as it was found, or fields.
        number: its place in the source, from 1; what was skipped counts.
        where: for a person: file and line.
        error: why it can be no article, found while reading; it goes to the dead letters.
        mark: proves later that the source up to here is as it was; empty where it cannot be read again.
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
    """Under which name the broker remembers how much of a source has been accepted.

    Attributes:
        key: of the source; the same for the same file, read in the same way.
        still_in: given the number and the mark of the last item that was accepted, tells how many items at the source's
            beginning are the same as then; it reads the source up to there.
    """

    key: str
    still_in: Callable[[int, str], int] = field(compare=False)
