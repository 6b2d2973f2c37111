"""People in Latin letters."""

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final, Literal, NamedTuple

from khabar.entities.spelling import fold, is_foreign, skeleton, units
from khabar.latin.arabic import is_arabic, score
from khabar.latin.letters import spell
from khabar.latin.table import table
from khabar.lexicons import entries
from khabar.lexicons.kept import kept
from khabar.models import NAMES

Region = Literal["", "m"]
_FOREIGN: Final = "f"  # before a part of a foreign name in the table of parts
_CLAN: Final = "آل"
_MOST_UNITS: Final = 12
_EDGES: Final = " -–.،:\"'"
_SHORTEST_BARE: Final = 3
_SURELY: Final = 400  # of a surname after a foreign given name
_ARTICLE: Final[Mapping[Region, str]] = {"": "al-", "m": "El "}


class Latin(NamedTuple):
    """A name in Latin letters, and whether a list has it."""

    text: str
    basis: Literal["known", "romanized"]


def _small_words() -> dict[str, tuple[str, str]]:
    """Return unit -> how it is written, usually and in the Maghreb."""
    rows = (line.split("\t") for line in entries("latin/small_words"))
    return {fold(arabic): (usual, maghreb) for arabic, usual, maghreb in rows}


def _news_style() -> dict[str, str]:
    return {"".join(units(arabic.split())): usual for arabic, usual in _rows("latin/given_names")}


def _rows(lexicon: str) -> list[list[str]]:
    return [line.split("\t") for line in entries(lexicon)]


_SMALL: Final = _small_words()
_GIVEN: Final = _news_style()
_ORDINALS: Final = {fold(arabic): roman for arabic, roman in _rows("latin/ordinals")}
_HEADS: Final = {fold(arabic): (usual, maghreb) for arabic, usual, maghreb in _rows("latin/joined_heads")}


def person(name: str, region: Region = "") -> Latin | None:
    """Return a person's name as English news write it; None rather than a foreign name spelled by rule.

    Args:
        name: as the record has it.
        region: whose habits of spelling are followed: "m" of the Maghreb.
    """
    words = name.strip(_EDGES).split()
    if not words or words[0].isascii():
        return None
    known = _known(" ".join(units(words)))
    if known:
        return Latin(known, "known")
    parts = units(words)
    if parts[0] in _given_foreign():
        made = _foreign(parts) or _half_foreign(parts[0], words, region)
    else:
        made = romanize(" ".join(words), region)
    return Latin(made, "romanized") if made else None


def _known(key: str) -> str | None:
    by_hand, by_sound, surnames = _lists()
    found = by_hand.get(key) or table("people").get(key)
    if found or " " not in key:
        return found or surnames.get(key)
    return by_sound.get(_sound(key)) if all(map(is_foreign, key.split())) else None


def _sound(key: str) -> str:
    """Return what two transliterations of a foreign name have in common; z and s are mixed up at its end."""
    return " ".join(map(skeleton, key.replace("ز", "س").split()))


@cache
def _lists() -> tuple[Mapping[str, str], Mapping[str, str], Mapping[str, str]]:
    """Return the names written by hand: by key, foreign ones by their consonants, and by the surname of foreigners."""
    return kept("latin_people", _written_out, NAMES / "parts.tsv")


def _written_out() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    by_hand: dict[str, str] = {}
    by_sound: dict[str, str] = {}
    surnames: dict[str, set[str]] = {}
    for arabic, latin in _rows("latin/people"):
        for name in arabic.split("|"):
            key = " ".join(units(name.split()))
            by_hand[key] = latin
            parts = key.split()
            if len(parts) > 1 and all(map(is_foreign, parts)):
                by_sound.setdefault(_sound(key), latin)
            if len(parts) == len(latin.split()) == 2 and is_foreign(parts[1]) and not _arabic(parts[1], ""):
                surnames.setdefault(parts[1], set()).add(latin.split()[1])
    return by_hand, by_sound, {unit: min(found) for unit, found in surnames.items() if len(found) == 1}


@lru_cache(maxsize=8192)
def romanize(name: str, region: Region) -> str | None:
    """Return an Arabic name by the usual spelling of its parts, else by their letters; None where it is foreign."""
    words = name.split()
    found = _units(words)
    if len(found) > _MOST_UNITS or not is_arabic([unit.removeprefix(_CLAN) for unit in found]):
        return None
    made: list[str] = []
    for unit in found:
        is_clan = unit.startswith(_CLAN)
        written = _unit(unit.removeprefix(_CLAN), region, is_first=not made)
        if written is None:
            return None
        made.append(f"Al {written.removeprefix('al-')}" if is_clan else written)
    if region == "m" and len(made) > 1:
        made[0] = made[0].removeprefix("El ")  # الطاهر is Tahar
    text = " ".join(made)
    return text[:1].upper() + text[1:] or None


def _units(words: list[str]) -> list[str]:
    """Return the folded units; the clan's آل stays before its name as written."""
    if _CLAN not in words:
        return list(units(words))
    at = words.index(_CLAN)
    rest = _units(words[at + 1 :])
    return [*units(words[:at]), *([_CLAN + rest[0], *rest[1:]] if rest else [])]


def _unit(unit: str, region: Region, *, is_first: bool) -> str | None:
    small = _SMALL.get(unit)
    if small:
        return small[region == "m"]
    if not is_first and unit in _ORDINALS:
        return _ORDINALS[unit]
    whole = _arabic(unit, region)
    if whole:
        return whole
    if unit.startswith("ال") and len(unit) >= 2 + _SHORTEST_BARE:
        bare = _arabic(unit[2:], region) or spell(unit[2:], region)
        return f"{_ARTICLE[region]}{bare}" if bare else None
    return _joined(unit, region) or spell(unit, region)


def _arabic(unit: str, region: Region) -> str | None:
    """Return the usual spelling of a listed unit."""
    if region == "" and unit in _GIVEN:
        return _GIVEN[unit]
    found = table("parts").get(unit)
    if found is None:
        return None
    usual, _, maghreb = found.partition("|")
    return maghreb if maghreb and region == "m" else usual


def _joined(unit: str, region: Region) -> str | None:
    """Return أبو, أم or عبد and the name after it."""
    for head, forms in _HEADS.items():
        rest = unit.removeprefix(head)
        if rest != unit and len(rest) >= _SHORTEST_BARE:
            bare = rest.removeprefix("ال") if len(rest) > _SHORTEST_BARE + 1 else rest
            made = _arabic(bare, region) or spell(bare, region)
            if made:
                return f"{forms[region == 'm']} {made}"
    return None


def _foreign(parts: tuple[str, ...]) -> str | None:
    """Return a foreigner's name whose parts are all in the lists, each in one spelling."""
    if not 1 < len(parts) < _MOST_UNITS:
        return None
    made = [_given_foreign().get(part) or table("parts").get(_FOREIGN + part) for part in parts]
    return " ".join(part for part in made if part) if all(made) else None


def _half_foreign(first: str, words: list[str], region: Region) -> str | None:
    """Return the name of an Arab with a foreign given name: جورج حبش."""
    rest = words[1:]
    if not rest or any(score(unit) < _SURELY for unit in units(rest)):
        return None
    made = romanize(" ".join(rest), region)
    return made and f"{_given_foreign()[first]} {made.replace('Al-', 'al-', 1) if made.startswith('Al-') else made}"


@cache
def _given_foreign() -> Mapping[str, str]:
    return {fold(name): latin for arabic, latin in _rows("latin/foreign_names") for name in arabic.split("|")}
