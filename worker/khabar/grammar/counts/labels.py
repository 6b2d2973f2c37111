"""Labels, which are numbers that count nothing: years, dates, articles of a law, telephone numbers, scores, list numbers."""

from typing import Final

from khabar.grammar.counts.casualties import is_event
from khabar.grammar.counts.implied import TOTALS, is_money_word
from khabar.grammar.counts.modifiers import modifier_before
from khabar.grammar.counts.nouns import MONTHS
from khabar.grammar.counts.reach import sentence_of
from khabar.grammar.numbers.number_words import NUMBER_WORDS, is_digits
from khabar.grammar.numbers.numerals import Numeral, is_year
from khabar.grammar.surface import surfaces
from khabar.lexicons import entries
from khabar.text.document import Document

_TIME_HEADS: Final = frozenset(surfaces(dict.fromkeys(entries("quantities/time_heads"))))
_LABELS: Final = frozenset(surfaces(dict.fromkeys(entries("quantities/labels"))))
_WEAK_LABELS: Final = frozenset(surfaces(dict.fromkeys(entries("quantities/weak_labels")))) | _LABELS
_INTRODUCERS: Final = frozenset(
    surfaces(dict.fromkeys(entries("quantities/introducers")), prepositions=("",), with_article=False)
)
# Most tokens between "number of" and the number itself.
_MAX_TO_TOTAL: Final = 4
_PARTS: Final = frozenset(entries("quantities/part_phrases"))
_SCORES: Final = frozenset(entries("quantities/scores"))
_OPENERS: Final = frozenset('("«“[')
_PASSED_OVER: Final = _OPENERS | {"ال", "و"}
_OPPOSING: Final = frozenset({*"-–—/:×", "مقابل"})
_JOINERS: Final = frozenset("_#")
_LIST_MARKS: Final = frozenset("-)")
_BARE_LOOKALIKES: Final = frozenset(entries("quantities/bare_lookalikes"))
_MAX_FRACTION: Final = 10
_DUAL_ENDINGS: Final = ("ين", "ان")
_CARDINAL_ENDINGS: Final = ("ة", "ه", *_DUAL_ENDINGS)
_TIES: Final = frozenset("-–—−")
_MAX_GOALS: Final = 12
_MAX_RUN: Final = 8
_MAX_TO_CONTACT: Final = 6
_MIN_CODE_DIGITS: Final = 3
_CONTACTS: Final = frozenset(surfaces(dict.fromkeys(entries("quantities/contacts"))))
_MOMENTS: Final = frozenset(entries("quantities/moments"))
_LINES: Final = frozenset(entries("quantities/coordinates"))
_DEGREES: Final = frozenset({"°", "درجة", "درجه", "درجات"})
_MINUTES: Final = frozenset("'’′")
_DIRECTIONS: Final = frozenset(entries("quantities/directions"))
_FUNCTION_WORDS: Final = frozenset(entries("function_words/ar"))
# An unbroken run of at least this many digits without a counted noun is a telephone or serial number.
_MIN_SERIAL_DIGITS: Final = 6


def is_named(document: Document, numeral: Numeral) -> bool:
    """Whether a number is part of a name, code or date, even if a noun follows: إف-16 أميركية, المادة 26, #مليون_شجرة, +971."""
    if _is_in_word(document, numeral):
        return True
    if not numeral.is_digits:
        return False
    around = _Surroundings(document, numeral)
    before = around.before
    is_date = is_year(numeral) and (before in _TIME_HEADS or before in MONTHS)
    return (
        before in _LABELS
        or is_date
        or _is_telephone(around.form[numeral.first])
        or around.is_in_code()
        or around.is_coordinate()
    )


def is_moment(document: Document, numeral: Numeral) -> bool:
    """Whether the number is a minute of a match: في الدقيقة 63 سجل."""
    return bool(numeral.first) and document.tokens.form[numeral.first - 1] in _MOMENTS


def is_label(document: Document, numeral: Numeral, *, is_bare: bool) -> bool:
    """Whether the numeral counts nothing.

    Args:
        document: has tokens.
        numeral: a numeral without a unit of the lexicon after it.
        is_bare: whether it has no noun after it at all.
    """
    around = _Surroundings(document, numeral)
    if around.before in _TIME_HEADS or (around.before in _WEAK_LABELS and (numeral.is_digits or is_bare)):
        return True
    if not numeral.is_digits:
        is_other = _is_label_in_words(numeral, around.before) or around.is_other_word()
        return is_bare and (is_other or around.is_score_in_words())
    if numeral.is_definite or is_year(numeral) or _is_serial(around.form[numeral.first]):
        return True
    if around.is_score() or around.is_beside_latin() or around.is_contact():
        return True
    return is_bare and (around.is_list_number() or not around.is_introduced())


def _is_label_in_words(numeral: Numeral, before: str) -> bool:
    """Whether a number word is part of a name (مجموعة العشرين), is واحد or عدة, or repeats a dual (شخصين اثنين)."""
    if numeral.value is None:
        return numeral.lower is None
    if numeral.value == 2 and numeral.scale == 1 and before.endswith(_DUAL_ENDINGS):
        return True
    return abs(numeral.value) == 1 or (numeral.is_definite and numeral.scale == 1)


def _is_latin(word: str) -> bool:
    return word.isascii() and word.isalpha()


def _is_serial(form: str) -> bool:
    return form.isdecimal() and (len(form) >= _MIN_SERIAL_DIGITS or (len(form) > 1 and form[0] == "0"))


def _is_in_word(document: Document, numeral: Numeral) -> bool:
    """Whether the number touches other parts of a name: #قمة_20, #مليون_شجرة."""
    tokens, first, following = document.tokens, numeral.first, numeral.last + 1
    form = tokens.form
    if first and form[first - 1] in _JOINERS and tokens.touches_previous(first):
        return True
    return following < len(form) and form[following] == "_" and tokens.touches_previous(following)


def _is_tied_word(word: str) -> bool:
    return word.isalpha() and word not in _FUNCTION_WORDS and len(word) > 1


def _is_telephone(form: str) -> bool:
    return form[0] == "0" and len(form) >= _MIN_SERIAL_DIGITS and form.isdecimal()


class _Surroundings:
    """The words of its sentence around a numeral."""

    def __init__(self, document: Document, numeral: Numeral) -> None:
        self.form = document.tokens.form
        self._tokens = document.tokens
        self._numeral = numeral
        self._sentence = sentence_of(document, numeral.first)
        index = numeral.first - 1
        while index >= self._sentence.start and self.form[index] in _PASSED_OVER:
            index -= 1
        self._before = index

    @property
    def before(self) -> str:
        """The word before the numeral, not counting a separate article or clitic and opening marks; '' without one."""
        return self._at(self._before)

    def _at(self, index: int) -> str:
        return self.form[index] if self._sentence.start <= index < self._sentence.stop else ""

    def is_in_code(self) -> bool:
        """Whether a dash or plus joins the digits to a word or makes them a telephone number: كوفيد-19, +971 55 318 4420."""
        first, tokens = self._numeral.first, self._tokens
        if not tokens.touches_previous(first):
            is_alone = not is_digits(self.form, first - 1) and self._at(first - 1) not in _TIES
            return not is_alone and self._at(self._run_start() - 1) == "+"
        sign = self._at(first - 1)
        if sign == "+":
            return self._is_run() or len(self.form[first]) >= _MIN_SERIAL_DIGITS
        is_tied = sign in _TIES and tokens.touches_previous(first - 1)
        return is_tied and _is_tied_word(self._at(first - 2))

    def _run_start(self) -> int:
        """Return the first of the numbers in digits before this one, which only spaces or dashes separate."""
        index = self._numeral.first
        while index - 1 >= self._sentence.start and index > self._numeral.first - _MAX_RUN:
            if is_digits(self.form, index - 1):
                index -= 1
            elif self._at(index - 1) in _TIES and is_digits(self.form, index - 2):
                index -= 2
            else:
                break
        return index

    def _is_run(self) -> bool:
        """Whether it is one of several numbers side by side, as in a telephone number."""
        following = self._numeral.last + 1
        is_followed = is_digits(self.form, following) and following < self._sentence.stop
        return is_followed or self._run_start() < self._numeral.first

    def is_contact(self) -> bool:
        """Whether it is a telephone number: several numbers in a row, or at least three digits near a word such as "call"."""
        digits = self.form[self._numeral.first]
        if self._is_run() and len(digits) > 1 and digits.isdecimal():
            return True
        near = self.form[max(self._numeral.first - _MAX_TO_CONTACT, self._sentence.start) : self._numeral.first]
        return len(digits) >= _MIN_CODE_DIGITS and not _CONTACTS.isdisjoint(near)

    def is_coordinate(self) -> bool:
        """Whether it is an angle or a geographical coordinate: 33 درجة شمالا, خط عرض 33."""
        following = self._numeral.last + 1
        if f"{self._at(self._before - 1)} {self._at(self._before)}" in _LINES:
            return True
        return self._at(following) in _DEGREES and (
            self._at(following + 1) in _DIRECTIONS
            or (is_digits(self.form, following + 1) and self._at(following + 2) in _MINUTES)
        )

    def is_score_in_words(self) -> bool:
        """Whether a score is written in words: بنتيجة ثلاثة مقابل واحد, ثلاثة - صفر."""
        numeral = self._numeral
        if numeral.value is None or numeral.value > _MAX_GOALS:
            return False
        return self._is_opposed_in_words(numeral.last + 1, 1) or self._is_opposed_in_words(numeral.first - 1, -1)

    def _is_opposed_in_words(self, index: int, step: int) -> bool:
        other = self._at(index + step)
        word = NUMBER_WORDS.get(other)
        is_small = word is not None and word.value.kind == "unit"
        return self._at(index) in _OPPOSING and (other in _SCORES or is_small)

    def is_beside_latin(self) -> bool:
        """Whether a Latin name is before the digits or touches them: iOS 9, 4K."""
        following = self._numeral.last + 1
        is_glued = _is_latin(self._at(following)) and self._tokens.touches_previous(following)
        return is_glued or _is_latin(self._at(self._numeral.first - 1))

    def is_other_word(self) -> bool:
        """Whether a single number word is really another word (تسع, وست) or a fraction: خمس السكان."""
        numeral = self._numeral
        if numeral.first != numeral.last or numeral.value is None:
            return False
        word = self.form[numeral.first]
        is_fraction = numeral.value <= _MAX_FRACTION and not word.endswith(_CARDINAL_ENDINGS)
        return word in _BARE_LOOKALIKES or (is_fraction and self._at(numeral.last + 1).startswith("ال"))

    def is_score(self) -> bool:
        """Whether it is part of a score, with a dash, slash or "against" and another number: 2-1, 3/صفر, 3 مقابل 1."""
        return self._is_opposed(self._numeral.last + 1, 1) or self._is_opposed(self._numeral.first - 1, -1)

    def _is_opposed(self, index: int, step: int) -> bool:
        other = self._at(index + step)
        return self._at(index) in _OPPOSING and ("0" <= other < ":" or other in _SCORES)

    def is_list_number(self) -> bool:
        """Whether it numbers an item of a list: 1- المقدمة."""
        following = self._numeral.last + 1
        is_marked = self._at(following) in _LIST_MARKS and self._tokens.touches_previous(following)
        return is_marked and self._at(self._numeral.first - 1) != "("

    def is_introduced(self) -> bool:
        """Whether the words around bare digits show that they count: منها 366, بلغ 20, قتل 3, 33 من أصل 139."""
        start, following = self._sentence.start, self._numeral.last + 1
        if self._at(following) in _PARTS or f"{self._at(following)} {self._at(following + 1)}" in _PARTS:
            return True
        if not TOTALS.isdisjoint(self.form[max(self._before - _MAX_TO_TOTAL, start) : max(self._before, start)]):
            return True
        if self.before in _INTRODUCERS or is_event(self.before) or is_money_word(self.before):
            return True
        return modifier_before(self.form, self._numeral.first, start) is not None
