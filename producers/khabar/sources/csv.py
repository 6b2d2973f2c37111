"""CSV with a header row, whose names are understood as those of JSON objects are."""

import csv
import io
import zlib
from collections.abc import Iterator, Sequence

from khabar.errors import Code, RejectedArticle, SourceError
from khabar.messages.aliases import PLACES
from khabar.sources.base import Format, as_text, broken
from khabar.sources.items import Item

DELIMITERS = (",", ";", "\t")
TEXT_FIELDS = ("title", "body")


class Csv(Format):
    """Rows under a header."""

    endings = (".csv", ".tsv")

    def recognizes(self, head: bytes, encoding: str) -> bool:
        """Whether its first line names a column of text."""
        return sniff_delimiter(head.partition(b"\n")[0].strip().decode(encoding, "replace")) is not None

    def read(
        self, stream: io.BufferedReader, *, where: str, encoding: str, skip: int, max_bytes: int
    ) -> Iterator[Item]:
        """Give out each row as a mapping of the header's names; rows without any value are passed over.

        Raises:
            SourceError: no header with a column of text, or a compressed file that breaks off.
        """
        csv.field_size_limit(max(max_bytes, 1 << 17))  # the module's own limit, 128 KiB, is one long article
        number = 0
        try:
            with as_text(stream, encoding) as lines:
                header_line = next(lines, "")
                delimiter = sniff_delimiter(header_line)
                if delimiter is None:
                    known = ", ".join(name for name, (field, _) in PLACES.items() if field in TEXT_FIELDS)
                    raise SourceError(f"{where}: the first line names no column of text; one of these must be: {known}")
                header = _split(header_line, delimiter)
                for number, row, line_number, error in _numbered(csv.reader(lines, delimiter=delimiter)):
                    if number > skip:
                        yield _item(header, row, number, f"{where}:{line_number}", error)
        except (EOFError, OSError, zlib.error) as error:
            raise broken(where, number, error) from error


def source() -> Format:
    """Return the format of this file."""
    return Csv()


def sniff_delimiter(header_line: str) -> str | None:
    """Tell which delimiter splits a header so that most of its names are known, one of text among them; else None."""

    def known(delimiter: str) -> int:
        fields = [PLACES[name.lower()][0] for name in _split(header_line, delimiter) if name.lower() in PLACES]
        return len(fields) if any(field in TEXT_FIELDS for field in fields) else 0

    best = max(DELIMITERS, key=known)
    return best if known(best) else None


def _split(header_line: str, delimiter: str) -> list[str]:
    try:
        names = next(csv.reader([header_line.removeprefix("\ufeff").rstrip("\r\n")], delimiter=delimiter), [])
    except csv.Error:
        return []
    return [name.strip() for name in names]


def _numbered(rows: Iterator[list[str]]) -> Iterator[tuple[int, list[str], int, str | None]]:
    """Number the rows that hold something; add the line in which each begins, and what is wrong with it."""
    number, line_number = 0, 2
    while True:
        error: str | None = None
        row: Sequence[str] = []
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as fault:
            error = str(fault)
        if error or any(row):
            number += 1
            yield number, list(row), line_number, error
        line_number = 1 + rows.line_num + 1  # type: ignore[attr-defined]


def _item(header: list[str], row: list[str], number: int, where: str, error: str | None) -> Item:
    if error is None and len(row) != len(header):
        error = f"has {len(row)} columns and the header {len(header)}; a quote or delimiter is out of place"
    if error is None:
        return Item({name: value for name, value in zip(header, row, strict=True) if name}, number, where)
    rejected = RejectedArticle(Code.WRONG_TYPE, field=None, reason=error, place="read")
    return Item({"row": row}, number, where, rejected)
