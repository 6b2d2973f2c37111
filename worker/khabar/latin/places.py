"""Places in English: the table of places, a list of regions, seas and squares, and class nouns with the name after them."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from khabar.entities.countries import NAMES, country_of
from khabar.entities.countries import key as place_key
from khabar.entities.spelling import bare, fold
from khabar.latin.persons import Latin, Region, romanize
from khabar.lexicons import entries

_HEADS: Final = {bare(noun): form for noun, form in (line.split("\t") for line in entries("latin/place_heads"))}
_MOST_WORDS: Final = 6
_UNSURE: Final = frozenset({"عمان"})  # Oman, or Amman
_EPITHETS: Final = frozenset({"الدولي", "الدوليه", "الكبري", "الكبير"})
# Whose names need be in no list; a road, a port or an airport is called by a town that a list has.
_MAY_BE_ANYTHING: Final = frozenset(
    ["Mount {}", "{} neighborhood", "{} Street", "{} Stadium", "{} Mosque", "Wadi {}", "{} camp"]
)


@cache
def countries() -> Mapping[str, tuple[str, str]]:
    """Return ISO code -> English name and adjective."""
    rows = (line.split("\t") for line in entries("latin/countries"))
    return {code: (name, adjective) for code, name, adjective in rows}


@cache
def _by_hand() -> Mapping[str, str]:
    rows = (line.split("\t") for line in entries("latin/places"))
    return {place_key(name): english for arabic, english in rows for name in arabic.split("|")}


def place(name: str, english: Mapping[str, str], region: Region = "") -> Latin | None:
    """Return a place's name in English.

    Args:
        name: as the record has it.
        english: folded Arabic name -> English name, of the places of which all that bear a name are called alike in English.
        region: as of a person.
    """
    found = known_place(name, english)
    if found:
        return Latin(found, "known")
    head, _, rest = name.partition(" ")
    form = _HEADS.get(bare(head))
    if not form or not rest or len(rest.split()) > _MOST_WORDS:
        return None
    words = rest.split()
    kept = [word for word in words if bare(word) not in _EPITHETS and fold(word) not in _EPITHETS]
    if len(kept) > 1 and country_of(fold(kept[-1])):
        kept.pop()  # ميناء ينبع السعودي
    if not kept:
        return None
    inner = known_place(" ".join(kept), english)
    basis = "known" if inner else "romanized"
    if not inner and form in _MAY_BE_ANYTHING and not any(country_of(fold(word)) for word in kept):
        inner = romanize(" ".join(kept), region)
    if not inner:
        return None
    if "airport" in form and len(kept) < len(words):
        form = "{} International Airport"
    return Latin(form.format(inner), basis)  # type: ignore[arg-type]


def known_place(name: str, english: Mapping[str, str]) -> str | None:
    """Return the English name that a list has for a place, None where none has one."""
    folded = place_key(name)
    code = NAMES.get(folded) if folded not in _UNSURE else None
    by_hand = _by_hand().get(folded)
    if by_hand or not code:
        return by_hand or english.get(folded)
    return countries()[code][0] if code in countries() else english.get(folded)
