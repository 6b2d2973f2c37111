"""Find the country whose money an amount is in, from the article's dateline, its outlet and the countries that it names."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

from khabar.grammar.counts.reach import sentence_of
from khabar.grammar.page.boilerplate import boilerplate
from khabar.grammar.surface import CONJUNCTIONS, PREPOSITIONS, spellings, surfaces
from khabar.lexicons import entries
from khabar.lexicons.kept import kept
from khabar.messages.article import Article
from khabar.text.document import Document

_ADJECTIVE_ENDINGS: Final = ("", "ة", "ا", "ين", "ون", "تين", "ات")
# An article is about a country if it names it this many times as often as all the others together.
_DOMINANCE: Final = 3
_FOR_ALL: Final = "-"


def _countries() -> Iterator[tuple[str, list[str], list[str]]]:
    for line in entries("entities/countries"):
        code, names, *adjectives = line.split("\t")
        yield code, names.split("|"), adjectives[0].split("|") if adjectives else []


def _collected(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for form, code in pairs:
        if code not in found.get(form, ()):
            found[form] = (*found.get(form, ()), code)
    return found


def _nationalities() -> dict[str, tuple[str, ...]]:
    """Return the forms of the adjectives, with and without article: كويتيا, السعودية."""
    pairs = [
        (article + spelling, code)
        for code, _, adjectives in _countries()
        for adjective in adjectives
        for ending in _ADJECTIVE_ENDINGS
        for spelling in spellings(adjective + ending)
        for article in ("", "ال")
    ]
    pairs += [tuple(line.split("\t")) for line in entries("quantities/currency_adjectives")]  # type: ignore[misc]
    return _collected(pairs)


NATIONALITIES: Final = kept("nationalities", _nationalities)
_SHARING: Final = frozenset(line.split("\t")[1] for line in entries("quantities/currency_countries"))


def _places() -> dict[str, tuple[str, ...]]:
    """Return form -> codes of the countries that it points to, for countries whose currency has the same name as another's."""
    words: dict[str, list[str]] = {}
    for code, names, _ in _countries():
        for name in names if code in _SHARING else ():
            if " " not in name:
                words.setdefault(name, []).append(code)
    for line in entries("quantities/currency_places"):
        name, codes = line.split("\t")
        words.setdefault(name, []).extend(codes.split())
    written = surfaces(words, conjunctions=CONJUNCTIONS[:2], prepositions=PREPOSITIONS, with_article=False)
    found = {form: tuple(surface.value) for form, surface in written.items()}
    for word, those in words.items():
        if word.startswith("ال"):
            found.setdefault("لل" + word[2:], tuple(those))
    for form, of_form in NATIONALITIES.items():
        if shared := tuple(code for code in of_form if code in _SHARING):
            found.setdefault(form, shared)
    return found


_PLACES: Final = kept("currency_places", _places)
_OUTLETS: Final = dict(line.split("\t") for line in entries("quantities/outlet_countries"))


def country_of_money(document: Document, candidates: Collection[str], token: int) -> str | None:
    """Return the country whose money is meant at a token; None if the evidence does not decide.

    The dateline counts before the outlet. Neither counts if the sentence names exactly one of the countries and it is another,
    or if the article names only others. Without dateline and outlet it is the one country that the paragraph names, otherwise
    the one that the article names most.

    Args:
        document: has tokens and sentences.
        candidates: codes of the countries with a currency of that name.
        token: the amount's token.
    """
    named = _named(document, candidates)
    sentence = sentence_of(document, token)
    beside = _only({code for index, code in named if index in sentence})
    home = _dateline(document, candidates) or _outlet(document.article, candidates)
    counts = Counter(code for _, code in named)
    if home is None:
        paragraph = _paragraph_of(document, token)
        return _only({code for index, code in named if index in paragraph}) or _most_named(counts)
    if beside not in (None, home):
        return None
    is_abroad = home not in counts and counts.total() >= _DOMINANCE
    return None if is_abroad else home


def _paragraph_of(document: Document, token: int) -> range:
    sentences, first_sentence = document.sentences, document.paragraphs.first_sentence
    paragraph = sentences.paragraph[sentences.of_token(token)]
    first, last = first_sentence[paragraph], first_sentence[paragraph + 1]
    return range(sentences.first_token[first], sentences.first_token[last])


def _named(document: Document, candidates: Collection[str]) -> list[tuple[int, str]]:
    return [(index, code) for index, codes in document.once(_mentions) for code in codes if code in candidates]


def _mentions(document: Document) -> list[tuple[int, tuple[str, ...]]]:
    places = _PLACES
    return [(index, places[word]) for index, word in enumerate(document.tokens.form) if word in places]


def _only(codes: Collection[str]) -> str | None:
    return next(iter(codes)) if len(codes) == 1 else None


def _most_named(counts: Counter[str]) -> str | None:
    if not counts:
        return None
    code, times = counts.most_common(1)[0]
    return code if times >= _DOMINANCE * (counts.total() - times) else None


def _dateline(document: Document, candidates: Collection[str]) -> str | None:
    place = boilerplate(document).opening.place
    if place is None:
        return None
    words = document.tokens.form[place[0] : place[1]]
    return _only({code for word in words for code in _PLACES.get(word, ()) if code in candidates})


def _outlet(article: Article, candidates: Collection[str]) -> str | None:
    """Return the country of the outlet, from its name, its address, or the producer's field `country`."""
    labels = _labels(article.url)
    names = [name.strip().lower() for name in (article.source, article.extra.get("outlet")) if isinstance(name, str)]
    for name in (*names, *labels):
        if name in _OUTLETS:
            code = _OUTLETS[name]
            return code if code != _FOR_ALL and code in candidates else None
    sent = article.extra.get("country")
    for country in (labels[-1].upper() if labels else None, sent):
        if isinstance(country, str) and country in candidates:
            return country
    return None


def _labels(url: str | None) -> list[str]:
    """Return the labels of the address's host; [] without a host."""
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:
        return []
    return host.split(".") if host else []
