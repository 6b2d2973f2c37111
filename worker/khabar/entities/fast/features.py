"""What a recognizer knows of a word: features of its spelling and segments, independent of where it stands.

A word type is known by its segmentation ('و+ال+صين'), which holds the form too; its features are computed once.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from khabar.grammar.folding import CARELESS_NAMES
from khabar.text.document import Document

PROCLITICS: Final = frozenset("وفبلكس")
ARTICLE: Final = "ال"
_LONGEST_AFFIX: Final = 4
_LONGEST_WORD: Final = 40  # no word is longer; a run of letters without end must not make features without end

# The spelling of the word clusters: careless writers leave these marks out.
_DIGITS: Final = str.maketrans("123456789", "000000000")


@dataclass(frozen=True, slots=True)
class WordType:
    """A word's parts in plain spelling.

    Attributes:
        form: the whole word.
        proclitics: the letters before the word proper, without the article.
        base: the word without proclitics, with its article.
        stem: the base without article and without `suffixes`.
        suffixes: Farasa's, '+' between them.
    """

    form: str
    proclitics: str
    base: str
    stem: str
    suffixes: str


@dataclass(frozen=True, slots=True)
class Units:
    """The tokens that a recognizer sees: all but the '#' and '_' of hashtags, whose parts are words like others.

    Attributes:
        tokens: index of each unit's token.
        types: its word type.
        starts: the units that begin a sentence, and the number of units at the end.
    """

    tokens: list[int]
    types: list[str]
    starts: list[int]


def units(document: Document) -> Units:
    """Return the units of a document, sentence by sentence; sentences without any are left out."""
    segments, first = document.tokens.segments, document.sentences.first_token
    if "#" not in segments and "_" not in segments:
        return Units(list(range(len(segments))), segments, first)
    tokens = [index for index, part in enumerate(segments) if part not in ("#", "_")]
    starts = sorted({bisect_left(tokens, edge) for edge in first})
    return Units(tokens, [segments[index] for index in tokens], starts)


def plain(text: str) -> str:
    """Return the spelling of the word clusters: no hamza on its carrier, ي for ى, ه for ة, 0 for every digit."""
    return text.translate(CARELESS_NAMES).translate(_DIGITS)


def word_type(segments: str) -> WordType:
    """Read a segmentation."""
    parts = plain(segments[:_LONGEST_WORD]).split("+")
    first = 0
    while first < len(parts) - 1 and parts[first] in PROCLITICS:
        first += 1
    proclitics = "".join(parts[:first])
    rest = parts[first:]
    has_article = len(rest) > 1 and rest[0] == ARTICLE
    letters = rest[1:] if has_article else rest
    stem = max(range(len(letters)), key=lambda index: len(letters[index]))
    base = "".join(rest)
    form = proclitics + (base[1:] if has_article and proclitics.endswith("ل") else base)
    return WordType(form, proclitics, base, "".join(letters[: stem + 1]), "+".join(letters[stem + 1 :]))


def features(word: WordType) -> Iterator[str]:
    """Yield a word's features; the letter before '=' tells the kind."""
    form, base, stem = word.form, word.base, word.stem
    yield "w=" + form
    if not form[:1].isalpha():
        yield "k=" + form[:1] + str(len(form))
        return
    if form.isascii():
        yield f"k={'A' if form.isupper() else 'T' if form[0].isupper() else 'a'}{min(len(form), 5)}"
    yield "b=" + base
    yield "s=" + stem
    yield "p=" + word.proclitics
    yield "e=" + word.suffixes
    has_article = base.startswith(ARTICLE) and len(base) > len(stem)
    yield f"d={has_article:d}"
    bare = base[len(ARTICLE) :] if has_article else base
    yield f"l={min(len(bare), 9)}"
    for length in range(1, min(_LONGEST_AFFIX, len(bare)) + 1):
        yield "<=" + bare[:length]
        yield ">=" + bare[-length:]
    for length in (3, 4):
        for start in range(1, len(bare) - length):
            yield "n=" + bare[start : start + length]
