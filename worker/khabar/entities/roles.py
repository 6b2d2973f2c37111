"""The role of an entity in the article: its publisher (outlet or agency), its author (byline), or a part of the story."""

from collections.abc import Iterator, Sequence
from typing import Final

from khabar.entities.clusters import Cluster
from khabar.entities.spelling import fold
from khabar.grammar.page.boilerplate import CREDITS, SITE, boilerplate
from khabar.lexicons import entries
from khabar.messages.record import Role
from khabar.text.document import Document

_FEWEST_PARAGRAPHS: Final = 2
_HEADS: Final = frozenset(map(fold, entries("entities/outlet_heads")))


def roles(document: Document, clusters: Sequence[Cluster]) -> list[Role]:
    """Return the role of each cluster; O(mentions)."""
    article = document.article
    outlets = {_key(name) for name in (article.source, article.author) if name}
    authors = {
        _key(name) for name in (article.author or "").replace("،", ",").replace(" - ", ",").split(",") if name.strip()
    }
    credited = [stretch for stretch in boilerplate(document).stretches if stretch.kind in CREDITS]
    site = [stretch for stretch in credited if stretch.kind == SITE]
    alone = set(_alone(document))

    def is_credited(cluster: Cluster) -> bool:
        return any(stretch.start <= mention.start < stretch.end for mention in cluster.mentions for stretch in credited)

    def is_site(cluster: Cluster) -> bool:
        return all(
            any(stretch.start <= mention.start < stretch.end for stretch in site) for mention in cluster.mentions
        )

    def is_signature(cluster: Cluster) -> bool:
        return len(cluster.mentions) == 1 and (cluster.mentions[0].start, cluster.mentions[0].end) in alone

    found: list[Role] = []
    for cluster in clusters:
        key = _key(cluster.name)
        if cluster.type == "ORG" and (
            key in outlets or (key in _OUTLETS and is_credited(cluster)) or (bool(site) and is_site(cluster))
        ):
            found.append("publisher")
        elif cluster.type == "PER" and (key in authors or is_credited(cluster) or is_signature(cluster)):
            found.append("byline")
        else:
            found.append("story")
    return found


def _alone(document: Document) -> Iterator[tuple[int, int]]:
    """Yield the spans of the first and the last paragraph, if the body has more than two. A name alone there is a signature."""
    paragraphs = document.paragraphs
    body = [
        (start, end)
        for start, end in zip(paragraphs.start, paragraphs.end, strict=True)
        if start >= document.body_start
    ]
    if len(body) > _FEWEST_PARAGRAPHS:
        yield from (body[0], body[-1])


def is_outlet(name: str) -> bool:
    """Whether a normalized name is that of a newspaper, a broadcaster or an agency."""
    return _key(name) in _OUTLETS


def _key(name: str) -> str:
    """Return the key by which names of outlets are compared: folded, without spaces and without a first word like 'agency'."""
    words = [fold(word) for word in name.split()]
    if len(words) > 1 and words[0] in _HEADS:
        words = words[1:]
    return "".join(words)


def _outlets() -> frozenset[str]:
    names = {name for line in entries("origin/outlets") for name in line.split("\t")[:1]}
    names |= {name for line in entries("origin/agencies") for name in line.split("\t")}
    return frozenset(map(_key, names))


_OUTLETS: Final = _outlets()
