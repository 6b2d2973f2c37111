"""How English words an organisation's name: which noun it takes, what stands before the noun, and what gets a capital."""

from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

from khabar.lexicons import entries

_MINISTRY: Final = "Ministry"
_TEAM: Final = "national team"
_ANY: Final = "*"
_NONE: Final = "-"
_NEW: Final = "new"
_BANKS: Final = frozenset({"Bank", "Central Bank"})
_OF: Final = frozenset({"College", "Commission of Inquiry"})
_SHORT: Final = frozenset(entries("latin/short_ministries"))
_PROPER: Final = frozenset(entries("latin/proper_adjectives"))
_AFTER_FIELD: Final = frozenset(entries("latin/heads_after_field"))


class Parts(NamedTuple):
    """The parts of an organisation's name, in English.

    Attributes:
        head: the class noun. nation: the adjective of a nationality. before: other adjectives, in Arabic order. field: what it
            is for. place: where it is, owner: the body that it belongs to. All but the head may be empty.
        for_field: Arabic has "for" before the field. is_within: it has "in" before the place. is_country: the place is a
            country, and nation its adjective.
    """

    head: str
    nation: str = ""
    before: tuple[str, ...] = ()
    field: str = ""
    place: str = ""
    owner: str = ""
    for_field: bool = False
    is_within: bool = False
    is_country: bool = False


def worded(parts: Parts) -> str | None:
    """Return the name in English order; None where head and field make no organisation."""
    head = _head(parts.head, parts.field)
    if head == _NONE:
        return None
    nation, place = parts.nation, parts.place
    if parts.is_country and head in _BANKS and not parts.field:
        return " ".join([*reversed(parts.before), head, "of", place])
    if (
        parts.is_country
        and not parts.is_within
        and (head[0].islower() or head in {"Embassy", "Consulate"})
        and head != _TEAM
    ):
        place = ""
    elif parts.is_country:
        nation = ""
    adjectives = _adjectives(head, parts.before)
    first = [word for word in adjectives if word.lower() == _NEW]  # the new Egyptian government
    rest = [word for word in adjectives if word.lower() != _NEW]
    words = [*first, *_around(head, nation, rest, parts.field, for_field=parts.for_field)]
    if place:
        is_last = parts.field or nation or (parts.is_within and adjectives)
        words = [*words, "in", place] if is_last else [place, *words]
    return " ".join(word for word in (parts.owner, *words) if word)


def _around(head: str, nation: str, adjectives: list[str], field: str, *, for_field: bool) -> list[str]:
    if head == _MINISTRY and field:
        return [nation, *adjectives, f"{field} {head}" if field in _SHORT else f"{head} of {field}"]
    if head == _TEAM and field:
        return [nation, *adjectives, _TEAM.replace(" ", f" {field.lower()} ")]
    is_plain = " and " not in field and "," not in field
    stands_before = (head in _AFTER_FIELD and is_plain) or not (for_field or adjectives or head in _OF)
    if field and not stands_before:
        return [nation, *adjectives, head, "for" if for_field else "of", _cased(head, field)]
    return [nation, *adjectives, _cased(head, _attributives().get(field, field)), head]


def _adjectives(head: str, before: tuple[str, ...]) -> list[str]:
    kept = [word for word in reversed(before) if word.lower() not in head.lower()]
    if head[0].islower():
        return [word if word in _PROPER else word.lower() for word in kept]
    return kept


def _cased(head: str, field: str) -> str:
    return field.lower() if head[0].islower() and field.isalpha() else field


def _head(head: str, field: str) -> str:
    senses = _senses()
    return senses.get((head, field), senses.get((head, _ANY), head) if field else head)


@cache
def _senses() -> Mapping[tuple[str, str], str]:
    rows = (line.split("\t") for line in entries("latin/head_senses"))
    return {(head, field): other for head, fields, other in rows for field in fields.split("|")}


@cache
def _attributives() -> Mapping[str, str]:
    rows = (line.split("\t") for line in entries("latin/attributives"))
    return {field: before for field, before in rows}  # noqa: C416  # the rows are lists
