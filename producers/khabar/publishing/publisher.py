"""ArticlePublisher: validate articles, push them in batches, return when the broker has them."""

import random
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from types import TracebackType
from typing import Any, Self

import redis

from khabar.broker.caller import Caller, OutOfMemory, address_of
from khabar.broker.connection import connect
from khabar.broker.patience import PRODUCER, PRODUCER_OUTAGE_S
from khabar.broker.replies import text
from khabar.broker.url import hide_password
from khabar.errors import Code, PublishError, QueueFull, RejectedArticle
from khabar.keys.defaults import (
    DEFAULT_BATCH,
    DEFAULT_GENERATION_S,
    DEFAULT_MAX_BYTES,
    DEFAULT_MAX_LEDGER,
    DEFAULT_WAIT_REPLICAS,
)
from khabar.keys.done import done_field, done_keys
from khabar.keys.names import DEFAULT_PREFIX, DEFAULT_REDIS_URL, Lane, Names
from khabar.messages.article import parse_article
from khabar.messages.envelope import EventType, event_bytes, unreadable_id
from khabar.messages.items import encode_item, original_of
from khabar.messages.rejection import make_rejection
from khabar.sources.items import Item, Progress, Refused

PUSH = files(__package__).joinpath("push.lua").read_text(encoding="utf-8")
ADDED, ADDED_BEFORE, FULL = 1, 2, 0  # what push.lua answers

MAX_BATCH_BYTES = 4 << 20  # a script blocks the broker; 4 MiB take it about 10 ms
SENT_S = 600  # a batch's token outlives every resending (outage_s) many times over
PUSHED_S = 30 * 24 * 3600
FIRST_WAIT_S, LONGEST_WAIT_S = 0.05, 1.0
KEPT_REFUSALS = 100
NAME = "khabar-producer"  # in the broker's CLIENT LIST

Raw = bytes | str | Mapping[str, Any]


@dataclass
class Report:
    """What became of the items: counts, and the first refusals in full."""

    accepted: int = 0
    rejected: int = 0
    refused: list[Refused] = field(default_factory=list)


@dataclass
class _Batch:
    """What the next script call will push; its token makes a second call harmless."""

    token: str = field(default_factory=lambda: secrets.token_hex(16))
    articles: list[bytes] = field(default_factory=list)
    rejections: list[tuple[str, bytes]] = field(default_factory=list)  # outcome id, event
    refused: list[Refused] = field(default_factory=list)
    size_bytes: int = 0
    items: int = 0  # number of the last item
    progress: Progress | None = None
    is_sealed: bool = False  # it may be in already: what is added now would be taken for sent


class ArticlePublisher:
    """Puts articles on the ledger. An article is accepted when flush() or publish() has returned.

    Not for several threads at once. Use as a context manager: leaving it flushes, unless an exception is on its way.
    """

    def __init__(
        self,
        broker: str | redis.Redis = DEFAULT_REDIS_URL,
        *,
        lane: Lane = Lane.LIVE,
        prefix: str = DEFAULT_PREFIX,
        max_ledger: int = DEFAULT_MAX_LEDGER,
        batch: int = DEFAULT_BATCH,
        wait_s: float = 60.0,
        outage_s: float = PRODUCER_OUTAGE_S,
        wait_replicas: int = DEFAULT_WAIT_REPLICAS,
        max_bytes: int = DEFAULT_MAX_BYTES,
        done_generation_s: int = DEFAULT_GENERATION_S,
        on_rejected: Callable[[Refused], None] | None = None,
        on_outage: Callable[[str], None] | None = None,
    ) -> None:
        """Connect at the first flush.

        Args:
            broker: a redis:// or sentinel:// URL, or a client that stays the caller's.
            lane: live goes before backfill.
            prefix: of all keys, as the workers have it.
            max_ledger: articles that may wait; beyond it the publisher waits, then raises QueueFull.
            batch: articles a script call.
            wait_s: seconds to wait for room, per batch; 0 raises at once.
            outage_s: seconds to go on trying while the broker is away or in trouble.
            wait_replicas: replicas that must have a batch before it counts as accepted; 0 loses what a primary that dies had
                not replicated yet (docs/sentinel.md).
            max_bytes: the most that one article's JSON may have.
            done_generation_s: as the workers have it; the same bad item becomes one dead letter within it.
            on_rejected: called with each refusal once its dead letter is written.
            on_outage: called with one sentence when an outage begins to be waited out.

        Raises:
            ValueError: a batch that could never fit.
            UnusableUrl: the URL is not valid.
        """
        if not 0 < batch <= max_ledger:
            raise ValueError(f"batch is {batch} and must be 1 to max_ledger ({max_ledger})")
        self.report = Report()
        self._owns_client = isinstance(broker, str)
        client = connect(broker, PRODUCER, name=NAME) if isinstance(broker, str) else broker
        address = hide_password(broker) if isinstance(broker, str) else address_of(client)
        self._caller = Caller(client, address, outage_s=outage_s, on_outage=on_outage)
        self._names = Names(prefix)
        self._lane = lane
        self._wait_replicas = wait_replicas
        self._max_ledger, self._batch_articles = max_ledger, batch
        self._wait_s, self._max_bytes = wait_s, max_bytes
        self._done_generation_s = done_generation_s
        self._on_rejected = on_rejected
        self._progress: Progress | None = None  # of the source that publish() is reading
        self._batch = _Batch()
        self._number = 0

    def publish(self, items: Iterable[Item | Raw], *, progress: Progress | None = None) -> Report:
        """Push all items; those that are no articles become dead letters.

        Args:
            items: from a source, or articles as JSON or mappings.
            progress: remember under this name, in the same step as each acceptance, how many items are in.

        Returns:
            What this publisher has done since it was made.

        Raises:
            QueueFull, BrokerUnavailable, BrokerRefused: the batches before are accepted, and `report` counts them.
            SourceError: from the source; the items before it are accepted.
        """
        self.flush()
        self._progress = progress
        try:
            for item in items:
                self.add(item)
        except PublishError:
            raise
        except Exception:  # the source broke; what it gave before was good
            self.flush()
            raise
        finally:
            self._progress = None
        self.flush()
        return self.report

    def add(self, item: Item | Raw) -> None:
        """Take one item; a full batch is pushed.

        Raises:
            QueueFull, BrokerUnavailable, BrokerRefused: the batch with this item is kept; the next call tries again.
        """
        if self._batch.is_sealed:
            self.flush()
        if not isinstance(item, Item):
            self._number += 1
            item = Item(item.encode("utf-8", "surrogatepass") if isinstance(item, str) else item, self._number, "")
        batch = self._batch
        try:
            if item.error is not None:
                raise item.error
            data = item.raw if isinstance(item.raw, bytes) else encode_item(item.raw)
            parse_article(data, max_bytes=self._max_bytes)
        except RejectedArticle as error:
            self._reject(item, error)
        else:
            batch.articles.append(data)
            batch.size_bytes += len(data)
        batch.items, batch.progress = item.number, self._progress
        if len(batch.articles) + len(batch.rejections) >= self._batch_articles or batch.size_bytes >= MAX_BATCH_BYTES:
            self.flush()

    def flush(self) -> None:
        """Push what has been added; when this returns, the broker has it.

        Raises:
            QueueFull, BrokerUnavailable, BrokerRefused: the batch is kept, and the next flush tries it again.
        """
        done = self._batch
        if not done.articles and not done.rejections:
            return
        done.is_sealed = True
        self._push(done)
        self._batch = _Batch()
        self.report.accepted += len(done.articles)
        self.report.rejected += len(done.refused)
        for refused in done.refused:
            if len(self.report.refused) < KEPT_REFUSALS:
                self.report.refused.append(refused)
            if self._on_rejected:
                self._on_rejected(refused)

    def resume_from(self, progress: Progress) -> int:
        """Tell how many items of a source are in already; 0 where none are or the source has changed since.

        Raises:
            BrokerUnavailable, BrokerRefused.
        """
        key = self._pushed(progress)
        items, digest = self._caller.call(lambda: self._caller.client.hmget(key, ["items", "digest"]))
        return int(items) if items is not None and text(digest) == progress.digest else 0

    def close(self) -> None:
        """Let go of the connection; nothing is flushed."""
        if self._owns_client:
            self._caller.client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.flush()
        finally:
            self.close()

    def _pushed(self, progress: Progress) -> str:
        return self._names.pushed(f"{self._lane.value}:{progress.key}")

    def _reject(self, item: Item, error: RejectedArticle) -> None:
        original = item.raw if isinstance(item.raw, bytes) else original_of(item.raw)
        rejection = make_rejection(error, original, is_cut=error.code is Code.TOO_LARGE)
        outcome = unreadable_id(original)
        event = event_bytes(EventType.REJECTION, rejection, event_id=outcome, subject=None)
        self._batch.rejections.append((outcome, event))
        self._batch.size_bytes += len(event)
        self._batch.refused.append(Refused(item.number, item.where, error.code.value, error.field, error.reason))

    def _push(self, batch: _Batch) -> None:
        """Run the script until the batch is in, waiting for room as long as may be."""
        names = self._names
        keys = [names.ledger(self._lane), names.dead, names.sent(batch.token)]
        for outcome, _ in batch.rejections:
            keys += done_keys(names, outcome, generation_s=self._done_generation_s)
        digest = ""
        if batch.progress:
            keys.append(self._pushed(batch.progress))
            digest = batch.progress.digest
        counts = [self._max_ledger, SENT_S, len(batch.articles), len(batch.rejections)]
        args = [*counts, batch.items, digest, PUSHED_S, 2 * self._done_generation_s, *batch.articles]
        for outcome, event in batch.rejections:
            args += done_field(outcome), event
        give_up_at = time.monotonic() + self._wait_s
        pause_s = FIRST_WAIT_S
        while True:
            try:
                if self._caller.run_script(PUSH, keys, args, replicas=self._wait_replicas) != FULL:
                    return
                reason = f"The queue is full: {keys[0]} may hold {self._max_ledger:,} articles"
            except OutOfMemory:
                reason = f"The broker at {self._caller.address} has no memory left (maxmemory)"
            if time.monotonic() + pause_s > give_up_at:
                raise QueueFull(f"{reason}, and no room came free in {self._wait_s:g} s.")
            time.sleep(pause_s * random.uniform(0.5, 1.0))  # noqa: S311 (jitter, so that producers come back apart)
            pause_s = min(2 * pause_s, LONGEST_WAIT_S)
