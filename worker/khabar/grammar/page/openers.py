"""Phrases with which remains of a page begin (اقرأ أيضا، تابعونا على، The post ... appeared first on)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from khabar.grammar.folding import fold
from khabar.grammar.page.credit_names import folded
from khabar.lexicons import entries

_GAP: Final = "…"
_CHANNEL: Final = "@"
_OWN: Final = "@@"
_CHANNELS: Final = folded("boilerplate/channels")
_OURS: Final = frozenset(word for word in _CHANNELS if word.endswith("نا")) | folded("boilerplate/own_channels")
_BARE_ALIF: Final = str.maketrans("أإ", "اا")


@dataclass(frozen=True, slots=True)
class Opener:
    """A phrase of the lexicon.

    Attributes:
        words: its folded words.
        later: folded words that must follow later in the same line; empty for most phrases.
        channels: words for channels, newsletters and apps; one must follow in the same line; empty for most phrases.
        kind, extent: as in the lexicon.
    """

    words: tuple[str, ...]
    later: tuple[str, ...]
    channels: frozenset[str]
    kind: str
    extent: str

    def matches(self, form: Sequence[str], first: int, last: int) -> bool:
        """Whether the phrase begins at token `first`, in a line that ends before token `last`; O(length of the line)."""
        end = first + len(self.words)
        if end > last or tuple(map(fold, form[first:end])) != self.words:
            return False
        if self.channels:
            return any(fold(word) in self.channels for word in form[end:last])
        return not self.later or any(self._is_later(form, index) for index in range(end, last - len(self.later) + 1))

    def _is_later(self, form: Sequence[str], index: int) -> bool:
        return all(fold(form[index + number]) == word for number, word in enumerate(self.later))


def _openers() -> dict[str, list[Opener]]:
    """Return first word, in each of its spellings -> the phrases that begin with it, the longest first."""
    found: dict[str, list[Opener]] = {}
    for line in sorted(entries("boilerplate/openers"), key=len, reverse=True):
        phrase, kind, extent = line.split("\t")
        head, _, later = phrase.partition(f" {_GAP} ")
        words = head.split(" ")
        channels = {_CHANNEL: _CHANNELS, _OWN: _OURS}.get(later, frozenset())
        rest = () if channels else tuple(map(fold, later.split()))
        opener = Opener(tuple(map(fold, words)), rest, channels, kind, extent)
        for first in {words[0], words[0].translate(_BARE_ALIF)}:
            found.setdefault(first, []).append(opener)
    return found


OPENERS: Final = _openers()
FIRST_WORDS: Final = frozenset(OPENERS)
