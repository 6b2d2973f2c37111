"""AsyncArticlePublisher: ArticlePublisher for asyncio."""

import asyncio
from collections.abc import AsyncIterable, Iterable
from functools import cached_property
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
        """Take one item; a full batch is pushed.

        Raises:
            QueueFull, BrokerUnavailable, BrokerRefused: the batch with this item is kept; the next call tries again.
        """
        await self._add(item, None)

    async def flush(self) -> None:
        """Push what has been added; when this returns, the broker has it.

        Raises:
            QueueFull, BrokerUnavailable, BrokerRefused: the batch is kept, and the next flush tries it again.
        """
        async with self._pushing:
            await carry_out_async(self._push_batch(), self._client)

    async def resume_from(self, progress: Progress) -> int:
        """Tell how many items of a source are in already; 0 where none are or the source has changed since.

        Raises:
            BrokerUnavailable, BrokerRefused.
        """
        return await carry_out_async(self._items_in(progress), self._client)

    async def aclose(self) -> None:
        """Let go of the connection; nothing is flushed."""
        if self._owns_client:
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

    @cached_property
    def _pushing(self) -> asyncio.Lock:
        return asyncio.Lock()

    @staticmethod
    def _connect(url: str) -> Redis:
        return aio.connect(url, name=NAME)

    async def _add(self, item: Item | Raw, progress: Progress | None) -> None:
        while self._batch.is_sealed:  # another task may seal the next one before this task's turn
            await self.flush()
        if self._take(item, progress):
            await self.flush()
