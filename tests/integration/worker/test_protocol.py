"""Celery's connections speak what every proxy does."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator

import pytest
from celery import Celery

from khabar.host import queue_guard
from khabar.host.transport import transport
from khabar.keys.names import TASK
from tests.broker import Broker

REFUSAL = b"-ERR unknown command 'HELLO'\r\n"


class OldProxy:
    """Carries everything but HELLO to the broker, as twemproxy and older Envoys do.

    Attributes:
        refused: how many HELLOs it was sent.
    """

    def __init__(self, target: int) -> None:
        self.port = self.refused = 0
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "OldProxy":
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._main.cancel)
        self._thread.join()

    def _run(self) -> None:
        self._main = self._loop.create_task(self._listen())
        with contextlib.suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._main)
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                self._loop.run_until_complete(task)
        self._loop.close()

    async def _listen(self) -> None:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        try:
            await asyncio.Event().wait()
        finally:
            server.close()

    async def _serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        broker, to_broker = await asyncio.open_connection("127.0.0.1", self._target)

        async def ask() -> None:
            while data := await client.read(1 << 16):
                if b"HELLO" in data.upper():
                    self.refused += 1
                    to_client.write(REFUSAL)
                else:
                    to_broker.write(data)

        async def answer() -> None:
            while data := await broker.read(1 << 16):
                to_client.write(data)

        both = [asyncio.ensure_future(ask()), asyncio.ensure_future(answer())]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for direction in both:
                direction.cancel()
            await asyncio.gather(*both, return_exceptions=True)
            to_client.close()
            to_broker.close()


@pytest.fixture
def proxy(broker: Broker) -> Iterator[OldProxy]:
    with OldProxy(broker.port) as proxy:
        yield proxy


def test_a_batch_passes_a_proxy_that_knows_no_hello(proxy: OldProxy) -> None:
    """redis-py 8 begins with HELLO 3: behind such a proxy a worker was deaf, and 100 articles gave no record."""
    queue_guard.install()
    settings = transport(f"redis://127.0.0.1:{proxy.port}/0", "test:")
    app = Celery("test", broker=settings.url, set_as_current=False)
    app.conf.update(
        broker_transport_options=settings.options | {"max_retries": 1},
        task_default_queue="batches",
        task_ignore_result=True,
    )
    try:
        app.send_task(TASK, args=("live", ["1-1"]), argsrepr="-", kwargsrepr="-", retry=False)
        with app.connection_for_read() as connection:
            got = connection.default_channel.basic_get("batches", no_ack=True)
    finally:
        app.close()
    assert got is not None
    assert proxy.refused == 0
