"""The form of an article, as numbers: what tells a column from a report and a price list from both."""

from bisect import bisect_left
from math import log
from typing import Final

import numpy as np

from khabar.grammar.folding import fold
from khabar.grammar.page.boilerplate import boilerplate
from khabar.lexicons import entries
from khabar.text.document import Document
from khabar.topics.facts import FACTS, facts, folded
from khabar.topics.live import clock_paragraphs
from khabar.topics.terms import story_words

_SHARES: Final = (  # of the body's words
    "first_person", "our", "your", "quote", "number", "latin", "reports", "checks", "sells", "argues", "dates", "honours",
    "narrates", "instructs", "celebrates", "notices", "lists", "asks",
)  # fmt: skip
_LEAD: Final = (
    "reports", "dates", "first_person", "narrates", "sells", "honours", "number", "latin", "celebrates",
    "notices", "lists", "checks",
)  # fmt: skip
_TITLE: Final = (
    "reports", "checks", "sells", "instructs", "quote", "number", "first_person", "our", "your", "celebrates", "notices", "lists",
)  # fmt: skip
NAMES: Final = (
    "words", "words_squared", "is_short", "words_in_title", "no_title", "title_asks", "title_exclaims", "title_has_colon",
    "title_explains", "title_checks", "title_denies", "title_opens_asking", "title_digests", "no_dates",
    *(f"title_{name}" for name in _TITLE), *(f"lead_{name}" for name in _LEAD),
    *_SHARES, "questions", "exclamations", "quoted", "long_sentences", "long_paragraphs", "paragraphs", "list_items",
    "clock_paragraphs", "dateline", "agency", "author", "byline", "contact", "opinion_section", "credited", "reportage",
)  # fmt: skip
_MOST_TOKENS: Final = 2_000
_MOST_PARAGRAPHS: Final = 200
_SHORT: Final = 60  # words
_LEAD_TOKENS: Final = 40
_BULLETS: Final = frozenset("-–•*·")
_OPINION: Final = folded("genre/opinion_sections")
_EXPLAINS: Final = folded("genre/explaining_titles")
_CHECKS: Final = folded("genre/checking_titles")
_DIGESTS: Final = folded("genre/digesting_titles")
_REPORTAGE: Final = folded("genre/reportage_credits")
_CREDITS: Final = tuple(fold(entry) for entry in entries("genre/credits"))
_CREDIT_CHARS: Final = 160  # at either end of the text
_BYLINE_WORDS: Final = range(2, 6)
_AT: Final = {name: column for column, name in enumerate(FACTS)}
_SHARE_COLUMNS: Final = [_AT[name] for name in _SHARES]
_LEAD_COLUMNS: Final = [_AT[name] for name in _LEAD]
_TITLE_COLUMNS: Final = [_AT[name] for name in _TITLE]


def forms(document: Document) -> list[float]:
    """Return the features of form of a segmented document, in the order of NAMES; most are shares or logarithms."""
    tokens, article = document.tokens, document.article
    last = min(len(tokens), _MOST_TOKENS)
    body = min(tokens.at(document.title_end - 1) + 1 if document.title_end else 0, last)
    title = [fold(form) for form in tokens.form[:body]]
    told = facts(tokens.segments[:last])
    story = told[body:]
    counts = story.sum(axis=0)
    in_title = told[:body].sum(axis=0)
    start = _story_start(document, body)
    in_lead = told[start : start + _LEAD_TOKENS].sum(axis=0)
    words = max(1, int(counts[_AT["word"]]))
    sentences, paragraphs = max(1, len(document.sentences)), max(1, len(document.paragraphs))
    rest = boilerplate(document)
    opening = rest.opening
    return [
        log(words),
        log(words) ** 2,
        float(words < _SHORT),
        body / 10,
        float(not body),
        float(in_title[_AT["question"]] > 0),
        float(in_title[_AT["exclamation"]] > 0),
        float(":" in title),
        float(any(word in _EXPLAINS for word in title)),
        float(any(word in _CHECKS for word in title)),
        float(in_title[_AT["denies"]] > 0 and in_title[_AT["shows"]] > 0),
        float(bool(told[:1, _AT["asks"]].any())),
        float(any(word in _DIGESTS for word in title[:2])),
        float(not counts[_AT["dates"]]),
        *(in_title[_TITLE_COLUMNS] > 0).astype(float).tolist(),
        *np.minimum(in_lead[_LEAD_COLUMNS], 3).astype(float).tolist(),
        *(100 * counts[_SHARE_COLUMNS] / words).tolist(),
        float(counts[_AT["question"]] / sentences),
        float(counts[_AT["exclamation"]] / sentences),
        _quoted(story) / words,
        log(max(1, len(tokens)) / sentences),
        log(max(1, len(tokens)) / paragraphs),
        log(paragraphs),
        sum(_opens_item(document, number) for number in range(min(len(document.paragraphs), _MOST_PARAGRAPHS)))
        / paragraphs,
        document.once(clock_paragraphs) / paragraphs,
        float(opening.place is not None),
        float(bool(opening.agencies or rest.closing.agencies)),
        float(bool(article.author)),
        float(is_byline(article.author, article.source)),
        float(any(stretch.kind == "contact" for stretch in rest.stretches)),
        float(is_opinion_section(article.section, article.url)),
        float(_is_credited(document)),
        float(
            any(fold(word) in _REPORTAGE for word in (article.author or "").replace("،", " ").replace("-", " ").split())
        ),
    ]


def _story_start(document: Document, body: int) -> int:
    """Return the token that the story begins with, past bylines and stamps."""
    words = story_words(document)
    at = bisect_left(words, body)
    return words[at] if at < len(words) else body


def _quoted(story: "np.typing.NDArray[np.bool_]") -> float:
    """Return how many words stand between quotation marks; marks that open and close are not told apart."""
    inside = np.cumsum(story[:, _AT["quote"]]) & 1
    return float((story[:, _AT["word"]] & (inside == 1)).sum())


def is_opinion_section(section: str | None, url: str | None) -> bool:
    """Whether the producer's section, or a folder of the address, is that of columns."""
    folders = (url or "").lower().split("/")[3:]
    return any(fold(word) in _OPINION for word in (*(section or "").split(), *folders))


def is_byline(author: str | None, source: str | None) -> bool:
    """Whether the author field has only a person's name, as over a column; a reporter's also has a city or the outlet."""
    words = (author or "").replace(".", " ").split()
    return len(words) in _BYLINE_WORDS and all(map(str.isalpha, words)) and author != source


def _is_credited(document: Document) -> bool:
    """Whether a note at either end says that it is a column."""
    text = document.raw
    ends = fold(text[document.title_end :][:_CREDIT_CHARS] + "\n" + text[-_CREDIT_CHARS:])
    return any(note in ends for note in _CREDITS)


def _opens_item(document: Document, paragraph: int) -> bool:
    form = document.tokens.form[document.sentences.first_token[document.paragraphs.first_sentence[paragraph]]]
    return form in _BULLETS or form.isdigit()
