"""The dead letters: look at them, put them back, drop them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from redis import Redis

from khabar.broker.replies import text
from khabar.broker.scripts import load_script
from khabar.keys.done import Generation, done_field, done_keys
from khabar.keys.names import ARTICLE_FIELD, EVENT_FIELD, Lane, Names
from khabar.messages.envelope import open_event
from khabar.messages.rejection import Rejection

PAGE = 100


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One rejection on the stream.

    Attributes:
        id: entry id in the stream; its first part is the time of the rejection in ms since 1970.
        outcome_id: the event's id.
    """

    id: str
    outcome_id: str
    rejection: Rejection


class DeadLetters:
    """What could not become a record."""

    def __init__(self, client: "Redis", names: Names, *, done_generation_s: int) -> None:
        self._client = client
        self._names = names
        self._generation = Generation(done_generation_s)
        self._requeue = load_script(client, __package__, "requeue")

    def __iter__(self) -> Iterator[DeadLetter]:
        """Those that are there now: what is requeued meanwhile and rejected again would never end."""
        newest: Any = self._client.xrevrange(self._names.dead, count=1)
        start, end = "-", text(newest[0][0]) if newest else "-"
        while entries := self._range(start, end, PAGE):
            for entry, fields in entries:
                yield _letter(entry, fields)
            start = f"({text(entries[-1][0])}"

    def get(self, letter_id: str) -> DeadLetter | None:
        """Return one letter, or None where there is none of this id."""
        entries = self._range(letter_id, letter_id, 1)
        return _letter(*entries[0]) if entries else None

    def requeue(self, letter: DeadLetter) -> bool:
        """Put the original back into its lane. False where somebody else was faster: never twice.

        Raises:
            ValueError: only the beginning of the original was kept.
        """
        if letter.rejection.is_cut:
            raise ValueError(f"{letter.id}: its original was too large to be kept whole; push it again from its source")
        return self._take(letter, letter.rejection.original_bytes)

    def drop(self, letter: DeadLetter) -> bool:
        """Delete the letter for good. False where it was gone already."""
        return self._take(letter, b"")

    def _range(self, start: str, end: str, count: int) -> list[tuple[bytes, dict[bytes, bytes]]]:
        entries: Any = self._client.xrange(self._names.dead, min=start, max=end, count=count)
        return list(entries)

    def _take(self, letter: DeadLetter, article: bytes) -> bool:
        ledger = self._names.ledger(Lane(letter.rejection.lane or Lane.LIVE))
        while True:
            generation = self._generation.number
            keys = [self._names.dead, ledger, *done_keys(self._names, letter.outcome_id, generation=generation)]
            outcome = done_field(letter.outcome_id)
            answer, *right = self._requeue(
                keys=keys, args=[letter.id, outcome, ARTICLE_FIELD, article, self._generation.length_s, generation]
            )
            if not right:
                return bool(answer)
            self._generation.correct(int(right[0]))


def _letter(entry: bytes, fields: dict[bytes, bytes]) -> DeadLetter:
    event = open_event(fields[EVENT_FIELD.encode()])
    return DeadLetter(text(entry), event.id, event.rejection())
