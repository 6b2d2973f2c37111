"""Currencies of several tokens: ر.س, د. ك, US$; after their number or before it."""

from typing import Final

from khabar.lexicons import entries
from khabar.text.tokens import Tokens

_SIGNS: Final = frozenset(
    tuple(name.split()) for line in entries("quantities/currencies") if " " in (name := line.partition("\t")[0])
)
_FIRST: Final = frozenset(sign[0] for sign in _SIGNS)
_LAST: Final = frozenset(sign[-1] for sign in _SIGNS)
_LENGTHS: Final = (3, 2)
_STOP: Final = "."


def money_sign_at(tokens: Tokens, first: int) -> int | None:
    """Return the last token of the sign that begins at token `first`, which must exist; None if none begins there."""
    if tokens.form[first] not in _FIRST:
        return None
    for length in _LENGTHS:
        sign = tuple(tokens.form[first : first + length])
        if len(sign) == length and sign in _SIGNS and _is_one(tokens, first, length):
            return first + length - 1
    return None


def money_sign_before(tokens: Tokens, index: int) -> tuple[int, int] | None:
    """Return the first and last token of the sign that ends at token `index`, or before a full stop there; None without one."""
    form = tokens.form
    if index > 0 and form[index] == _STOP and form[index - 1] in _LAST:
        index -= 1
    if index < 1 or form[index] not in _LAST:
        return None
    for length in _LENGTHS:
        first = index - length + 1
        if first >= 0 and money_sign_at(tokens, first) == index:
            return first, index
    return None


def _is_one(tokens: Tokens, first: int, length: int) -> bool:
    """Whether the tokens touch each other; after the full stop of an abbreviation, a space is allowed (د. ك)."""
    form = tokens.form
    for index in range(first + 1, first + length):
        is_apart = form[index - 1] == _STOP and tokens.norm_start[index] == tokens.norm_end[index - 1] + 1
        if not (tokens.touches_previous(index) or is_apart):
            return False
    return True
