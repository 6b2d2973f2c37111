"""The loop of all sinks: read, write, flush, acknowledge. Only records that are safe in the sink are acknowledged."""

import math
import sys
import time
from collections.abc import Callable
from typing import Final, Protocol

from khabar.consuming.delivery import Delivery
from khabar.consuming.merging import MergedStream
from khabar.consuming.stream import RecordStream
from khabar.sinks.base import Sink

BATCH: Final = 100


class Reader(Protocol):
    """Reads up to `count` deliveries; with `wait` it waits up to two seconds for the first."""

    def __call__(self, count: int, *, wait: bool) -> list[Delivery]:
        """Return the deliveries; an empty list where nothing is waiting."""
        ...


def fill(
    sink: Sink,
    stream: RecordStream | MergedStream,
    *,
    follow: bool = False,
    batch: int = BATCH,
    linger_s: float = 0.0,
    limit: int = sys.maxsize,
) -> int:
    """Fill a sink with what a consumer group has not acknowledged.

        with RecordStream(url, group="archive") as stream, closing(open_sink("parquet", "records.parquet")) as sink:
            fill(sink, stream, follow=True, batch=5000, linger_s=30)

    Each record is in the sink once, whatever dies in between: it is acknowledged when the sink says that it is safe, and one that
    comes again changes nothing there.

    Args:
        sink: is flushed, and not closed.
        stream: close() ends the loop; what was read is written before.
        follow: continue with records as they come.
        batch: most records that are written and acknowledged at once.
        linger_s: seconds for which a batch that is not full waits for more; less than half of the stream's `take_over_after_s`.
        limit: stop after so many.

    Returns:
        How many records were acknowledged.

    Raises:
        SinkError: the sink cannot write; what it was given last is not acknowledged.
        KhabarError: as RecordStream.read and acknowledge.
    """
    return copy(
        stream.read,
        sink,
        stream.acknowledge,
        follow=follow,
        batch=batch,
        linger_s=linger_s,
        limit=limit,
        is_closed=lambda: stream.is_closed,
    )


def copy(
    read: Reader,
    sink: Sink,
    acknowledge: Callable[[list[Delivery]], None],
    *,
    follow: bool = False,
    batch: int = BATCH,
    linger_s: float = 0.0,
    limit: int = sys.maxsize,
    is_closed: Callable[[], bool] = bool,
) -> int:
    """Fill a sink from anything that reads deliveries; the rest is as in `fill`."""

    def gather(most: int) -> list[Delivery]:
        held: list[Delivery] = []
        write_at = math.inf
        while len(held) < most and not is_closed():
            found = read(most - len(held), wait=follow and time.monotonic() < write_at)
            if found and not held:
                write_at = time.monotonic() + linger_s
            held += found
            if time.monotonic() >= write_at if follow else not found:
                break
        return held

    done = 0
    while done < limit and (held := gather(min(batch, limit - done))):
        sink.write(held)
        sink.flush()
        acknowledge(held)
        done += len(held)
    return done
