"""DealingPublisher: pushes articles to several ledgers; one article always goes to the same ledger."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from types import TracebackType
from typing import Any, Self

from khabar.broker.ledgers import Ledger, deal
from khabar.errors import BrokerError
from khabar.messages.article import parse_article
from khabar.messages.items import encode_item, original_of
from khabar.publishing.batch import Report
from khabar.publishing.intake import KEPT_REFUSALS, Raw, flushed
from khabar.publishing.publisher import ArticlePublisher
from khabar.sources.items import Item, Progress


@dataclass(frozen=True)
class _Part:
    """One ledger's part of a source.

    Attributes:
        progress: the name under which this ledger remembers how far its items are pushed.
        still_in: items with numbers up to this one need not be pushed to this ledger again.
    """

    progress: Progress
    still_in: int


class DealingPublisher:
    """Distributes articles over several ledgers by their ids, through one ArticlePublisher for each.

    The guarantees are those of ArticlePublisher: an article is accepted when flush() or publish() has returned. If a ledger is
    full or unreachable, the others wait as long as ArticlePublisher waits for it. After that the other ledgers get their
    articles, and the articles of the failed ledger are kept for the next flush.

    The number of ledgers decides where an article goes. If that number changes, some articles go to another ledger, which has
    not seen them: an article pushed before and after the change is extracted twice, under the same outcome id.
    """

    def __init__(self, ledgers: Sequence[Ledger], **options: Any) -> None:
        """Connect at the first flush.

        Args:
            ledgers: at least one, in the same order in every producer: the order decides where an article goes.
            options: as for ArticlePublisher, except broker and prefix.

        Raises:
            ValueError: no ledger, or an option that cannot be used.
            BrokerRefused: a URL is not a broker's.
        """
        if not ledgers:
            raise ValueError("no ledger to deal articles to")
        self._max_bytes: dict[str, int] = {name: options[name] for name in ("max_bytes",) if name in options}
        self._publishers = [ArticlePublisher(each.url, prefix=each.prefix, **options) for each in ledgers]
        self._numbers = count(1)  # numbers for items that have none; threads may share it
        self._resumed: dict[str, list[_Part]] = {}

    @property
    def report(self) -> Report:
        """Counts over all ledgers since this publisher was made."""
        reports = [publisher.report for publisher in self._publishers]
        refused = sorted((each for report in reports for each in report.refused), key=lambda each: each.number)
        return Report(
            sum(report.accepted for report in reports),
            sum(report.rejected for report in reports),
            refused[:KEPT_REFUSALS],
        )

    @property
    def unsent(self) -> int:
        """How many added items no broker has confirmed yet."""
        return sum(publisher.unsent for publisher in self._publishers)

    @property
    def due_in_s(self) -> float | None:
        """Seconds until the added items should be flushed; 0 or less: flush now; None: no item waits."""
        return min((due for each in self._publishers if (due := each.due_in_s) is not None), default=None)

    def publish(self, items: Iterable[Item | Raw], *, progress: Progress | None = None, again: bool = False) -> Report:
        """Push all items; those that are not valid articles become dead letters.

        Args:
            items: from a source, or articles as JSON or mappings.
            progress: each ledger remembers under this name how far its articles are pushed, in the same transaction that
                accepts them. Items that a ledger has already are skipped; `resume_from` says which need not even be read.
            again: push every item, also those that a ledger has already.

        Returns:
            Counts since this publisher was made.

        Raises:
            QueueFull, BrokerUnavailable, BrokerRefused: items accepted before stay accepted, and `report` counts them.
            SourceError: raised by the source; the items before it are accepted.
        """
        with flushed(self.flush):
            parts = None if progress is None else self._parts(progress, again=again)
            for item in items:
                self._add(item, parts)
        return self.report

    def add(self, item: Item | Raw) -> None:
        """Take one item, also where it raises, as ArticlePublisher.add does.

        Raises:
            QueueFull, BrokerUnavailable, BrokerRefused: the item is kept; the next flush(), or the next add() for the same
                ledger, sends it.
        """
        self._add(item, None)

    def flush(self) -> None:
        """Push all items added so far; when this returns, the brokers have them.

        Raises:
            QueueFull, BrokerUnavailable, BrokerRefused: the first error of any ledger; the other ledgers were sent their items
                nevertheless.
        """
        self._each(ArticlePublisher.flush)

    def resume_from(self, progress: Progress) -> int:
        """Return how many items at a source's beginning need not be read again: each ledger has its share of them.

        Raises:
            BrokerUnavailable, BrokerRefused: a ledger could not be asked.
        """
        parts = self._resumed[progress.key] = self._parts(progress)
        return min(part.still_in for part in parts)

    def close(self) -> None:
        """Close the connections without flushing."""
        self._each(ArticlePublisher.close)

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

    def _add(self, item: Item | Raw, parts: list[_Part] | None) -> None:
        if not isinstance(item, Item):
            raw = item.encode("utf-8", "surrogatepass") if isinstance(item, str) else item
            item = Item(raw, next(self._numbers), "")
        ledger = deal(self._key(item), len(self._publishers))
        part = parts[ledger] if parts else None
        if part is None:
            self._publishers[ledger].add(item)
        elif item.number > part.still_in:
            self._publishers[ledger].add(item, progress=part.progress)

    def _key(self, item: Item) -> str | bytes:
        """Return the key that decides the ledger: the article's id, or the item's bytes if it is not a valid article."""
        if item.error is None:
            with suppress(Exception):  # it becomes a dead letter, and the publisher says why
                data = item.raw if isinstance(item.raw, bytes) else encode_item(item.raw)
                return parse_article(data, **self._max_bytes).id
        return item.raw if isinstance(item.raw, bytes) else original_of(item.raw)

    def _parts(self, progress: Progress, *, again: bool = False) -> list[_Part]:
        """Ask each ledger how much of a source it has, unless `resume_from` has just asked."""
        if not again and (found := self._resumed.pop(progress.key, None)):
            return found
        parts = []
        for number, publisher in enumerate(self._publishers, 1):
            # The name holds the number of ledgers: with another number, a ledger's part is made of other articles.
            own = Progress(f"{progress.key}:{number}of{len(self._publishers)}", progress.still_in)
            parts.append(_Part(own, 0 if again else publisher.resume_from(own)))
        return parts

    def _each(self, do: Callable[[ArticlePublisher], object]) -> None:
        """Call `do` with every publisher, also after one has raised; then raise the first error."""
        errors: list[BrokerError] = []
        for publisher in self._publishers:
            try:
                do(publisher)
            except BrokerError as error:
                errors.append(error)
        if errors:
            raise errors[0]
