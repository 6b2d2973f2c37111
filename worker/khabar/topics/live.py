"""Whether a text is minute by minute: by its title, or by paragraphs that open with a time of day."""

from typing import Final

from khabar.grammar.folding import fold
from khabar.lexicons import entries
from khabar.text.document import Document

_LIVE: Final = tuple(fold(entry) for entry in entries("genre/live_titles"))
_LIVE_PARAGRAPHS: Final = 4
_MOST_PARAGRAPHS: Final = 2_000


def is_live(document: Document) -> bool:
    """Whether the title says so, or most paragraphs open with a time of day."""
    title = fold(document.form(0, document.title_end)) if document.title_end else ""
    if any(phrase in title for phrase in _LIVE):
        return True
    opened = document.once(clock_paragraphs)
    return opened >= _LIVE_PARAGRAPHS and 2 * opened >= len(document.paragraphs)


def clock_paragraphs(document: Document) -> int:
    """Return how many paragraphs open with a time of day."""
    paragraphs, first_token = document.paragraphs.first_sentence, document.sentences.first_token
    read = range(min(len(document.paragraphs), _MOST_PARAGRAPHS))
    return sum(_is_clock(document.tokens.form, first_token[paragraphs[number]]) for number in read)


def _is_clock(form: list[str], first: int) -> bool:
    if not form[first][:1].isdigit():
        return False
    hours, colon, minutes = "".join(form[first : first + 3])[:5].partition(":")
    return bool(colon) and hours.isdigit() and minutes[:2].isdigit()
