"""Locate places: find the GeoNames entry of an Arabic name, and choose between namesakes by the rest of the article."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from khabar.entities.clusters import Cluster
from khabar.entities.countries import NAMES, country_of, key
from khabar.entities.evidence import Hint, adjectives, hint, names
from khabar.entities.outlets import outlet_country
from khabar.entities.spelling import fold
from khabar.lexicons import entries
from khabar.lexicons.kept import kept
from khabar.messages.record import Geo
from khabar.models import PLACES
from khabar.text.document import Document

_TABLE: Final = "places.tsv"
# Weights of evidence for a country: it is named; one of its cities is named; an organisation has it in its name; the outlet
# writes for it; one of its towns is named.
_COUNTRY_NAMED: Final = 3.0
_CITY_NAMED: Final = 1.5
_IN_A_NAME: Final = 1.0
_OUTLET: Final = 1.0
_TOWN_NAMED: Final = 0.5
_MOST_EVIDENCE: Final = 4.0
_CONTEXT: Final = 1.5
# Ten times as many inhabitants add 1 to a place's score; this is added for a capital, or a city listed by hand.
_CAPITAL: Final = 1.5
# Least difference between the best places of two countries; with less, neither is chosen.
_MARGIN: Final = 0.8
# Added to the score of a place that has another place of the article within so many degrees.
_NEAR: Final = 1.0
_NEAR_DEGREES: Final = 1.2
_WIDE: Final = frozenset({"country", "region"})
_WELL_KNOWN: Final = frozenset({"capital", "major"})
_FAMOUS: Final = 300_000
_LARGE: Final = 100_000
_TOWN: Final = 15_000


# Country -> sum of the weights of its evidence.
Evidence = dict[str, float]


class Place(NamedTuple):
    """One place of the table."""

    geonames_id: int
    kind: str
    country: str
    lat: float
    lon: float
    population: int
    name_en: str

    @property
    def geo(self) -> Geo:
        """The place in the form that the record uses."""
        return Geo(geonames_id=self.geonames_id, country=self.country, lat=self.lat, lon=self.lon, name_en=self.name_en)


class _Choice(NamedTuple):
    """One meaning of an ambiguous name.

    Attributes:
        place: the place in this meaning.
        speaking: countries whose evidence counts for it.
        is_usual: whether it is meant if the article has no evidence.
    """

    place: Place
    speaking: frozenset[str]
    is_usual: bool


class Gazetteer:
    """The table of places; loaded once, then only read.

    Attributes:
        english: folded Arabic name -> English name, for names whose places all have the same English name.
    """

    def __init__(
        self,
        countries: Mapping[str, Place],
        places: Mapping[str, Sequence[Place]],
        ambiguous: Mapping[str, Sequence[_Choice]],
        english: Mapping[str, str],
    ) -> None:
        self._countries = countries
        self._places = places
        self._ambiguous = ambiguous
        self._unplaced = frozenset(map(key, entries("entities/unplaced")))
        self.english = english

    @classmethod
    def load(cls) -> "Gazetteer":
        """Read the table in the package."""
        return cls(*kept("places", _read, PLACES / _TABLE))

    def place(self, document: Document, clusters: Sequence[Cluster]) -> list[Geo | None]:
        """Locate each cluster.

        Args:
            document: the article; the nationalities in it are evidence for countries.
            clusters: all entities of the article, of every type: names of organisations are evidence for countries too.

        Returns:
            The place of each cluster; None for persons and organisations, and for places that the article leaves undecided.
            The time is O(clusters + tokens).
        """
        known = [self._known_as(cluster) if cluster.type == "LOC" else "" for cluster in clusters]
        if not any(known):
            return [None] * len(clusters)
        evidence: Evidence = defaultdict(float, adjectives(document))
        # Weak evidence, which may support a place but does not count against another: the outlet's country, and small towns.
        soft: Evidence = defaultdict(float)
        home = outlet_country(document.article)
        if home:
            soft[home] = _OUTLET
        for cluster, name in zip(clusters, known, strict=True):
            for country, weight in self._votes(cluster, name):
                (soft if weight == _TOWN_NAMED else evidence)[country] += weight
        hints = [hint(document, cluster) if name else None for cluster, name in zip(clusters, known, strict=True)]
        found = [
            self._where(name, evidence, soft, about, ()) if about else None
            for name, about in zip(known, hints, strict=True)
        ]
        # Second pass, for names of several places: which of them is near other places of the article?
        near = [place for place in found if place is not None and place.kind not in _WIDE]
        for index, (name, about) in enumerate(zip(known, hints, strict=True)):
            if about and len(self._places.get(name, ())) > 1:
                others = [place for place in near if place is not found[index]]
                found[index] = self._where(name, evidence, soft, about, others)
        return [place.geo if place else None for place in found]

    def _known_as(self, cluster: Cluster) -> str:
        """Return the first of the cluster's possible names that the tables contain; if no table has one, its own name."""
        keys = [key(name) for name in names(cluster)]
        return next(
            (name for name in keys if name in self._places or name in NAMES or name in self._ambiguous), keys[0]
        )

    def _votes(self, cluster: Cluster, name: str) -> Iterator[tuple[str, float]]:
        """Yield the countries for which one entity is evidence, with weights."""
        if cluster.type == "ORG":
            countries = {country_of(word) for word in map(fold, cluster.name.split())}
            yield from ((country, _IN_A_NAME) for country in countries if country)
        elif name and name not in self._ambiguous and name not in self._unplaced:
            country = NAMES.get(name)
            candidates = () if country else self._places.get(name, ())
            if country:
                yield country, _COUNTRY_NAMED
            elif len({place.country for place in candidates}) == 1:
                yield candidates[0].country, _CITY_NAMED if any(map(_is_known, candidates)) else _TOWN_NAMED

    def _where(self, name: str, evidence: Evidence, soft: Evidence, about: Hint, near: Sequence[Place]) -> Place | None:
        if name in self._unplaced or about.is_part:
            return None
        total = defaultdict(float, evidence)
        for country, weight in about.countries.items():
            total[country] += weight
        kinds = about.kinds - {"part"}
        candidates = self._places.get(name, ())
        if kinds == {"city"}:
            towns = [place for place in candidates if place.kind not in _WIDE]
            if towns:
                return _best(towns, total, soft, near)
        choices = self._ambiguous.get(name)
        if choices:
            if "region" in kinds:
                regions = [choice for choice in choices if choice.place.kind == "region"]
                if len(regions) == 1:
                    return regions[0].place
                choices = regions or choices
            return _choose(choices, total)
        code = NAMES.get(name)
        return self._countries.get(code) if code else _best(candidates, total, soft, near)


def _read() -> tuple[dict[str, Place], dict[str, list[Place]], dict[str, list[_Choice]], dict[str, str]]:
    """Return the countries by code, the places by name, the meanings of ambiguous names, and the English names."""
    countries: dict[str, Place] = {}
    places: dict[str, list[Place]] = defaultdict(list)
    table = (PLACES / _TABLE).read_text(encoding="utf-8")
    for line in table.splitlines():
        if line.startswith("#"):
            continue
        identifier, kind, country, lat, lon, population, english, names = line.split("\t")
        place = Place(int(identifier), kind, country, float(lat), float(lon), int(population), english)
        if kind == "country":
            countries[country] = place
        for name in {key(name) for name in names.split("|") if name}:
            places[name].append(place)
    ambiguous = _ambiguous(countries, places)
    return countries, dict(places), ambiguous, _english(places, ambiguous)


def _english(places: Mapping[str, Sequence[Place]], ambiguous: Mapping[str, Sequence[_Choice]]) -> dict[str, str]:
    return {
        name: bearers[0].name_en
        for name, bearers in places.items()
        if name not in ambiguous and all(place.name_en == bearers[0].name_en for place in bearers)
    }


def _ambiguous(countries: Mapping[str, Place], places: Mapping[str, Sequence[Place]]) -> dict[str, list[_Choice]]:
    found: dict[str, list[_Choice]] = defaultdict(list)
    for line in entries("entities/ambiguous_places"):
        name, place, speaking, *usual = line.split("\t")
        kind, country = place.split()
        candidates = [one for one in places.get(key(name), ()) if (one.kind, one.country) == (kind, country)]
        if kind == "country":
            candidates = [countries[country]]
        found[key(name)] += [_Choice(one, frozenset(speaking.split()), bool(usual)) for one in candidates[:1]]
    return dict(found)


def _choose(choices: Sequence[_Choice], evidence: Evidence) -> Place | None:
    """Return the meaning with most evidence, None if two have equally much; without any evidence the usual meaning."""
    votes = [sum(evidence.get(country, 0.0) for country in choice.speaking) for choice in choices]
    most = max(votes)
    if most == 0:
        usual = [choice.place for choice in choices if choice.is_usual]
        return usual[0] if usual else None
    return choices[votes.index(most)].place if votes.count(most) == 1 else None


def _best(candidates: Sequence[Place], evidence: Evidence, soft: Evidence, near: Sequence[Place]) -> Place | None:
    """Return the likeliest place; None if it is not likely enough, or a place in another country is nearly as likely."""
    best: Place | None = None
    weight = -math.inf
    by_country: dict[str, float] = {}
    for place in candidates:
        score = _weight(place, _speaks_for(place.country, evidence, soft)) + _NEAR * _is_near(place, near)
        by_country[place.country] = max(score, by_country.get(place.country, -math.inf))
        if score > weight:
            best, weight = place, score
    if best is None or any(
        weight - other < _MARGIN for country, other in by_country.items() if country != best.country
    ):
        return None
    return best if _is_believed(best, evidence, soft, len(by_country) == 1) else None


def _is_near(place: Place, others: Sequence[Place]) -> bool:
    """Whether another place of the article is in the neighbourhood."""
    shrink = math.cos(math.radians(place.lat))
    return any(
        math.hypot(place.lat - other.lat, (place.lon - other.lon) * shrink) < _NEAR_DEGREES
        for other in others
        if other.geonames_id != place.geonames_id
    )


def _speaks_for(country: str, evidence: Evidence, soft: Evidence) -> float:
    return evidence.get(country, 0.0) + soft.get(country, 0.0)


def _is_believed(place: Place, evidence: Evidence, soft: Evidence, spoke: bool) -> bool:
    """Whether the article's other names or its outlet support the place, or it is so well known that it needs no support.

    Args:
        place: the likeliest place.
        evidence: by country.
        soft: weak evidence by country.
        spoke: whether `evidence` or `soft` includes the weight of this place's own name, which must not support it.
    """
    own = (_CITY_NAMED if _is_known(place) else _TOWN_NAMED) if spoke else 0.0
    support = _speaks_for(place.country, evidence, soft) - own
    if place.kind in _WELL_KNOWN or place.population >= _FAMOUS or support >= _CITY_NAMED:
        return True
    if support >= _IN_A_NAME:
        return place.population >= _TOWN
    return _is_known(place) and sum(evidence.values()) <= own


def _weight(place: Place, evidence: float) -> float:
    size = math.log10(max(place.population, 1))
    return size + _CAPITAL * (place.kind in _WELL_KNOWN) + _CONTEXT * min(evidence, _MOST_EVIDENCE)


def _is_known(place: Place) -> bool:
    """Whether news names this place without naming its country."""
    return place.kind in _WELL_KNOWN or place.kind == "region" or place.population >= _LARGE
