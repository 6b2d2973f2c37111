"""A TCP proxy in front of the broker that cuts replies and delays them. It knows nothing of Redis but question and answer."""

import asyncio
import contextlib
import random
import threading
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Self

CHUNK_BYTES = 1 << 16


@dataclass(frozen=True)
class Manner:
    """How it treats what it carries.

    Attributes:
        cut_share: of all calls, these reach the broker, their reply is dropped and the connection closed.
        latency_s: added to each reply.
        jitter_s: added at random up to so much, the order kept.
    """

    cut_share: float = 0.0
    latency_s: float = 0.0
    jitter_s: float = 0.0


@dataclass
class _Call:
    """The question that a connection has open."""

    is_open: bool = False
    is_doomed: bool = False


class ProxyServer(ABC):
    """A TCP server in a thread, as a context manager; each connection has one to the target beside it.

    Args:
        target: port of the broker.
    """

    def __init__(self, target: int) -> None:
        self.port = 0
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"redis://127.0.0.1:{self.port}/0"

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._main.cancel)
        self._thread.join()

    @abstractmethod
    def directions(
        self,
        client: asyncio.StreamReader,
        to_client: asyncio.StreamWriter,
        broker: asyncio.StreamReader,
        to_broker: asyncio.StreamWriter,
    ) -> list[Coroutine[Any, Any, None]]:
        """Return what carries questions and what carries answers; the connection ends with the first that ends."""

    def _run(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            self._main = self._loop.create_task(self._listen())
            self._loop.run_until_complete(self._main)
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                self._loop.run_until_complete(task)
        # Whatever is left open is a warning in some later test, and with it a failure there.
        for writer in self._writers:
            writer.transport.abort()
        for _ in range(2):
            self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _listen(self) -> None:
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        try:
            await asyncio.Event().wait()
        finally:
            server.close()

    def _accept(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        self._writers.add(to_client)
        task = self._loop.create_task(self._serve(client, to_client))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        to_broker: asyncio.StreamWriter | None = None
        try:
            broker, to_broker = await asyncio.open_connection("127.0.0.1", self._target)
            self._writers.add(to_broker)
            both = [asyncio.ensure_future(one) for one in self.directions(client, to_client, broker, to_broker)]
            try:
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for direction in both:
                    direction.cancel()
                await asyncio.gather(*both, return_exceptions=True)
        except OSError:  # the broker is away: the client learns it from its closed connection
            pass
        finally:
            for writer in (to_client, to_broker):
                if writer is not None:
                    writer.close()


class Proxy(ProxyServer):
    """Cuts and delays.

    Attributes:
        calls, cuts: how many questions it has carried, and how many answers it has dropped.
    """

    def __init__(self, target: int, manner: Manner) -> None:
        super().__init__(target)
        self.calls = 0
        self.cuts = 0
        self._manner = manner
        self._random = random.Random(7)

    def directions(
        self,
        client: asyncio.StreamReader,
        to_client: asyncio.StreamWriter,
        broker: asyncio.StreamReader,
        to_broker: asyncio.StreamWriter,
    ) -> list[Coroutine[Any, Any, None]]:
        """See the base class."""
        call = _Call()
        return [self._ask(call, client, to_broker), self._answer(call, broker, to_client)]

    async def _ask(self, call: _Call, client: asyncio.StreamReader, broker: asyncio.StreamWriter) -> None:
        while data := await client.read(CHUNK_BYTES):
            if not call.is_open:
                self.calls += 1
                call.is_open, call.is_doomed = True, self._random.random() < self._manner.cut_share
            broker.write(data)
            await broker.drain()

    async def _answer(self, call: _Call, broker: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        sender = asyncio.ensure_future(self._send(waiting, client))
        try:
            while data := await broker.read(CHUNK_BYTES):
                if call.is_doomed:
                    self.cuts += 1
                    return
                call.is_open = False
                delay_s = self._manner.latency_s + self._random.uniform(0.0, self._manner.jitter_s)
                waiting.put_nowait((self._loop.time() + delay_s, data))
        finally:
            sender.cancel()

    async def _send(self, waiting: "asyncio.Queue[tuple[float, bytes]]", client: asyncio.StreamWriter) -> None:
        while True:
            due, data = await waiting.get()
            await asyncio.sleep(max(0.0, due - self._loop.time()))
            client.write(data)
            await client.drain()
