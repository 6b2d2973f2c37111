"""The terms of an article: stems of its words, those of the title and the beginning counted more often."""

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
_IN_TITLE, _IN_LEAD, _IN_BODY = 3, 2, 1
_SHORTEST: Final = 2
_ARTICLE: Final = "ال"


def terms(document: Document) -> Counter[str]:
    """Return term -> weighted count of a segmented document; what is no story is left out.

    The producer's section counts as words of the title. At most MOST_WORDS words of the body are read.
    """
    return document.once(_terms)


def _terms(document: Document) -> Counter[str]:
    counts: Counter[str] = Counter()
    tokens, title_end = document.tokens, document.title_end
    start, segments = tokens.start, tokens.segments
    stretches = iter(boilerplate(document).stretches)
    stretch = next(stretches, None)
    read = 0
    for index in tokens.words:
        at = start[index]
        while stretch is not None and stretch.end <= at:
            stretch = next(stretches, None)
        if stretch is not None and stretch.start <= at:
            continue
        term = stem(segments[index])
        if len(term) < _SHORTEST:
            continue
        if at < title_end:
            counts[term] += _IN_TITLE
            continue
        if read == MOST_WORDS:
            break
        counts[term] += _IN_LEAD if read < _LEAD_WORDS else _IN_BODY
        read += 1
    for word in (document.article.section or "").split()[:_LEAD_WORDS]:
        counts[fold(word).removeprefix(_ARTICLE)] += _IN_TITLE
    return counts


@lru_cache(maxsize=1 << 16)
def stem(segments: str) -> str:
    """Return the longest part of a segmented word, the first of equals, in careless spelling."""
    return fold(max(segments.split("+"), key=len))
