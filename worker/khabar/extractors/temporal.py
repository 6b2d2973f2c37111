"""Times (TIMEX3): dates, clock times, durations and recurrence, resolved against the article's date."""

from datetime import date
from functools import lru_cache
from typing import Final

from khabar.extractors.base import Extractor
from khabar.grammar.folding import fold
from khabar.grammar.page.boilerplate import boilerplate
from khabar.grammar.temporal.calendar_dates import CalendarDate, first_day, year_beside
from khabar.grammar.temporal.context import Context, Meaning, Resolved
from khabar.grammar.temporal.grammar import expressions
from khabar.grammar.temporal.meanings import Between, Timed, YearPart
from khabar.grammar.temporal.nth_weekdays import NthWeekday
from khabar.grammar.temporal.phrases import words
from khabar.grammar.temporal.reader import Expression
from khabar.grammar.temporal.relative import Away, Shifted
from khabar.grammar.temporal.weekdays import NamedDay, Weekday
from khabar.grammar.temporal.words import TIME_PREPOSITIONS
from khabar.lexicons import entries
from khabar.messages.record import Temporal
from khabar.text.document import Document

# A dateline's date stands in the first words of the body: "القاهرة - 12 يناير 2020".
_DATELINE_TOKENS: Final = 8
_DATELINE_MARKS: Final = frozenset("-–:(،/")
# How far a word that speaks of the future reaches, in tokens.
_BEFORE: Final = 14
_AFTER: Final = 6
_AHEAD: Final = words("ahead")
_AHEAD_PAIRS: Final = frozenset(tuple(pair.split()) for pair in entries("temporal/ahead_pairs"))
_BACK: Final = words("back")
_LOOKALIKES: Final = words("ahead_lookalikes")
# How long a story stays with the days ahead that it has come to.
_PROGRAMME_SENTENCES: Final = 3
_MIN_VERB: Final = 5
_SHORTEST: Final = 3
# A date is only compared with behind one of these, so many tokens before it at most.
_COMPARISONS: Final = words("comparisons")
_COMPARED: Final = 3
_CLAUSE_ENDS: Final = frozenset('،,؛.()"«»“”')


class TemporalExtractor(Extractor):
    """Finds temporal expressions and gives each its ISO 8601 or TIMEX3 value, null where nothing decides it."""

    layer = "temporal"

    def extract(self, document: Document) -> list[Temporal]:
        """Return the expressions in text order."""
        rest = boilerplate(document)
        starts = document.tokens.start
        found = [expression for expression in expressions(document) if not rest.covers(starts[expression.first])]
        context = Context(_anchor(document, found))
        return [_resolve(document, expression, context) for expression in found]


def extractor() -> Extractor:
    """Return the extractor of this file."""
    return TemporalExtractor()


def _anchor(document: Document, found: list[Expression]) -> date | None:
    """Return the day of publication: as sent, else the day of scraping, else that of the dateline."""
    sent = document.article.published_at or document.article.scraped_at
    if sent:
        return sent.date()
    body = document.tokens.at(document.body_start - 1) + 1
    for expression in found:
        meaning = expression.meaning
        if expression.first > body + _DATELINE_TOKENS:
            break
        is_full = isinstance(meaning, CalendarDate) and meaning.day is not None and meaning.year is not None
        if is_full and _is_dateline(document, expression, body):
            point = meaning.resolve(Context(None)).point
            return point.as_date if point else None
    return None


def _is_dateline(document: Document, expression: Expression, body: int) -> bool:
    """Whether a date opens the body, or stands between a place and a dash there, rather than in its first sentence."""
    if expression.first <= body:
        return expression.first == body
    form = document.tokens.form
    around = (form[expression.first - 1], *form[expression.last + 1 : expression.last + 2])
    return not _DATELINE_MARKS.isdisjoint(around) and around[0] not in TIME_PREPOSITIONS


def _resolve(document: Document, expression: Expression, context: Context) -> Temporal:
    """Resolve an expression, and let those after it refer to what it names."""
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
    """Let dates without a year that follow take the year of this one, where the text tells it."""
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
    """Whether the tense of the words around can decide the value."""
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
    """Return 1 where the words of the same sentence speak of the future, -1 of the past, 0 where they do not tell.

    The nearest word before the expression decides (أعلن السبت أنه سيلعب), without one the next few of its clause. Beside a
    date whose year is told only the words behind that do: أعلن أن الاقتراع في مارس 2027 والإعادة في أبريل.
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
    """Return 1 for a word that speaks of the future (سيبدأ, لن, المقرر), -1 of the past (كان, أعلن), else 0."""
    word = fold(word)
    bare = word[1:] if word[0] in "وف" and len(word) > _SHORTEST else word
    if not _AHEAD.isdisjoint((word, bare)):
        return 1
    if not _BACK.isdisjoint((word, bare)):
        return -1
    is_future = len(bare) >= _MIN_VERB and bare.startswith(("سي", "ست"))
    return int(is_future and not any(bare[:length] in _LOOKALIKES for length in range(3, 8)))
