"""Ordinals: الأول, الثانية عشرة, الحادي والعشرين, with proclitics; 1 to 99, and 100."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from khabar.grammar.surface import Surface, surfaces
from khabar.lexicons import entries


@dataclass(frozen=True, slots=True)
class Ordinal:
    """An ordinal in the text.

    Attributes:
        first, last: its first and its last token.
        value: the number.
        proclitic: proclitics of the first token.
        is_definite: whether its first word has the article.
    """

    first: int
    last: int
    value: int
    proclitic: str
    is_definite: bool


def _table(name: str) -> dict[str, int]:
    return {word: int(value) for word, value in (line.split("\t") for line in entries(f"ordinals/{name}"))}


_UNITS: Final[dict[str, Surface[int]]] = surfaces(_table("units"))
_TENS: Final[dict[str, Surface[int]]] = surfaces(_table("tens"))
_TEEN: Final = frozenset(entries("ordinals/teens"))
_TEN: Final = 10

# Every form that can begin an ordinal.
FORMS: Final = frozenset(_UNITS) | frozenset(_TENS)


def ordinal_at(form: Sequence[str], index: int, limit: int) -> Ordinal | None:
    """Return the ordinal that begins at token `index` and ends before token `limit`; None if none begins there."""
    if index >= limit:
        return None
    word = form[index]
    unit = _UNITS.get(word)
    if unit is None:
        ten = _TENS.get(word)
        return Ordinal(index, index, ten.value, ten.proclitic, ten.is_definite) if ten and ten.is_definite else None
    is_bound = unit.value > _TEN  # حادي needs a following word
    value, last = (1 if is_bound else unit.value), index
    if index + 1 < limit and value < _TEN:
        following = form[index + 1]
        ten = _TENS.get(following)
        if following in _TEEN:
            value, last = value + _TEN, index + 1
        elif ten and ten.is_definite and ten.proclitic == "و":
            value, last = value + ten.value, index + 1
    if is_bound and last == index:
        return None
    return Ordinal(index, last, value, unit.proclitic, unit.is_definite)
