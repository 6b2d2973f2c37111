"""The entries that the ledger hands out."""

from dataclasses import dataclass, field

from khabar.keys.names import Lane


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries of one lane to be run together; a single one where an earlier attempt failed.

    Attributes:
        attempts: runs so far of the entry that has had the most.
        goes_first: before all that wait in the queue.
    """

    lane: Lane
    ids: list[str]
    attempts: int = 0
    goes_first: bool = field(default=False, compare=False)  # how it is sent, not what it is


@dataclass(frozen=True, slots=True)
class Begun:
    """One entry that a worker now holds.

    Attributes:
        attempt: number of this run, from 1.
        article: the item as its producer sent it; None where the entry has lost its article, or never had one.
        wrong_fields: names and values of an entry without the article's field; None where it has that.
        traceparent: trace context of its producer; empty where it has none.
    """

    lane: Lane
    id: str
    attempt: int
    article: bytes | None
    wrong_fields: list[tuple[bytes, bytes]] | None = None
    traceparent: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt failed.

    Attributes:
        code: a value of khabar.errors.Code.
        reason: one sentence, without words of the article.
        place: the step that failed.
    """

    code: str
    reason: str
    place: str
