"""Celery's connections speak what every proxy does."""

import asyncio
from collections.abc import Coroutine, Iterator
from typing import Any

import pytest
from celery import Celery

from khabar.host import queue_guard
from khabar.host.transport import transport
from khabar.keys.names import TASK
from tests.broker import Broker
from tests.faults.proxy import ProxyServer

REFUSAL = b"-ERR unknown command 'HELLO'\r\n"


class OldProxy(ProxyServer):
    """Carries everything but HELLO to the broker, as twemproxy and older Envoys do.

    Attributes:
        refused: how many HELLOs it was sent.
    """

    refused = 0

    def directions(
        self,
        client: asyncio.StreamReader,
        to_client: asyncio.StreamWriter,
        broker: asyncio.StreamReader,
        to_broker: asyncio.StreamWriter,
    ) -> list[Coroutine[Any, Any, None]]:
        """See the base class."""

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

        return [ask(), answer()]


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
