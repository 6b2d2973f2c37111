"""An Arabic name's unit in Latin letters, letter by letter."""

from functools import lru_cache
from typing import Final

from khabar.latin.table import small_table

# Letters before and after the letter, the widest first.
WINDOWS: Final = ((4, 4), (3, 3), (2, 3), (2, 2), (1, 2), (1, 1), (0, 1), (0, 0))
_WIDEST: Final = 4
_LONGEST: Final = 24


def context(word: str, at: int, window: tuple[int, int], region: str) -> str:
    """Return what stands around a letter; `^` and `$` are the word's ends."""
    before, after = window
    padded = "^" * _WIDEST + word + "$" * _WIDEST
    here = at + _WIDEST
    return f"{region}{padded[here - before : here]}.{padded[here]}{padded[here + 1 : here + 1 + after]}"


@lru_cache(maxsize=2048)
def spell(unit: str, region: str) -> str | None:
    """Return a folded unit as it is usually written, its first letter a capital; None for other scripts and no word.

    Args:
        region: "m" for the Maghreb, where French spelling is usual, "" for all others.
    """
    letters = small_table("letters")
    if len(unit) > _LONGEST:
        return None
    found: list[str] = []
    for at in range(len(unit)):
        wide = (letters.get(context(unit, at, window, region)) for window in WINDOWS)
        chunk = next((one for one in wide if one is not None), None)
        if chunk is None:
            return None
        found.append(chunk)
    made = "".join(found)
    return made[:1].upper() + made[1:] or None
