"""What a recognizer knows of a word: features of its spelling and segments, independent of where it stands.

A word type is known by its segmentation ('و+ال+صين'), which holds the form too; its features are computed once.
"""

from bisect import bisect_left
from dataclasses import dataclass
from typing import Final, NamedTuple

from khabar.grammar.folding import CARELESS_NAMES
from khabar.text.document import Document

PROCLITICS: Final = frozenset("وفبلكس")
ARTICLE: Final = "ال"
_LONGEST_AFFIX: Final = 4
_LONGEST_WORD: Final = 40  # no word is longer; a run of letters without end must not make features without end

# The spelling of the word clusters: careless writers leave these marks out, and every house has its own quotation glyphs.
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
    """Return the spelling of the word clusters: no hamza on its carrier, ي for ى, ه for ة, 0 for every digit, one glyph."""
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
    """Return a word's features; the letter before '=' tells the kind."""
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
