"""ArticlePublisher: validate articles, push them in batches, return when the broker has them."""

import threading
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType
from typing import Self

import redis

from khabar.broker.connection import connect
from khabar.broker.patience import PRODUCER
from khabar.broker.plan import carry_out
from khabar.errors import BrokerError
from khabar.publishing.batch import Report
from khabar.publishing.intake import NAME, Intake, Raw, flushed
from khabar.sources.items import Item, Progress

TRY_AGAIN_S = 1.0  # after a flush that the broker did not take


class ArticlePublisher(Intake[redis.Redis]):
    """Puts articles on the ledger. An article is accepted when flush() or publish() has returned.

    add() keeps each item until the broker has it, even if add() raises. So after an error do not add an item again: continue with
    the next one, or call flush(). Items are sent `flush_after_s` seconds after they were added, even if no others follow.

    Several threads may share one publisher. Use it as a context manager: leaving it flushes, unless an exception is raised.
    """

    def publish(self, items: Iterable[Item | Raw], *, progress: Progress | None = None) -> Report:
        """Push all items; those that are no articles become dead letters.

        Args:
            items: from a source, or articles as JSON or mappings.
            progress: remember under this name, in the same step as each acceptance, how many items are in.

        Returns:
            The counts since this publisher was made.

        Raises:
            QueueFull, BrokerUnavailable, BrokerRefused: the batches before are accepted, and `report` counts them.
            SourceError: from the source; the items before it are accepted.
        """
        with flushed(self.flush):
            for item in items:
                self._add(item, progress)
        return self.report

    def add(self, item: Item | Raw, *, progress: Progress | None = None) -> None:
        """Take one item, always; a batch that is full, or whose first item came `flush_after_s` ago, is pushed.

        Args:
            item: as of publish.
            progress: of the source that the item is of; not for several threads.

        Raises:
            QueueFull, BrokerUnavailable, BrokerRefused: the item is taken all the same, like all before it; the next add() or
                flush() sends them. Adding on while this is raised fills memory.
        """
        self._add(item, progress)

    def flush(self) -> None:
        """Push what has been added; when this returns, the broker has it.

        Raises:
            QueueFull, BrokerUnavailable, BrokerRefused: what is not in is kept, and the next flush tries it again.
        """
        self._enter_process()
        with self._turn:
            self._seal()
            self._send()

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
        with self._turn:
            return carry_out(self._remembered(progress), self._client)

    def close(self) -> None:
        """Let go of the connection; nothing is flushed."""
        self._enter_process()
        with self._turn:
            self._is_closed = True
            if self._timer is not None:
                self._timer.cancel()
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

    def _begin(self) -> None:
        self._turn = threading.RLock()  # of its own in each child of a fork: the parent's may stay held there
        self._timer: threading.Timer | None = None
        self._is_closed = False
        self._late: BrokerError | None = None  # why the timer could not send; raised by whoever adds next

    def _add(self, item: Item | Raw, progress: Progress | None) -> None:
        self._enter_process()
        with self._turn:
            self._take(item, progress)
            late, self._late = self._late, None
            try:
                if late is not None:
                    raise late
                if self._sealed:
                    self._send()
            finally:
                self._set_timer()

    def _send(self) -> None:
        carry_out(self._push_sealed(), self._client)
        self._late = None

    def _set_timer(self, at_least_s: float = 0.0) -> None:
        """See to it that what waits is sent when it is due. There is at most one timer, and none where nothing waits."""
        due_in_s = self.due_in_s
        if due_in_s is None or self._timer is not None or self._is_closed:
            return
        timer = threading.Timer(max(due_in_s, at_least_s), self._send_when_due)
        timer.daemon = True
        with suppress(RuntimeError):  # the interpreter ends, and starts no thread any more
            timer.start()
            self._timer = timer

    def _send_when_due(self) -> None:
        with self._turn:
            self._timer = None
            due_in_s = self.due_in_s
            if self._is_closed or due_in_s is None:
                return
            try:
                if due_in_s <= 0:
                    self._seal()
                    self._send()
            except BrokerError as error:
                self._late = error
            self._set_timer(at_least_s=TRY_AGAIN_S if self._late else 0.0)
