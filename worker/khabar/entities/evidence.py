"""Evidence about places: words of the article that point to a country, and words that tell the kind of a place.

They are nationalities anywhere in the article, and class nouns and adjectives around the place's mentions.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from khabar.entities.clusters import Cluster
from khabar.entities.countries import ADJECTIVES, USUAL_NAMES
from khabar.entities.spelling import bare, fold
from khabar.lexicons import entries
from khabar.text.document import Document
from khabar.text.memo import Memo

# Weight of a nationality anywhere in the article, and of one right after the place's own name.
_ADJECTIVE: Final = 0.5
_OWN_ADJECTIVE: Final = 4.0
_MOST_ADJECTIVES: Final = 2.0
_CLASSES: Final = {bare(noun): kind for noun, kind in (line.split("\t") for line in entries("entities/place_classes"))}
_LEADING: Final = frozenset(noun for noun, kind in _CLASSES.items() if kind != "part")
_EPITHETS: Final = frozenset(map(fold, entries("entities/place_epithets")))
_OF_STATES: Final = frozenset(map(fold, entries("entities/state_adjectives")))
_SHORTEST_ADJECTIVE: Final = 4
_CAPITAL: Final = fold("العاصمة")


@dataclass(slots=True)
class Hint:
    """Evidence from the words around a place's mentions.

    Attributes:
        kinds: city, region, country or part, from the class nouns before its mentions and in its name.
        bare: number of mentions without a class noun before them.
        countries: country -> weight, from adjectives right after its mentions.
    """

    kinds: set[str] = field(default_factory=set)
    bare: int = 0
    countries: dict[str, float] = field(default_factory=dict)

    @property
    def is_part(self) -> bool:
        """Whether every mention is a street or a district with that name, not the place itself."""
        return self.kinds == {"part"} and not self.bare


def _nationality(form: str) -> str | None:
    return ADJECTIVES.get(fold(form)) if len(form) >= _SHORTEST_ADJECTIVE else None


_NATIONALITIES: Final = Memo(_nationality)


def adjectives(document: Document) -> Mapping[str, float]:
    """Return country -> weight, from the nationalities in an article."""
    counts = Counter(filter(None, _NATIONALITIES.of(document.tokens.form)))
    return {country: min(count * _ADJECTIVE, _MOST_ADJECTIVES) for country, count in counts.items()}


def hint(document: Document, cluster: Cluster) -> Hint:
    """Return the evidence from the words around the mentions of a place."""
    tokens, found = document.tokens, Hint()
    for mention in cluster.mentions:
        first, last = tokens.at(mention.start), tokens.at(mention.end - 1)
        before = _class_of(tokens.segments[first - 1]) if first > 0 else None
        if before:
            found.kinds.add(before)
        else:
            found.bare += 1
        if last + 1 < len(tokens):
            country = ADJECTIVES.get(fold(tokens.form[last + 1]))
            if country:
                found.countries[country] = _OWN_ADJECTIVE
    words = [fold(word) for word in cluster.name.split()]
    if len(words) > 1 and bare(words[0]) in _LEADING:
        found.kinds.add(_CLASSES[bare(words[0])])
    if words[-1] == _CAPITAL:
        found.kinds.add("city")
    return found


def names(cluster: Cluster) -> Sequence[str]:
    """Return the names to look up for a place, in this order.

    First the name itself, then without class noun, nationality or epithet, then the usual name of the state that it describes.
    """
    words = cluster.name.split()
    found = [cluster.name]
    begin = 1 if len(words) > 1 and bare(words[0]) in _LEADING else 0
    end = len(words)
    while end > begin + 1 and (fold(words[end - 1]) in ADJECTIVES or fold(words[end - 1]) in _EPITHETS):
        end -= 1
    for first, last in ((begin, len(words)), (0, end), (begin, end)):
        name = " ".join(words[first:last])
        if name not in found:
            found.append(name)
    return [*found, *_state(words)]


def _state(words: Sequence[str]) -> Sequence[str]:
    """Return the usual name of a state: سوريا for الجمهورية العربية السورية, a noun for states with one country's adjective."""
    if len(words) == 1 or _CLASSES.get(bare(words[0])) != "country":
        return ()
    own = {ADJECTIVES.get(fold(word)) for word in words[1:] if fold(word) not in _OF_STATES}
    country = own.pop() if len(own) == 1 else None
    return [USUAL_NAMES[country]] if country else ()


def _class_of(segments: str) -> str | None:
    parts = segments.split("+")
    while len(parts) > 1 and parts[0] in ("و", "ف", "ب", "ل", "ك", "ال"):
        parts.pop(0)
    return _CLASSES.get(bare(fold("".join(parts))))
