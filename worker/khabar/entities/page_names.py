"""Correct names by their surroundings: other headlines on the page, credits with agencies, unpaired quotation marks."""

from collections.abc import Sequence
from dataclasses import replace

from khabar.entities.recognizer import Name
from khabar.entities.roles import is_outlet
from khabar.grammar.enclosures import whole_span
from khabar.grammar.page.boilerplate import boilerplate
from khabar.text.document import Document


def of_the_story(document: Document, names: Sequence[Name]) -> list[Name]:
    """Return the names of the story and its credits, in text order.

    Names in links, time stamps, counters and other page furniture are left out. A place in a credit that is also the name of
    an agency (قنا in الدوحة - قنا) becomes an organisation.
    """
    page = boilerplate(document)
    return [_typed(document, name) for name in names if not page.hides_names(name.start)]


def with_whole_glyphs(document: Document, names: Sequence[Name]) -> list[Name]:
    """Return the names in text order, cut so that brackets and quotation marks inside a name are in pairs."""
    found: list[Name] = []
    for name in names:
        span = whole_span(document, name.start, name.end)
        if span and (not found or found[-1].end <= span[0]):
            found.append(name if span == (name.start, name.end) else Name(name.type, *span))
    return found


def _typed(document: Document, name: Name) -> Name:
    is_agency = (
        name.type == "LOC"
        and boilerplate(document).is_credit(name.start)
        and is_outlet(document.form(name.start, name.end))
    )
    return replace(name, type="ORG") if is_agency else name
