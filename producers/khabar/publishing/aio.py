"""AsyncArticlePublisher: ArticlePublisher for asyncio."""

import asyncio
from collections.abc import AsyncIterable, Iterable
from types import TracebackType
from typing import Self

from redis.asyncio import Redis

from khabar.broker import aio
from khabar.broker.plan import carry_out_async
from khabar.errors import BrokerError
from khabar.publishing.batch import Report
from khabar.publishing.intake import NAME, Intake, Raw
from khabar.sources.items import Item, Progress

TRY_AGAIN_S = 1.0  # after a flush that the broker did not take


class AsyncArticlePublisher(Intake[Redis]):
    """Puts articles on the ledger. An article is accepted when flush() or publish() has returned.

    add() keeps each item until the broker has it, even if add() raises or is cancelled. So after an error do not add an item
    again: continue with the next one, or call flush(). Items are sent `flush_after_s` seconds after they were added, even if no
    others follow.

    Several tasks may share one publisher: they fill one batch together, and each is told when its own articles are in. If a task
    is cancelled while it waits, its batch stays as it was; the next flush sends the batch again, which adds nothing twice.

    Use as an asynchronous context manager: leaving it flushes, unless an exception is on its way.
    """

    async def publish(
        self, items: Iterable[Item | Raw] | AsyncIterable[Item | Raw], *, progress: Progress | None = None
    ) -> Report:
        """Push all items; those that are no articles become dead letters.

        Args:
            items: from a source, or articles as JSON or mappings; an asynchronous iterable is awaited item by item.
            progress: remember under this name, in the same step as each acceptance, how many items are in;
                not for two sources at a time.

        Returns:
            The counts since this publisher was made.

        Raises:
            QueueFull, BrokerUnavailable, BrokerRefused: the batches before are accepted, and `report` counts them.
            SourceError: from the source; the items before it are accepted.
        """
        await self.flush()
        try:
            if isinstance(items, AsyncIterable):
                async for item in items:
                    await self._add(item, progress)
            else:
                for item in items:
                    await self._add(item, progress)
        except BrokerError:
            raise
        except Exception:  # the source broke; what it gave before was good
            await self.flush()
            raise
        await self.flush()
        return self.report

    async def add(self, item: Item | Raw) -> None:
        """Take one item, always; a batch that is full, or whose first item came `flush_after_s` ago, is pushed.

        Raises:
            QueueFull, BrokerUnavailable, BrokerRefused: the item is taken all the same, like all before it; the next add() or
                flush() sends them. Adding on while this is raised fills memory.
        """
        await self._add(item, None)

    async def flush(self) -> None:
        """Push what has been added; when this returns, the broker has it.

        Raises:
            QueueFull, BrokerUnavailable, BrokerRefused: what is not in is kept, and the next flush tries it again.
        """
        self._enter_process()
        async with self._pushing:
            self._seal()
            await carry_out_async(self._push_sealed(), self._client)

    async def resume_from(self, progress: Progress) -> int:
        """Tell how many items of a source are in already; 0 where none are or the source has changed since.

        Raises:
            BrokerUnavailable, BrokerRefused.
        """
        self._enter_process()
        items, mark = await carry_out_async(self._remembered(progress), self._client)
        return await asyncio.to_thread(progress.still_in, items, mark)  # it reads the source up to there

    async def aclose(self) -> None:
        """Let go of the connection; nothing is flushed."""
        self._enter_process()
        if self._timer is not None:
            self._timer.cancel()
            await asyncio.wait([self._timer])
        if self._url is not None:
            await aio.close(self._client)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                await self.flush()
        finally:
            await self.aclose()

    def _begin(self) -> None:
        self._pushing = asyncio.Lock()
        self._timer: asyncio.Task[None] | None = None  # runs only while something waits

    @staticmethod
    def _connect(url: str) -> Redis:
        return aio.connect(url, name=NAME)

    async def _add(self, item: Item | Raw, progress: Progress | None) -> None:
        self._enter_process()
        self._take(item, progress)
        try:
            if self._sealed:
                async with self._pushing:
                    await carry_out_async(self._push_sealed(), self._client)
        finally:
            if self.due_in_s is not None and (self._timer is None or self._timer.done()):
                self._timer = asyncio.create_task(self._flush_until_none_waits())

    async def _flush_until_none_waits(self) -> None:
        while (due_in_s := self.due_in_s) is not None:
            if due_in_s > 0:
                await asyncio.sleep(due_in_s)
                continue
            try:
                await self.flush()
            except BrokerError:  # the next add() or flush() meets it again, and raises it
                await asyncio.sleep(TRY_AGAIN_S)
