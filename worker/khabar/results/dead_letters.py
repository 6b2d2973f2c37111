"""The dead letters: look at them, put them back, drop them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from redis import Redis

from khabar.broker.replies import text
from khabar.broker.scripts import load_script
from khabar.keys.done import Generation, done_field, done_keys
from khabar.keys.names import ARTICLE_FIELD, EVENT_FIELD, Lane, Names
from khabar.keys.unreadable import read_or_skip
from khabar.messages.envelope import open_event
from khabar.messages.rejection import Rejection

PAGE = 100
_OUTCOME_ID = re.compile(r"[0-9a-f]{32}")


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
    """The articles that could not become records.

    Attributes:
        unreadable: ids of the entries met so far that this version cannot read as dead letters; only `discard` changes them.
    """

    def __init__(self, client: "Redis", names: Names, *, done_generation_s: int) -> None:
        self._client = client
        self._names = names
        self._generation = Generation(done_generation_s)
        self._requeue = load_script(client, __package__, "requeue")
        self.unreadable: list[str] = []

    def __iter__(self) -> Iterator[DeadLetter]:
        """Those that are there now: what is requeued meanwhile and rejected again would never end."""
        newest: Any = self._client.xrevrange(self._names.dead, count=1)
        start, end = "-", text(newest[0][0]) if newest else "-"
        while entries := self._range(start, end, PAGE):
            for entry, fields in entries:
                if (letter := self._read(entry, fields)) is not None:
                    yield letter
            start = f"({text(entries[-1][0])}"

    def get(self, letter_id: str) -> DeadLetter | None:
        """Return one letter, or None where this id does not exist or its letter cannot be read."""
        entries = self._range(letter_id, letter_id, 1)
        return self._read(*entries[0]) if entries else None

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

    def discard(self, letter_id: str) -> bool:
        """Delete an entry that cannot be read. False where it was gone already."""
        return self._run(letter_id, Lane.LIVE, "", b"")

    def _range(self, start: str, end: str, count: int) -> list[tuple[bytes, dict[bytes, bytes]]]:
        entries: Any = self._client.xrange(self._names.dead, min=start, max=end, count=count)
        return list(entries)

    def _read(self, entry: bytes, fields: dict[bytes, bytes]) -> DeadLetter | None:
        letter = read_or_skip(self._names.dead, _letter, (entry, fields))
        if letter is None and text(entry) not in self.unreadable:
            self.unreadable.append(text(entry))
        return letter

    def _take(self, letter: DeadLetter, article: bytes) -> bool:
        lane = Lane.BACKFILL if letter.rejection.lane == Lane.BACKFILL else Lane.LIVE  # a later version's lane: live
        return self._run(letter.id, lane, letter.outcome_id, article)

    def _run(self, letter_id: str, lane: Lane, outcome_id: str, article: bytes) -> bool:
        # An id of another form was never remembered by this version: there is nothing to forget.
        field = done_field(outcome_id) if _OUTCOME_ID.fullmatch(outcome_id) else b""
        while True:
            generation = self._generation.number
            done = done_keys(self._names, outcome_id, generation=generation)
            keys = [self._names.dead, self._names.ledger(lane), *done]
            answer, *right = self._requeue(
                keys=keys, args=[letter_id, field, ARTICLE_FIELD, article, self._generation.length_s, generation]
            )
            if not right:
                return bool(answer)
            self._generation.correct(int(right[0]))


def _letter(stored: tuple[bytes, dict[bytes, bytes]]) -> DeadLetter:
    entry, fields = stored
    event = open_event(fields[EVENT_FIELD.encode()])
    rejection = event.rejection()
    _ = rejection.original_bytes  # base64 of a foreign hand may be none
    return DeadLetter(text(entry), event.id, rejection)
