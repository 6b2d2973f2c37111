"""What Celery's queue holds, in the order in which workers take it."""

import base64

import orjson

from khabar.broker.connection import connect
from khabar.host.celery_app import create_app
from khabar.host.sending import build_dispatcher
from khabar.keys.names import Lane, Names
from khabar.ledger.entries import Batch
from khabar.settings import Settings
from tests.broker import Broker

NAMES = Names("test:")


def test_what_was_lost_is_taken_before_what_waits(broker: Broker) -> None:
    """It has waited for a lease already; behind a queue that is full it would wait for that too."""
    settings = Settings(redis_url=broker.url, prefix=NAMES.prefix, layers=("tokens",))
    send = build_dispatcher(settings, create_app(settings)).send
    send(Batch(Lane.LIVE, ["1-0"]))
    send(Batch(Lane.LIVE, ["2-0"]))
    send(Batch(Lane.LIVE, ["0-0"], goes_first=True))
    client = connect(broker.url)
    messages = [orjson.loads(client.rpop(NAMES.queue)) for _ in range(3)]
    assert client.llen(NAMES.queue) == 0
    client.close()
    taken = [orjson.loads(base64.b64decode(message["body"]))[0][1] for message in messages]
    assert taken == [["0-0"], ["1-0"], ["2-0"]]
