"""Whether a unit of a name is Arabic: in a list, else by its letters. The name of a foreigner is not spelled by rule."""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final

from khabar.grammar.folding import CARELESS_NAMES
from khabar.latin.table import small_table, table
from khabar.lexicons import entries

# Hundredths of a logit: of every unit, of the mean of several, of one that stands alone.
_LEAST: Final = 150
_MEAN: Final = 230
_ALONE: Final = 300
_LISTED: Final = 200
_ARTICLED: Final = 300
_MOST: Final = 400
_ARTICLE: Final = "ال"
_SHORTEST: Final = 4
_LONGEST: Final = 24
_SMALL: Final = frozenset(line.split("\t")[0].translate(CARELESS_NAMES) for line in entries("latin/small_words"))


def grams(unit: str) -> list[str]:
    """Return the single letters, pairs and triples of a folded unit; `^` and `$` are its ends."""
    padded = f"^{unit}$"
    return [padded[at : at + size] for size in (1, 2, 3) for at in range(len(padded) - size + 1)]


def is_arabic(units: Sequence[str]) -> bool:
    """Whether folded units make an Arabic name: no unit looks foreign, and together they are surely Arabic."""
    scores = list(map(score, units))
    if len(scores) < 2:
        return bool(scores) and scores[0] >= _ALONE
    return min(scores) >= _LEAST and sum(scores) >= _MEAN * len(scores)


@lru_cache(maxsize=8192)
def score(unit: str) -> int:
    """Return the logit of a folded unit's being Arabic, in hundredths."""
    bare = unit.removeprefix(_ARTICLE) if len(unit) > _SHORTEST else unit
    if len(unit) > _LONGEST:
        return -_MOST
    if unit in _SMALL:
        return _LISTED
    tells = _tells()
    by_letters = sum(tells.get(gram, 0) for gram in ["", *grams(bare)])
    is_listed = bool(table("parts").get(unit) or table("parts").get(bare))
    return max(-_MOST, min(by_letters, _MOST)) + _LISTED * is_listed + _ARTICLED * (bare != unit)


@cache
def _tells() -> dict[str, int]:
    return {gram: int(weight) for gram, weight in small_table("tells").items()}
