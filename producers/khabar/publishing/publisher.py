"""ArticlePublisher: validate articles, push them in batches, return when the broker has them."""

from collections.abc import Iterable
from types import TracebackType
from typing import Self

import redis

from khabar.broker.connection import connect
from khabar.broker.patience import PRODUCER
from khabar.broker.plan import carry_out
from khabar.errors import BrokerError
from khabar.publishing.batch import Report
from khabar.publishing.intake import NAME, Intake, Raw
from khabar.sources.items import Item, Progress


class ArticlePublisher(Intake[redis.Redis]):
    """Puts articles on the ledger. An article is accepted when flush() or publish() has returned.

    Whatever was given to add() is kept until the broker has it, also where add() raises. So after an error add no item again: go
    on with the next one, or call flush().

    Not for several threads at once. Use as a context manager: leaving it flushes, unless an exception is on its way.
    """

    def publish(self, items: Iterable[Item | Raw], *, progress: Progress | None = None) -> Report:
        """Push all items; those that are no articles become dead letters.

        Args:
            items: from a source, or articles as JSON or mappings. While the next is long in coming, the last ones wait with it.
            progress: remember under this name, in the same step as each acceptance, how many items are in.

        Returns:
            What this publisher has done since it was made.

        Raises:
            QueueFull, BrokerUnavailable, BrokerRefused: the batches before are accepted, and `report` counts them.
            SourceError: from the source; the items before it are accepted.
        """
        self.flush()
        try:
            for item in items:
                self._add(item, progress)
        except BrokerError:
            raise
        except Exception:  # the source broke; what it gave before was good
            self.flush()
            raise
        self.flush()
        return self.report

    def add(self, item: Item | Raw) -> None:
        """Take one item, always; a batch that is full, or whose first item came `flush_after_s` ago, is pushed.

        Raises:
            QueueFull, BrokerUnavailable, BrokerRefused: the item is taken all the same, like all before it; the next add() or
                flush() sends them. Adding on while this is raised fills memory.
        """
        self._add(item, None)

    def flush(self) -> None:
        """Push what has been added; when this returns, the broker has it.

        Raises:
            QueueFull, BrokerUnavailable, BrokerRefused: what is not in is kept, and the next flush tries it again.
        """
        self._enter_process()
        self._seal()
        carry_out(self._push_sealed(), self._client)

    def resume_from(self, progress: Progress) -> int:
        """Tell how many items of a source are in already; 0 where none are or the source has changed since.

        Raises:
            BrokerUnavailable, BrokerRefused.
        """
        return progress.still_in(*self.remembered(progress))

    def remembered(self, progress: Progress) -> tuple[int, str]:
        """Tell how many items of a source were in at the last push of it, and the mark of the last; (0, "") for none.

        Raises:
            BrokerUnavailable, BrokerRefused.
        """
        self._enter_process()
        return carry_out(self._remembered(progress), self._client)

    def close(self) -> None:
        """Let go of the connection; nothing is flushed."""
        self._enter_process()
        if self._url is not None:
            self._client.close()

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

    @staticmethod
    def _connect(url: str) -> redis.Redis:
        return connect(url, PRODUCER, name=NAME)

    def _add(self, item: Item | Raw, progress: Progress | None) -> None:
        self._enter_process()
        self._take(item, progress)
        if self._sealed:
            carry_out(self._push_sealed(), self._client)
