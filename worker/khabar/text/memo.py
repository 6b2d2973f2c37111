"""A cache of facts about words: most words of an article were already in an earlier one."""

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

Value = TypeVar("Value")

MOST: Final = 43_690  # two tables of 2**15 slots, each two thirds full: one word more would double a table
_LONGEST: Final = 40  # longer than any word: a run of letters without end is not kept


class Memo(dict[str, Value]):
    """Word -> result of a function, computed at the first request and then looked up.

    Bounded in words and in letters. Two generations of half the size each: when the young one is full it becomes the old one,
    and what is still in use comes back from there. So a word in use is kept, and memory stays level.
    `memo[word]` asks for one word, `memo.of(words)` for many.
    """

    def __init__(self, find: Callable[[str], Value], *, most: int = MOST) -> None:
        """Take a pure function, and how many words to keep, 2 or more."""
        super().__init__()
        self._find = find
        self._half = max(1, most // 2)
        self._old: dict[str, Value] = {}

    def __missing__(self, word: str) -> Value:
        """Find it and keep it."""
        if len(word) > _LONGEST:
            return self._find(word)
        found = self._old[word] if word in self._old else self._find(word)
        if len(self) >= self._half:
            self._old = dict(self)
            self.clear()
        self[word] = found
        return found

    def of(self, words: Iterable[str]) -> list[Value]:
        """Return the result for each word; faster than one call for each."""
        return list(map(self.__getitem__, words))
