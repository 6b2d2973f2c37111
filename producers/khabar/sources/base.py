"""Source: one input with its format; what all formats share."""

import contextlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from khabar.errors import SourceError
from khabar.keys.defaults import DEFAULT_MAX_BYTES
from khabar.sources.items import Item, Progress
from khabar.sources.live import LiveInput


@runtime_checkable
class Format(Protocol):
    """Reads one format. One file each, found by its name, which `--format` takes; `source()` in the file builds it.

    A format that is no text in the input's encoding, because it is binary or says its encoding itself, has `is_text = False`.

    Attributes:
        endings: of file names that are in this format, such as '.csv'; '.gz' and the like after it do not count.
    """

    endings: tuple[str, ...] = ()

    def recognizes(self, head: bytes, encoding: str) -> bool:
        """Whether an input is in this format, by its beginning; asked where no ending tells.

        Args:
            head: the first bytes, compression undone, without a byte order mark and white space; at least one.
            encoding: of the input.
        """
        return False

    def read(
        self, stream: io.BufferedReader, *, where: str, encoding: str, skip: int, max_bytes: int
    ) -> Iterator[Item]:
        """Give out the items of a stream, from number skip + 1 on.

        A row that is wrong is an item with an error.

        Args:
            stream: compression undone.
            where: the input's name, for a person.
            encoding: of the input.
            skip: items that are read over; their numbers count.
            max_bytes: a larger item is one with an error, and never held in memory.

        Raises:
            SourceError: the rest cannot be read; the items before have been given out.
        """
        ...


@dataclass(frozen=True)
class Source:
    """One input.

    Attributes:
        name: for a person.
        format: its name, or folder.
        open: starts a reading; skip, then max_bytes.
        progress: the name under which the broker remembers how far this source got; None where it cannot be read again.
        live: what is done before a reading waits for more; None for what is there as a whole.
        skipped: what a folder holds that is not read, each with the reason.
        read_bytes: how many bytes of a file the latest reading has taken so far, compressed as they are; 0 where nobody knows.
    """

    name: str
    format: str
    open: Callable[[int, int], Iterator[Item]]
    progress: Progress | None = None
    live: LiveInput | None = None
    skipped: tuple[str, ...] = ()
    read_bytes: Callable[[], int] = int

    def items(self, *, skip: int = 0, max_bytes: int = DEFAULT_MAX_BYTES) -> Iterator[Item]:
        """Give out the items after the first `skip`, which are read over, not parsed.

        Raises:
            SourceError: the rest cannot be read; the items before have been given out.
        """
        return self.open(skip, max_bytes)


@contextlib.contextmanager
def as_text(stream: io.BufferedReader, encoding: str) -> Iterator[io.TextIOWrapper]:
    """Decode a stream, line ends as they are; a byte that cannot be decoded becomes a lone surrogate, found later."""
    encoding = "utf-8-sig" if encoding == "utf-8" else encoding
    text = io.TextIOWrapper(stream, encoding=encoding, errors="surrogateescape", newline="")
    try:
        yield text
    finally:
        text.detach()  # who opened the stream closes it


def broken(where: str, last: int, error: Exception) -> SourceError:
    """Say that a source breaks off."""
    return SourceError(f"{where}: breaks off after item {last:,}: {str(error)[:200] or type(error).__name__}")
