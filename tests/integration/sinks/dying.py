"""A consumer that fills a sink, and is killed."""

import os
import signal
from collections.abc import Sequence
from contextlib import closing

from khabar.consuming.delivery import Delivery
from khabar.consuming.stream import RecordStream
from khabar.sinks.base import Sink
from khabar.sinks.filling import fill
from khabar.sinks.registry import open_sink
from khabar.sinks.webhook import SECRET

BATCH = 4
GROUP = "sink"


class Dying(Sink):
    """A sink whose process is killed in the second batch: after `write`, or after `flush`, which nobody has acknowledged then."""

    def __init__(self, sink: Sink, moment: str) -> None:
        self._sink = sink
        self._moment = moment
        self._batches = 0

    def write(self, deliveries: Sequence[Delivery]) -> None:
        self._batches += 1
        self._sink.write(deliveries)
        self._die_at("write")

    def flush(self) -> None:
        self._sink.flush()
        self._die_at("flush")

    def close(self) -> None:
        self._sink.close()

    def _die_at(self, moment: str) -> None:
        if moment == self._moment and self._batches == 2:
            os.kill(os.getpid(), signal.SIGKILL)


def consume(url: str, name: str, target: str, moment: str, options: dict[str, str]) -> None:
    """Read until nothing is left, or until the moment has come."""
    os.environ[SECRET] = "a secret"
    with closing(open_sink(name, target, options)) as sink, RecordStream(url, group=GROUP, consumer="one") as stream:
        fill(Dying(sink, moment), stream, batch=BATCH)
