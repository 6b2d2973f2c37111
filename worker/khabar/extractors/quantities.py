"""Quantities: numbers that count or measure something, with their bounds, unit and kind."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from khabar.extractors.base import Extractor
from khabar.grammar.counts.casualties import casualty
from khabar.grammar.counts.counted import Unit, counted
from khabar.grammar.counts.counted_before import unit_before
from khabar.grammar.counts.duals import duals
from khabar.grammar.counts.implied import implied_category
from khabar.grammar.counts.labels import is_label, is_named
from khabar.grammar.counts.modifiers import modifier_after, modifier_before
from khabar.grammar.counts.nouns import OTHER, PEOPLE, PERCENT, TIME
from khabar.grammar.counts.ranges import Range, range_of
from khabar.grammar.counts.reach import sentence_of
from khabar.grammar.enclosures import whole_span
from khabar.grammar.numbers.numerals import Numeral, numerals
from khabar.grammar.page.boilerplate import boilerplate
from khabar.lexicons import entries
from khabar.messages.record import Quantity
from khabar.text.document import Document
from khabar.text.layers import TEMPORAL

_OPENERS: Final = frozenset('("«“[')
_SCORES: Final = frozenset(entries("quantities/scores"))
_GOALS: Final = frozenset(entries("quantities/goals"))
_FROM: Final = frozenset({"من", "ومن"})
_TO: Final = frozenset(entries("quantities/targets"))
# "Others" stand for the people before them: وإصابة 5 آخرين.
_OTHERS: Final = ("آخر", "اخر")
_MAX_TO_SCORE: Final = 3
_MIN_MONEY: Final = 1_000_000


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
        rest = boilerplate(document)
        starts = document.tokens.start
        drafts = [*_counts(document), *_duals(document)]
        drafts = [draft for draft in drafts if not rest.covers(starts[draft.first])]
        drafts.sort(key=lambda draft: draft.first)
        drafts = _without_overlaps(document, drafts)
        _add_modifiers(document, drafts)
        _add_categories(document, drafts)
        return [_quantity(document, draft) for draft in drafts]


def extractor() -> Extractor:
    """Return the extractor of this file."""
    return QuantityExtractor()


def _counts(document: Document) -> Iterator[_Draft]:
    """Yield the numerals that count something, two that bound one range as one."""
    found = numerals(document)
    units = [counted(document, numeral) for numeral in found]
    is_done = False  # whether the numeral was the end of a range
    for index, (numeral, unit) in enumerate(zip(found, units, strict=True)):
        if is_done:
            is_done = False
            continue
        following = found[index + 1] if index + 1 < len(found) else None
        unit_of_following = units[index + 1] if following else None
        bounds = range_of(document, numeral, following, unit, unit_of_following) if following else None
        if following and not unit_of_following and _is_label_range(document, numeral, following):
            is_done = True
            continue
        if bounds and following:
            is_done = True
            draft = _range_draft(document, bounds, following, unit_of_following)
        else:
            is_joined = following is not None and unit is None and _shares(numeral, following, unit_of_following)
            draft = _draft(document, numeral, unit, is_joined=is_joined)
        if draft:
            yield draft


def _is_label_range(document: Document, numeral: Numeral, following: Numeral) -> bool:
    """Whether the two are the ends of a row of labels or dates: من 101 حتى 119, من 8 إلى 29 / 11."""
    is_linked = following.first == numeral.last + 2 and document.tokens.form[numeral.last + 1] in _TO
    return is_linked and numeral.is_digits and is_label(document, following, is_bare=True)


def _shares(numeral: Numeral, following: Numeral, unit: Unit | None) -> bool:
    """Whether و joins the numeral to one whose noun is its own too: 20 و30 مدرسة."""
    is_next = following.proclitic == "و" and following.first <= numeral.last + 2
    return is_next and unit is not None and unit.is_known and unit.category != TIME


def _range_draft(document: Document, bounds: Range, right: Numeral, unit: Unit | None) -> _Draft | None:
    if (unit and unit.category == TIME) or (not unit and is_label(document, right, is_bare=True)):
        return None
    last = unit.last if unit else right.last
    return _Draft(bounds.first, last, bounds.proclitic_chars, None, bounds.lower, bounds.upper, "between", unit)


def _draft(document: Document, numeral: Numeral, unit: Unit | None, *, is_joined: bool) -> _Draft | None:
    first, last, proclitic_chars = numeral.first, unit.last if unit else numeral.last, numeral.proclitic_chars
    if before := unit_before(document, numeral, unit):
        unit, proclitic_chars = before
        first, last = unit.first, numeral.last
    if (unit and unit.category == TIME) or is_named(document, numeral):
        return None
    if not (unit and unit.is_known) and is_label(document, numeral, is_bare=unit is None and not is_joined):
        return None
    if unit and _is_score(document, unit.first, first, last):
        return None
    if numeral.value is None:
        return _Draft(first, last, proclitic_chars, None, numeral.lower, None, "vague", unit) if numeral.lower else None
    return _Draft(first, last, proclitic_chars, numeral.value, None, None, "exact", unit)


def _is_score(document: Document, goals: int, first: int, last: int, proclitic_chars: int = 0) -> bool:
    """Whether goals are one side of a score: بثلاثة أهداف مقابل هدف واحد."""
    form = document.tokens.form
    if form[goals][proclitic_chars:] not in _GOALS:
        return False
    sentence = sentence_of(document, goals)
    before = form[max(first - 1, sentence.start) : first]
    after = form[last + 1 : min(last + 1 + _MAX_TO_SCORE, sentence.stop)]
    return not _SCORES.isdisjoint(before + after)


def _duals(document: Document) -> Iterator[_Draft]:
    for index, noun, chars in duals(document):
        if not _is_score(document, index, index, index, chars):
            yield _Draft(index, index, chars, 2, None, None, "exact", Unit(index, index, noun.category))


def _without_overlaps(document: Document, drafts: Sequence[_Draft]) -> list[_Draft]:
    """Leave out what is inside another quantity or a temporal expression; a distance in light-years is none."""
    spans = [(item.start, item.end) for item in document.get(TEMPORAL) or []]
    ends = [end for _, end in spans]
    kept: list[_Draft] = []
    for draft in drafts:
        if kept and draft.first <= kept[-1].last:
            continue
        start, end = document.token_span(draft.first, draft.last, skip=draft.proclitic_chars)
        place = bisect_right(ends, start)
        is_temporal = place < len(spans) and spans[place][0] < end
        if not is_temporal or (draft.unit and draft.unit.category == "distance"):
            kept.append(draft)
    return kept


def _add_modifiers(document: Document, drafts: Sequence[_Draft]) -> None:
    form, previous = document.tokens.form, -1
    for index, draft in enumerate(drafts):
        sentence = sentence_of(document, draft.first)
        _add_modifiers_before(form, draft, max(previous + 1, sentence.start))
        limit = min(sentence.stop, drafts[index + 1].first if index + 1 < len(drafts) else len(form))
        if after := modifier_after(form, draft.last, limit):
            if draft.modifier == "exact":
                draft.modifier = after.name
            if after.first == draft.last + 1:
                draft.last = after.last
        previous = draft.last


def _add_modifiers_before(form: list[str], draft: _Draft, start: int) -> None:
    """Take in the phrases before the draft, the nearest first (نحو ما يزيد عن), from token `start` on."""
    first = draft.first - (draft.first > start and form[draft.first - 1] in _OPENERS)
    while not draft.proclitic_chars and (modifier := modifier_before(form, first, start)):
        if draft.modifier == "exact":
            draft.modifier = modifier.name
        first = draft.first = modifier.first
        draft.proclitic_chars = modifier.proclitic_chars


def _add_categories(document: Document, drafts: Sequence[_Draft]) -> None:
    form, sentences = document.tokens.form, document.sentences
    whole, sentence_of_whole = None, -1
    for draft in drafts:
        unit = draft.unit
        draft.category = unit.category if unit else OTHER
        if unit and draft.category != PEOPLE and not form[unit.first].startswith(_OTHERS):
            continue
        sentence = sentences.of_token(draft.first)
        tokens = sentences.tokens(sentence)
        whole = whole if sentence == sentence_of_whole else None
        found = casualty(form, draft.first, draft.last, tokens, whole=whole, has_unit=unit is not None)
        # "People" are rescued or hired, not the number beside any other word.
        if found and (found != PEOPLE or unit or whole == PEOPLE):
            draft.category = found
        elif not unit:
            # الآلاف alone are people as a rule, الملايين may be money.
            is_crowd = draft.lower is not None and draft.lower < _MIN_MONEY and draft.modifier == "vague"
            draft.category = implied_category(form, draft.first, tokens.start) or (PEOPLE if is_crowd else OTHER)
        if draft.category != OTHER:
            whole, sentence_of_whole = draft.category, sentence
    for left, right in pairwise(drafts):
        _share_category(document, left, right)


def _share_category(document: Document, left: _Draft, right: _Draft) -> None:
    """Give the category of the one number to the other where one noun serves both: من 120 في عام 2011 إلى 143 شخصا."""
    form = document.tokens.form
    if (left.unit and right.unit) or right.first not in sentence_of(document, left.first):
        return
    is_change = form[left.first - 1] in _FROM and form[right.first - 1] in _TO
    if not is_change and right.first > left.last + 2:
        return
    if left.unit is None and left.category == OTHER:
        left.category = right.category
    elif right.unit is None and right.category == OTHER and is_change:
        right.category = left.category


def _quantity(document: Document, draft: _Draft) -> Quantity:
    start, end = document.token_span(draft.first, draft.last, skip=draft.proclitic_chars)
    start, end = whole_span(document, start, end) or (start, end)
    unit = draft.unit
    text = None
    if unit and unit.category == PERCENT:
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
