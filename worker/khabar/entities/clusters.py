"""Clusters: all mentions of one entity in an article, under its fullest name."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from khabar.entities.countries import key
from khabar.entities.forms import Form, forms
from khabar.entities.fullest import fullest
from khabar.entities.glosses import glossed
from khabar.entities.groups import Groups
from khabar.entities.nominals import Nominal, nominals
from khabar.entities.organisations import link_organisations
from khabar.entities.persons import link_persons
from khabar.entities.places import link_places
from khabar.entities.recognizer import EntityType, Name
from khabar.lexicons import entries
from khabar.text.document import Document


@dataclass(frozen=True, slots=True)
class ClusterMention:
    """One mention of a cluster; raw offsets."""

    start: int
    end: int
    kind: Literal["name", "nominal"]


@dataclass(frozen=True, slots=True)
class Cluster:
    """One entity of the article.

    Attributes:
        type: person, organisation or place.
        name: the fullest form in the article, in normalized spelling, without proclitics, '#' and '_'.
        mentions: in text order.
    """

    type: EntityType
    name: str
    mentions: tuple[ClusterMention, ...]


def _aliases() -> dict[tuple[str, str], int]:
    rows = (line.split("\t") for line in entries("entities/aliases"))
    return {(kind, key(name)): group for group, (kind, names) in enumerate(rows) for name in names.split("|")}


_ALIASES: Final = _aliases()


def cluster(document: Document, names: Sequence[Name]) -> list[Cluster]:
    """Join the mentions of each entity.

    Args:
        document: with tokens, sentences and paragraphs.
        names: in text order; none overlaps another.

    Returns:
        The entities in the order of their first mention, every name in exactly one; O(names + tokens).
    """
    if not names:
        return []
    found = forms(document, names)
    groups = Groups(found)
    known_whole = _link_aliases(groups)
    of_type: dict[EntityType, list[int]] = {"PER": [], "ORG": [], "LOC": []}
    for index, form in enumerate(found):
        of_type[form.type].append(index)
    link_persons(groups, of_type["PER"])
    link_organisations(groups, of_type["ORG"], known_whole)
    link_places(groups, of_type["LOC"])
    form_of = {mention: index for index, form in enumerate(found) for mention in form.mentions}
    for one, other in glossed(document, names):
        groups.join(form_of[one], form_of[other])
    members: dict[int, list[Form]] = defaultdict(list)
    for index, form in enumerate(found):
        members[groups.find(index)].append(form)
    owner = [groups.find(form_of[index]) for index in range(len(names))]
    anaphors: dict[int, list[Nominal]] = defaultdict(list)
    for nominal in nominals(document, names, owner):
        anaphors[nominal.owner].append(nominal)
    return [_cluster(names, parts, anaphors[group]) for group, parts in members.items()]


def _link_aliases(groups: Groups) -> set[int]:
    """Join forms that the lexicon of aliases lists for the same entity; return the forms that it contains."""
    known: set[int] = set()
    first: dict[int, int] = {}
    for index, form in enumerate(groups.forms):
        alias = _ALIASES.get((form.type, "".join(form.words)))
        if alias is not None:
            known.add(index)
            groups.join(first.setdefault(alias, index), index)
    return known


def _cluster(names: Sequence[Name], parts: Sequence[Form], anaphors: Sequence[Nominal]) -> Cluster:
    mentions = [
        ClusterMention(names[mention].start, names[mention].end, "name") for form in parts for mention in form.mentions
    ]
    mentions += [ClusterMention(nominal.start, nominal.end, "nominal") for nominal in anaphors]
    mentions.sort(key=lambda mention: mention.start)
    return Cluster(parts[0].type, fullest(parts), tuple(mentions))
