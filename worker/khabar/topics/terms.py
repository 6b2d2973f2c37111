"""The terms of an article: stems of its words, those of the title and the beginning counted more often."""

from bisect import bisect_left
from collections import Counter
from functools import lru_cache
from typing import Final

from khabar.grammar.folding import fold
from khabar.grammar.page.boilerplate import boilerplate
from khabar.text.document import Document

MOST_WORDS: Final = (
    400  # of the body: what an article is about is told by then, and a long text costs no more than this
)
_LEAD_WORDS: Final = 50
_IN_TITLE: Final = 3
_MORE_IN_LEAD: Final = 1
_ARTICLE: Final = "ال"


def terms(document: Document) -> Counter[str]:
    """Return term -> weighted count of a segmented document; what is no story is left out.

    The producer's section counts as words of the title. At most MOST_WORDS words of the body are read.
    """
    return document.once(_terms)


def _terms(document: Document) -> Counter[str]:
    tokens = document.tokens
    words = _story_words(document)
    body = bisect_left(words, document.title_end, key=tokens.start.__getitem__) if document.title_end else 0
    stems = [stem(tokens.segments[index]) for index in words[: body + MOST_WORDS]]
    counts = Counter(stems[body:])
    for term in stems[body : body + _LEAD_WORDS]:
        counts[term] += _MORE_IN_LEAD
    section = (document.article.section or "").split()[:_LEAD_WORDS]
    for term in (*stems[:body], *(fold(word).removeprefix(_ARTICLE) for word in section)):
        counts[term] += _IN_TITLE
    return counts


def _story_words(document: Document) -> list[int]:
    """Return the indexes of the Arabic words that are story."""
    words, start = document.tokens.words, document.tokens.start
    kept: list[int] = []
    last = 0
    for stretch in boilerplate(document).stretches:
        first = bisect_left(words, stretch.start, last, key=start.__getitem__)
        kept += words[last:first]
        last = bisect_left(words, stretch.end, first, key=start.__getitem__)
    return kept + words[last:]


@lru_cache(maxsize=1 << 16)
def stem(segments: str) -> str:
    """Return the longest part of a segmented word, the first of equals, in careless spelling."""
    return fold(max(segments.split("+"), key=len))
