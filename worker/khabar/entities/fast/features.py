"""Features of a word for the recognizer: its spelling and its segments, without its context.

A word type is written as its segmentation ('و+ال+صين'), which includes the form. Its features are computed once.
"""

from bisect import bisect_left
from dataclasses import dataclass
from typing import Final, NamedTuple

from khabar.grammar.folding import CARELESS_NAMES
from khabar.text.document import Document

PROCLITICS: Final = frozenset("وفبلكس")
ARTICLE: Final = "ال"
_LONGEST_AFFIX: Final = 4
_LONGEST_WORD: Final = 40  # no real word is longer; the limit bounds the features of a long run of letters

# Plain spelling, as in the table of frequent words: without the marks that writers often leave out, one quotation glyph.
_DIGITS: Final = str.maketrans("123456789", "000000000")
_GLYPHS: Final = dict.fromkeys(map(ord, "«»“”„"), '"')
_PLAIN: Final = _DIGITS | _GLYPHS | dict(CARELESS_NAMES)


class WordType(NamedTuple):
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
    """The tokens that a recognizer labels: all except the '#' and '_' of hashtags.

    Attributes:
        tokens: index of each unit's token.
        types: its word type.
        starts: index of the first unit of each sentence, and at the end the number of units.
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
    """Return the plain spelling: no hamza on its carrier, ي for ى, ه for ة, 0 for every digit, " for all quotation glyphs."""
    return text.translate(_PLAIN)


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
    stem = 0
    if len(letters) > 1:
        sizes = list(map(len, letters))
        stem = sizes.index(max(sizes))
    base = "".join(rest)
    form = proclitics + (base[1:] if has_article and proclitics.endswith("ل") else base)
    return WordType(form, proclitics, base, "".join(letters[: stem + 1]), "+".join(letters[stem + 1 :]))


def features(word: WordType) -> list[str]:
    """Return a word's features; the text before '=' is the kind of feature."""
    form, base, stem = word.form, word.base, word.stem
    found = ["w=" + form]
    if not form[:1].isalpha():
        found.append("k=" + form[:1] + str(len(form)))
        return found
    if form.isascii():
        found.append(f"k={'A' if form.isupper() else 'T' if form[0].isupper() else 'a'}{min(len(form), 5)}")
    has_article = base.startswith(ARTICLE) and len(base) > len(stem)
    bare = base[len(ARTICLE) :] if has_article else base
    size = len(bare)
    found += ("b=" + base, "s=" + stem, "p=" + word.proclitics, "e=" + word.suffixes, f"d={has_article:d}")
    found.append(f"l={min(size, 9)}")
    for length in range(1, min(_LONGEST_AFFIX, size) + 1):
        found += ("<=" + bare[:length], ">=" + bare[-length:])
    found += ["n=" + bare[start : start + 3] for start in range(1, size - 3)]
    found += ["n=" + bare[start : start + 4] for start in range(1, size - 4)]
    return found
