"""The date of a dateline: in the first words of the body, between a place and a dash."""

from collections.abc import Sequence
from typing import Final

from khabar.grammar.page.boilerplate import boilerplate
from khabar.grammar.temporal.calendar_dates import CalendarDate
from khabar.grammar.temporal.reader import Expression
from khabar.grammar.temporal.words import TIME_PREPOSITIONS
from khabar.text.document import Document

_DATELINE_TOKENS: Final = 8
_DATELINE_MARKS: Final = frozenset("-–:(،/")
_COMMAS: Final = frozenset("،")


def _body(document: Document) -> int:
    """Return the first token of the body."""
    return document.tokens.at(document.body_start - 1) + 1


def dateline(document: Document, dates: Sequence[Expression]) -> Expression | None:
    """Return the date that opens the body, or follows a place there: القاهرة - 12 يناير 2020; None without one.

    Args:
        document: has segmented tokens.
        dates: its expressions that are a day with a month, in text order.
    """
    body = _body(document)
    for expression in dates:
        if expression.first > body + _DATELINE_TOKENS:
            break
        if _is_dateline(document, expression, body):
            return expression
    return None


def _is_dateline(document: Document, expression: Expression, body: int) -> bool:
    """Whether a date opens the body or follows a place there, and is not a part of the first sentence."""
    form = document.tokens.form
    after = form[expression.last + 1 : expression.last + 2]
    ends = _DATELINE_MARKS if has_place(document) else _DATELINE_MARKS - _COMMAS
    is_marked = not ends.isdisjoint(after)
    if expression.first <= body:
        is_full = isinstance(expression.meaning, CalendarDate) and expression.meaning.year is not None
        return expression.first == body and (is_full or is_marked)
    before = form[expression.first - 1]
    return before in _DATELINE_MARKS or (is_marked and before not in TIME_PREPOSITIONS)


def has_place(document: Document) -> bool:
    """Whether the story opens with the place of a dateline."""
    return boilerplate(document).opening.place is not None
