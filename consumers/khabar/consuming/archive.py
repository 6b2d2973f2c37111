"""Read back what a consumer group was owed when `khabar janitor` archived it: the same deliveries, from a file."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import orjson

from khabar.consuming.delivery import Delivery
from khabar.messages.envelope import Envelope


def read_archive(path: Path) -> Iterator[Delivery]:
    """Yield the records of one archive, the oldest first, as RecordStream would have delivered them.

    There is nothing to acknowledge. A record may be in two archives, or in an archive and in the stream: compare event ids.

    Raises:
        OSError: the file cannot be read, or is not a gzip file.
        EOFError: its end is missing.
        ValueError: a line is not an event; the message gives its number.
    """
    with gzip.open(path) as lines:
        for number, line in enumerate(lines, start=1):
            try:
                entry = orjson.loads(line)
                yield Delivery(entry["id"], Envelope.model_validate(entry["event"]))
            except (KeyError, TypeError, ValueError) as error:
                raise ValueError(f"{path}, line {number}: no event ({type(error).__name__})") from error
