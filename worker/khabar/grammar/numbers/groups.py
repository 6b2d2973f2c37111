"""Groups of thousands whose separators cut a number into several tokens: 11 708 371, 15،730،400, 1'234'567."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from khabar.grammar.numbers.number_words import is_digits, is_scaled
from khabar.grammar.surface import surfaces
from khabar.lexicons import entries
from khabar.text.tokens import Tokens

_GROUP: Final = 3
_MAX_GROUPS: Final = 5
_ARABIC_COMMA: Final = "،"
_MARKS: Final = frozenset({_ARABIC_COMMA, *"'’‘´`"})
_LAST_WITH_DECIMALS: Final = re.compile(r"(\d{3})[.,](\d{1,2})")
# After one of these, the first number is a label and only the second counts: المادة 12 300 شخص.
_NAMERS: Final = frozenset(
    surfaces(dict.fromkeys((*entries("quantities/labels"), *entries("quantities/time_heads"))))
) | frozenset(entries("quantities/months"))


class Groups(NamedTuple):
    """A number in groups of three digits, which ends at token `last`."""

    last: int
    value: Decimal | int


def read_groups(tokens: Tokens, first: int) -> Groups | None:
    """Read a number of two to five groups that begins at token `first`; None if the tokens are separate numbers."""
    form = tokens.form
    head = form[first]
    if len(head) > _GROUP or head[0] == "0" or not head.isdecimal():
        return None
    mark = form[first + 1] if first + 1 < len(form) and form[first + 1] in _MARKS else None
    groups, last, decimals = _collect(tokens, first, mark)
    if len(groups) == 1:
        return None
    if not (_is_one_marked if mark else _is_one_spaced)(tokens, first, last, groups, mark):
        return None
    whole = int("".join(groups))
    return Groups(last, Decimal(f"{whole}.{decimals}") if decimals else whole)


def _collect(tokens: Tokens, first: int, mark: str | None) -> tuple[list[str], int, str]:
    """Return the groups, the last token, and the digits after a decimal point."""
    form, step = tokens.form, 2 if mark else 1
    groups, last = [form[first]], first
    while len(groups) < _MAX_GROUPS and is_digits(form, last + step) and _is_beside(tokens, last, mark):
        group = form[last + step]
        if ending := _LAST_WITH_DECIMALS.fullmatch(group):
            return [*groups, ending[1]], last + step, ending[2]
        if len(group) != _GROUP or not group.isdecimal():
            break
        groups.append(group)
        last += step
    return groups, last, ""


def _is_beside(tokens: Tokens, last: int, mark: str | None) -> bool:
    """Whether the next group follows token `last` after the mark without spaces, or after a single space if there is no mark."""
    if mark is None:
        return tokens.norm_start[last + 1] == tokens.norm_end[last] + 1
    return tokens.form[last + 1] == mark and tokens.touches_previous(last + 1) and tokens.touches_previous(last + 2)


def _is_one_marked(tokens: Tokens, _first: int, last: int, groups: Sequence[str], mark: str | None) -> bool:
    form = tokens.form
    if form[last + 1 : last + 2] == [mark] and is_digits(form, last + 2) and tokens.touches_previous(last + 2):
        return False  # 101،102،5 is a list
    if mark != _ARABIC_COMMA:
        return True
    # 2،500 مليون is a decimal, and three numbers of three digits are a list unless something is counted.
    if len(groups) == 2:
        return not is_scaled(form, last)
    return len(groups[0]) < _GROUP or _is_word(form, last + 1)


def _is_one_spaced(tokens: Tokens, first: int, last: int, groups: Sequence[str], _mark: str | None) -> bool:
    """Whether the groups are one number, and not separate numbers such as the parts of a telephone number."""
    form = tokens.form
    if is_digits(form, last + 1) or is_digits(form, first - 1) or (first and form[first - 1] == "+"):
        return False
    if len(groups) > 2:
        return True
    is_named = first > 0 and form[first - 1] in _NAMERS
    return not is_named and (groups[-1].endswith("00") or _is_word(form, last + 1))


def _is_word(form: Sequence[str], index: int) -> bool:
    return index < len(form) and form[index] not in _FUNCTION_WORDS and ("ء" <= form[index] < "٠" or form[index] == "%")


_FUNCTION_WORDS: Final = frozenset(entries("function_words/ar"))
