"""Shape: how the items of an input are made into articles: taken out of what they are wrapped in, their fields renamed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from khabar.errors import Code, RejectedArticle
from khabar.messages.aliases import ALIASES, place_of
from khabar.messages.items import check_depth, decode_item, show_name, too_large
from khabar.messages.rejection import KEPT_BYTES
from khabar.sources.items import Item
from khabar.sources.wrapped import unwrapped

Fields = Mapping[str, str] | Sequence[tuple[str, str]]


@dataclass
class Shape:
    """How items become articles.

    Attributes:
        fields: pairs of khabar's name, or any that it knows, and the producer's: ("text", "النص"). A producer's name with points
            leads through objects: "post.details". Of several for one field the first that holds something wins.
        items: where the articles are in a value, with points between: "data.posts". None takes a wrapping that is well known.
        missed: the producer's names among `fields` that no item had so far.

    Raises:
        ValueError: a name in `fields` that khabar does not know, or an empty one.
    """

    fields: Fields = ()
    items: str | None = None
    missed: dict[str, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read the names."""
        pairs = self.fields.items() if isinstance(self.fields, Mapping) else self.fields
        self._pairs = [(field_named(name), theirs) for name, theirs in pairs]
        if not all(theirs for _, theirs in self._pairs):
            raise ValueError("the producer's name of a field is empty")
        self.missed = dict.fromkeys(theirs for _, theirs in self._pairs)

    @property
    def ours(self) -> dict[str, str]:
        """Khabar's field of each of the producer's names."""
        return {theirs: ours for ours, theirs in self._pairs}

    @property
    def key(self) -> str:
        """The part of a progress name that tells this shape from others; empty where no shape was given."""
        return "".join(f"#{ours}={theirs}" for ours, theirs in self._pairs) + (
            f"#items={self.items}" if self.items else ""
        )

    def unwrapped(self, items: Iterator[Item], max_bytes: int, *, skip: int) -> Iterator[Item]:
        """Give out the articles inside the items of a whole input, from number skip + 1 on.

        Args:
            items: from the first on.
            max_bytes: a larger article is an item with an error.
            skip: articles that are read over.

        Raises:
            SourceError: two places in a value hold articles, and nobody said which.
        """
        articles = (article for item in items for article in self._articles_of(item, max_bytes))
        for number, article in enumerate(articles, 1):
            if number > skip:
                yield replace(self.renamed(article), number=number)

    def renamed(self, item: Item) -> Item:
        """Return an item with its fields renamed. An item that is not a JSON object is unchanged; validation refuses it."""
        if not self._pairs or item.error is not None:
            return item
        try:
            fields = _decoded(item.raw)
        except RejectedArticle:
            return item
        return Item(self.rename(fields), item.number, item.where, mark=item.mark)

    def rename(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields under khabar's names. A field that had such a name before goes to `extra`."""
        renamed = dict(fields)
        done: set[str] = set()
        for ours, theirs in self._pairs:
            value = _at(fields, theirs)
            if value is None:
                continue
            self.missed.pop(theirs, None)
            if ours in done or value in ("", [], {}):
                continue
            done.add(ours)
            renamed.pop(theirs, None)
            if ours in renamed and ours != theirs:
                extra = renamed.get("extra")
                renamed["extra"] = (extra if isinstance(extra, dict) else {}) | {ours: renamed[ours]}
            renamed[ours] = value
        return renamed

    def _articles_of(self, item: Item, max_bytes: int) -> Iterator[Item]:
        if item.error is not None:
            yield item
            return
        try:
            value = orjson.loads(item.raw) if isinstance(item.raw, bytes) else dict(item.raw)
        except orjson.JSONDecodeError:
            yield item
            return
        found = unwrapped(value, self.items, item.where) if isinstance(value, dict) else None
        if found is not None:
            for number, article in enumerate(found, 1):
                yield _article(article, Item(b"", item.number, f"{item.where}[{number}]", mark=item.mark), max_bytes)
        elif self.items is not None:
            reason = "is not in this item, and --items says that the articles are there"
            error = RejectedArticle(Code.WRONG_TYPE, field=show_name(self.items), reason=reason, place="read")
            yield Item(_short(item.raw), item.number, item.where, error, item.mark)
        elif isinstance(item.raw, bytes) and len(item.raw) > max_bytes:
            yield Item(_short(item.raw), item.number, item.where, too_large(len(item.raw), max_bytes), item.mark)
        else:
            yield item


def field_named(name: str) -> str:
    """Return khabar's own name of a field that is named in any way that it knows.

    Raises:
        ValueError: it knows none.
    """
    place = place_of(name.strip())
    if place is None:
        raise ValueError(f"there is no field {show_name(name)!r}; there are {', '.join(['text', *ALIASES])}")
    return place[0]


def parse_fields(pairs: Sequence[str]) -> list[tuple[str, str]]:
    """Read "text=النص".

    Raises:
        ValueError: no "=", or no known field before it.
    """
    read = []
    for pair in pairs:
        ours, equals, theirs = pair.partition("=")
        if not equals or not theirs.strip():
            raise ValueError(
                f"{show_name(pair)!r} must be khabar's name of a field, =, and its name in the input: text=النص"
            )
        field_named(ours)
        read.append((ours, theirs.strip()))
    return read


def _decoded(raw: bytes | Mapping[str, Any]) -> dict[str, Any]:
    fields = decode_item(raw, len(raw)) if isinstance(raw, bytes) else dict(raw)
    check_depth(fields)
    return fields


def _at(fields: Mapping[str, Any], name: str) -> Any:
    """Return what stands under a name, or at the end of a path; None where nothing does."""
    if name in fields:
        return fields[name]
    value: Any = fields
    for part in name.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return None
        value = value[part]
    return value


def _article(article: Any, item: Item, max_bytes: int) -> Item:
    raw = orjson.dumps(article)
    error = too_large(len(raw), max_bytes) if len(raw) > max_bytes else None
    return Item(_short(raw) if error else raw, item.number, item.where, error, item.mark)


def _short(raw: bytes | Mapping[str, Any]) -> bytes | Mapping[str, Any]:
    return raw[:KEPT_BYTES] if isinstance(raw, bytes) else raw
