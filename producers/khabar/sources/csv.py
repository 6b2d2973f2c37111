"""CSV with a header row, whose names are understood as those of JSON objects are."""

import csv
import io
import zlib
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Self

from khabar.errors import Code, RejectedArticle, SourceError
from khabar.messages.aliases import ALIASES, place_of
from khabar.messages.items import show_names, too_large
from khabar.sources.base import Format, as_text, broken
from khabar.sources.cells import read_cell
from khabar.sources.items import Item

DELIMITERS = (",", ";", "\t", "|")
HEADER_CHARS = 1 << 16  # the names of columns are words
TEXT_FIELDS = ("title", "body")


class Csv(Format):
    """Rows under a header.

    Args:
        fields: khabar's field of each column that the user has named.
    """

    endings = (".csv", ".tsv", ".psv")

    def __init__(self, fields: Mapping[str, str] = MappingProxyType({})) -> None:
        self._fields = fields

    def recognizes(self, head: bytes, encoding: str) -> bool:
        """Whether its first line names a column of text."""
        header_line = head.partition(b"\n")[0].strip().decode(encoding, "replace")
        return sniff_delimiter(header_line, self._fields) is not None

    def read(
        self, stream: io.BufferedReader, *, where: str, encoding: str, skip: int, max_bytes: int
    ) -> Iterator[Item]:
        """Give out each row as a mapping of the header's names; rows without any value are passed over.

        A row that is far over the limit is never held in memory. Reading continues at the line after the one that is too much.

        Raises:
            SourceError: no header with a column of text, or a compressed file that breaks off.
        """
        # Quotes are doubled in a row, so it may have twice the characters of its article; validation is exact.
        row_chars = 2 * max_bytes + HEADER_CHARS
        csv.field_size_limit(row_chars)  # the module's own limit, 128 KiB, is one long article
        number = 0
        try:
            with as_text(stream, encoding) as text:
                header_line = text.readline(HEADER_CHARS)
                if len(header_line) == HEADER_CHARS:
                    raise SourceError(
                        f"{where}: the first line, which must name the columns, is over {HEADER_CHARS:,} long"
                    )
                lines = _Lines(text, row_chars)
                delimiter = sniff_delimiter(header_line, self._fields)
                if delimiter is None:
                    known = ", ".join(name for field in TEXT_FIELDS for name in ALIASES[field][:5])
                    columns = show_names(_split(header_line, max(DELIMITERS, key=header_line.count)))
                    raise SourceError(
                        f"{where}: the first line names no known column of text, such as {known}. Its columns: {columns}. "
                        "Name the column of the text: --field text=COLUMN."
                    )
                header = _split(header_line, delimiter)
                for number, row, line_number, fault in _numbered(lines, csv.reader(lines, delimiter=delimiter)):
                    if number > skip:
                        error = too_large(fault.size_chars, max_bytes) if isinstance(fault, _TooLong) else fault
                        yield _item(header, row, number, f"{where}:{line_number}", error)
        except (EOFError, OSError, zlib.error) as error:
            raise broken(where, number, error) from error


def source() -> Format:
    """Return the format of this file."""
    return Csv()


def sniff_delimiter(header_line: str, fields: Mapping[str, str] = MappingProxyType({})) -> str | None:
    """Tell which delimiter splits a header so that most of its names are known, one of text among them; else None."""

    def known(delimiter: str) -> int:
        places = [(fields.get(name), place_of(name)) for name in _split(header_line, delimiter)]
        found = [ours or (place or ("",))[0] for ours, place in places if ours or place]
        return len(found) if any(field in TEXT_FIELDS for field in found) else 0

    best = max(DELIMITERS, key=known)
    return best if known(best) else None


def _split(header_line: str, delimiter: str) -> list[str]:
    try:
        names = next(csv.reader([header_line.removeprefix("\ufeff").rstrip("\r\n")], delimiter=delimiter), [])
    except csv.Error:
        return []
    return [name.strip() for name in names]


class _TooLong(Exception):
    """A row is over the limit, and the line in which it became so is read over."""

    def __init__(self, size_chars: int) -> None:
        super().__init__(size_chars)
        self.size_chars = size_chars


class _Lines:
    """The lines of a table, for rows of bounded length.

    Attributes:
        number: of the last line that was read; the header is 1.
    """

    def __init__(self, text: io.TextIOWrapper, row_chars: int) -> None:
        self.number = 1
        self._text = text
        self._row_chars = row_chars
        self._left = row_chars

    def begin_row(self) -> None:
        self._left = self._row_chars

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = self._text.readline(self._left + 1)
        if not line:
            raise StopIteration
        self.number += 1
        self._left -= len(line)
        if self._left < 0:
            size_chars = self._row_chars - self._left
            while line and line[-1] not in "\r\n":
                line = self._text.readline(self._row_chars)
                size_chars += len(line)
            raise _TooLong(size_chars)
        return line


def _numbered(
    lines: _Lines, rows: Iterator[list[str]]
) -> Iterator[tuple[int, list[str], int, csv.Error | _TooLong | None]]:
    """Number the rows that hold something; add the line in which each begins, and what is wrong with it."""
    number = 0
    while True:
        line_number = lines.number + 1
        fault: csv.Error | _TooLong | None = None
        row: Sequence[str] = []
        lines.begin_row()
        try:
            row = next(rows)
        except StopIteration:
            return
        except (csv.Error, _TooLong) as error:
            fault = error
        if fault or any(row):
            number += 1
            yield number, list(row), line_number, fault


def _item(
    header: list[str], row: list[str], number: int, where: str, error: csv.Error | RejectedArticle | None
) -> Item:
    if isinstance(error, RejectedArticle):
        return Item(b"", number, where, error)
    reason = str(error) if error else None
    if reason is None and len(row) != len(header):
        reason = f"has {len(row)} columns and the header {len(header)}; a quote or delimiter is out of place"
    if reason is None:
        return Item(
            {name: read_cell(name, cell) for name, cell in zip(header, row, strict=True) if name}, number, where
        )
    rejected = RejectedArticle(Code.WRONG_TYPE, field=None, reason=reason, place="read")
    return Item({"row": row}, number, where, rejected)
