"""A consumer as a process of its own: reads its group's records, keeps their ids in a file, acknowledges.

`python -m tests.faults.consumer --help`; runs until it is killed.
"""

import argparse
import contextlib
import inspect
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from redis.exceptions import RedisError

from khabar.broker.connection import connect
from khabar.consuming import stream as consumers_stream
from khabar.consuming.stream import RecordStream
from tests.faults.history import History, seen

PAGE = 100
OUTAGE_WAIT_S = 0.2


def consume(
    url: str,
    group: str,
    kept: Path,
    *,
    rate: float | None,
    kill_after: int | None,
    take_over_s: float,
) -> None:
    """Read for ever; a line `event-id article-id` is in the file before its record is acknowledged.

    Args:
        rate: records a second, at most.
        kill_after: die with SIGKILL once so many are acknowledged, with records read and neither kept nor acknowledged.
        take_over_s: after which a dead consumer's records are this one's.
    """
    client = connect(url)
    stream: RecordStream | None = None
    done = 0
    history, me = History(kept.parent), f"consumer:{group}:{os.getpid()}"
    while True:
        started = time.monotonic()
        try:
            stream = stream or _open(client, group, take_over_s)
            deliveries = stream.read(PAGE, wait=True)
            if kill_after is not None and done >= kill_after and deliveries:
                os.kill(os.getpid(), signal.SIGKILL)
            with kept.open("a") as file:
                file.writelines(f"{delivery.event.id} {delivery.event.subject}\n" for delivery in deliveries)
            found = [seen(delivery.id, delivery.event.model_dump(mode="json")) for delivery in deliveries]
            if found:
                history.note(me, "ok", "read", found, group=group)
            stream.acknowledge(deliveries)
        except RedisError:
            stream = None  # a broker without its data has no group either
            time.sleep(OUTAGE_WAIT_S)
            continue
        done += len(deliveries)
        if rate:
            time.sleep(max(0.0, len(deliveries) / rate - (time.monotonic() - started)))


def _open(client: Any, group: str, take_over_s: float) -> RecordStream:
    options: dict[str, Any] = {}
    if "take_over_after_s" in inspect.signature(RecordStream).parameters:
        options["take_over_after_s"] = take_over_s
    else:
        consumers_stream.TAKE_OVER_AFTER_S = take_over_s
    return RecordStream(client, group, **options)


class Consumer:
    """One such process, killed at the end of the block."""

    def __init__(
        self,
        folder: Path,
        url: str,
        group: str,
        *,
        rate: float | None = None,
        kill_after: int | None = None,
        take_over_s: float = 60.0,
    ) -> None:
        self.group = group
        self._folder = folder
        command = [sys.executable, "-m", "tests.faults.consumer", url, group, str(folder / f"{group}.kept")]
        command += ["--take-over", str(take_over_s)]
        command += ["--rate", str(rate)] if rate else []
        command += ["--kill-after", str(kill_after)] if kill_after is not None else []
        with (folder / f"consumer-{group}.log").open("ab") as log:
            root = Path(__file__).resolve().parents[2]
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=root)

    def __enter__(self) -> "Consumer":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        """Kill -9; nothing where it is dead."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()


def kept(folder: Path, group: str) -> Iterator[tuple[str, str]]:
    """Read what the consumers of a group have kept: event id and article id of each, repetitions included."""
    path = folder / f"{group}.kept"
    for line in path.read_text().splitlines() if path.exists() else []:
        event, _, article = line.partition(" ")
        yield event, article


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("group")
    parser.add_argument("kept", type=Path)
    parser.add_argument("--rate", type=float)
    parser.add_argument("--kill-after", type=int)
    parser.add_argument("--take-over", type=float, default=60.0)
    given = parser.parse_args()
    consume(
        given.url, given.group, given.kept, rate=given.rate, kill_after=given.kill_after, take_over_s=given.take_over
    )


if __name__ == "__main__":
    main()
