"""Words that several temporal parsers use: units, relations, references to a unit."""

from dataclasses import dataclass
from typing import Final

from khabar.grammar.folding import fold
from khabar.grammar.surface import Surface, surfaces
from khabar.grammar.temporal.phrases import columns, words
from khabar.grammar.temporal.reader import Reader
from khabar.lexicons import entries


@dataclass(frozen=True, slots=True)
class Unit:
    """A word for a unit of time: its code, and its number: 1, 2 for the dual, 0 for the plural."""

    code: str
    number: int


def _units() -> dict[str, Surface[Unit]]:
    rows = (line.split("\t") for line in entries("temporal/units"))
    return surfaces({word: Unit(code, int(number)) for word, code, number in rows})


UNITS: Final = _units()
RELATIONS: Final = {fold(word): relation for word, relation in columns("relations").items()}
# Words for the one before last and the one after next: العام قبل الماضي, الأربعاء بعد المقبل.
TWICE: Final = {"قبل": "past", "بعد": "next"}
TIME_PREPOSITIONS: Final = words("time_prepositions")
DURATION_PREPOSITIONS: Final = words("duration_prepositions")
SAME: Final = words("same")
# Words that point to a period after them, which has the article: هذا, بهذه, ولنفس.
POINTERS: Final = surfaces({word: word for word in words("demonstratives") | SAME}, with_article=False)


def unit_at(reader: Reader, index: int) -> Surface[Unit] | None:
    """Return the unit at token `index`; None for other words."""
    return UNITS.get(reader.at(index))


def relation_at(reader: Reader, index: int) -> str | None:
    """Return the relation at token `index`; None for other words."""
    return RELATIONS.get(reader.folded(index))


def is_after_preposition(reader: Reader, index: int, proclitic: str, prepositions: frozenset[str]) -> bool:
    """Whether a preposition governs token `index`: the word before it, or its own proclitic."""
    return proclitic[-1:] in ("ب", "ل") or _bare(reader.folded(index - 1)) in prepositions


def _bare(word: str) -> str:
    return word[1:] if word[:1] in ("و", "ف") and len(word) > 2 and word != "في" else word
