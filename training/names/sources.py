"""The open lists that names come from, as pairs of a folded Arabic name and its English spellings."""

import json
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from khabar.entities.spelling import units
from training.names.align import align, latin_letters

MAGHREB: Final = frozenset({"DZ", "MA", "TN", "MR"})
ARAB: Final = MAGHREB | frozenset(
    {"AE", "BH", "EG", "IQ", "JO", "KW", "LB", "LY", "OM", "PS", "QA", "SA", "SD", "SY", "YE"}
)
_ARTICLE: Final = re.compile(r"^(?:[AaEe][lL]|[AaEe](?:sh|[drstznSDRTZN])(?=[- ]))[- ]?(?=[A-Za-z])")
_PAIRS: Final = "select arabic_key, latin, country, sum(count) from units group by 1, 2, 3 order by 1, 2, 3"
_WHOLE: Final = (
    "select arabic_key, latin, latin_lang, country from full_names where source = 'wikidata' order by 1, 3, 2"
)

Spellings = dict[str, dict[str, Counter[str]]]  # unit -> "arab", "maghreb" or "other" -> spellings


class Whole(NamedTuple):
    """A person's whole name in a list."""

    key: str
    latin: str
    country: str


def spellings(index: Path) -> Spellings:
    """Return the spellings of single units of names; those with the article stand under the unit without it.

    Args:
        index: names.sqlite3 of arabic-name-romanizer 0.2.
    """
    found: Spellings = defaultdict(lambda: defaultdict(Counter))
    for arabic, latin, country, count in sqlite3.connect(index).execute(_PAIRS):
        words = units(arabic.split())
        if len(words) != 1 or not re.fullmatch("[ء-ي]+", words[0]):
            continue
        region = "maghreb" if country in MAGHREB else "arab" if country in ARAB else "other"
        name, bare = latin_letters(latin), _ARTICLE.sub("", latin_letters(latin), count=1)
        with_article = words[0].startswith("ال") and len(words[0]) > 4
        if with_article and (bare != name or align(words[0], name.replace("-", "")) is None):
            found[words[0][2:]][region][capital(bare)] += count
        else:
            found[words[0]][region][capital(name)] += count
    return found


def wholes(index: Path) -> Iterator[Whole]:
    """Yield whole names, English before French."""
    for arabic, latin, language, country in sqlite3.connect(index).execute(_WHOLE):
        if language in ("en", "", "mul"):
            yield Whole(" ".join(units(arabic.split())), " ".join(latin.split()), country)


def famous(people: Path) -> Iterator[tuple[str, str]]:
    """Yield well-known foreigners: folded Arabic name, English name in small letters, from ArWikiCats' peoples.json."""
    for latin, arabic in json.loads(people.read_text(encoding="utf-8")).items():
        plain = re.sub(r" \(.*\)", "", arabic).replace(".", " ")
        if len(plain.split()) > 1 and len(latin.split()) > 1 and re.fullmatch("[ء-ي ]+", plain):
            yield " ".join(units(plain.split())), latin


def foreign_parts(pairs: Path) -> Iterator[tuple[str, str]]:
    """Yield parts of names: folded Arabic, English, from arabnamer's dictionary."""
    for latin, arabic in json.loads(pairs.read_text(encoding="utf-8")).items():
        words = units(arabic.split())
        if len(words) == 1 and re.fullmatch("[a-z]+", latin):
            yield words[0], latin.capitalize()


def capital(name: str) -> str:
    """Return the name with a capital for each of its words."""
    return "-".join(word[:1].upper() + word[1:].lower() for word in name.replace(" ", "-").split("-"))
