"""Remains of the page in the text: links to other stories, tags, contacts, captions of pictures."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from khabar.grammar.page.credits import SEPARATORS
from khabar.grammar.page.openers import FIRST_WORDS, OPENERS, Opener
from khabar.text.sentences import CLOSERS, STOPS

_LONGEST_TAGS: Final = 60  # tokens; the longest seen has 40
_LONGEST_REST: Final = 80  # tokens; the longest seen, below a column of a Saudi newspaper, has 50
_LONGEST_CAPTION: Final = 20  # tokens
_LONGEST_TITLE: Final = 25  # tokens
_MAX_TITLES: Final = 12  # lines below «اقرأ أيضا:»; lists of most-read stories have 10, some with a counter below
_LONGEST_LINE: Final = 40  # tokens; the longest headline seen after «اقرأ أيضا:» has 34
_LONGEST_CREDIT: Final = 10  # tokens of the line with the story's source
_LAST_LINES: Final = 3
_STATEMENT_ENDS: Final = frozenset(".:")
_ANYWHERE: Final = frozenset({"rest", "end", "around"})  # extents of phrases that need not begin a line or a sentence
_FIRST_WORDS_ANYWHERE: Final = frozenset(
    word for word, openers in OPENERS.items() if any(opener.extent in _ANYWHERE for opener in openers)
)
_ENDS: Final = STOPS | CLOSERS | {'"'}
_DOTS: Final = frozenset(".…")
_BULLETS: Final = SEPARATORS | frozenset("•·*►▪#>")
_BEFORE: Final = _ENDS | _BULLETS


@dataclass(frozen=True, slots=True)
class Remains:
    """A stretch of tokens that does not belong to the story.

    Attributes:
        kind: link, tags, contact or caption, as in the lexicon.
        first, last: its tokens, [first, last).
    """

    kind: str
    first: int
    last: int


def remains(form: Sequence[str], page_lines: Sequence[range]) -> list[Remains]:
    """Return the remains in text order, without overlaps.

    Args:
        form: forms of the tokens.
        page_lines: lines of the body; not of the title, which may begin like a link.
    """
    if FIRST_WORDS.isdisjoint(form) or not page_lines:
        return []
    page = _Page(form, page_lines)
    starts = {line.start for line in page_lines}
    found: list[Remains] = []
    # Most first words are common words, so positions where no phrase can begin are skipped before comparing.
    for index in [
        index
        for index in range(page_lines[0].start, len(form))
        if form[index] in FIRST_WORDS
        and (form[index - 1] in _BEFORE or index in starts or form[index] in _FIRST_WORDS_ANYWHERE)
    ]:
        if not found or index >= found[-1].last:
            found += page.remains_at(index)
    return found


class _Page:
    """Decides whether a phrase begins remains of the page, and where they end."""

    def __init__(self, form: Sequence[str], page_lines: Sequence[range]) -> None:
        self._form = form
        self._lines = page_lines
        self._starts = [line.start for line in page_lines]

    def remains_at(self, first: int) -> list[Remains]:
        """Return the remains that begin at token `first`: a list with one item, or empty."""
        number = bisect_right(self._starts, first) - 1
        for opener in OPENERS[self._form[first]]:
            if opener.extent not in _ANYWHERE and not self._may_begin(first, self._lines[number].start):
                continue
            if opener.matches(self._form, first, min(self._lines[number].stop, first + _LONGEST_LINE)):
                last = self._last(opener, first, number)
                start = self._lines[number].start if opener.extent == "around" else first
                return [Remains(opener.kind, start, last)] if last else []
        return []

    def _last(self, opener: Opener, first: int, number: int) -> int:
        """Return one past the last token of the remains; 0 if the phrase does not begin any."""
        line = self._lines[number]
        end = first + len(opener.words)
        if opener.extent == "rest":
            return len(self._form) if len(self._form) - first <= _LONGEST_REST else 0
        if opener.extent == "end":
            return end if end == line.stop and first and self._form[first - 1] in _DOTS else 0
        if opener.extent == "words":
            return end
        if opener.extent == "credit":
            is_last = number >= len(self._lines) - _LAST_LINES
            return line.stop if is_last and len(line) <= _LONGEST_CREDIT else 0
        if opener.extent == "around":
            return line.stop if len(line) <= _LONGEST_CAPTION else 0
        has_more = any(token[0].isalnum() for token in self._form[end : min(line.stop, end + _LONGEST_LINE)])
        if opener.extent == "alone":
            return 0 if has_more else line.stop
        if opener.extent == "list":
            return 0 if has_more else self._titles_below(number)
        if opener.extent == "title":
            is_title = number > 0 and has_more and line.stop - first <= _LONGEST_TITLE
            return line.stop if is_title and self._form[line.stop - 1] != "." else 0
        if opener.kind == "tags":
            is_last = number == len(self._lines) - 1
            return line.stop if has_more and self._are_tags(end, line.stop, is_last=is_last) else 0
        if opener.kind == "caption" and line.stop - first > _LONGEST_CAPTION:
            return 0  # the story continues after it
        if line.stop - first > _LONGEST_LINE:
            return end if opener.kind == "link" else 0  # the story follows on the same line, at an unknown place
        return line.stop if has_more or opener.kind != "link" else self._titles_below(number)

    def _may_begin(self, first: int, line_start: int) -> bool:
        """Whether only bullets come before it in its line, or a sentence ends right before it."""
        index = first - 1
        while index >= line_start and self._form[index] in _BULLETS:
            index -= 1
        return index < line_start or self._form[index] in _ENDS

    def _are_tags(self, first: int, last: int, *, is_last: bool) -> bool:
        """Whether the words are tags: without a full stop, on the last line or after a colon; سمات القائد is a heading."""
        if last - first > _LONGEST_TAGS or not STOPS.isdisjoint(self._form[first:last]):
            return False
        return is_last or self._form[first] == ":"

    def _titles_below(self, number: int) -> int:
        """Return the end of the titles on the lines below «اقرأ أيضا:»; a line that ends like a sentence is not a title."""
        last = self._lines[number].stop
        for line in self._lines[number + 1 : number + 1 + _MAX_TITLES]:
            if len(line) > _LONGEST_TITLE or not _STATEMENT_ENDS.isdisjoint(
                self._form[max(line.stop - 2, 0) : line.stop]
            ):
                break
            last = line.stop
        return last
