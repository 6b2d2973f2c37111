"""The tokens of one document as the temporal parsers read them, and what a parser returns."""

from dataclasses import dataclass
from typing import Final

from khabar.grammar.folding import fold
from khabar.grammar.numbers.numerals import Numeral, numerals
from khabar.grammar.numbers.ordinals import Ordinal, ordinal_at
from khabar.grammar.surface import surfaces
from khabar.grammar.temporal.context import Meaning
from khabar.grammar.temporal.phrases import columns
from khabar.text.document import Document

# The type of an expression that is no time: it keeps others from reading its tokens, and is not reported.
NO_TIME: Final = ""
_LAST_DAY: Final = 31
DAY_NAMES: Final = surfaces({word: int(number) for word, number in columns("day_names").items()}, with_article=False)
_DIGIT_ARTICLES: Final = {"ال": 0, "وال": 1, "فال": 1, "بال": 1, "كال": 1, "لل": 1, "وبال": 2, "ولل": 2}


@dataclass(frozen=True, slots=True)
class Expression:
    """A temporal expression as found in text, not yet resolved.

    Attributes:
        first, last: token indexes, both inside.
        proclitic: how many letters of the first token stand before the span.
        type: DATE, TIME, DURATION or SET; NO_TIME.
        meaning: what resolves it.
        mod: TIMEX3 modifier.
        otherwise: what it is where the meaning has no value: (بعد) 20 يوما من الحادث is a length at least.
    """

    first: int
    last: int
    proclitic: int
    type: str
    meaning: Meaning
    mod: str | None = None
    otherwise: "Expression | None" = None


@dataclass(frozen=True, slots=True)
class DayNumber:
    """The number of a day in its month, in digits or as an ordinal; fields as in `Expression`."""

    first: int
    last: int
    proclitic: int
    value: int


class Reader:
    """Looks at tokens of the current sentence; what lies outside it reads as ''."""

    def __init__(self, document: Document) -> None:
        self.form = document.tokens.form
        self._tokens = document.tokens
        self._numerals = {numeral.first: numeral for numeral in numerals(document)}
        self.start = 0
        self.limit = len(self.form)

    @property
    def numeral_starts(self) -> list[int]:
        """The tokens at which numerals begin."""
        return list(self._numerals)

    def enter(self, start: int, limit: int) -> None:
        """Take the tokens [start, limit) for the current sentence."""
        self.start, self.limit = start, limit

    def at(self, index: int) -> str:
        """Return a token."""
        return self.form[index] if self.start <= index < self.limit else ""

    def folded(self, index: int) -> str:
        """Return a token without the letters that spellings differ in."""
        return fold(self.at(index))

    def touches(self, index: int) -> bool:
        """Whether nothing visible stands between this token and the one before it."""
        return self._tokens.touches_previous(index)

    def numeral(self, index: int) -> Numeral | None:
        """Return the numeral that begins at a token of this sentence and ends in it."""
        numeral = self._numerals.get(index)
        return numeral if numeral and self.start <= index and numeral.last < self.limit else None

    def is_number(self, index: int) -> bool:
        """Whether a token is in digits or begins a numeral."""
        return "0" <= self.at(index) < ":" or index in self._numerals

    def proclitic_of(self, numeral: Numeral) -> int:
        """Return how many letters of a numeral's first token stand before it."""
        token = self.form[numeral.first]
        is_own = token.startswith(numeral.proclitic) and token != numeral.proclitic
        return len(numeral.proclitic) if is_own else 0

    def ordinal(self, index: int) -> Ordinal | None:
        """Return the ordinal that begins at a token."""
        return ordinal_at(self.form, index, self.limit)

    def integer(self, index: int) -> int | None:
        """Return the number that a token of digits alone is."""
        token = self.at(index)
        return int(token) if len(token) <= 4 and "0" <= token[:1] < ":" and token.isdigit() else None

    def article(self, index: int) -> tuple[int, int]:
        """Return the first token of a number in digits, the article before it inside, and its proclitic letters."""
        before = _DIGIT_ARTICLES.get(self.at(index - 1))
        return (index, 0) if before is None else (index - 1, before)

    def day_number(self, index: int) -> DayNumber | None:
        """Return the day of a month that begins at a token: 12, الـ12, الثاني عشر."""
        value = self.integer(index)
        if value is not None:
            if not 1 <= value <= _LAST_DAY:
                return None
            first, proclitic = self.article(index)
            return DayNumber(first, index, proclitic, value)
        named = DAY_NAMES.get(self.at(index))
        if named:
            return DayNumber(index, index, len(named.proclitic), named.value)
        ordinal = self.ordinal(index)
        if ordinal is None or not ordinal.is_definite or ordinal.value > _LAST_DAY:
            return None
        return DayNumber(index, ordinal.last, len(ordinal.proclitic), ordinal.value)
