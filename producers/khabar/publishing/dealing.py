"""DealingPublisher: ArticlePublisher over several ledgers; an article always goes to the same one."""

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
    """One ledger's part of a source: which of its items are in there already."""

    progress: Progress
    still_in: int


class DealingPublisher:
    """Deals articles to several ledgers by their ids, through one ArticlePublisher for each.

    Every promise is the one of ArticlePublisher: an article is accepted when flush() or publish() has returned. A ledger that is
    full or away holds up the others as long as ArticlePublisher waits for it; when that time is over, the others have been sent
    what is theirs, and what is not in is kept.

    The number of ledgers decides where an article goes. With another number some articles go elsewhere, where nobody knows them:
    one that is pushed before and after the change is extracted twice, under the same outcome id.
    """

    def __init__(self, ledgers: Sequence[Ledger], **options: Any) -> None:
        """Connect at the first flush.

        Args:
            ledgers: where to, one at least; their order belongs to the deployment.
            options: as of ArticlePublisher, without broker and prefix.

        Raises:
            ValueError: no ledger, or an option that cannot be used.
            BrokerRefused: a URL is not a broker's.
        """
        if not ledgers:
            raise ValueError("no ledger to deal articles to")
        self._max_bytes: dict[str, int] = {name: options[name] for name in ("max_bytes",) if name in options}
        self._publishers = [ArticlePublisher(each.url, prefix=each.prefix, **options) for each in ledgers]
        self._numbers = count(1)  # of items that have none; threads may share it
        self._resumed: dict[str, list[_Part]] = {}

    @property
    def report(self) -> Report:
        """What has been done since this publisher was made, on all ledgers."""
        reports = [publisher.report for publisher in self._publishers]
        refused = sorted((each for report in reports for each in report.refused), key=lambda each: each.number)
        return Report(
            sum(report.accepted for report in reports),
            sum(report.rejected for report in reports),
            refused[:KEPT_REFUSALS],
        )

    @property
    def unsent(self) -> int:
        """How many items were added that the brokers are not known to have."""
        return sum(publisher.unsent for publisher in self._publishers)

    @property
    def due_in_s(self) -> float | None:
        """Seconds until what was added should be flushed, 0 or less where it is time; None where nothing waits."""
        return min((due for each in self._publishers if (due := each.due_in_s) is not None), default=None)

    def publish(self, items: Iterable[Item | Raw], *, progress: Progress | None = None, again: bool = False) -> Report:
        """Push all items; those that are no articles become dead letters.

        Args:
            items: from a source, or articles as JSON or mappings.
            progress: each ledger remembers under this name, in the same step as each acceptance, how far its own articles are
                in; what is in is passed over. `resume_from` says what need not even be read.
            again: pass nothing over.

        Returns:
            What this publisher has done since it was made.

        Raises:
            QueueFull, BrokerUnavailable, BrokerRefused: what was accepted before stays so, and `report` counts it.
            SourceError: from the source; the items before it are accepted.
        """
        with flushed(self.flush):
            parts = None if progress is None else self._parts(progress, again=again)
            for item in items:
                self._add(item, parts)
        return self.report

    def add(self, item: Item | Raw) -> None:
        """Take one item, always, as ArticlePublisher.add does.

        Raises:
            QueueFull, BrokerUnavailable, BrokerRefused: the item is taken all the same; the next add() to this ledger or flush()
                sends it.
        """
        self._add(item, None)

    def flush(self) -> None:
        """Push what has been added; when this returns, the brokers have it.

        Raises:
            QueueFull, BrokerUnavailable, BrokerRefused: the first that a ledger has met; all others were sent what is theirs.
        """
        self._each(ArticlePublisher.flush)

    def resume_from(self, progress: Progress) -> int:
        """Tell how many items at a source's beginning all ledgers have, as far as they are theirs.

        Raises:
            BrokerUnavailable, BrokerRefused.
        """
        parts = self._resumed[progress.key] = self._parts(progress)
        return min(part.still_in for part in parts)

    def close(self) -> None:
        """Let go of the connections; nothing is flushed."""
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
        """Return what decides the ledger: the article's id, or the bytes of what is no article."""
        if item.error is None:
            with suppress(Exception):  # it becomes a dead letter, and the publisher says why
                data = item.raw if isinstance(item.raw, bytes) else encode_item(item.raw)
                return parse_article(data, **self._max_bytes).id
        return item.raw if isinstance(item.raw, bytes) else original_of(item.raw)

    def _parts(self, progress: Progress, *, again: bool = False) -> list[_Part]:
        """Ask each ledger how much of a source it has; once where `resume_from` has asked already."""
        if not again and (found := self._resumed.pop(progress.key, None)):
            return found
        parts = []
        for number, publisher in enumerate(self._publishers, 1):
            # Under a name of its own: of another number of ledgers, these are other articles.
            own = Progress(f"{progress.key}:{number}of{len(self._publishers)}", progress.still_in)
            parts.append(_Part(own, 0 if again else publisher.resume_from(own)))
        return parts

    def _each(self, do: Callable[[ArticlePublisher], object]) -> None:
        """Do it on all, also where one raises."""
        errors: list[BrokerError] = []
        for publisher in self._publishers:
            try:
                do(publisher)
            except BrokerError as error:
                errors.append(error)
        if errors:
            raise errors[0]
