"""What an entity has to do with the article itself: its outlet or agency, its author, or none of these."""

from collections.abc import Sequence
from typing import Final

from khabar.entities.clusters import Cluster
from khabar.entities.spelling import fold
from khabar.grammar.page.boilerplate import CREDITS, boilerplate
from khabar.lexicons import entries
from khabar.messages.record import Role
from khabar.text.document import Document

_HEADS: Final = frozenset(map(fold, entries("entities/outlet_heads")))


def roles(document: Document, clusters: Sequence[Cluster]) -> list[Role]:
    """Return the role of each cluster; O(mentions)."""
    article = document.article
    outlets = {_key(name) for name in (article.source, article.author) if name}
    authors = {
        _key(name) for name in (article.author or "").replace("،", ",").replace(" - ", ",").split(",") if name.strip()
    }
    credited = [stretch for stretch in boilerplate(document).stretches if stretch.kind in CREDITS]

    def is_credited(cluster: Cluster) -> bool:
        return any(stretch.start <= mention.start < stretch.end for mention in cluster.mentions for stretch in credited)

    found: list[Role] = []
    for cluster in clusters:
        key = _key(cluster.name)
        if cluster.type == "ORG" and (key in outlets or (key in _OUTLETS and is_credited(cluster))):
            found.append("publisher")
        elif cluster.type == "PER" and (key in authors or is_credited(cluster)):
            found.append("byline")
        else:
            found.append("story")
    return found


def is_outlet(name: str) -> bool:
    """Whether a name, normalized, is that of a paper, a broadcaster or an agency."""
    return _key(name) in _OUTLETS


def _key(name: str) -> str:
    """Return a name as compared: folded, without the noun for a paper or an agency before it, without spaces."""
    words = [fold(word) for word in name.split()]
    if len(words) > 1 and words[0] in _HEADS:
        words = words[1:]
    return "".join(words)


def _outlets() -> frozenset[str]:
    names = {name for line in entries("origin/outlets") for name in line.split("\t")[:1]}
    names |= {name for line in entries("origin/agencies") for name in line.split("\t")}
    return frozenset(map(_key, names))


_OUTLETS: Final = _outlets()
