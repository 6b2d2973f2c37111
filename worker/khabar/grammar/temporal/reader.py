"""Reader, through which the temporal parsers read the tokens of a document, and Expression, which they return."""

from dataclasses import dataclass
from typing import Final

from khabar.grammar.folding import fold
from khabar.grammar.numbers.numerals import Numeral, numerals
from khabar.grammar.numbers.ordinals import Ordinal, ordinal_at
from khabar.grammar.surface import surfaces
from khabar.grammar.temporal.context import Meaning
from khabar.grammar.temporal.phrases import columns
from khabar.text.document import Document

# The type of an expression that is not a time. It prevents parsers from reading its tokens, and is then dropped.
NO_TIME: Final = ""
_LAST_DAY: Final = 31
DAY_NAMES: Final = surfaces({word: int(number) for word, number in columns("day_names").items()}, with_article=False)
_DIGIT_ARTICLES: Final = {"ال": 0, "وال": 1, "فال": 1, "بال": 1, "كال": 1, "لل": 1, "وبال": 2, "ولل": 2}


@dataclass(frozen=True, slots=True)
class Expression:
    """A temporal expression as found in text, not yet resolved.

    Attributes:
        first, last: its first and its last token.
        proclitic: number of proclitic letters of the first token, which are not in the span.
        type: DATE, TIME, DURATION or SET; or NO_TIME.
        meaning: its meaning, which can be resolved to a value.
        mod: TIMEX3 modifier.
        otherwise: the expression to use if the meaning has no value: in (بعد) 20 يوما من الحادث at least the length.
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
    """Gives access to the tokens of the current sentence; tokens outside it are read as ''."""

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
        """Make the tokens [start, limit) the current sentence."""
        self.start, self.limit = start, limit

    def at(self, index: int) -> str:
        """Return a token."""
        return self.form[index] if self.start <= index < self.limit else ""

    def folded(self, index: int) -> str:
        """Return a token in folded spelling."""
        return fold(self.at(index))

    def touches(self, index: int) -> bool:
        """Whether no space is between this token and the one before it."""
        return self._tokens.touches_previous(index)

    def numeral(self, index: int) -> Numeral | None:
        """Return the numeral that begins at a token and is entirely in this sentence; None without one."""
        numeral = self._numerals.get(index)
        return numeral if numeral and self.start <= index and numeral.last < self.limit else None

    def is_number(self, index: int) -> bool:
        """Whether a token is in digits or begins a numeral."""
        return "0" <= self.at(index) < ":" or index in self._numerals

    def proclitic_of(self, numeral: Numeral) -> int:
        """Return the number of proclitic letters of a numeral's first token."""
        token = self.form[numeral.first]
        is_own = token.startswith(numeral.proclitic) and token != numeral.proclitic
        return len(numeral.proclitic) if is_own else 0

    def ordinal(self, index: int) -> Ordinal | None:
        """Return the ordinal that begins at a token."""
        return ordinal_at(self.form, index, self.limit)

    def integer(self, index: int) -> int | None:
        """Return the value of a token of at most four digits; None for other tokens."""
        token = self.at(index)
        return int(token) if len(token) <= 4 and "0" <= token[:1] < ":" and token.isdigit() else None

    def article(self, index: int) -> tuple[int, int]:
        """Return the first token of a number in digits, which may be a separate article, and its number of proclitic letters."""
        before = _DIGIT_ARTICLES.get(self.at(index - 1))
        return (index, 0) if before is None else (index - 1, before)

    def day_number(self, index: int) -> DayNumber | None:
        """Return the number of a day in its month at a token: 12, الـ12, الثاني عشر; None without one."""
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
