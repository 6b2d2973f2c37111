"""Credits: a few words before or after a story that name its place, its agency or its writer (سبق - الرياض، القاهرة (رويترز)).

A credit is a sequence of short parts with separators between them. A part is in a lexicon or is taken for a name. This module
reads parts; dateline.py decides which of them together are a credit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from khabar.grammar.folding import fold
from khabar.grammar.page.credit_names import (
    DATE_WORDS,
    HEADS,
    Kind,
    Known,
    folded,
    is_given_name,
    longest_name,
)
from khabar.lexicons import entries
from khabar.text.normalize import normalize
from khabar.text.tokenize import tokenize
from khabar.text.tokens import Tokens

_CLASSES: Final = {
    **dict.fromkeys("-–—‒―−_•|/*", "-"),
    **dict.fromkeys("،,+", ","),
    ":": ":",
    **dict.fromkeys("([{", "("),
    **dict.fromkeys(")]}", ")"),
    **dict.fromkeys("\"“”«»„‟'‘’″", '"'),
}
SEPARATORS: Final = frozenset(_CLASSES)
_MAX_PARTS: Final = 12  # two reporters, a photographer, date and agency have 8
_MAX_WORDS: Final = 5  # in a reporter's name, with بن and آل
_WEEKDAYS: Final = folded("origin/weekdays")
# Compared without folding, because على folded would equal the name علي.
_FUNCTION_WORDS: Final = frozenset(entries("function_words/ar"))
_FROM: Final = "من"
_DATE: Final = Known(Kind.DATE)
_NAME: Final = Known(Kind.NAME)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a credit.

    Attributes:
        known: its entry in a lexicon, or a date or a name.
        first, last: its tokens, [first, last).
        before, after: the separators around it in text order, each written as one of - , : ( ) and ".
        ends_line: whether only separators follow it.
    """

    known: Known
    first: int
    last: int
    before: str
    after: str
    ends_line: bool

    @property
    def kind(self) -> Kind:
        """Its kind."""
        return self.known.kind

    @property
    def is_enclosed(self) -> bool:
        """Whether brackets or quotation glyphs enclose only this part."""
        return self.before.endswith(("(", '"')) and self.after.startswith((")", '"'))


def read_parts(tokens: Tokens, first: int, last: int) -> list[Part]:
    """Read parts from token `first` on, up to words that cannot be a part of a credit, and at most twelve.

    Args:
        tokens: tokens of the text.
        first, last: the tokens to read, [first, last), from a single line.

    Returns:
        The parts in text order. The story may follow the last one without a separator; then its `after` is '' and its
        `ends_line` False.
    """
    reader = _Reader(tokens.form, last)
    parts: list[Part] = []
    before, index = reader.separators(first)
    while index < last and len(parts) < _MAX_PARTS:
        found = reader.part(index, parts[-1] if parts else None)
        if found is None:
            break
        known, start, end = found
        after, index = reader.separators(end)
        parts.append(Part(known, start, end, before, after, index >= last))
        before = after
    return parts


def agencies_of(field: str | None) -> tuple[str, ...]:
    """Return the agencies named in a field such as the author: رويترز - لندن، الوئام - ا ف ب:، الجزيرة - واس.

    Args:
        field: as the producer sent it; None gives no agencies.
    """
    if not field:
        return ()
    form = tokenize(normalize(field)).form
    reader = _Reader(form, len(form))
    found = (reader.agency(index) for index in range(len(form)) if index == 0 or _may_precede_agency(form[index - 1]))
    return tuple(filter(None, found))


def _may_precede_agency(token: str) -> bool:
    """Whether a part of a field may begin after the token: a separator, or the end of a date (2015 م واس)."""
    return token in SEPARATORS or token[0].isdigit() or fold(token) in DATE_WORDS


class _Reader:
    """Reads parts of tokens before `last`."""

    def __init__(self, form: Sequence[str], last: int) -> None:
        self._form = form
        self._last = last

    def separators(self, index: int) -> tuple[str, int]:
        """Return the separators from `index` on, and the index of the token after them."""
        end = index
        while end < self._last and self._form[end] in SEPARATORS:
            end += 1
        return "".join(_CLASSES[mark] for mark in self._form[index:end]), end

    def agency(self, index: int) -> str:
        """Return the agency named by the part that begins at `index`; '' if it names none."""
        found = self._lookup(index + 1 if fold(self._form[index]) in HEADS else index)
        if found and found[0].kind is Kind.PLACE:
            found = self._lookup(found[1])  # واشنطن رويترز
        is_part = found is not None and (self._is_end(found[1]) or self._form[found[1]] == _FROM)
        return found[0].agency if found and is_part else ""

    def part(self, index: int, previous: Part | None) -> tuple[Known, int, int] | None:
        """Return the part of a credit that begins at `index`, with its tokens [first, last); None if none begins there."""
        return self._known(index, previous) or self._date(index, previous) or self._name(index)

    def _known(self, index: int, previous: Part | None) -> tuple[Known, int, int] | None:
        start = index
        found = self._lookup(index)
        if found is None and fold(self._form[index]) in HEADS:
            start = index + 1
            found = self._lookup(start)
        if found is None or (found[0].is_joined and (previous is None or previous.kind is not Kind.PLACE)):
            return None
        known, end = found
        if known.kind is Kind.DESK:
            return known, start, self._end_of_words(end)
        if self._is_end(end):
            return known, start, end
        if known.kind is Kind.PLACE:
            is_signed = (
                previous is not None and previous.kind is Kind.NAME and is_given_name(self._form[previous.first])
            )
            goes_on = is_signed or self._date(end) is not None or self._ends_after_known(end)
        else:
            goes_on = previous is not None and previous.kind is not Kind.DESK
        # Otherwise it is only a part if the story follows directly: دبي - العربية.نت قال، محمد العلي – جدة قال.
        return (known, start, end) if goes_on else None

    def _ends_after_known(self, index: int) -> bool:
        """Whether a known name and then a separator follow: الرياض واس، جدة والرياض."""
        found = self._lookup(index)
        return found is not None and self._is_end(found[1])

    def _lookup(self, index: int) -> tuple[Known, int] | None:
        return longest_name(self._form, index, self._last)

    def _date(self, index: int, previous: Part | None = None) -> tuple[Known, int, int] | None:
        """Return a date that begins with a number or a weekday (في 05 أغسطس 2015 م), or continues one (5 آب / أغسطس)."""
        form = self._form
        start = index + 1 if form[index] == "في" and index + 1 < self._last else index
        opening_words = DATE_WORDS if previous is not None and previous.kind is Kind.DATE else _WEEKDAYS
        if not form[start][0].isdigit() and fold(form[start]) not in opening_words:
            return None
        end = start + 1
        while end < self._last and (form[end][0].isdigit() or fold(form[end]) in DATE_WORDS):
            end += 1
        is_part = self._is_end(end) or self._lookup(end) is not None
        return (_DATE, start, end) if is_part else None

    def _name(self, index: int) -> tuple[Known, int, int] | None:
        end = self._end_of_words(index)
        is_part = index < end and self._is_end(end) and len(self._form[end - 1]) > 1
        return (_NAME, index, end) if is_part else None

    def _end_of_words(self, index: int) -> int:
        """Return the end of the words from `index` on that can be one name, which may include the titles د. and م."""
        form = self._form
        end = index
        while end < min(index + _MAX_WORDS, self._last):
            word = form[end]
            is_title_stop = word == "." and end > index and len(form[end - 1]) <= 2
            if not is_title_stop and (not word.isalpha() or word in _FUNCTION_WORDS):
                break
            end += 1
        return end

    def _is_end(self, index: int) -> bool:
        return index >= self._last or self._form[index] in SEPARATORS
