"""The terms of an article: stems of its words, those of the title and the beginning counted more often."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from khabar.grammar.folding import fold
from khabar.grammar.page.boilerplate import boilerplate
from khabar.text.document import Document

MOST_WORDS: Final = (
    400  # of the body: what an article is about is told by then, and a long text costs no more than this
)
_LEAD_WORDS: Final = 50
_IN_BODY, _IN_LEAD, _IN_TITLE = 1, 2, 3
_OPENING: Final = (
    2  # words of the title and of the body that are terms of their own besides: how a text begins tells its genre
)
_OPENS_TITLE, _OPENS_BODY = "#", "^"
_ARTICLE: Final = "ال"


def weighted(document: Document) -> tuple[list[str], list[int]]:
    """Return the segmented words that are terms, and the weight of each; what is no story is left out.

    The producer's section counts as words of the title. At most MOST_WORDS words of the body are read.
    """
    return document.once(_weighted)


def terms(document: Document) -> Counter[str]:
    """Return term -> weighted count."""
    counts: Counter[str] = Counter()
    for word, weight in zip(*weighted(document), strict=True):
        counts[stem(word)] += weight
    return counts


def _weighted(document: Document) -> tuple[list[str], list[int]]:
    words = story_words(document)
    tokens = document.tokens
    body = bisect_left(words, document.title_end, key=tokens.start.__getitem__) if document.title_end else 0
    read = [tokens.segments[index] for index in words[: body + MOST_WORDS]]
    lead = min(len(read) - body, _LEAD_WORDS)
    section = (document.article.section or "").split()[:_LEAD_WORDS]
    extra = [
        *(fold(word).removeprefix(_ARTICLE) for word in section),
        *_openings(read[:body], _OPENS_TITLE),
        *_openings(read[body:], _OPENS_BODY),
    ]
    weights = [_IN_TITLE] * body + [_IN_LEAD] * lead + [_IN_BODY] * (len(read) - body - lead) + [_IN_TITLE] * len(extra)
    return [*read, *extra], weights


def _openings(read: list[str], mark: str) -> Iterator[str]:
    return (mark + stem(word) for word in read[:_OPENING])


def story_words(document: Document) -> list[int]:
    """Return the indexes of the Arabic words that are story; found once."""
    return document.once(_story_words)


def _story_words(document: Document) -> list[int]:
    words, start = document.tokens.words, document.tokens.start
    kept: list[int] = []
    last = 0
    for stretch in boilerplate(document).stretches:
        first = bisect_left(words, stretch.start, last, key=start.__getitem__)
        kept += words[last:first]
        last = bisect_left(words, stretch.end, first, key=start.__getitem__)
    return kept + words[last:]


@lru_cache(maxsize=2048)
def stem(segments: str) -> str:
    """Return the longest part of a segmented word, the first of equals, in careless spelling."""
    return fold(max(segments.split("+"), key=len))
