"""Articles and stories as bytes, to be stored: an article is written once, its story at each change."""

import struct
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import orjson

from khabar.stories.columns import COLUMNS, NUMBER, WEIGHED
from khabar.stories.digest import Digest
from khabar.stories.members import GONE, Article, Story
from khabar.stories.telling import Told

# Version, serial number, day, outlet, dateline; then how many codes each column has, in the order of COLUMNS.
_HEAD: Final = struct.Struct("<BIdII")
_VERSION: Final = 1
_WEIGHED: Final = slice(NUMBER[WEIGHED[0]], NUMBER[WEIGHED[-1]] + 1)
_LONG: Final = 400  # bytes of a story from which it is worth compressing
_NAME_WITHOUT_KEY: Final = 2  # a name as it is written where its key is the same


class Unreadable(Exception):
    """Bytes that this version did not write."""


@dataclass(frozen=True, slots=True)
class PackedArticle:
    """An article as it was kept.

    Attributes:
        day: by which it leaves the window, in days since 1970.
    """

    serial: int
    day: float
    digest: Digest
    id: str
    outlet: str | None
    agency: str | None
    told: Told


def pack_article(article: Article, digest: Digest, told: Told) -> bytes:
    """Write an article; `digest` with the day by which it leaves the window."""
    day = digest.day or 0.0
    parts = [_HEAD.pack(_VERSION, article.serial, day, digest.outlet, digest.dateline)]
    parts += [bytes(digest.lengths), digest.codes.astype("<u4").tobytes(), digest.weights.astype("<f2").tobytes()]
    names = [[kind, key, name] if name != key else [kind, key] for (kind, key), name in told.names.items()]
    figures = [[*key, said_by] for key, said_by in told.figures.items()]
    at = told.at.isoformat() if told.at else None
    rest = [article.id, article.outlet, article.agency, told.url, told.title, at, names, figures]
    parts.append(zlib.compress(orjson.dumps(rest), 1))
    return b"".join(parts)


def unpack_article(data: bytes) -> PackedArticle:
    """Read an article.

    Raises:
        Unreadable: another version, or something else, has written it.
    """
    try:
        version, serial, day, outlet, dateline = _HEAD.unpack_from(data)
        if version != _VERSION:
            raise Unreadable(f"an article of version {version}")
        at = _HEAD.size
        lengths = tuple(data[at : at + len(COLUMNS)])
        if len(lengths) < len(COLUMNS):
            raise Unreadable("an article that is cut off")
        at += len(COLUMNS)
        codes = np.frombuffer(data, "<u4", sum(lengths), at).astype(np.uint32)
        at += codes.nbytes
        weights = np.frombuffer(data, "<f2", sum(lengths[_WEIGHED]), at).astype(np.float32)
        at += 2 * len(weights)
        digest = Digest(day, outlet, dateline, codes, lengths, weights)
        return PackedArticle(serial, day, digest, *_told(orjson.loads(zlib.decompress(data[at:]))))
    except (struct.error, zlib.error, ValueError, TypeError) as error:
        raise Unreadable(str(error)) from error


def _told(rest: list[Any]) -> tuple[str, str | None, str | None, Told]:
    article_id, outlet, agency, url, title, at, names, figures = rest
    told = Told(
        url,
        title,
        datetime.fromisoformat(at) if at else None,
        {(name[0], name[1]): name[-1] if len(name) > _NAME_WITHOUT_KEY else name[1] for name in names},
        {(value, category, unit): said_by for value, category, unit, said_by in figures},
    )
    return article_id, outlet, agency, told


def pack_story(story: Story) -> bytes:
    """Write how a story stands; its articles are named by their serial numbers."""
    articles = [
        [each.serial, int(each.row != GONE), each.role, each.original, each.share, each.links]
        for each in story.articles
    ]
    data = orjson.dumps({"revision": story.revision, "merged": story.merged, "articles": articles})
    return zlib.compress(data, 1) if len(data) > _LONG else data


def unpack_story(number: int, data: bytes) -> tuple[Story, frozenset[int]]:
    """Read a story: its articles have no id, outlet, agency and row yet.

    Returns:
        The story, and the serial numbers of those of its articles that are in the window.

    Raises:
        Unreadable: another version, or something else, has written it.
    """
    try:
        value = orjson.loads(data if data.startswith(b"{") else zlib.decompress(data))
        story = Story(number, revision=value["revision"], merged=tuple(value["merged"]))
        live = set()
        for serial, is_live, role, original, share, links in value["articles"]:
            made = Article("", None, None, role, story=number, serial=serial, original=original, share=share)
            made.links = links
            story.articles.append(made)
            if is_live:
                live.add(serial)
    except (zlib.error, ValueError, TypeError, KeyError) as error:
        raise Unreadable(str(error)) from error
    return story, frozenset(live)
