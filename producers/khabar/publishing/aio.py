"""AsyncArticlePublisher: ArticlePublisher for asyncio."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from types import TracebackType
from typing import Self

from redis.asyncio import Redis

from khabar.broker import aio
from khabar.broker.plan import carry_out_async
from khabar.errors import BrokerError
from khabar.publishing.batch import Report
from khabar.publishing.intake import NAME, Intake, Raw
from khabar.sources.items import Item, Progress


class AsyncArticlePublisher(Intake[Redis]):
    """Puts articles on the ledger. An article is accepted when flush() or publish() has returned.

    Whatever was given to add() is kept until the broker has it, also where add() raises or is cancelled. So after an error add no
    item again: go on with the next one, or call flush().

    Several tasks may share one: they fill one batch together, and each is told when its own articles are in. A task that is
    cancelled while it waits leaves its batch as it was; the next flush sends it again, which adds nothing twice.

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
            What this publisher has done since it was made.

        Raises:
            QueueFull, BrokerUnavailable, BrokerRefused: the batches before are accepted, and `report` counts them.
            SourceError: from the source; the items before it are accepted.
        """
        await self.flush()
        try:
            if isinstance(items, AsyncIterable):
                async with self._flushing_when_due():
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

    @staticmethod
    def _connect(url: str) -> Redis:
        return aio.connect(url, name=NAME)

    @asynccontextmanager
    async def _flushing_when_due(self) -> AsyncIterator[None]:
        """Inside the block, push what waits while the next item is long in coming."""
        flushing = asyncio.create_task(self._flush_when_due())
        try:
            yield
        finally:
            flushing.cancel()
            await asyncio.wait([flushing])

    async def _flush_when_due(self) -> None:
        while True:
            due_in_s = self.due_in_s
            if due_in_s is not None and due_in_s <= 0:
                with suppress(BrokerError):  # the next item's turn meets it again, and raises it
                    await self.flush()
            await asyncio.sleep(max(due_in_s or 0.0, self._flush_after_s / 10, 0.01))

    async def _add(self, item: Item | Raw, progress: Progress | None) -> None:
        self._enter_process()
        self._take(item, progress)
        if self._sealed:
            async with self._pushing:
                await carry_out_async(self._push_sealed(), self._client)
