"""A cache of facts about words: most words of an article were already in an earlier one."""

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

Value = TypeVar("Value")

MOST: Final = 50_000
_LONGEST: Final = 40  # longer than any real word; longer runs of letters are not kept


class Memo(dict[str, Value]):
    """Word -> result of a function, computed at the first request and then looked up.

    Bounded in words and in letters. When it is full it is emptied; words in use soon return. `memo[word]` asks for one word,
    `memo.of(words)` for many.
    """

    def __init__(self, find: Callable[[str], Value], *, most: int = MOST) -> None:
        """Take a pure function, and the number of words to keep."""
        super().__init__()
        self._find = find
        self._most = most

    def __missing__(self, word: str) -> Value:
        """Compute the result and keep it."""
        found = self._find(word)
        if len(word) <= _LONGEST:
            if len(self) >= self._most:
                self.clear()
            self[word] = found
        return found

    def of(self, words: Iterable[str]) -> list[Value]:
        """Return the result for each word; faster than one call for each."""
        return list(map(self.__getitem__, words))
