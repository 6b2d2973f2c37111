"""A sorted table of text, searched where it lies: no dictionary is built, so a start costs nothing."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from khabar.models import NAMES

_TAB: Final = b"\t"
_LINE: Final = b"\n"


class Table:
    """Lines of a key, a tab and a value, sorted by the bytes of the key."""

    def __init__(self, lines: bytes) -> None:
        """Take the lines; each ends with a line feed."""
        self._lines = lines

    def get(self, key: str) -> str | None:
        """Return the key's value, None for an unknown key; O(logarithm of the size)."""
        lines, wanted = self._lines, key.encode()
        low, high = 0, len(lines)
        while low < high:
            start = lines.rfind(_LINE, low, (low + high) // 2) + 1 or low
            end = lines.find(_LINE, start)
            found, _, value = lines[start:end].partition(_TAB)
            if found == wanted:
                return value.decode()
            low, high = (end + 1, high) if found < wanted else (low, start)
        return None


@cache
def table(name: str, folder: Path = NAMES) -> Table:
    """Read a table of the names that khabar ships: people or parts."""
    return Table((folder / f"{name}.tsv").read_bytes())


@cache
def small_table(name: str, folder: Path = NAMES) -> Mapping[str, str]:
    """Read a table that a name asks dozens of times, as a dictionary; 3 ms."""
    rows = (line.split("\t") for line in (folder / f"{name}.tsv").read_text(encoding="utf-8").splitlines())
    return {key: value for key, value in rows}  # noqa: C416  # the rows are lists
