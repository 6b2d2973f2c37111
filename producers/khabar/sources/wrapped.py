"""Articles inside other values: answers of news interfaces, hits of a search engine, rows of a database."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from khabar.errors import SourceError
from khabar.messages.aliases import place_of

MAX_BYTES: Final = 64 << 20  # of one value that holds many articles: 10,000 hits of a search engine

# Where lists of articles are known to be.
_LISTS: Final = tuple(
    tuple(path.split("."))
    for path in (
        "articles",  # NewsAPI, GNews
        "items",  # JSON Feed, Feedly
        "hits.hits",  # Elasticsearch
        "hits",  # Algolia
        "response.docs",  # Solr, New York Times
        "response.results",  # Guardian
        "rows",  # CouchDB
        "docs",
        "documents",
        "results",
        "result",
        "data",
        "data.articles",
        "data.items",
        "data.posts",
        "data.results",
        "posts",
        "news",
        "stories",
        "entries",
        "feed.entries",
        "rss.channel.item",
        "channel.item",
        "records",
        "value",
        "@graph",  # JSON-LD
    )
)
# Where one article is known to be.
_OBJECTS: Final = (
    "_source",
    "article",
    "doc",
    "attributes",
    "fields",
    "document",
    "item",
    "data",
    "record",
    "node",
    "payload",
)

_HINT: Final = re.compile(
    rb'"(?:%s)"\s*:\s*[\[{]'
    % b"|".join(sorted({path[-1].encode() for path in _LISTS} | {name.encode() for name in _OBJECTS}))
)
_SHOWN: Final = 3


def may_be_wrapped(head: bytes) -> bool:
    """Whether the beginning of JSON names a place where articles are known to be."""
    return _HINT.search(head) is not None


def unwrapped(value: dict[str, Any], path: str | None, where: str) -> list[Any] | None:
    """Return the articles inside a value; None where it holds none, and may be one itself.

    Args:
        value: a JSON object.
        path: to the articles, names with points between; every element of a list on the way is gone into. None takes the one
            known place that fits.
        where: the value is, for a person.

    Raises:
        SourceError: several known places fit.
    """
    if path is not None:
        return list(_along(value, path.split("."))) or None
    if _has_text(value):
        return None
    found = {".".join(place): articles for place in _LISTS if (articles := _list_at(value, place)) is not None}
    if not found:
        inner = {
            name: value[name] for name in _OBJECTS if isinstance(value.get(name), Mapping) and _is_article(value[name])
        }
        found = {name: [article] for name, article in inner.items()} if not _has_title(value) else {}
    if len(found) > 1:
        names = " and ".join(list(found)[:_SHOWN])
        raise SourceError(f"{where}: articles may be in {names}; choose one with --items.")
    return next(iter(found.values()), None)


def _along(value: Any, path: list[str]) -> Iterator[Any]:
    if isinstance(value, list):
        for part in value:
            yield from _along(part, path)
    elif not path:
        yield value
    elif isinstance(value, Mapping) and path[0] in value:
        yield from _along(value[path[0]], path[1:])


def _list_at(value: dict[str, Any], path: tuple[str, ...]) -> list[Any] | None:
    """Return the articles of a list, each out of its own wrapping; None where it is no list of articles."""
    found: Any = value
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    if not isinstance(found, list) or not any(isinstance(part, Mapping) for part in found):
        return None
    articles = [_inner(part) for part in found]
    needs_text = _has_title(value)  # the title of the feed, or of an article that lists related ones
    fits = _has_text if needs_text or path == ("@graph",) else _is_article
    if not any(isinstance(article, Mapping) and fits(article) for article in articles):
        return None
    # A graph holds the page's other parts as well: site, person, picture.
    return [
        article for article in articles if path != ("@graph",) or (isinstance(article, Mapping) and _has_text(article))
    ]


def _inner(part: Any) -> Any:
    if not isinstance(part, Mapping) or _has_text(part):
        return part
    found = [part[name] for name in _OBJECTS if isinstance(part.get(name), Mapping) and _has_text(part[name])]
    return found[0] if len(found) == 1 else part


def _is_article(fields: Mapping[str, Any]) -> bool:
    return _has_text(fields) or _has_title(fields)


def _has_text(fields: Mapping[str, Any]) -> bool:
    return _has(fields, "body")


def _has_title(fields: Mapping[str, Any]) -> bool:
    return _has(fields, "title")


def _has(fields: Mapping[str, Any], wanted: str) -> bool:
    """Whether a field holds something that is no list of articles and no article."""
    return any(
        (place_of(name) or ("",))[0] == wanted and bool(value) and _is_words(value) for name, value in fields.items()
    )


def _is_words(value: Any) -> bool:
    if isinstance(value, Mapping):
        return "rendered" in value or "sections" in value or "raw_markdown" in value or "value" in value
    return isinstance(value, str) or (
        isinstance(value, list) and all(isinstance(part, str) or _is_words(part) for part in value)
    )
