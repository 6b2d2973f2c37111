"""AsyncRecordStream: RecordStream for asyncio."""

import asyncio
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from redis.asyncio import Redis

from khabar.broker import aio
from khabar.broker.plan import carry_out_async
from khabar.consuming.delivery import Delivery
from khabar.consuming.group import NAME, READ_BLOCK_MS, GroupStream
from khabar.consuming.signals import stopped_by


class AsyncRecordStream(GroupStream[Redis]):
    """A consumer group's view of the records, with the promises of RecordStream (khabar/consuming/stream.py).

        async with AsyncRecordStream("redis://127.0.0.1:6390/0", group="monitor") as stream:
            async for delivery in stream:  # waits without limit
                ...
                await stream.acknowledge(delivery)

    A task may be cancelled while it waits, as asyncio.timeout() does: no record is lost, and the next one who waits gets what the
    broker may have answered meanwhile. Several tasks may share one stream; each delivery goes to one of them.
    """

    async def read(self, count: int = 100, *, wait: bool = False) -> list[Delivery]:
        """Return up to `count` records that nobody of the group has acknowledged.

        Args:
            count: most records at once.
            wait: wait up to two seconds for the first one.

        Raises:
            GroupDetached: the group was taken out.
            BrokerUnavailable, BrokerRefused: with a URL; a client of the caller's raises its own errors.
        """
        self._enter_process()
        async with self._turn:
            return await carry_out_async(self._read(count, block_ms=READ_BLOCK_MS if wait else None), self._client)

    async def acknowledge(self, deliveries: Delivery | Iterable[Delivery]) -> None:
        """Say that one delivery or several are safe downstream; they are never delivered to this group again.

        With a URL it waits for a broker that is unreachable without limit; for five seconds once the stream is closed.

        Raises:
            BrokerUnavailable, BrokerRefused: with a URL; a client of the caller's raises its own errors.
        """
        self._enter_process()
        await carry_out_async(self._acknowledge(deliveries), self._client)

    async def aclose(self) -> None:
        """Close the stream, and let go of the connection."""
        self.close()
        self._enter_process()
        if self._url is not None:
            await aio.close(self._client)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Delivery:
        self._enter_process()
        async with self._turn:
            delivery = await carry_out_async(self._next(), self._client)
        if delivery is None:
            raise StopAsyncIteration
        return delivery

    async def __aenter__(self) -> Self:
        self._enter_process()
        self._signals.enter_context(stopped_by(self._stop_on, self.close))
        try:
            await carry_out_async(self._register(), self._client)
        except BaseException:
            await self._leave()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._leave()

    async def _leave(self) -> None:
        self._signals.close()
        await self.aclose()

    @staticmethod
    def _connect(url: str) -> Redis:
        return aio.connect(url, name=NAME)

    def _begin_process(self) -> None:
        self._turn = asyncio.Lock()
