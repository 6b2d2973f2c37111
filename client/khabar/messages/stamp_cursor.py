"""The tokens of a date in words, and a place among them."""

import re
from collections.abc import Collection, Mapping
from typing import Final, TypeVar

Value = TypeVar("Value")

_TOKEN: Final = re.compile(r"\d+|[^\W\d_]+|\S")
_LONGEST_PHRASE: Final = 4


class Unreadable(ValueError):
    """The text is no date, or contradicts itself."""


class Cursor:
    """Looks at tokens from a place on; `ahead` counts from there, and what lies behind the end reads as ''."""

    def __init__(self, text: str) -> None:
        self._tokens = [(match[0], match.start(), match.end()) for match in _TOKEN.finditer(text)]
        self._index = 0

    @property
    def is_at_end(self) -> bool:
        """Whether nothing is left."""
        return self._index >= len(self._tokens)

    @property
    def last(self) -> str:
        """The last token of all."""
        return self._tokens[-1][0]

    def take(self, count: int) -> bool:
        """Move forward by `count` tokens; always True, because something was read."""
        self._index += count
        return True

    def take_all(self) -> None:
        """Move to the end."""
        self._index = len(self._tokens)

    def at(self, ahead: int = 0) -> str:
        """Return a token."""
        index = self._index + ahead
        return self._tokens[index][0] if 0 <= index < len(self._tokens) else ""

    def number(self, ahead: int, *digits: int) -> int | None:
        """Return a token as a number where it has one of these counts of digits."""
        token = self.at(ahead)
        return int(token) if token.isdecimal() and len(token) in digits else None

    def is_glued(self, ahead: int) -> bool:
        """Whether nothing stands between a token and the one before it."""
        index = self._index + ahead
        return 0 < index < len(self._tokens) and self._tokens[index][1] == self._tokens[index - 1][2]

    def phrase(self, table: Mapping[str, Value], ahead: int = 0) -> tuple[Value, int] | None:
        """Return the value of the longest phrase of a table that begins at a token, and the token after it."""
        words = [self.at(ahead + number).lower() for number in range(_LONGEST_PHRASE)]
        for length in range(_LONGEST_PHRASE, 0, -1):
            key = " ".join(words[:length])
            if key in table:
                return table[key], ahead + length
        return None

    def after(self, phrases: Collection[str], ahead: int) -> int:
        """Return the token after an optional phrase."""
        found = self.phrase(dict.fromkeys(phrases), ahead)
        return found[1] if found else ahead
