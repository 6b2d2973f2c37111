"""Quantities: numbers that count or measure something, with their bounds, unit and kind."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from contracts.record import Quantity, Temporal
from worker.extractors.base import Extractor
from worker.grammar.casualties import casualty
from worker.grammar.counted import NOUNS, OTHER, PEOPLE, TIME, Unit, counted, is_person_plural, possessed
from worker.grammar.counted_before import counted_before
from worker.grammar.duals import duals
from worker.grammar.labels import is_label, is_named
from worker.grammar.modifiers import modifier_after, modifier_before
from worker.grammar.number_words import is_digits
from worker.grammar.numerals import Numeral, numerals
from worker.grammar.ranges import Range, range_of
from worker.lexicons import entries
from worker.pipeline.document import Document

_OPENERS: Final = frozenset('("«“[')
_SCORES: Final = frozenset(entries("quantities/scores"))
_GOALS: Final = frozenset(entries("quantities/goals"))
_ONE_IDIOMS: Final = frozenset(entries("quantities/one_idioms"))
_FROM: Final = frozenset({"من", "ومن"})
_TO: Final = frozenset({"إلى", "الى"})
_CLITICS: Final = frozenset("وفبلك")
_MAX_TO_SCORE: Final = 3
_PLURAL_ENDINGS: Final = ("ات", "ين", "ون")
# Group 1: the proclitics; in لل the article is the second lam.
_ARTICLE: Final = re.compile("([وف]?[بك]?)ال|([وف]?ل)ل")


@dataclass(slots=True)
class _Draft:
    """A quantity in the making.

    Attributes:
        first, last: its tokens.
        proclitic_chars: how many characters of the first token are proclitics.
        unit: the noun counted; None where it is left out.
    """

    first: int
    last: int
    proclitic_chars: int
    value: int | float | None
    lower: int | float | None
    upper: int | float | None
    modifier: str
    unit: Unit | None
    category: str = OTHER


class QuantityExtractor(Extractor):
    """Numerals and duals; what is a date, a duration or a label is left out."""

    layer = "quantities"
    uses = ("temporal",)

    def extract(self, document: Document) -> list[Quantity]:
        """Return the quantities in text order."""
        drafts = [*_counts(document), *_duals(document)]
        drafts.sort(key=lambda draft: draft.first)
        drafts = _without_overlaps(document, drafts)
        _add_modifiers(document, drafts)
        _add_categories(document, drafts)
        return [_quantity(document, draft) for draft in drafts]


def extractor() -> Extractor:
    """Return the extractor of this file."""
    return QuantityExtractor()


def _counts(document: Document) -> Iterable[_Draft]:
    """Yield the numerals that count something, two that bound one range as one."""
    found = numerals(document)
    units = [counted(document, numeral) for numeral in found]
    index = 0
    while index < len(found):
        numeral, unit = found[index], units[index]
        if index + 1 < len(found):
            bounds = range_of(document, numeral, found[index + 1], unit, units[index + 1])
            if bounds:
                draft = _range_draft(document, bounds, found[index + 1], units[index + 1])
                if draft:
                    yield draft
                index += 2
                continue
        # 20 و30 مدرسة: the noun of the second number is the first one's too.
        is_joined = (
            unit is None
            and index + 1 < len(found)
            and _is_known(units[index + 1])
            and (found[index + 1].proclitic == "و" and found[index + 1].first <= numeral.last + 2)
        )
        draft = _draft(document, numeral, unit, is_joined=is_joined)
        if draft:
            yield draft
        index += 1


def _is_known(unit: Unit | None) -> bool:
    return unit is not None and unit.is_known and unit.category != TIME


def _range_draft(document: Document, bounds: Range, right: Numeral, unit: Unit | None) -> _Draft | None:
    if (unit and unit.category == TIME) or (not unit and is_label(document, right, is_bare=True)):
        return None
    last = unit.last if unit else right.last
    return _Draft(bounds.first, last, bounds.proclitic_chars, None, bounds.lower, bounds.upper, "between", unit)


def _draft(document: Document, numeral: Numeral, unit: Unit | None, *, is_joined: bool) -> _Draft | None:
    form = document.tokens.form
    if (unit and unit.category == TIME) or is_named(document, numeral):
        return None
    first, last = numeral.first, unit.last if unit else numeral.last
    chars = 0 if numeral.is_digits or form[first][0].isdigit() else len(numeral.proclitic)
    if form[first] and not form[first].startswith(numeral.proclitic):
        chars = 0
    if not (unit and unit.is_known) and (before := _noun_before(document, numeral, unit)):
        unit, chars = before
        first, last = unit.first, numeral.last
        if unit.category == TIME:
            return None
    elif not unit and (sign := _sign_before(document, numeral)):
        unit, first, chars = sign, sign.first, 0
    if not (unit and unit.is_known) and is_label(document, numeral, is_bare=unit is None and not is_joined):
        return None
    if unit and _is_score(form, unit.first, first, last):
        return None
    if numeral.value is None:
        return _Draft(first, last, chars, None, numeral.lower, None, "vague", unit) if numeral.lower else None
    return _Draft(first, last, chars, numeral.value, None, None, "exact", unit)


def _noun_before(document: Document, numeral: Numeral, unit: Unit | None) -> tuple[Unit, int] | None:
    """Return the noun that the numeral follows, with its proclitic characters: المراحل الثلاث, مباراة واحدة."""
    form = document.tokens.form
    if numeral.value == 1 and not (numeral.is_digits or numeral.is_definite or numeral.proclitic):
        return _noun_before_one(document, numeral)
    if unit or not numeral.value or numeral.scale > 1:
        return None
    if not numeral.is_definite:
        return None if numeral.is_digits or numeral.proclitic else _plural_before(document, numeral)
    index = numeral.first - 1 - is_digits(form, numeral.first)
    # Its adjective may stand between them: القوى الدولية الست.
    for noun_index in (index, index - 1):
        if noun_index < 0:
            return None
        if noun_index == index and (own := possessed(form[index])):
            return Unit(index, index, own[0].category, is_known=True), own[1]
        if not (article := _ARTICLE.match(form[noun_index])):
            return None
        chars = article.end(article.lastindex or 0)
        word = form[noun_index][article.end() :]
        noun = NOUNS.get(word)
        if (noun and noun.number == "plural") or (not noun and noun_index == index and word.endswith(_PLURAL_ENDINGS)):
            category = noun.category if noun else PEOPLE if is_person_plural(word) else OTHER
            return Unit(noun_index, noun_index, category, is_known=True), chars
    return None


def _plural_before(document: Document, numeral: Numeral) -> tuple[Unit, int] | None:
    """Return the indefinite plural that the number word follows: مشاريع ثلاثة."""
    index = numeral.first - 1
    word = document.tokens.form[index] if index >= 0 else ""
    for chars in (0, 1) if word else ():
        noun = NOUNS.get(word[chars:])
        if noun and noun.number == "plural" and (not chars or word[0] in _CLITICS):
            return Unit(index, index, noun.category, is_known=True), chars
    return None


def _noun_before_one(document: Document, numeral: Numeral) -> tuple[Unit, int] | None:
    form, index = document.tokens.form, numeral.first - 1
    if index < 0 or form[index].startswith("ال"):
        return None
    is_feminine = form[numeral.first].endswith(("ة", "ه"))
    is_noun = form[index] in NOUNS or form[index][1:] in NOUNS
    if index and not is_noun and _agrees(form[index - 1], is_feminine=is_feminine):
        index -= 1
    word = form[index]
    if word in _ONE_IDIOMS or not word.isalpha():
        return None
    for chars in (0, 1):
        noun = NOUNS.get(word[chars:])
        if noun and noun.number != "dual" and (not chars or word[0] in _CLITICS):
            return Unit(index, index, noun.category, is_known=True), chars
        if noun and noun.category == TIME:
            return Unit(index, index, TIME, is_known=True), chars
    if word.endswith("ا") and form[numeral.first].endswith("ا"):
        return Unit(index, index, OTHER, is_known=True), 0
    return None


def _agrees(word: str, *, is_feminine: bool) -> bool:
    noun = NOUNS.get(word) or NOUNS.get(word[1:])
    return noun is not None and noun.number == "singular" and word.endswith(("ة", "ه")) == is_feminine


def _sign_before(document: Document, numeral: Numeral) -> Unit | None:
    """Return a currency or per cent sign before the number: $100, %20."""
    form, index = document.tokens.form, numeral.first - 1
    if index < 0 or not numeral.is_digits or form[index].isalpha():
        return None
    if form[index] == "%" and document.tokens.touches_previous(numeral.first):
        return Unit(index, index, "percent", is_known=True)
    noun = NOUNS.get(form[index])
    return Unit(index, index, noun.category, is_known=True) if noun else None


def _is_score(form: Sequence[str], goals: int, first: int, last: int, proclitic_chars: int = 0) -> bool:
    """Whether goals are one side of a score: بثلاثة أهداف مقابل هدف واحد."""
    if form[goals][proclitic_chars:] not in _GOALS:
        return False
    around = form[max(first - 1, 0) : first] + form[last + 1 : last + 1 + _MAX_TO_SCORE]
    return not _SCORES.isdisjoint(around)


def _duals(document: Document) -> Iterable[_Draft]:
    form = document.tokens.form
    for index, noun, chars in duals(document):
        if not _is_score(form, index, index, index, chars):
            yield _Draft(index, index, chars, 2, None, None, "exact", Unit(index, index, noun.category, is_known=True))


def _without_overlaps(document: Document, drafts: Sequence[_Draft]) -> list[_Draft]:
    """Leave out what is inside another quantity or a temporal expression."""
    temporal = document.layers.get("temporal")
    spans = (
        [(item.start, item.end) for item in temporal if isinstance(item, Temporal)]
        if isinstance(temporal, list)
        else []
    )
    kept: list[_Draft] = []
    position = 0
    for draft in drafts:
        if kept and draft.first <= kept[-1].last:
            continue
        start, end = _span(document, draft)
        while position < len(spans) and spans[position][1] <= start:
            position += 1
        if position < len(spans) and spans[position][0] < end:
            continue
        kept.append(draft)
    return kept


def _add_modifiers(document: Document, drafts: Sequence[_Draft]) -> None:
    form = document.tokens.form
    for index, draft in enumerate(drafts):
        before = draft.first - 1
        if not draft.proclitic_chars:
            if before >= 0 and form[before] in _OPENERS:
                before -= 1
            while modifier := modifier_before(form, before + 1):
                if draft.modifier == "exact":
                    draft.modifier = modifier.name
                draft.first, draft.proclitic_chars = modifier.first, modifier.proclitic_chars
                before = modifier.first - 1
                if modifier.proclitic_chars:
                    break
        sentence = document.sentences.tokens(document.sentences.of_token(draft.last))
        limit = drafts[index + 1].first if index + 1 < len(drafts) else sentence.stop
        after = modifier_after(form, draft.last, min(limit, sentence.stop))
        if after:
            if draft.modifier == "exact":
                draft.modifier = after.name
            if after.first == draft.last + 1:
                draft.last = after.last


def _add_categories(document: Document, drafts: Sequence[_Draft]) -> None:
    form, sentences = document.tokens.form, document.sentences
    whole, sentence_of_whole = None, -1
    for draft in drafts:
        unit = draft.unit
        draft.category = unit.category if unit else OTHER
        is_open = unit is None or draft.category == PEOPLE or form[unit.first].startswith(("آخر", "اخر"))
        if not is_open:
            continue
        sentence = sentences.of_token(draft.first)
        if sentence != sentence_of_whole:
            whole = None
        found = casualty(
            form, draft.first, draft.last, sentences.tokens(sentence), whole=whole, has_unit=unit is not None
        )
        # "People" are rescued or hired, not the number beside any other word.
        if found and not (found == PEOPLE and unit is None and whole != PEOPLE):
            draft.category = found
        elif unit is None:
            draft.category = counted_before(form, draft.first, sentences.tokens(sentence).start) or OTHER
        if draft.category != OTHER:
            whole, sentence_of_whole = draft.category, sentence
    for left, right in pairwise(drafts):
        _share_category(document, left, right)


def _share_category(document: Document, left: _Draft, right: _Draft) -> None:
    """Give the category of the one number to the other where one noun serves both: من 120 في عام 2011 إلى 143 شخصا."""
    form, sentences = document.tokens.form, document.sentences
    if (left.unit and right.unit) or sentences.of_token(left.first) != sentences.of_token(right.first):
        return
    is_change = form[left.first - 1] in _FROM and form[right.first - 1] in _TO
    if not is_change and right.first > left.last + 2:
        return
    if left.unit is None and left.category == OTHER:
        left.category = right.category
    elif right.unit is None and right.category == OTHER and is_change:
        right.category = left.category


def _span(document: Document, draft: _Draft) -> tuple[int, int]:
    tokens = document.tokens
    norm_start = tokens.norm_start[draft.first] + draft.proclitic_chars
    return document.raw_span(norm_start, tokens.norm_end[draft.last])


def _quantity(document: Document, draft: _Draft) -> Quantity:
    start, end = _span(document, draft)
    unit = draft.unit
    text = None
    if unit and unit.category == "percent":
        text = "%"
    elif unit:
        unit_start, unit_end = document.token_span(unit.first, unit.last)
        if unit.first == draft.first:
            unit_start = max(unit_start, start)
        text = document.raw[unit_start:unit_end]
    return Quantity(
        start=start,
        end=end,
        text=document.raw[start:end],
        value=draft.value,
        lower=draft.lower,
        upper=draft.upper,
        modifier=draft.modifier,
        unit=text,
        category=draft.category,
    )
