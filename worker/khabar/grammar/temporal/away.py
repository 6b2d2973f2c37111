"""Points in time at a distance before or after another: قبل أكثر من ثلاثة أشهر, بعد عام."""

from typing import Final

from khabar.grammar.surface import surfaces
from khabar.grammar.temporal.context import Meaning
from khabar.grammar.temporal.durations import APPROXIMATORS_AFTER, VAGUE_ADJECTIVES
from khabar.grammar.temporal.lengths import CLOCK_UNITS, LARGE, Length, length, one_or_some
from khabar.grammar.temporal.meanings import Fixed
from khabar.grammar.temporal.phrases import Phrases, columns, words
from khabar.grammar.temporal.reader import Expression, Reader
from khabar.grammar.temporal.relative import Away
from khabar.grammar.temporal.words import unit_at

BEFORE_AFTER: Final = surfaces({"قبل": -1, "بعد": 1}, prepositions=("",), with_article=False)
APPROXIMATORS: Final = Phrases(columns("approximators"))
_OF_TIME: Final = words("of_time")
_MOD_OF_POINT: Final = {
    ("MORE_THAN", True): "BEFORE",
    ("MORE_THAN", False): "AFTER",
    ("LESS_THAN", True): "AFTER",
    ("LESS_THAN", False): "BEFORE",
}


def away(reader: Reader, index: int) -> Expression | None:
    """Read قبل or بعد with a duration: قبل أكثر من ثلاثة أشهر, بعد عام; the span includes the preposition."""
    preposition = BEFORE_AFTER.get(reader.at(index))
    if preposition is None or (reader.folded(index - 1) == "من" and preposition.value < 0):
        return None
    is_past = preposition.value < 0
    before = unit_at(reader, index - 1)
    if before and not before.is_definite and before.value.number == 1 and reader.at(index - 1).endswith("ا"):
        return None  # يوما بعد يوم
    start, mod = index + 1, None
    approximator = APPROXIMATORS.match(reader.at, start)
    if approximator and not approximator.proclitic:
        start, mod = approximator.last + 1, approximator.value
    found = length(reader, start) or one_or_some(reader, start)
    if found is None or found.proclitic or found.is_definite:
        return None
    last = found.last
    while reader.folded(last + 1) in VAGUE_ADJECTIVES and last < found.last + 2:
        last += 1
    after = reader.folded(last + 1)
    if after in APPROXIMATORS_AFTER:
        last, mod = last + 1, APPROXIMATORS_AFTER[after]
        after = reader.folded(last + 1)
    has_event = _names_event(reader, last + 1, is_past=is_past)
    meaning = _meaning(found, is_past=is_past, has_event=has_event)
    kind = "TIME" if found.unit in CLOCK_UNITS else "DATE"
    duration = Expression(index + 1, last, 0, "DURATION", Fixed(found.value), mod) if has_event else None
    mod = _MOD_OF_POINT.get((mod, is_past), mod) if mod else None
    return Expression(index, last, len(preposition.proclitic), kind, meaning, mod, duration)


def _meaning(found: Length, *, is_past: bool, has_event: bool) -> Meaning:
    if found.count is None:
        # A vague distance from an event, such as some hours after it, is not counted from the anchor.
        return Fixed(None if has_event else "PAST_REF" if is_past else "FUTURE_REF")
    if found.unit in CLOCK_UNITS or found.rest or found.count % 1:
        return Fixed(None)
    count = int(found.count) * LARGE.get(found.unit, 1)
    unit = "Y" if found.unit in LARGE else found.unit
    return Away(unit, -count if is_past else count, is_past, has_event)


def _names_event(reader: Reader, index: int, *, is_past: bool) -> bool:
    """Whether an event follows from which the time is counted: بعد عام من الحادث, بعد شهر على الاتفاق."""
    word = reader.at(index)
    if word == "من":
        return reader.folded(index + 1) not in _OF_TIME
    return not is_past and word == "على" and reader.folded(index + 1) not in ("الاقل", "الاكثر")
