"""Quantities: numbers that count or measure something, with their bounds, unit and kind."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final

from khabar.extractors.base import Extractor
from khabar.grammar.counts.bounding_verbs import modifier_of_verb
from khabar.grammar.counts.categories import add_categories
from khabar.grammar.counts.counted import Unit, counted, members
from khabar.grammar.counts.counted_before import unit_before
from khabar.grammar.counts.currencies import currency_of, in_millimes
from khabar.grammar.counts.draft import Draft
from khabar.grammar.counts.duals import duals
from khabar.grammar.counts.labels import is_label, is_moment, is_named
from khabar.grammar.counts.measures import unit_code
from khabar.grammar.counts.modifiers import modifier_after, modifier_before
from khabar.grammar.counts.nouns import MONEY, PEOPLE, PERCENT, TIME
from khabar.grammar.counts.ranges import Range, range_of
from khabar.grammar.counts.reach import sentence_of
from khabar.grammar.counts.scores import is_score
from khabar.grammar.enclosures import whole_span
from khabar.grammar.numbers.numerals import Numeral, numerals
from khabar.grammar.numbers.signs import is_below_zero
from khabar.grammar.page.boilerplate import boilerplate
from khabar.lexicons import entries
from khabar.messages.record import Quantity
from khabar.text.document import Document
from khabar.text.layers import TEMPORAL

_OPENERS: Final = frozenset('("«“[')
# الـ before digits is a token of its own.
_PASSED_OVER: Final = _OPENERS | {"ال"}
_TO: Final = frozenset(entries("quantities/targets"))


class QuantityExtractor(Extractor):
    """Finds numerals and duals that count or measure; dates, durations and labels are left out."""

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
        add_categories(document, drafts)
        return [_quantity(document, draft) for draft in drafts]


def extractor() -> Extractor:
    """Return the extractor of this file."""
    return QuantityExtractor()


def _counts(document: Document) -> Iterator[Draft]:
    """Yield a draft for each numeral that counts something, and one draft for the two bounds of a range."""
    found = numerals(document)
    units = [counted(document, numeral) for numeral in found]
    is_done = False  # whether the next numeral was already used as the end of a range
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
        if following and _repeats(document, numeral, following):
            is_done = True
            draft = _draft(document, numeral, unit_of_following, is_joined=False)
        elif bounds and following:
            is_done = True
            draft = _range_draft(document, bounds, following, unit_of_following)
        else:
            is_joined = following is not None and unit is None and _shares(numeral, following, unit_of_following)
            draft = _draft(document, numeral, unit, is_joined=is_joined)
        if draft:
            yield draft


def _repeats(document: Document, numeral: Numeral, following: Numeral) -> bool:
    """Whether a number in words is repeated in digits in brackets: خمس وعشرين (25) إنابة."""
    is_bracketed = following.first == numeral.last + 2 and document.tokens.form[numeral.last + 1] == "("
    return is_bracketed and following.is_digits and not numeral.is_digits and following.value == numeral.value


def _is_label_range(document: Document, numeral: Numeral, following: Numeral) -> bool:
    """Whether the two numbers are the ends of a range of labels or dates: من 101 حتى 119, من 8 إلى 29 / 11."""
    is_linked = following.first == numeral.last + 2 and document.tokens.form[numeral.last + 1] in _TO
    return is_linked and numeral.is_digits and is_label(document, following, is_bare=True)


def _shares(numeral: Numeral, following: Numeral, unit: Unit | None) -> bool:
    """Whether و joins the numeral to another, and the noun after that belongs to both: 20 و30 مدرسة."""
    is_next = following.proclitic == "و" and following.first <= numeral.last + 2
    return is_next and unit is not None and unit.is_known and unit.category != TIME


def _range_draft(document: Document, bounds: Range, right: Numeral, unit: Unit | None) -> Draft | None:
    if (unit and unit.category == TIME) or (not unit and is_label(document, right, is_bare=True)):
        return None
    last = unit.last if unit else right.last
    return Draft(bounds.first, last, bounds.proclitic_chars, None, bounds.lower, bounds.upper, "between", unit)


def _draft(document: Document, numeral: Numeral, unit: Unit | None, *, is_joined: bool) -> Draft | None:
    first, last, proclitic_chars = numeral.first, unit.last if unit else numeral.last, numeral.proclitic_chars
    if before := unit_before(document, numeral, unit):
        unit, proclitic_chars = before
        first, last = unit.first, numeral.last
    if (unit and unit.category == TIME) or is_named(document, numeral):
        return None
    if is_moment(document, numeral) and not (unit and unit.category == PEOPLE):
        return None
    if not (unit and unit.is_known) and is_label(document, numeral, is_bare=unit is None and not is_joined):
        return None
    if unit and is_score(document, unit.first, first, last):
        return None
    if numeral.value is None:
        return Draft(first, last, proclitic_chars, None, numeral.lower, None, "vague", unit) if numeral.lower else None
    return Draft(first, last, proclitic_chars, numeral.value, None, None, "exact", unit)


def _duals(document: Document) -> Iterator[Draft]:
    for index, noun, chars in duals(document):
        if not is_score(document, index, index, index):
            yield Draft(index, index, chars, 2, None, None, "exact", Unit(index, index, noun.category))


def _without_overlaps(document: Document, drafts: Sequence[Draft]) -> list[Draft]:
    """Leave out drafts inside another quantity or a temporal expression, but keep distances (light-years)."""
    spans = [(item.start, item.end) for item in document.get(TEMPORAL) or []]
    ends = [end for _, end in spans]
    kept: list[Draft] = []
    for draft in drafts:
        if kept and draft.first <= kept[-1].last:
            continue
        start, end = document.token_span(draft.first, draft.last, skip=draft.proclitic_chars)
        place = bisect_right(ends, start)
        is_temporal = place < len(spans) and spans[place][0] < end
        if not is_temporal or (draft.unit and draft.unit.category == "distance"):
            kept.append(draft)
    return kept


def _add_modifiers(document: Document, drafts: Sequence[Draft]) -> None:
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
                if not draft.unit and (unit := members(document, draft.last + 1)):
                    draft.unit, draft.last = unit, unit.last
        if draft.modifier == "exact":
            draft.modifier = modifier_of_verb(form, draft.first, max(previous + 1, sentence.start)) or "exact"
        if is_below_zero(form, draft.last, limit):
            _negate(draft)
        previous = draft.last


def _negate(draft: Draft) -> None:
    """Make an amount below zero negative; the greater bound of a range becomes the lower."""
    if draft.value is not None:
        draft.value = -abs(draft.value)
    elif draft.lower is not None and draft.upper is not None:
        draft.lower, draft.upper = -abs(draft.upper), -abs(draft.lower)


def _add_modifiers_before(form: list[str], draft: Draft, start: int) -> None:
    """Extend the draft to the modifiers before it (نحو ما يزيد عن), the nearest first, back to token `start`."""
    first = draft.first - (draft.first > start and form[draft.first - 1] in _PASSED_OVER)
    while not draft.proclitic_chars and (modifier := modifier_before(form, first, start)):
        if draft.modifier == "exact":
            draft.modifier = modifier.name
        first = draft.first = modifier.first
        draft.proclitic_chars = modifier.proclitic_chars


def _code(document: Document, draft: Draft) -> str | None:
    if draft.category == PERCENT:
        return "%"
    if draft.unit is None or draft.unit.category in (MONEY, PEOPLE):
        return None
    return unit_code(document.tokens.form, draft.unit, sentence_of(document, draft.first))


def _quantity(document: Document, draft: Draft) -> Quantity:
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
    currency = currency_of(document, unit) if unit and unit.category == MONEY else None
    return Quantity(
        start=start,
        end=end,
        text=document.raw[start:end],
        value=in_millimes(currency, document.tokens.form[unit.first - 1] if unit else "", draft.value),
        lower=draft.lower,
        upper=draft.upper,
        modifier=draft.modifier,
        unit=text,
        unit_code=_code(document, draft),
        currency=currency,
        category=draft.category,
    )
