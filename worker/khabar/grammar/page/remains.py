"""Remains of the page in the text: links to other stories, tags, how to reach the writer, whose picture it was."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from khabar.grammar.folding import fold
from khabar.grammar.page.credits import SEPARATORS
from khabar.grammar.page.lines import lines
from khabar.lexicons import entries
from khabar.text.document import Document
from khabar.text.sentences import CLOSERS, STOPS

_LONGEST_TAGS: Final = 60  # tokens; 40 are the most seen
_LONGEST_REST: Final = 80  # tokens; 50 are the most that a Saudi paper appends to a column
_LONGEST_CAPTION: Final = 20  # tokens
_LONGEST_TITLE: Final = 25  # tokens
_MAX_TITLES: Final = 6  # lines below «اقرأ أيضا:»
_ENDS: Final = STOPS | CLOSERS | {'"'}
_DOTS: Final = frozenset(".…")
_BULLETS: Final = SEPARATORS | frozenset("•·*►▪#>")


@dataclass(frozen=True, slots=True)
class Remains:
    """A stretch of tokens that is no story.

    Attributes:
        kind: link, tags, contact or caption, as in the lexicon.
        first, last: its tokens, [first, last).
    """

    kind: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Opener:
    words: tuple[str, ...]
    kind: str
    extent: str


_BARE_ALIF: Final = str.maketrans("أإ", "اا")


def _openers() -> dict[str, list[_Opener]]:
    """Return first word, in every spelling that it may have -> the phrases that begin with it, the longest first."""
    found: dict[str, list[_Opener]] = {}
    for line in sorted(entries("boilerplate/openers"), key=len, reverse=True):
        phrase, kind, extent = line.split("\t")
        words = phrase.split(" ")
        opener = _Opener(tuple(map(fold, words)), kind, extent)
        for first in {words[0], words[0].translate(_BARE_ALIF)}:
            found.setdefault(first, []).append(opener)
    return found


_OPENERS: Final = _openers()
_FIRST_WORDS: Final = frozenset(_OPENERS)


def remains(document: Document) -> list[Remains]:
    """Return the remains in text order; they do not overlap."""
    form = document.tokens.form
    if _FIRST_WORDS.isdisjoint(form):
        return []
    page = _Page(form, lines(document))
    found: list[Remains] = []
    for index in [index for index, token in enumerate(form) if token in _FIRST_WORDS]:
        if not found or index >= found[-1].last:
            found += page.remains_at(index)
    return found


class _Page:
    """Tells whether a phrase stands where remains begin, and how far they go."""

    def __init__(self, form: Sequence[str], page_lines: Sequence[range]) -> None:
        self._form = form
        self._lines = page_lines
        self._starts = [line.start for line in page_lines]

    def remains_at(self, first: int) -> list[Remains]:
        """Return the remains that begin at token `first`, a list of one or none."""
        for opener in _OPENERS[self._form[first]]:
            end = first + len(opener.words)
            if tuple(map(fold, self._form[first:end])) == opener.words:
                last = self._last(opener, first, end)
                return [Remains(opener.kind, first, last)] if last else []
        return []

    def _last(self, opener: _Opener, first: int, end: int) -> int:
        """Return one past the last token of the remains, 0 if the phrase opens none."""
        number = bisect_right(self._starts, first) - 1
        line = self._lines[number]
        if opener.extent == "rest":
            return len(self._form) if len(self._form) - first <= _LONGEST_REST else 0
        if opener.extent == "end":
            return end if end == line.stop and first and self._form[first - 1] in _DOTS else 0
        if not self._may_begin(first, line.start):
            return 0
        if opener.extent == "words":
            return end
        has_more = any(token[0].isalnum() for token in self._form[end : line.stop])
        if opener.extent == "alone":
            return 0 if has_more else line.stop
        if opener.kind == "tags":
            is_last = number == len(self._lines) - 1
            return line.stop if has_more and self._are_tags(end, line.stop, is_last=is_last) else 0
        if opener.kind == "caption" and line.stop - first > _LONGEST_CAPTION:
            return 0  # the story goes on behind it
        return line.stop if has_more or opener.kind != "link" else self._titles_below(number)

    def _may_begin(self, first: int, line_start: int) -> bool:
        """Whether nothing but bullets stands before it in its line, or a sentence has just ended."""
        index = first - 1
        while index >= line_start and self._form[index] in _BULLETS:
            index -= 1
        return index < line_start or self._form[index] in _ENDS

    def _are_tags(self, first: int, last: int, *, is_last: bool) -> bool:
        """Whether the words are a list without an end, on the last line or after a colon; سمات القائد is a heading."""
        if last - first > _LONGEST_TAGS or not STOPS.isdisjoint(self._form[first:last]):
            return False
        return is_last or self._form[first] == ":"

    def _titles_below(self, number: int) -> int:
        """Return the end of the titles on the lines below «اقرأ أيضا:»; a line that ends like a sentence is none."""
        last = self._lines[number].stop
        for line in self._lines[number + 1 : number + 1 + _MAX_TITLES]:
            if len(line) > _LONGEST_TITLE or self._form[line.stop - 1] in STOPS:
                break
            last = line.stop
        return last
