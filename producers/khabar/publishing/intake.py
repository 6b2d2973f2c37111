"""Intake: check items, gather them into batches, push each through outages and a full queue. All but the I/O of a publisher."""

import logging
import random
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from typing import Any, Generic, TypeVar

import redis
import redis.asyncio

from khabar.broker.caller import Caller, OutOfMemory, address_of
from khabar.broker.forks import Forks, abandon
from khabar.broker.patience import PRODUCER_OUTAGE_S
from khabar.broker.plan import Pause, Plan
from khabar.broker.replies import text
from khabar.broker.url import hide_password
from khabar.errors import BrokerError, Code, QueueFull, RejectedArticle
from khabar.keys.defaults import (
    DEFAULT_BATCH,
    DEFAULT_FULL_MEMORY_SHARE,
    DEFAULT_GENERATION_S,
    DEFAULT_MAX_BYTES,
    DEFAULT_MAX_LEDGER,
    DEFAULT_WAIT_REPLICAS,
)
from khabar.keys.done import Generation, done_field, done_keys
from khabar.keys.names import DEFAULT_PREFIX, DEFAULT_REDIS_URL, Lane, Names
from khabar.keys.unreadable import read_or_skip
from khabar.messages.article import parse_article
from khabar.messages.items import PLACE, encode_item
from khabar.publishing.batch import Batch, Report
from khabar.sources.items import Item, Progress, Refused

log = logging.getLogger(__name__)

PUSH = files(__package__).joinpath("push.lua").read_text(encoding="utf-8")
FULL, MEMORY_FULL, OTHER_GENERATION = 0, -1, -2  # what push.lua answers where it has added nothing

NAME = "khabar-producer"
MAX_BATCH_BYTES = 4 << 20  # a script blocks the broker; 4 MiB take it about 10 ms
SENT_S = 600  # a batch's token outlives every resending (outage_s) many times over
PUSHED_S = 30 * 24 * 3600
FIRST_WAIT_S, LONGEST_WAIT_S = 0.05, 1.0
FLUSH_AFTER_S = 0.5  # a producer that is fed slowly sends two batches a second at most
KEPT_REFUSALS = 100

Raw = bytes | str | Mapping[str, Any]
ClientT = TypeVar("ClientT", redis.Redis, redis.asyncio.Redis)


@contextmanager
def flushed(flush: Callable[[], None]) -> Iterator[None]:
    """Flush before and after a source is taken, and where it breaks: its items before the break are good.

    Raises:
        QueueFull, BrokerUnavailable, BrokerRefused: nothing is flushed after it; the items are kept.
    """
    flush()
    try:
        yield
    except BrokerError:
        raise
    except Exception:
        flush()
        raise
    flush()


class Intake(ABC, Generic[ClientT]):
    """The common part of ArticlePublisher and AsyncArticlePublisher.

    A publisher that was made before a fork works in each child, with a connection, a batch and a report of the child's own. Items
    that were added before the fork belong to the parent.

    Attributes:
        report: counts since this publisher was made, or since the fork.
    """

    def __init__(
        self,
        broker: str | ClientT = DEFAULT_REDIS_URL,
        *,
        lane: Lane = Lane.LIVE,
        prefix: str = DEFAULT_PREFIX,
        max_ledger: int = DEFAULT_MAX_LEDGER,
        batch: int = DEFAULT_BATCH,
        flush_after_s: float = FLUSH_AFTER_S,
        wait_s: float = 60.0,
        outage_s: float = PRODUCER_OUTAGE_S,
        wait_replicas: int = DEFAULT_WAIT_REPLICAS,
        max_bytes: int = DEFAULT_MAX_BYTES,
        done_generation_s: int = DEFAULT_GENERATION_S,
        full_memory_share: float = DEFAULT_FULL_MEMORY_SHARE,
        on_rejected: Callable[[Refused], None] | None = None,
        on_outage: Callable[[str], None] | None = None,
    ) -> None:
        """Connect at the first flush.

        Args:
            broker: a redis:// or sentinel:// URL, or a client that stays the caller's; an asynchronous one for the asynchronous
                publisher.
            lane: live goes before backfill.
            prefix: of all keys, as the workers have it.
            max_ledger: articles that may wait; beyond it the publisher waits, then raises QueueFull.
            batch: articles a script call.
            flush_after_s: a batch is sent so many seconds after its first item came, whether more come or not.
            wait_s: seconds to wait for room, per batch; 0 raises at once.
            outage_s: seconds to keep trying while the broker is unreachable or in trouble.
            wait_replicas: replicas that must have a batch before it counts as accepted; 0 loses what a primary that dies had
                not replicated yet (docs/how-to/sentinel.md).
            max_bytes: the most that one article's JSON may have.
            done_generation_s: as the workers have it; the same bad item becomes one dead letter within it.
            full_memory_share: share of the broker's maxmemory from which on it is full, as a ledger is.
            on_rejected: called with each refusal once its dead letter is written.
            on_outage: called with one sentence when an outage begins to be waited out.

        Raises:
            ValueError: a batch that could never fit.
            BrokerRefused: the URL is not the URL of a broker.
        """
        if not 0 < batch <= max_ledger:
            raise ValueError(f"batch is {batch} and must be 1 to max_ledger ({max_ledger})")
        self.report = Report()
        self._url = broker if isinstance(broker, str) else None
        self._client: ClientT = self._connect(broker) if isinstance(broker, str) else broker
        address = hide_password(broker) if isinstance(broker, str) else address_of(broker)
        self._caller = Caller(address, outage_s=outage_s, on_outage=on_outage)
        self._names = Names(prefix)
        self._lane = lane
        self._wait_replicas = wait_replicas
        self._max_ledger, self._batch_articles = max_ledger, batch
        self._wait_s, self._max_bytes = wait_s, max_bytes
        self._generation = Generation(done_generation_s)
        self._full_memory_share = full_memory_share
        self._on_rejected = on_rejected
        self._flush_after_s = flush_after_s
        self._has_warned = False
        self._batch = Batch()  # takes items
        self._sealed: deque[Batch] = deque()  # each may be in already: what were added now would be taken for sent
        self._number = 0
        self._forks = Forks()
        self._begin()

    @property
    def unsent(self) -> int:
        """How many items were added that the broker is not known to have."""
        return len(self._batch) + sum(map(len, self._sealed))

    def unsent_articles(self) -> list[bytes]:
        """Return the articles that were added and that the broker is not known to have, as JSON."""
        return [article for batch in (*self._sealed, self._batch) for article in batch.articles]

    @property
    def due_in_s(self) -> float | None:
        """Seconds until what was added should be flushed, 0 or less where it is time; None where nothing waits."""
        oldest = self._sealed[0] if self._sealed else self._batch
        return oldest.began_at + self._flush_after_s - time.monotonic() if oldest else None

    @staticmethod
    @abstractmethod
    def _connect(url: str) -> ClientT:
        """Return a client that sends each call once."""

    def _enter_process(self) -> None:
        """In a child of a fork, leave batches and connection to the parent."""
        if not self._forks.is_new_child():
            return
        abandon(self._client, is_ours=self._url is not None)
        if self._url is not None:
            self._client = self._connect(self._url)
        self._batch, self._sealed = Batch(), deque()
        self.report = Report()
        self._begin()

    def _begin(self) -> None:
        """Make what belongs to one process."""

    def _take(self, item: Item | Raw, progress: Progress | None = None) -> None:
        """Put an item into the open batch, whatever it is; a batch that is full or due is sealed."""
        if not isinstance(item, Item):
            self._number += 1
            item = Item(item.encode("utf-8", "surrogatepass") if isinstance(item, str) else item, self._number, "")
        batch = self._batch
        if not batch:
            batch.began_at = time.monotonic()
        try:
            batch.accept(self._checked(item), self._names.ledger(self._lane))
        except RejectedArticle as error:
            batch.reject(item, error)
        if progress is not None:
            batch.items, batch.progress, batch.mark = item.number, progress, item.mark
        is_full = len(batch) >= self._batch_articles or batch.size_bytes >= MAX_BATCH_BYTES
        if is_full or time.monotonic() >= batch.began_at + self._flush_after_s:
            self._seal()

    def _checked(self, item: Item) -> bytes:
        """Return an item's article as JSON.

        Raises:
            RejectedArticle: the item is not an article.
        """
        try:
            if item.error is not None:
                raise item.error
            data = item.raw if isinstance(item.raw, bytes) else encode_item(item.raw)
            parse_article(data, max_bytes=self._max_bytes)
        except RejectedArticle:
            raise
        except Exception as error:  # whatever it is: one item must not end its producer
            reason = f"cannot be read ({type(error).__name__})"
            raise RejectedArticle(Code.WRONG_TYPE, field=None, reason=reason, place=PLACE) from error
        return data

    def _seal(self) -> None:
        """Make the open batch one that is to be pushed."""
        if self._batch:
            self._sealed.append(self._batch)
            self._batch = Batch()

    def _push_sealed(self) -> Plan[None]:
        """Push the batches that are sealed, the oldest first, and count each once it is in."""
        while self._sealed:
            done = self._sealed[0]
            yield from self._push(done)
            self._sealed.popleft()
            for span in done.spans:
                span.end()
            self.report.accepted += len(done.articles)
            self.report.rejected += len(done.refused)
            for refused in done.refused:
                if len(self.report.refused) < KEPT_REFUSALS:
                    self.report.refused.append(refused)
                if self._on_rejected:
                    self._on_rejected(refused)

    def _remembered(self, progress: Progress) -> Plan[tuple[int, str]]:
        """Ask how many items of a source were in when a batch of it was last pushed, and for the mark of the last of them."""
        key = self._pushed(progress)

        def ask() -> Plan[Any]:
            return (yield lambda client: client.hmget(key, ["items", "digest"]))

        items, mark = yield from self._caller.call(ask)
        if items is None or mark is None:
            return 0, ""
        # A count that cannot be read means: start from the beginning. Nothing is doubled.
        return read_or_skip(key, int, items) or 0, text(mark)

    def _pushed(self, progress: Progress) -> str:
        return self._names.pushed(f"{self._lane.value}:{progress.key}")

    def _push(self, batch: Batch) -> Plan[None]:
        """Run the script until the batch is in, waiting for room as long as may be."""
        give_up_at = time.monotonic() + self._wait_s
        pause_s = FIRST_WAIT_S
        while True:
            keys, args = self._script_arguments(batch)
            try:
                answer, *why = yield from self._caller.run_script(PUSH, keys, args, replicas=self._wait_replicas)
                if answer > FULL:
                    self._warn_of_eviction(evicts=bool(why and why[0]))
                    return
                if answer == OTHER_GENERATION:
                    self._generation.correct(why[0])
                    continue
                reason = f"The queue is full: {keys[0]} may hold {self._max_ledger:,} articles"
                if answer == MEMORY_FULL:
                    reason = (
                        f"The queue is full: the broker at {self._caller.address} uses {why[0]:,} of its {why[1]:,} bytes "
                        f"(maxmemory), and takes no more articles from {self._full_memory_share:.0%} on"
                    )
            except OutOfMemory:
                reason = f"The broker at {self._caller.address} has no memory left (maxmemory)"
            if time.monotonic() + pause_s > give_up_at:
                raise QueueFull(f"{reason}, and no room came free in {self._wait_s:g} s.")
            yield Pause(pause_s * random.uniform(0.5, 1.0))  # noqa: S311 (jitter, so that producers come back apart)
            pause_s = min(2 * pause_s, LONGEST_WAIT_S)

    def _warn_of_eviction(self, *, evicts: bool) -> None:
        if evicts and not self._has_warned:
            self._has_warned = True
            log.warning(
                "the broker at %s deletes keys when it is full, accepted articles too; CONFIG SET maxmemory-policy noeviction",
                self._caller.address,
                extra={"action": "broker_forgets"},
            )

    def _script_arguments(self, batch: Batch) -> tuple[list[str], list[Any]]:
        """Return KEYS and ARGV as push.lua describes them."""
        names, generation = self._names, self._generation
        keys = [names.ledger(self._lane), names.dead, names.sent(batch.token)]
        for outcome, _ in batch.rejections:
            keys += done_keys(names, outcome, generation=generation.number)
        if batch.progress:
            keys.append(self._pushed(batch.progress))
        counts: list[Any] = [self._max_ledger, SENT_S, len(batch.articles), len(batch.rejections)]
        args: list[Any] = [*counts, batch.items, batch.mark, PUSHED_S, generation.length_s, generation.number]
        args += [self._full_memory_share, *batch.articles]
        for outcome, event in batch.rejections:
            args += done_field(outcome), event
        return keys, args + batch.traceparents
