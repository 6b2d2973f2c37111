"""What is known of a word type, found once and kept: most words of an article have stood in one before."""

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

Value = TypeVar("Value")

MOST: Final = 50_000
_LONGEST: Final = 40  # longer than any word: a run of letters without end is not kept


class Memo(dict[str, Value]):
    """Word -> what a function finds of it, at the price of a look-up where it was asked for before.

    Bounded in words and in letters; a full one is emptied, for what is in use comes back at once. `memo[word]` asks for one
    word, `memo.of(words)` for many.
    """

    def __init__(self, find: Callable[[str], Value], *, most: int = MOST) -> None:
        """Take a pure function, and how many words to keep."""
        super().__init__()
        self._find = find
        self._most = most

    def __missing__(self, word: str) -> Value:
        """Find it and keep it."""
        found = self._find(word)
        if len(word) <= _LONGEST:
            if len(self) >= self._most:
                self.clear()
            self[word] = found
        return found

    def of(self, words: Iterable[str]) -> list[Value]:
        """Return what is found of each word, without a call a word."""
        return list(map(self.__getitem__, words))
