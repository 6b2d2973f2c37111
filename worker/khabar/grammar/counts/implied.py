"""The category of a number without a noun, from the words before it, such as 'the number of members' or 'the price'."""

from collections.abc import Sequence
from typing import Final

from khabar.grammar.counts.nouns import NOUNS, PEOPLE, is_person_plural
from khabar.grammar.surface import surfaces
from khabar.lexicons import entries

TOTALS: Final = frozenset(surfaces(dict.fromkeys(entries("quantities/totals"))))
_MONEY: Final = frozenset(surfaces(dict.fromkeys(entries("quantities/money_words"))))
# عددهم is only said about people.
_OF_PEOPLE: Final = ("هم", "هن")
# Most tokens between such a word and the number.
_MAX_BEFORE: Final = 6


def is_money_word(word: str) -> bool:
    """Whether the word shows that the number after it is money."""
    return word in _MONEY


def implied_category(form: Sequence[str], first: int, start: int) -> str | None:
    """Return people or money if a word before token `first`, and not before token `start`, shows it; otherwise None."""
    for index in range(first - 1, max(first - 1 - _MAX_BEFORE, start - 1), -1):
        word = form[index]
        if word in _MONEY:
            return "money"
        if word in TOTALS:
            if word.endswith(_OF_PEOPLE):
                return PEOPLE
            noun = form[index + 1].removeprefix("ال")
            known = NOUNS.get(noun)
            return PEOPLE if (known and known.category == PEOPLE) or is_person_plural(noun) else None
        if "0" <= word < ":":
            return None
    return None
