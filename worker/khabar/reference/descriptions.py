"""Decide where a description of a speaker ends: المشاركون في الوقفة | رفضهم, مصادر طبية وأمنية | بوقوع."""

from collections.abc import Sequence
from typing import Final

from khabar.grammar.folding import fold
from khabar.lexicons import entries
from khabar.reference.nouns import cut, noun

_GOVERNED: Final = frozenset(
    (fold(word), preposition) for word, preposition in (line.split("\t") for line in entries("reporting/governed"))
)
_ECHOES: Final = frozenset(map(fold, entries("reference/echoes")))
_PERSONS: Final = frozenset(("person", "any"))
_PLURALS: Final = frozenset(("ون", "ين", "ات", "ان", "ة"))
_ACCUSATIVE: Final = "ا"
_GOES_ON: Final = frozenset(("بين", "غير"))


def governs(segments: str, preposition: str) -> bool:
    """Whether a word of a description is continued by this preposition: ال+مشارك+ون, في.

    Args:
        segments: the word's segmentation.
        preposition: the next word.
    """
    stem = cut(segments).stem
    parts = segments.split("+")
    return (stem, preposition) in _GOVERNED or (
        parts[-1] in _PLURALS and len(parts) > 1 and (fold(parts[-2]), preposition) in _GOVERNED
    )


def joins(words: Sequence[str], following: str) -> bool:
    """Whether a word with و is a second head or a second adjective of a description: علماء و+باحث+ون, طبي+ة و+أمني+ة.

    Args:
        words: segmentations of the description's words.
        following: segmentation of the word after them.
    """
    if not following.startswith("و+"):
        return False
    bare, last = following[2:], words[-1]
    if bare.startswith("ال+") != last.startswith("ال+"):
        return False
    ending = last.rpartition("+")[2]
    if len(words) == 1:
        return noun(last) is not None and (
            noun(bare) is not None or (ending in _PLURALS and bare.endswith("+" + ending))
        )
    return "+" in last and "+" in bare and ending == "ة" and bare.endswith("ي+ة")


def breaks_off(words: Sequence[str], following: str) -> bool:
    """Whether the form of a word shows that it does not belong to the description before it.

    Args:
        words: segmentations of the description's words, at least one.
        following: segmentation of the word after them, which is not in a name.
    """
    head = noun(words[0])
    is_person = head is not None and head.kind in _PERSONS
    if following.startswith("ب+"):
        return not (is_person and following.startswith("ب+ال+"))  # مدير عام بالوزارة
    if head is not None and head.kind == "anonymous" and (following.startswith("ل+") or following.isascii()):
        return True
    parts = following.split("+")
    if len(parts) > 1 and parts[-1] == _ACCUSATIVE and "ال" not in parts:
        return True  # ناشطون مقطعا: an object, which they publish
    if not following[0].isalpha() or following in _GOES_ON or fold(parts[0]) in _ECHOES:
        return False
    word = cut(following)
    if not words[-1].startswith("ال+") or parts[0] == "ال" or word.proclitic:
        return False
    return not is_person or bool(word.ending)  # المنظمون تأبين: a noun with article takes no second noun
