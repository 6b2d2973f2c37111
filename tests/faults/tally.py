"""The count at the end of a row: each accepted article has exactly one record or one rejection."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

import orjson
import redis

from khabar.errors import Code
from khabar.keys.names import EVENT_FIELD, GROUP, Lane, Names
from tests.faults.history import History, seen

FAULT_CODES = {Code.TIMED_OUT, Code.EXTRACTION_FAILED, Code.WORKER_LOST}  # the other codes blame the text
COUNT = "count"  # the campaign's own consumer group, in rows that trim records
PAGE = 500  # records of real articles have some 15 kB


@dataclass(frozen=True)
class Tally:
    """What became of the accepted articles.

    Attributes:
        records: article id -> records on the stream.
        rejections: article id -> dead letters; "" for those without an id.
        pending: ledger entries that have not ended.
        codes: code of a rejection -> dead letters.
    """

    accepted: Collection[str]
    records: Counter[str] = field(default_factory=Counter)
    rejections: Counter[str] = field(default_factory=Counter)
    pending: int = 0
    codes: Counter[str] = field(default_factory=Counter)

    @property
    def missing(self) -> list[str]:
        """Accepted articles without any outcome."""
        return [article for article in self.accepted if not self.records[article] and not self.rejections[article]]

    @property
    def doubled(self) -> list[str]:
        """Articles with more than one outcome."""
        outcomes = self.records + self.rejections
        return [article for article, count in outcomes.items() if count > 1 and article]

    @property
    def is_clean(self) -> bool:
        """0/0/0."""
        return not self.missing and not self.doubled and not self.pending

    def by_fault(self) -> int:
        """Return how many dead letters are the fault's doing, not the text's."""
        return sum(count for code, count in self.codes.items() if code in FAULT_CODES)


class Counting:
    """Reads records and dead letters from where it stopped, so that a long row need not keep all of them in the broker."""

    def __init__(self, names: Names, history: History, process: str) -> None:
        self._names = names
        self._history = history
        self._process = process
        self._after = dict.fromkeys((names.records, names.dead), "0-0")
        self.records: Counter[str] = Counter()
        self.rejections: Counter[str] = Counter()
        self.codes: Counter[str] = Counter()
        self._holds = False

    def hold(self, client: redis.Redis) -> None:
        """Be a consumer group from now on, so that no record is trimmed before it is counted."""
        client.xgroup_create(self._names.records, COUNT, id="0", mkstream=True)
        self._holds = True

    def read(self, client: redis.Redis) -> int:
        """Read what is new; returns how many articles have ended so far."""
        for stream, counter, f in (
            (self._names.records, self.records, "read"),
            (self._names.dead, self.rejections, "read-dead"),
        ):
            while entries := client.xrange(stream, min=f"({self._after[stream]}", count=PAGE):
                found = []
                for entry, fields in entries:
                    event = orjson.loads(fields[EVENT_FIELD.encode()])
                    found.append(seen(entry.decode(), event))
                    counter[event.get("subject") or ""] += 1
                    if counter is self.rejections:
                        self.codes[event["data"]["code"]] += 1
                    self._after[stream] = entry.decode()
                self._history.note(self._process, "ok", f, found, group=COUNT, once=True)
        if self._holds:
            client.xgroup_setid(self._names.records, COUNT, self._after[self._names.records])
        return self.records.total() + self.rejections.total()

    def trim(self, client: redis.Redis) -> None:
        """Let go of the records that are counted, where no consumer group is part of the row: a broker has an end."""
        client.xtrim(self._names.records, minid=self._after[self._names.records], approximate=False)

    def tally(self, client: redis.Redis, accepted: Collection[str]) -> Tally:
        """Count now."""
        self.read(client)
        pending = sum(unfinished(client, self._names, lane) for lane in Lane)
        return Tally(accepted, self.records, self.rejections, pending, self.codes)


def unfinished(client: redis.Redis, names: Names, lane: Lane) -> int:
    """Return how many entries of a lane have not ended: in the stream, or pending without being there."""
    ledger = names.ledger(lane)
    try:
        pending = client.xpending(ledger, GROUP)["pending"]
    except redis.ResponseError:  # no group yet
        pending = 0
    return max(int(client.xlen(ledger)), int(pending))
