"""Numbers that count nothing: years, dates, articles of a law, telephone numbers, scores, list numbers."""

from collections.abc import Sequence
from typing import Final

from worker.grammar.casualties import is_event
from worker.grammar.counted import is_same_line
from worker.grammar.implied import TOTALS
from worker.grammar.modifiers import modifier_before
from worker.grammar.number_words import is_digits
from worker.grammar.numerals import Numeral, is_year
from worker.grammar.surface import surfaces
from worker.lexicons import entries
from worker.pipeline.document import Document

_TIME_HEADS: Final = frozenset(surfaces(dict.fromkeys(entries("quantities/time_heads"))))
_LABELS: Final = frozenset(surfaces(dict.fromkeys(entries("quantities/labels"))))
_WEAK_LABELS: Final = frozenset(surfaces(dict.fromkeys(entries("quantities/weak_labels")))) | _LABELS
_INTRODUCERS: Final = frozenset(
    surfaces(dict.fromkeys(entries("quantities/introducers")), prepositions=("",), with_article=False)
)
# How many tokens may stand between "number of" and the number itself.
_MAX_TO_TOTAL: Final = 4
_PARTS: Final = frozenset(entries("quantities/part_phrases"))
_SCORES: Final = frozenset(entries("quantities/scores"))
_OPENERS: Final = frozenset('("«“[')
_DASHES: Final = frozenset("-–—/:×")
_BARE_LOOKALIKES: Final = frozenset(entries("quantities/bare_lookalikes"))
_MAX_FRACTION: Final = 10
_DUAL_ENDINGS: Final = ("ين", "ان")
# An unbroken run of so many digits that counts nothing named is a telephone or serial number.
_MIN_SERIAL_DIGITS: Final = 6


def is_named(document: Document, numeral: Numeral) -> bool:
    """Whether bare digits belong to a name, whatever follows them: إف 16 أميركية, المادة 26."""
    before = _before(document.tokens.form, numeral.first) if numeral.is_digits else -1
    return before >= 0 and document.tokens.form[before] in _LABELS and is_same_line(document, before, numeral.first)


def is_label(document: Document, numeral: Numeral, *, is_bare: bool) -> bool:
    """Whether the numeral counts nothing.

    Args:
        document: with its tokens.
        numeral: one that no unit of the lexicon follows.
        is_bare: whether no noun at all follows it.
    """
    form = document.tokens.form
    before = _before(form, numeral.first)
    if before >= 0 and not is_same_line(document, before, numeral.first):
        before = -1
    word = form[before] if before >= 0 else ""
    if word in _TIME_HEADS or (word in _WEAK_LABELS and (numeral.is_digits or is_bare)):
        return True
    if not numeral.is_digits:
        return is_bare and (_is_label_in_words(numeral, word) or _is_other_word(form, numeral))
    if numeral.is_definite or is_year(numeral) or _is_serial(form[numeral.first]) or _is_score(document, numeral):
        return True
    return is_bare and not _is_introduced(document, numeral, before)


def _before(form: Sequence[str], first: int) -> int:
    """Return the token before the numeral, its article or clitic and an opening mark passed over."""
    index = first - 1
    while index >= 0 and (form[index] in _OPENERS or form[index] in ("ال", "و")):
        index -= 1
    return index


def _is_label_in_words(numeral: Numeral, before: str) -> bool:
    """Whether it is definite and names something (مجموعة العشرين), is واحد or عدة, or repeats a dual (شخصين اثنين)."""
    if numeral.value is None:
        return numeral.lower is None
    if numeral.value == 2 and numeral.scale == 1 and before.endswith(_DUAL_ENDINGS):
        return True
    return numeral.value == 1 or (numeral.is_definite and numeral.scale == 1)


def _is_other_word(form: Sequence[str], numeral: Numeral) -> bool:
    """Whether the word alone is another one (تسع, وست) or a fraction: خمس السكان."""
    if numeral.first != numeral.last or numeral.value is None:
        return False
    word, following = form[numeral.first], form[numeral.last + 1 : numeral.last + 2]
    is_fraction = numeral.value <= _MAX_FRACTION and not word.endswith(("ة", "ه", "ان", "ين"))
    return word in _BARE_LOOKALIKES or (is_fraction and bool(following) and following[0].startswith("ال"))


def _is_serial(form: str) -> bool:
    return form.isdecimal() and (len(form) >= _MIN_SERIAL_DIGITS or (len(form) > 1 and form[0] == "0"))


def _is_score(document: Document, numeral: Numeral) -> bool:
    """Whether a dash, slash or "against" stands between it and another number: 2-1, 3/صفر, 3 مقابل 1."""
    form = document.tokens.form
    return _is_opposed(form, numeral.last + 1, 1) or _is_opposed(form, numeral.first - 1, -1)


def _is_opposed(form: Sequence[str], index: int, step: int) -> bool:
    if not 0 <= index < len(form) or not 0 <= index + step < len(form):
        return False
    mark, other = form[index], form[index + step]
    return (mark in _DASHES or mark == "مقابل") and (is_digits(form, index + step) or other in _SCORES)


def _is_introduced(document: Document, numeral: Numeral, before: int) -> bool:
    """Whether the words around bare digits say that they count: منها 366, بلغ 20, قتل 3, 33 من أصل 139."""
    form, tokens = document.tokens.form, document.tokens
    last = numeral.last
    if last + 1 < len(form) and form[last + 1] in ("-", ".", ")") and tokens.touches_previous(last + 1):
        is_list = numeral.first == 0 or (tokens.touches_previous(last + 1) and form[last + 1] in ("-", ")"))
        if is_list and form[numeral.first - 1] != "(":
            return False
    if last + 1 < len(form) and (form[last + 1] in _PARTS or " ".join(form[last + 1 : last + 3]) in _PARTS):
        return True
    if before < 0:
        return False
    if not TOTALS.isdisjoint(form[max(before - _MAX_TO_TOTAL, 0) : before]):
        return True
    return form[before] in _INTRODUCERS or is_event(form[before]) or modifier_before(form, numeral.first) is not None
