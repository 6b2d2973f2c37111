"""The countable facts of a segmented token without its context: found once for each type, and kept as bits."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from khabar.grammar.folding import fold
from khabar.lexicons import entries
from khabar.text.memo import Memo
from khabar.topics.terms import stem

MARKED: Final = (
    "reports", "checks", "sells", "argues", "dates", "honours", "narrates", "instructs", "celebrates", "notices", "lists",
    "asks", "denies", "shows",
)  # fmt: skip
FACTS: Final = (
    "word", "first_person", "our", "your", "quote", "number", "latin", "question", "exclamation", *MARKED,
)  # fmt: skip

Floats = NDArray[np.float64]

_QUOTES: Final = frozenset("\"«»“”'")
_QUESTIONS: Final = frozenset("؟?")
_OUR, _YOUR = "+نا", ("+كم", "+ك")
_BITS: Final = np.arange(len(FACTS))


def folded(name: str) -> frozenset[str]:
    """Return a lexicon's entries in careless spelling."""
    return frozenset(fold(entry) for entry in entries(name))


_FIRST_PERSON: Final = folded("genre/first_person")
_MARKS: Final = {word: kind for kind, word in (line.split("\t") for line in entries("genre/marks"))}


def _facts(segments: str) -> int:
    form = segments.replace("+", "")
    told = {
        "word": form.isalpha(),
        "first_person": fold(form) in _FIRST_PERSON,
        "our": segments.endswith(_OUR),
        "your": segments.endswith(_YOUR),
        "quote": segments in _QUOTES,
        "number": segments[:1].isdigit(),
        "latin": form.isascii() and form.isalpha(),
        "question": segments in _QUESTIONS,
        "exclamation": segments == "!",
        _MARKS.get(stem(segments), ""): True,
    }
    return sum(1 << bit for bit, name in enumerate(FACTS) if told.get(name))


_KEPT: Final = Memo(_facts)


def facts(segments: Sequence[str]) -> NDArray[np.bool_]:
    """Return N x facts: which of FACTS each of N segmented tokens has."""
    bits = np.array(_KEPT.of(segments), np.int64)
    found: NDArray[np.bool_] = (bits[:, None] >> _BITS & 1).astype(bool)
    return found
