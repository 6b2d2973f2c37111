"""Times (TIMEX3): dates, clock times, durations and recurrence, resolved against the article's date."""

from functools import lru_cache
from typing import Final

from khabar.extractors.base import Extractor
from khabar.grammar.folding import fold
from khabar.grammar.temporal.anchor import SCRAPED_LATER, anchor, story_expressions
from khabar.grammar.temporal.calendar_dates import CalendarDate, first_day, year_beside
from khabar.grammar.temporal.context import Context, Meaning, Resolved
from khabar.grammar.temporal.meanings import Between, Timed, YearPart
from khabar.grammar.temporal.nth_weekdays import NthWeekday
from khabar.grammar.temporal.phrases import words
from khabar.grammar.temporal.reader import Expression
from khabar.grammar.temporal.relative import Away, Shifted
from khabar.grammar.temporal.weekdays import NamedDay, Weekday
from khabar.lexicons import entries
from khabar.messages.record import Temporal
from khabar.text.document import Document

# A word about the future counts if it is at most this many tokens before or after the expression.
_BEFORE: Final = 14
_AFTER: Final = 6
_AHEAD: Final = words("ahead")
_AHEAD_PAIRS: Final = frozenset(tuple(pair.split()) for pair in entries("temporal/ahead_pairs"))
_BACK: Final = words("back")
_LOOKALIKES: Final = words("ahead_lookalikes")
# A story that announces coming days is taken to continue about them for this many sentences.
_PROGRAMME_SENTENCES: Final = 3
_MIN_VERB: Final = 5
_SHORTEST: Final = 3
# After one of these words, at most three tokens before it, a date only serves as a comparison.
_COMPARISONS: Final = words("comparisons")
_COMPARED: Final = 3
_CLAUSE_ENDS: Final = frozenset('،,؛.()"«»“”')


class TemporalExtractor(Extractor):
    """Finds temporal expressions and gives each its ISO 8601 or TIMEX3 value, null if the text does not decide it."""

    layer = "temporal"

    def extract(self, document: Document) -> list[Temporal]:
        """Return the expressions in text order."""
        found = document.once(anchor)
        if found is not None and found.is_scraped_later:
            document.flags.add(SCRAPED_LATER)
        context = Context(found.day if found else None)
        return [_resolve(document, expression, context) for expression in document.once(story_expressions)]


def extractor() -> Extractor:
    """Return the extractor of this file."""
    return TemporalExtractor()


def _resolve(document: Document, expression: Expression, context: Context) -> Temporal:
    """Resolve an expression, and update the context, so that later expressions can refer to it."""
    sentence = document.sentences.of_token(expression.first)
    context.is_near = context.sentence == sentence
    context.is_programme = sentence - context.programme <= _PROGRAMME_SENTENCES
    paragraph = document.sentences.paragraph
    if context.dated and paragraph[document.sentences.of_token(context.dated_at)] != paragraph[sentence]:
        context.dated = None
    tense = _tense(document, expression, context) if _depends_on_tense(expression.meaning) else 0
    context.looks_ahead, context.looks_back = tense > 0, tense < 0
    resolved: Resolved = expression.meaning.resolve(context)
    if resolved.value is None and expression.otherwise:
        return _resolve(document, expression.otherwise, context)
    _keep_year(document, expression, resolved, context)
    if resolved.point and expression.type in ("DATE", "TIME"):
        context.focus = resolved.point
        if resolved.point.day:
            context.day = resolved.point
            is_implicit = isinstance(expression.meaning, Weekday) and expression.meaning.relation is None
            context.programme = context.programme if is_implicit else sentence
        context.sentence = sentence
        context.is_explicit = not isinstance(expression.meaning, Away | NamedDay | Shifted | Timed)
    start, end = document.token_span(expression.first, expression.last, skip=expression.proclitic)
    return Temporal(
        start=start,
        end=end,
        text=document.raw[start:end],
        type=expression.type,
        value=resolved.value,
        mod=expression.mod,
        hijri=resolved.hijri,
    )


def _keep_year(document: Document, expression: Expression, resolved: Resolved, context: Context) -> None:
    """If the text gives this date's year, keep it for the following dates without a year."""
    meaning = expression.meaning
    if isinstance(meaning, Timed) and meaning.day:
        meaning = meaning.day
    if isinstance(meaning, NthWeekday):
        meaning = meaning.month
    elif isinstance(meaning, Between):
        meaning = meaning.last
    if isinstance(meaning, NamedDay | Weekday) or (isinstance(meaning, Shifted) and not meaning.is_from_focus):
        context.dated = None
    if not isinstance(meaning, CalendarDate) or not meaning.month or meaning.relation == "unknown":
        return
    before = document.tokens.form[max(0, expression.first - _COMPARED) : expression.first]
    if any(fold(word) in _COMPARISONS for word in before):
        return
    if meaning.has_year or year_beside(meaning, context):
        context.dated, context.dated_at = first_day(resolved), expression.first
        context.dated_calendar = meaning.calendar


def _depends_on_tense(meaning: Meaning) -> bool:
    """Whether the tense of the words around the expression can decide its value."""
    if isinstance(meaning, Timed):
        return meaning.day is not None and _depends_on_tense(meaning.day)
    if isinstance(meaning, CalendarDate):
        return not meaning.has_year
    if isinstance(meaning, Weekday):
        return meaning.relation is None
    if isinstance(meaning, NthWeekday):
        return _depends_on_tense(meaning.month)
    return isinstance(meaning, Away | Between | YearPart)


def _tense(document: Document, expression: Expression, context: Context) -> int:
    """Return 1 if the words of the same sentence are about the future, -1 if about the past, 0 if they do not tell.

    The nearest such word before the expression decides (أعلن السبت أنه سيلعب). Without one, a few words after it in its clause
    decide. If a date with a year comes first, only words after that date count: أعلن أن الاقتراع في مارس 2027 والإعادة في أبريل.
    """
    sentence = document.sentences.tokens(document.sentences.of_token(expression.first))
    form = document.tokens.form
    start = max(sentence.start, expression.first - _BEFORE, context.dated_at if context.dated else 0)
    for index in range(expression.first - 1, start - 1, -1):
        if tense := _tense_of(form[index]) or (
            index > sentence.start and (form[index - 1], form[index]) in _AHEAD_PAIRS
        ):
            return int(tense)
    for word in form[expression.last + 1 : min(sentence.stop, expression.last + 1 + _AFTER)]:
        if word in _CLAUSE_ENDS:
            break
        if _tense_of(word) > 0:
            return 1
    return 0


@lru_cache(maxsize=4096)
def _tense_of(word: str) -> int:
    """Return 1 for a word about the future (سيبدأ, لن, المقرر), -1 about the past (كان, أعلن), 0 for others."""
    word = fold(word)
    bare = word[1:] if word[0] in "وف" and len(word) > _SHORTEST else word
    if not _AHEAD.isdisjoint((word, bare)):
        return 1
    if not _BACK.isdisjoint((word, bare)):
        return -1
    is_future = len(bare) >= _MIN_VERB and bare.startswith(("سي", "ست"))
    return int(is_future and not any(bare[:length] in _LOOKALIKES for length in range(3, 8)))
