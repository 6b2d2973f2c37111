"""Number words in all their forms, and the words for "per cent"."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from khabar.grammar.surface import Surface, surfaces
from khabar.lexicons import entries
from khabar.lexicons.kept import kept


class NumberWord(NamedTuple):
    """A row of the lexicon numerals/words; its header explains the kinds."""

    kind: str
    value: Decimal | int


def _words() -> dict[str, Surface[NumberWord]]:
    rows = (line.split("\t") for line in entries("numerals/words"))
    lexicon = {word: NumberWord(kind, Decimal(value) if "." in value else int(value)) for word, kind, value in rows}
    forms = surfaces(lexicon)
    for form in entries("numerals/lookalikes"):
        forms.pop(form, None)
    return forms


NUMBER_WORDS: Final = kept("number_words", _words)
ORDINAL_HEADS: Final = frozenset(surfaces(dict.fromkeys(entries("numerals/ordinal_heads"))))
SCALES: Final = frozenset({"scale", "scales", "scale_accusative"})
CLOSERS: Final = frozenset(entries("numerals/closers"))

_PERCENT: Final = frozenset(entries("numerals/percent"))
_PERCENT_HEADS: Final = frozenset(form.split()[0] for form in _PERCENT if " " in form)


def percent_end(form: Sequence[str], index: int) -> int | None:
    """Return the last token of a "per cent" that begins at token `index`; None if none begins there."""
    if not 0 <= index < len(form):
        return None
    if form[index] in _PERCENT:
        return index
    if form[index] in _PERCENT_HEADS and index + 1 < len(form) and f"{form[index]} {form[index + 1]}" in _PERCENT:
        return index + 1
    return None


def is_digits(form: Sequence[str], index: int) -> bool:
    """Whether token `index` exists and begins with a digit; the tokenizer starts no other token with one."""
    return 0 <= index < len(form) and "0" <= form[index] < ":"


def after_closer(form: Sequence[str], last: int) -> int:
    """Return the index of the token after `last`, or after a closing mark there: "3.6" مليار."""
    following = last + 1
    return following + 1 if following < len(form) and form[following] in CLOSERS else following


def is_scaled(form: Sequence[str], last: int) -> bool:
    """Whether a scale word or "per cent" follows token `last`."""
    following = after_closer(form, last)
    if percent_end(form, following) is not None:
        return True
    word = NUMBER_WORDS.get(form[following]) if following < len(form) else None
    return word is not None and not word.proclitic and word.value.kind in SCALES
