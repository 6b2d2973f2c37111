"""The Latin name of an entity of any type."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from khabar.entities.clusters import Cluster
from khabar.latin.organisations import organisation
from khabar.latin.persons import Latin, Region, person
from khabar.latin.places import place
from khabar.lexicons import entries
from khabar.messages.record import Geo, LatinName

_MAGHREB: Final = frozenset(entries("latin/maghreb"))
_MOST_NAMES: Final = 1 << 14  # kept by one process, about 2 MB


class LatinNames:
    """Gives entities their Latin names, and remembers those of names that come again."""

    def __init__(self, english: Mapping[str, str]) -> None:
        """Take the English names of places: folded Arabic name -> the one that all places of that name have."""
        self._english = english
        self._name = lru_cache(_MOST_NAMES)(self._uncached)

    def of(self, clusters: Sequence[Cluster], places: Sequence[Geo | None]) -> list[LatinName | None]:
        """Return for each entity of an article its Latin name, or None; O(entities).

        Args:
            clusters: the entities. places: of each, where it is.
        """
        region = region_of(places)
        return [
            LatinName(text=geo.name_en, basis="known")
            if geo and geo.name_en
            else self._name(cluster.type, cluster.name, region)
            for cluster, geo in zip(clusters, places, strict=True)
        ]

    def _uncached(self, kind: str, name: str, region: Region) -> LatinName | None:
        found: Latin | None
        if kind == "PER":
            found = person(name, region)
        elif kind == "ORG":
            found = organisation(name, self._english, region)
        else:
            found = place(name, self._english, region)
        return found and LatinName(text=found.text, basis=found.basis)


def region_of(places: Sequence[Geo | None]) -> Region:
    """Return whose habits of spelling an article follows: "m" where most of its places are in the Maghreb."""
    countries = [place.country for place in places if place]
    return "m" if 2 * sum(country in _MAGHREB for country in countries) > len(countries) else ""
