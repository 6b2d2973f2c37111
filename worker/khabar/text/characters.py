"""The table of dirty code points and their normalized forms, and the sets of characters that the quality flags use."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import chain
from typing import Final

from khabar.lexicons import entries

TATWEEL: Final = "\u0640"
JOINER: Final = "\u200d"  # zero-width joiner: noise in Arabic, glue in emoji

_MARK_CATEGORIES = ("Mn", "Mc", "Me")


def _characters(*ranges: tuple[int, int]) -> frozenset[str]:
    return frozenset(chr(code) for first, last in ranges for code in range(first, last + 1))


ARABIC_MARKS: Final = (
    _characters((0x610, 0x61A), (0x64B, 0x65F), (0x670, 0x670), (0x6D6, 0x6DC), (0x6DF, 0x6E8), (0x6EA, 0x6ED))
    | _characters((0x898, 0x89F), (0x8CA, 0x8E1), (0x8E3, 0x8FF))
    # Isolated and medial presentation forms of the vowel signs: shadda ligatures, fathatan on tatweel, ...
    | _characters((0xFC5E, 0xFC63), (0xFCF2, 0xFCF4), (0xFE70, 0xFE7F))
)
HAMZA_MARKS: Final = frozenset("\u0653\u0654\u0655")
# Marks of all scripts (accents, variation selectors, enclosing keycaps) and what extends an emoji.
COMMON_MARKS: Final = _characters(
    (0x300, 0x36F),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20F0),
    (0xFE00, 0xFE0F),
    (0xFE20, 0xFE2F),
    (0x1F3FB, 0x1F3FF),
    (0xE0020, 0xE007F),
    (0xE0100, 0xE01EF),
)
NON_JOINERS: Final = frozenset("\u200c\u200d")
# These belong to the character before them, so no token begins with one.
ATTACHED: Final = ARABIC_MARKS | COMMON_MARKS | NON_JOINERS | {TATWEEL}

BIDI_MARKS: Final = _characters((0x200E, 0x200F), (0x202A, 0x202E), (0x2066, 0x2069)) | {"\u061c"}
ZERO_WIDTH: Final = _characters((0x2060, 0x2064)) | NON_JOINERS | frozenset("\u200b\ufeff\u00ad\u180e")
LINE_BREAKS: Final = frozenset("\r\x0b\x0c\x85\u2028\u2029")
NO_BREAK_SPACES: Final = frozenset("\xa0\u202f\u2007")
SPACES: Final = (
    NO_BREAK_SPACES | _characters((0x2000, 0x200A), (0x1C, 0x1F)) | frozenset("\t\u1680\u205f\u3000")
) - LINE_BREAKS
CONTROLS: Final = (
    _characters((0x00, 0x1B), (0x7F, 0x9F), (0x206A, 0x206F), (0xFFF9, 0xFFFB)) - SPACES - LINE_BREAKS - {"\n"}
)

ARABIC_INDIC_DIGITS: Final = _characters((0x660, 0x669))
PERSIAN_DIGITS: Final = _characters((0x6F0, 0x6F9))

# Ligatures of several words, such as honorifics. One code point cannot be two tokens, so each stays a symbol.
_KEPT_LIGATURES = frozenset("\ufdfa\ufdfb\ufdfd\ufd3e\ufd3f") | _characters((0xFD40, 0xFD4F), (0xFDFE, 0xFDFF))


def character_class(characters: Iterable[str]) -> str:
    """Return a regex class of these characters, written as ranges.

    The regex engine looks up characters below U+10000 in a bitmap, but compares the others one by one (measured: 2,000 us
    instead of 20 us for an article). So the class includes all characters from U+10000 on, also those not in `characters`.
    """
    small = [re.escape(character) for character in sorted(characters) if character < "\U00010000"]
    return f"[{''.join(small)}\U00010000-\U0010ffff]"


def _folds() -> dict[str, str]:
    return dict(line.split("\t") for line in entries("letters/folds"))


def _presentation_forms() -> dict[str, str]:
    """Return presentation form -> letters, such as ﻻ -> لا: Unicode's compatibility decomposition, Persian letters folded."""
    folds = str.maketrans(_folds())
    forms = {}
    for character in _characters((0xFB50, 0xFDFF), (0xFE70, 0xFEFC)) - ARABIC_MARKS - _KEPT_LIGATURES:
        plain = unicodedata.normalize("NFKC", character)
        if plain != character and " " not in plain:
            forms[character] = "".join(c for c in plain.translate(folds) if c not in ATTACHED)
    return forms


PRESENTATION_FORMS: Final = _presentation_forms()


# The rest of the first two planes (ideographs, Hangul, private use) has no marks. A test scans all of it, so a start need not.
_SCRIPTS_WITH_MARKS: Final = (
    *(range(0x300, 0x3400), range(0xA000, 0xAC00), range(0xF900, 0x12000)),
    *(range(0x13400, 0x13500), range(0x16000, 0x17000), range(0x1B000, 0x1F000)),
)


def _foreign_marks() -> frozenset[str]:
    """Return the combining marks of other scripts, which are kept because they are parts of words."""
    every = map(chr, chain.from_iterable(_SCRIPTS_WITH_MARKS))
    marks = frozenset(c for c in every if unicodedata.category(c) in _MARK_CATEGORIES)
    return marks - ARABIC_MARKS - COMMON_MARKS


FOREIGN_MARKS: Final = _foreign_marks()


def _table() -> dict[str, str]:
    table = dict.fromkeys(ATTACHED | BIDI_MARKS | ZERO_WIDTH | CONTROLS, "")
    table |= dict.fromkeys(SPACES, " ") | dict.fromkeys(LINE_BREAKS, "\n")
    table |= PRESENTATION_FORMS | _folds()
    table |= {digit: str(unicodedata.digit(digit)) for digit in ARABIC_INDIC_DIGITS | PERSIAN_DIGITS}
    table |= {"٬": ",", "٪": "%"}
    table |= {mark: mark for mark in FOREIGN_MARKS}
    table["٫"] = "٫"  # a decimal point between digits only
    return table


# Dirty code point -> its normalized form. An empty form removes it; a form equal to it means that its neighbours decide.
TABLE: Final = _table()
