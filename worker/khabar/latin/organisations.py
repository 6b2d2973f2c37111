"""Organisations in English: known bodies, else a class noun, its adjectives, field, place and country in English order."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from khabar.entities.spelling import bare, fold
from khabar.latin.bodies import known, known_opening, nation_of, owner_of
from khabar.latin.english import Parts, worded
from khabar.latin.persons import Latin, Region, person
from khabar.latin.places import countries, known_place
from khabar.lexicons import entries

_NAMED: Final = frozenset(entries("latin/heads_with_bearers"))
_MANY: Final = frozenset(entries("latin/heads_of_many"))
_NO_PERSON: Final = ("ال", "لل", "و", "ب")
_LINKS: Final = frozenset({"في", "من", "ب"})
_IN: Final = "في"
_ON: Final = "على"  # spelled carelessly like علي, "high"
_GLUED: Final = ("بال", "لل")  # a proclitic before the article: no adjective of the head
_AUTHORITY: Final = "Authority"
_CLUB: Final = "Club"
_RULERS: Final = bare("سلطة")  # السلطة الجزائرية are those who rule
_CLASSES: Final = frozenset(["محافظة", "مدينة", "منطقة", "ولاية"])  # شرطة محافظة جدة is شرطة جدة
_LONGEST_HEAD: Final = 4
_MOST_FIELDS: Final = 3
_MOST_WORDS: Final = 9


def organisation(name: str, english: Mapping[str, str], region: Region = "") -> Latin | None:
    """Return an organisation's name in English; None where the lists do not have all of its words.

    Args:
        name: as the record has it.
        english: folded Arabic name -> English name of places.
        region: as of a person.
    """
    words = name.split()
    if not words or len(words) > _MOST_WORDS:
        return None
    if name.isascii():
        return Latin(name, "known")
    listed = known(words)
    if listed:
        return Latin(listed, "known")
    if size := known_opening(words):
        place = known_place(" ".join(words[size + 1 :]), english) if words[size] == _IN else None
        return Latin(f"{known(words[:size])} in {place}", "romanized") if place else None
    made = _translate(words, english, region)
    return Latin(made, "romanized") if made else None


@cache
def _lexicon(name: str) -> Mapping[str, str]:
    rows = (line.split("\t") for line in entries(f"latin/{name}"))
    return {" ".join(map(bare, arabic.split())): latin for arabic, latin in rows}


@cache
def _modifiers() -> Mapping[str, str]:
    """Return an adjective in all of its forms -> English."""
    found: dict[str, str] = {}
    for adjective, latin in _lexicon("modifiers").items():
        for ending in ("", "ه", "ين", "ون"):
            found.setdefault(adjective + ending, latin)
    return found | {bare("العليا"): "Supreme", bare("العامة"): "General", bare("الكبرى"): "Grand"}


def _translate(words: list[str], english: Mapping[str, str], region: Region) -> str | None:
    heads = _lexicon("organisation_heads")
    for size in range(min(_LONGEST_HEAD, len(words)), 0, -1):
        head = heads.get(" ".join(map(bare, words[:size])))
        if head:
            return _after_head(head, words[:size], words[size:], english, region)
    return None


def _after_head(
    head: str, opening: list[str], rest: list[str], english: Mapping[str, str], region: Region
) -> str | None:
    rest = [word for number, word in enumerate(rest) if number or word not in _CLASSES]
    if not rest:
        return _alone(head, opening)
    if _is_his(opening[-1], rest[0]):
        return None
    nation, before, field, for_field, place, owner, is_within = "", [], "", False, "", "", False
    at = 0
    while at < len(rest):
        word = rest[at]
        found, size = _field(rest, at)
        if word == _ON:
            return None
        if not nation and not word.startswith(_GLUED) and (adjective := nation_of(word)):
            nation, size = adjective, 1
        elif (modifier := _modifiers().get(bare(word))) and not field:
            before.append(modifier)
            size = 1
        elif found and not field:
            field, for_field = found, _without_preposition(fold(word)) != fold(word)
        elif word in _LINKS and at + 1 < len(rest):
            size = 1
        elif not place and not owner:
            place, size, is_glued = _place(rest, at, english)
            is_within = is_glued or (at > 0 and rest[at - 1] in _LINKS)
            if not size:
                owner, size = owner_of(rest[at:])
            if not size:
                return _named(head, rest, region) if not at and head in _NAMED else None
        else:
            return None
        at += size
    if not (before or field or owner or (place and not is_within)) and head in _MANY:
        return None
    if head == _AUTHORITY and bare(opening[0]) == _RULERS and nation and not (before or field or place):
        head = "authorities"
    if place and head == _CLUB and not field:
        nation = ""
    adjective = None if nation else _country_adjectives().get(place)
    return worded(
        Parts(
            head, nation or adjective or "", tuple(before), field, place, owner, for_field, is_within, bool(adjective)
        )
    )


def _is_his(noun: str, adjective: str) -> bool:
    """Whether the noun ends in "his" and no feminine ending: مكتبه الإعلامي is an office, no library."""
    return noun.endswith("ه") and bare(adjective) in _lexicon("modifiers")


def _place(rest: list[str], at: int, english: Mapping[str, str]) -> tuple[str, int, bool]:
    """Return the English name of the longest known place that begins at a word, its size, and whether ب is glued to it."""
    for size in range(len(rest) - at, 0, -1):
        name = " ".join(rest[at : at + size])
        if found := known_place(name, english):
            return found, size, False
        if name.startswith("ب") and (found := known_place(name[1:], english)):
            return found, size, True
    return "", 0, False


@cache
def _country_adjectives() -> Mapping[str, str]:
    return {name: adjective for name, adjective in countries().values()}  # noqa: C416  # the pairs are tuples


def _alone(head: str, opening: list[str]) -> str | None:
    """Return a head that is a whole name, such as الخارجية; a single indefinite noun is not a name."""
    return head if len(head.split()) > 1 and (len(opening) > 1 or opening[0].startswith("ال")) else None


def _field(rest: list[str], at: int) -> tuple[str, int]:
    """Return what the organisation is for and of how many words that is; fields may be joined by و."""
    found, size = _one_field(rest, at)
    parts = [found] if found else []
    while parts and len(parts) < _MOST_FIELDS and at + size < len(rest) and rest[at + size].startswith("وال"):
        more, length = _one_field([rest[at + size][1:], *rest[at + size + 1 :]], 0)
        if not more:
            break
        parts.append(more)
        size += length
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts), size


def _one_field(rest: list[str], at: int) -> tuple[str, int]:
    fields = _fields()
    for size in range(min(_LONGEST_HEAD, len(rest) - at), 0, -1):
        words = [fold(word) for word in rest[at : at + size]]
        found = fields.get(" ".join([_without_preposition(words[0]), *words[1:]]))
        if found:
            return found, size
    return "", 0


@cache
def _fields() -> Mapping[str, str]:
    rows = (line.split("\t") for line in entries("latin/fields"))
    return {" ".join(map(fold, arabic.split())): latin for arabic, latin in rows}


def _without_preposition(word: str) -> str:
    if word.startswith("لل"):
        return "ال" + word[2:]
    return word[1:] if word.startswith("ل") and not word.startswith("لا") else word


def _named(head: str, rest: list[str], region: Region) -> str | None:
    """Return a university, club or hospital that bears a person's name."""
    bearer = person(" ".join(rest), region) if len(rest) > 1 else None
    is_sure = bearer and (bearer.basis == "known" or not any(word.startswith(_NO_PERSON) for word in rest))
    return f"{bearer.text} {head}" if bearer and is_sure else None
