"""The form of an article, as numbers: what tells a column from a report and a price list from both."""

from collections import Counter
from functools import lru_cache
from itertools import chain
from math import log
from typing import Final

from khabar.grammar.folding import fold
from khabar.grammar.page.boilerplate import boilerplate
from khabar.lexicons import entries
from khabar.text.document import Document
from khabar.topics.terms import stem

_MARKED: Final = ("reports", "checks", "sells", "argues", "dates", "honours", "narrates", "instructs")
NAMES: Final = (
    "words",
    "words_in_title",
    "title_asks",
    "title_exclaims",
    "title_has_number",
    "title_has_colon",
    "first_person",
    "our",
    "your",
    "asks",
    "exclaims",
    "glyphs",
    "numbers",
    "long_sentences",
    "long_paragraphs",
    "paragraphs",
    "list_items",
    "dateline",
    "agency",
    "author",
    "contact",
    "opinion_section",
    "clock_paragraphs",
    "title_explains",
    "title_checks",
    "byline",
    "credited",
    *_MARKED,
)
_MOST_TOKENS: Final = 2_000
_GLYPHS: Final = frozenset("\"«»“”'")
_BULLETS: Final = frozenset("-–•*·")
_OUR, _YOUR = "+نا", ("+كم", "+ك")
_LIVE_PARAGRAPHS: Final = 4
_FEW: Final = 1e-9


def _folded(name: str) -> frozenset[str]:
    return frozenset(fold(entry) for entry in entries(name))


_FIRST_PERSON: Final = _folded("genre/first_person")
_OPINION: Final = _folded("genre/opinion_sections")
_EXPLAINS: Final = _folded("genre/explaining_titles")
_CHECKS: Final = _folded("genre/checking_titles")
_MARKS: Final = {word: kind for kind, word in (line.split("\t") for line in entries("genre/marks"))}
_CREDITS: Final = tuple(fold(entry) for entry in entries("genre/credits"))
_CREDIT_CHARS: Final = 160  # at either end of the text
_BYLINE_WORDS: Final = range(2, 6)
_LIVE: Final = tuple(fold(entry) for entry in entries("genre/live_titles"))


def forms(document: Document) -> list[float]:
    """Return the features of form of a segmented document, in the order of NAMES; most are shares or logarithms."""
    tokens, article = document.tokens, document.article
    last = min(len(tokens), _MOST_TOKENS)
    body = tokens.at(document.title_end - 1) + 1 if document.title_end else 0
    title, story = tokens.form[:body], tokens.form[body:last]
    segments = tokens.segments[body:last]
    facts = Counter(chain.from_iterable(map(_facts, segments)))
    words = max(1, facts["word"])
    sentences, paragraphs = max(1, len(document.sentences)), max(1, len(document.paragraphs))
    rest = boilerplate(document)
    opening = rest.opening
    return [
        log(words),
        len(title) / 10,
        float("؟" in title or "?" in title),
        float("!" in title),
        float(any(map(str.isdigit, title))),
        float(":" in title),
        *(100 * facts[name] / words for name in ("first_person", "our", "your")),
        (story.count("؟") + story.count("?")) / sentences,
        story.count("!") / sentences,
        *(100 * facts[name] / words for name in ("glyphs", "numbers")),
        log(len(tokens) / sentences),
        log(len(tokens) / paragraphs),
        log(paragraphs),
        sum(_opens_item(document, number) for number in range(paragraphs_read(document))) / paragraphs,
        float(opening.place is not None),
        float(bool(opening.agencies or rest.closing.agencies)),
        float(bool(article.author)),
        float(any(stretch.kind == "contact" for stretch in rest.stretches)),
        float(is_opinion_section(article.section, article.url)),
        sum(_opens_with_clock(document, number) for number in range(paragraphs_read(document))) / paragraphs,
        float(any(fold(form) in _EXPLAINS for form in title)),
        float(any(fold(form) in _CHECKS for form in title)),
        float(is_byline(article.author, article.source)),
        float(_is_credited(document)),
        *(100 * facts[name] / words for name in _MARKED),
    ]


@lru_cache(maxsize=1 << 16)
def _facts(segments: str) -> tuple[str, ...]:
    """Return what is counted of a segmented token."""
    form = segments.replace("+", "")
    told = (
        ("word", form.isalpha()),
        ("first_person", fold(form) in _FIRST_PERSON),
        ("our", segments.endswith(_OUR)),
        ("your", segments.endswith(_YOUR)),
        ("glyphs", segments in _GLYPHS),
        ("numbers", segments[:1].isdigit()),
        (_MARKS.get(stem(segments), ""), True),
    )
    return tuple(name for name, is_so in told if name and is_so)


def paragraphs_read(document: Document) -> int:
    """Return how many paragraphs are looked at."""
    return min(len(document.paragraphs), _MOST_TOKENS)


def is_live(document: Document) -> bool:
    """Whether the title says so, or most paragraphs open with a time of day."""
    title = fold(document.form(0, document.title_end)) if document.title_end else ""
    if any(phrase in title for phrase in _LIVE):
        return True
    opened = sum(_opens_with_clock(document, number) for number in range(paragraphs_read(document)))
    return opened >= _LIVE_PARAGRAPHS and 2 * opened >= len(document.paragraphs)


def is_opinion_section(section: str | None, url: str | None) -> bool:
    """Whether the producer's section, or a folder of the address, is that of columns."""
    folders = (url or "").lower().split("/")[3:]
    return any(fold(word) in _OPINION for word in (*(section or "").split(), *folders))


def is_byline(author: str | None, source: str | None) -> bool:
    """Whether the author field has a person's name alone, as over a column; a reporter's has a city or the outlet besides."""
    words = (author or "").replace(".", " ").split()
    return len(words) in _BYLINE_WORDS and all(map(str.isalpha, words)) and author != source


def _is_credited(document: Document) -> bool:
    """Whether a note at either end says that it is a column."""
    text = document.raw
    ends = fold(text[document.title_end :][:_CREDIT_CHARS] + "\n" + text[-_CREDIT_CHARS:])
    return any(note in ends for note in _CREDITS)


def _first_token(document: Document, paragraph: int) -> int:
    sentences, paragraphs = document.sentences, document.paragraphs
    return sentences.first_token[paragraphs.first_sentence[paragraph]]


def _opens_item(document: Document, paragraph: int) -> bool:
    first = _first_token(document, paragraph)
    form = document.tokens.form[first]
    return form in _BULLETS or form.isdigit()


def _opens_with_clock(document: Document, paragraph: int) -> bool:
    first = _first_token(document, paragraph)
    form = "".join(document.tokens.form[first : first + 3])[:5]
    hours, colon, minutes = form.partition(":")
    return bool(colon) and hours.isdigit() and minutes[:2].isdigit()
