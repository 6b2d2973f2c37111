"""Ranges, which are two numbers that bound one quantity: بين 300 و400, من 15 إلى 20, 5-10."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from khabar.grammar.counts.counted import Unit
from khabar.grammar.counts.reach import is_same_line, sentence_of
from khabar.grammar.numbers.number_words import CLOSERS
from khabar.grammar.numbers.numerals import Numeral, is_year
from khabar.grammar.surface import CONJUNCTIONS, surfaces
from khabar.lexicons import entries
from khabar.text.document import Document

_HEADS: Final = surfaces(
    dict.fromkeys(entries("quantities/range_heads")), conjunctions=CONJUNCTIONS, prepositions=("",), with_article=False
)
_LINKS: Final = frozenset(entries("quantities/range_links"))
_DASHES: Final = frozenset("-–—")
_CHANGES: Final = frozenset(
    surfaces(dict.fromkeys(entries("quantities/changes")), prepositions=("", "ب", "ل"), with_article=False)
)
# Most tokens from a verb of change to "from A to B".
_MAX_TO_CHANGE: Final = 12


class Range(NamedTuple):
    """Two numerals as one quantity: its first token, the number of proclitic characters there, its bounds."""

    first: int
    proclitic_chars: int
    lower: int | float
    upper: int | float


def range_of(
    document: Document, left: Numeral, right: Numeral, left_unit: Unit | None, right_unit: Unit | None
) -> Range | None:
    """Return the range of two neighbouring numerals; None if they are two quantities."""
    if left.value is None or right.value is None or not is_same_line(document, left.last, right.first):
        return None
    form = document.tokens.form
    link = _link(form, left_unit.last if left_unit else left.last, right)
    if link is None:
        return None
    head = _head(form, left.first)
    if head is not None and not is_same_line(document, head, left.first):
        head = None
    is_between = head is not None and form[head] in _HEADS
    start = sentence_of(document, left.first).start
    if not _is_range(form, link, head, start, is_between=is_between, left_unit=left_unit, right_unit=right_unit):
        return None
    lower = left.value
    if left.scale < right.scale:
        if lower * right.scale <= right.value:
            lower *= right.scale
        elif not is_between and left_unit is None:
            return None  # 2100 إلى 11.2 مليار
    is_years = is_year(left) and is_year(right) and not (right_unit and right_unit.is_known)
    if not lower < right.value or is_years:
        return None
    first = left.first if head is None else head
    if is_between and first > start and form[first - 1] in ("ما", "وما", "بما", "لما"):
        return Range(first - 1, len(form[first - 1]) - len("ما"), lower, right.value)
    chars = len(_HEADS[form[first]].proclitic) if is_between else int(head is not None and form[first] == "ومن")
    return Range(first, chars, lower, right.value)


def _link(form: Sequence[str], last: int, right: Numeral) -> str | None:
    """Return the single word that links the two numerals, also و as a proclitic; None without one."""
    gap = [token for token in form[last + 1 : right.first] if token not in CLOSERS and token != "("]  # noqa: S105
    if not gap:
        return "و" if right.proclitic == "و" else None
    return gap[0] if len(gap) == 1 and gap[0] in _LINKS else None


def _head(form: Sequence[str], first: int) -> int | None:
    """Return the token of من or بين before the first number; None without one."""
    index = first - 1
    if index >= 0 and form[index] in ("(", '"'):
        index -= 1
    return index if index >= 0 and (form[index] in ("من", "ومن") or form[index] in _HEADS) else None


def _is_range(
    form: Sequence[str],
    link: str,
    head: int | None,
    start: int,
    *,
    is_between: bool,
    left_unit: Unit | None,
    right_unit: Unit | None,
) -> bool:
    if link == "و":
        return is_between
    if is_between:
        return True
    if right_unit is None or (left_unit is not None and left_unit.category != right_unit.category):
        return False
    if left_unit is not None and left_unit.category != "percent":
        return False
    if link in _DASHES or head is None:
        return True
    return _CHANGES.isdisjoint(form[max(head - _MAX_TO_CHANGE, start) : head])
