"""Decide whether two spellings are the same name: by folded letters, joined particles, and consonants of foreign names."""

import re
from functools import lru_cache
from typing import Final

from khabar.grammar.folding import CARELESS_NAMES
from khabar.lexicons import entries

# آل keeps its mark, because أل may be two letters of an acronym.
_JOINS_NEXT: Final = frozenset(
    word if word.startswith("آ") else word.translate(CARELESS_NAMES) for word in entries("entities/joins_next")
)
_JOINS_PREVIOUS: Final = frozenset(word.translate(CARELESS_NAMES) for word in entries("entities/joins_previous"))
_NATIVE_NAMES: Final = frozenset(entries("entities/given_names"))
# Foreign names are never written with these letters. So a word with one is Arabic, where another vowel means another name.
_NATIVE_LETTERS: Final = re.compile("[حعضظذ]")
_CONSONANTS: Final = str.maketrans(
    {"غ": "ج", "ق": "ج", "ص": "س", "ط": "ت", "ض": "د", "ث": "س", "ڤ": "ف", "پ": "ب", "چ": "ج", "گ": "ج"}
)
_VOWELS: Final = re.compile("[اويهء]")
_FIRST_VOWELS: Final = ("ا", "ء", "a", "e", "i", "o", "u")
_TWICE: Final = re.compile(r"(.)\1+")
_LATIN_GROUPS: Final = (
    ("sh", "ش"),
    ("ch", "تش"),
    ("ph", "ف"),
    ("ck", "ك"),
    ("ce", "س"),
    ("ci", "س"),
    ("oo", ""),
    ("x", "كس"),
)
_LATIN: Final = str.maketrans(
    {"b": "ب", "c": "ك", "d": "د", "f": "ف", "g": "ج", "j": "ج", "k": "ك", "l": "ل", "m": "م", "n": "ن", "p": "ب",
     "q": "ك", "r": "ر", "s": "س", "t": "ت", "v": "ف", "z": "ز", "h": "", "a": "", "e": "", "i": "", "o": "",
     "u": "", "w": "", "y": ""},
)  # fmt: skip
_SHORTEST_FOREIGN: Final = 4


def _hamza_seats() -> dict[str, str]:
    pairs = (line.split("\t") for line in entries("entities/hamza_seats"))
    folded = {one.translate(CARELESS_NAMES): usual.translate(CARELESS_NAMES) for one, usual in pairs}
    return folded | {"ال" + one: "ال" + usual for one, usual in folded.items()}


_HAMZA_SEATS: Final = _hamza_seats()


@lru_cache(maxsize=8192)
def fold(word: str) -> str:
    """Return the word in careless spelling: no hamza, ي for ى, ه for ة, lower case."""
    word = word.translate(CARELESS_NAMES).lower()
    return _HAMZA_SEATS.get(word, word)


@lru_cache(maxsize=8192)
def bare(word: str) -> str:
    """Return the folded word without its article."""
    word = fold(word)
    return word[2:] if word.startswith("ال") and len(word) > 4 else word


def units(words: list[str]) -> tuple[str, ...]:
    """Return the folded words with particles joined to names, so that عبد الله equals عبدالله; ابن becomes بن."""
    joined: list[str] = []
    pending = ""
    for written in words:
        word = fold(written)
        if word in _JOINS_NEXT or written in _JOINS_NEXT:
            pending += word
        elif word in _JOINS_PREVIOUS and joined and not pending:
            joined[-1] += word
        else:
            joined.append(pending + ("بن" if word == "ابن" else word))
            pending = ""
    if pending:
        joined.append(pending)
    return tuple(joined)


def with_one_g(word: str) -> str:
    """Return the bare word with the same letter wherever writers differ: غوغل, جوجل and قوقل give the same result."""
    return bare(word).translate(_CONSONANTS)


@lru_cache(maxsize=16384)
def skeleton(word: str) -> str:
    """Return the consonants that transliterators agree on.

    ترامب and ترمب have the same skeleton, and so have غوغل, جوجل, قوقل and Google.
    """
    word = bare(word)
    vowel = word.startswith(_FIRST_VOWELS)
    if word.isascii():
        for letters, consonant in _LATIN_GROUPS:
            word = word.replace(letters, consonant)
        word = word.translate(_LATIN)
    consonants = _TWICE.sub(r"\1", _VOWELS.sub("", word.translate(_CONSONANTS)))
    return "ا" + consonants if vowel else consonants


@lru_cache(maxsize=8192)
def is_foreign(word: str) -> bool:
    """Whether a folded word may be a transliteration, whose vowels vary: without article, and not a known Arabic name."""
    if len(word) < _SHORTEST_FOREIGN or word.startswith("ال") or word in _NATIVE_NAMES:
        return False
    return not _NATIVE_LETTERS.search(word)


def is_same(one: str, other: str) -> bool:
    """Whether two folded words are the same name."""
    if one == other or bare(one) == bare(other):
        return True
    return skeleton(one) == skeleton(other) and len(skeleton(one)) > 1 and is_foreign(one) and is_foreign(other)
