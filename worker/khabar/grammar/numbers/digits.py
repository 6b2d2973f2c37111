"""The value of a number in digits: thousands and decimals, with every separator that newspapers use."""

from decimal import Decimal
from typing import Final, NamedTuple

from khabar.grammar.numbers.groups import read_groups
from khabar.grammar.numbers.number_words import is_digits, is_scaled
from khabar.text.tokens import Tokens

# News agencies use ر as a decimal sign between digits (7ر2); و, on the key beside it, is a typing error for ر.
_REVERSING: Final = "رو"
# Longer runs are serial numbers, and int() is quadratic in their length.
_MAX_CHARACTERS: Final = 24
_GROUP: Final = 3


def digits_value(form: str, *, scaled: bool) -> Decimal | int | None:
    """Return the value of a token of digits; None if it is not a plain number but a date, a clock time or a score.

    Args:
        form: the token: ASCII digits with separators between them.
        scaled: whether a scale word or "per cent" follows. In 6.935 million the dot is a decimal point, in 6.935 cars it
            separates thousands.
    """
    if len(form) > _MAX_CHARACTERS:
        return None
    if form.isdecimal():
        return int(form)
    if _REVERSING[0] in form:
        return _reversed(form.split(_REVERSING[0]), scaled)
    if _REVERSING[1] in form:
        return _reversed(form.split(_REVERSING[1]), scaled) if scaled else None
    last = "." if form.rfind(".") > form.rfind(",") else ","
    if "." in form and "," in form:
        whole, _, rest = form.rpartition(last)
        groups = whole.split("," if last == "." else ".")
        return Decimal("".join(groups) + "." + rest) if _is_grouped(groups) and rest.isdecimal() else None
    parts = form.split(last)
    if not all(map(str.isdecimal, parts)):
        return None
    if _is_grouped(parts) and (last == "," or len(parts) > 2 or not scaled):
        return int("".join(parts))
    return Decimal(".".join(parts)) if len(parts) == 2 else None


def _reversed(parts: list[str], scaled: bool) -> Decimal | int | None:
    """Read 3ر28 as 28.3: the agencies' systems write the whole number last."""
    parts.reverse()
    if not all(map(str.isdecimal, parts)):
        return None
    if _is_grouped(parts) and not (scaled and len(parts) == 2):
        return int("".join(parts))
    return Decimal(".".join(parts)) if len(parts) == 2 else None


def _is_grouped(parts: list[str]) -> bool:
    """Whether the parts are groups of thousands; those of 0.125 are not."""
    head, *rest = parts
    return 0 < len(head) <= _GROUP and head[0] != "0" and all(len(group) == _GROUP for group in rest)


class Digits(NamedTuple):
    """A number in digits, which ends at token `last`."""

    last: int
    value: Decimal | int


def read_digits(tokens: Tokens, first: int) -> Digits | None:
    """Read the number in digits at token `first`, which a misplaced or foreign separator may have cut into several tokens."""
    form = tokens.form
    if groups := read_groups(tokens, first):
        return Digits(groups.last, groups.value)
    if is_digits(form, first + 2) and tokens.touches_previous(first + 1):
        cut = _broken_decimal(tokens, first) or _decimal_with_arabic_comma(tokens, first)
        if cut:
            return cut
    if tokens.touches_previous(first) and form[first - 1] == "." and is_digits(form, first - 2):
        return None  # the rest of 10.000.5.3
    value = digits_value(form[first], scaled=is_scaled(form, first))
    return None if value is None else Digits(first, value)


def _broken_decimal(tokens: Tokens, first: int) -> Digits | None:
    """Read 72. 4 في المائة as 4.72: the parts were swapped, and the point stayed with the fraction."""
    part, point, whole = tokens.form[first : first + 3]
    if point != "." or tokens.touches_previous(first + 2) or not is_scaled(tokens.form, first + 2):
        return None
    if len(part) > _GROUP - 1 or len(whole) > _GROUP or not (part + whole).isdecimal():
        return None
    return Digits(first + 2, Decimal(f"{whole}.{part}"))


def _decimal_with_arabic_comma(tokens: Tokens, first: int) -> Digits | None:
    """Read 2،5 مليون as a decimal, but 1،2،3 as a list."""
    head, comma, rest = tokens.form[first : first + 3]
    if comma != "،" or not tokens.touches_previous(first + 2) or not (head + rest).isdecimal():
        return None
    is_list = tokens.form[first + 3 : first + 4] == ["،"] and is_digits(tokens.form, first + 4)
    if is_list or len(head) > _GROUP or len(rest) > _GROUP or not is_scaled(tokens.form, first + 2):
        return None
    value = digits_value(f"{head},{rest}", scaled=True)
    return None if value is None else Digits(first + 2, value)
