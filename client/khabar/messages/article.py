"""Article: what a producer sends, under whatever names its scraper uses."""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from khabar.errors import Code, RejectedArticle
from khabar.keys.defaults import DEFAULT_MAX_BYTES
from khabar.messages.aliases import CONTAINERS, REPEATS, place_of
from khabar.messages.canonical import canonical_url
from khabar.messages.dates import read_ago, read_date
from khabar.messages.items import PLACE, check_depth, decode_item, encode_item, not_interrupted, show_names
from khabar.messages.unknown import most_arabic
from khabar.messages.values import LIST_COMMA, PARAGRAPH, READERS, Unfit, is_blank, only, read_authors

__all__ = ["DEFAULT_MAX_BYTES", "Article", "parse_article"]

ID_BYTES = 16  # of a SHA-256: two of 10**12 articles share one with a chance of 10**-15

_PAGE_RANK = 99  # after every real name of a URL
_CONTAINER_RANK = 100  # after every name in the item itself

_OF_CONTAINERS = frozenset(
    (
        "url",
        "title",
        "source",
        "author",
        "authors",
        "published_at",
        "modified_at",
        "section",
        "tags",
        "description",
        "image",
    )
)

Candidate = tuple[int, str, Any]  # rank of the name, name as sent, value as sent


class Article(BaseModel):
    """One news article in khabar's own names. Only its words are required."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(
        description='The producer\'s id, else "url:" and a hash of the canonical URL, else "text:" and one of the text.'
    )
    url: str | None = Field(default=None, description="Address of the article's page.")
    title: str | None = Field(default=None, description="As received, never stripped or normalized.")
    body: str = Field(default="", description="As received, never stripped or normalized; HTML stays HTML.")
    source: str | None = Field(default=None, description="Publisher or site.")
    author: str | None = Field(default=None, description='As sent; several of a list are joined by "، ".')
    authors: list[str] = Field(default=[], description="The names of the authors, each once.")
    published_at: datetime | None = Field(
        default=None, description="Without a zone it is the source's local time; null where it cannot be read."
    )
    modified_at: datetime | None = Field(default=None, description="When it was last changed; as published_at.")
    scraped_at: datetime | None = Field(default=None, description="When the producer fetched it; as published_at.")
    section: str | None = Field(default=None, description="The first, where there are several.")
    tags: list[str] = Field(default=[], description="The publisher's own.")
    description: str | None = Field(default=None, description="Summary or standfirst, beside a body.")
    image: str | None = Field(default=None, description="Address of the first picture.")
    extra: dict[str, Any] = Field(default={}, description="Other fields of the producer, unchanged.")

    @property
    def text(self) -> str:
        """The text that all offsets count in: title, two newlines, body, all unstripped; without a title the body."""
        return f"{self.title}{PARAGRAPH}{self.body}" if self.title else self.body


def parse_article(raw: bytes | str | Mapping[str, Any], *, max_bytes: int = DEFAULT_MAX_BYTES) -> Article:
    """Read what a scraper sent: JSON, or a mapping that could be JSON.

    The field names of the common scrapers are understood (khabar/messages/aliases.py); the first that holds something wins.
    An unreadable date loses only the date: the field is None, and the value that was sent stays in `extra`.

    Args:
        raw: one article; a mapping is judged by the JSON that it would be sent as.
        max_bytes: the most that the JSON may have; checked before parsing.

    Raises:
        RejectedArticle: with code, the producer's own name of the field, and the reason; place "validate". No item raises
            anything else; a MemoryError is the process's, not the item's, and passes.
    """
    try:
        return _parse(raw, max_bytes)
    except (RejectedArticle, MemoryError):
        raise
    except Exception as error:
        not_interrupted(error)
        reason = f"cannot be read as an article ({type(error).__name__})"
        raise RejectedArticle(Code.WRONG_TYPE, field=None, reason=reason, place=PLACE) from error


def _parse(raw: bytes | str | Mapping[str, Any], max_bytes: int) -> Article:
    item = decode_item(raw if isinstance(raw, bytes | str) else encode_item(raw), max_bytes)
    check_depth(item)  # before any two values are compared: comparing them recurses
    found, extra = _sort_fields(item)
    article: dict[str, Any] = {}
    for field, candidates in found.items():
        value = _first_of(field, candidates, extra)
        if value is not None:
            article[field] = value
    if "published_at" not in article and "scraped_at" in article:
        sent = (read_ago(value, article["scraped_at"]) for _, _, value in found.get("published_at", ()))
        article["published_at"] = next(filter(None, sent), None)
    _read_containers(article, extra)
    if "body" not in article and "description" in article:  # a summary is all the text there is in many feeds
        article["body"] = article.pop("description")
    _agree_on_authors(article)
    _require_text(article, found, item, extra)
    article["extra"] = extra
    if "id" not in article:
        article["id"] = _make_id(article)
    return Article(**article)


def _sort_fields(item: dict[str, Any]) -> tuple[dict[str, list[Candidate]], dict[str, Any]]:
    """Sort what was sent in one pass: candidates for each field of an article, and the rest."""
    found: dict[str, list[Candidate]] = {}
    extra: dict[str, Any] = {}
    for name, value in item.items():
        place = place_of(name)
        if place is None:
            if name == "extra" and type(value) is dict:
                extra = value | extra
            else:
                extra[name] = value
            continue
        field, rank = place
        if field == "source" and _is_page(value):
            field, rank = "url", _PAGE_RANK
        if field in found:
            found[field].append((rank, name, value))
            found[field].sort(key=_rank)
        else:
            found[field] = [(rank, name, value)]
    return found, extra


def _rank(candidate: Candidate) -> int:
    return candidate[0]


def _is_page(source: Any) -> bool:
    """Tell whether `source` is the page's address, as trafilatura's is: one with a path. A bare site is a publisher."""
    source = only(source)
    return (
        type(source) is str
        and source.startswith(("http://", "https://"))
        and source.find("/", len("https://")) not in (-1, len(source) - 1)
    )


def _first_of(field: str, candidates: list[Candidate], extra: dict[str, Any]) -> Any:
    """Take the first candidate that holds something; put what that leaves unsaid into `extra`."""
    winner, sent = None, None
    for _, name, value in candidates:
        if winner is None:
            winner, sent = _read(field, name, value), value
            if winner is None:
                if not _is_nothing(value):
                    extra[name] = value  # a date in words, a source that is an object without a name
            elif field == "section":
                winner = _first_section(name, winner, value, extra)
        elif value != sent and not _is_nothing(value) and name.lower() not in REPEATS:
            extra[name] = value
    return winner


def _read_containers(article: dict[str, Any], extra: dict[str, Any]) -> None:
    """Fill fields that the item lacks from the page's metadata, such as its Open Graph. The metadata stays in `extra`."""
    for container in CONTAINERS:
        values = extra.get(container)
        if type(values) is not dict:
            continue
        nested = [
            (f"{name}:{key}", part)
            for name, value in values.items()
            if type(value) is dict
            for key, part in value.items()
        ]
        for name, value in [*values.items(), *nested]:
            field = (place_of(name) or ("",))[0]
            if field in _OF_CONTAINERS and field not in article:
                try:
                    read = _read(field, name, value)
                except RejectedArticle:
                    continue
                if read is not None:
                    article[field] = read


def _agree_on_authors(article: dict[str, Any]) -> None:
    """Give `author` and `authors` each what the other says where it has nothing itself."""
    if "authors" not in article and "author" in article:
        article["authors"] = read_authors(article["author"]) or []
    elif "author" not in article and "authors" in article:
        article["author"] = LIST_COMMA.join(article["authors"])


def _first_section(name: str, section: str, value: Any, extra: dict[str, Any]) -> str:
    """Take the first of trafilatura's "a;b" or of a list and keep all in `extra`; another string is one section."""
    if type(value) is list and len(value) > 1:
        extra[name] = value
    elif type(value) is str and ";" in value and name.lower() == "categories":
        extra[name] = value
        return next(filter(None, (part.strip() for part in value.split(";"))), section)
    return section


def _read(field: str, name: str, value: Any) -> Any:
    if field.endswith("_at"):
        date = read_date(only(value))
        is_utc = name.lower().endswith(("_gmt", "_utc"))  # WordPress names no zone in the value
        return date.replace(tzinfo=UTC) if date and is_utc and date.tzinfo is None else date
    try:
        return READERS[field](value)
    except Unfit as error:
        raise RejectedArticle(Code.WRONG_TYPE, field=name, reason=str(error), place=PLACE) from None


def _is_nothing(value: Any) -> bool:
    return is_blank(value) if type(value) is str else value is None or value == [] or value == {}


def _require_text(
    article: dict[str, Any], found: dict[str, list[Candidate]], item: dict[str, Any], extra: dict[str, Any]
) -> None:
    """Refuse an article without words, or whose words seem to stand in a field that nobody knows.

    A body of white space under a title stays as it is.

    Raises:
        RejectedArticle: no_text.
    """
    if "body" in article:
        return
    if unknown := most_arabic(extra, article.get("title", "")):
        reason = f"holds most of the item's Arabic, and no known field holds its text; say --field text={unknown}"
        raise RejectedArticle(Code.NO_TEXT, field=unknown, reason=reason, place=PLACE)
    sent = next(((name, value) for _, name, value in found.get("body", ()) if type(value) is str), None)
    if "title" not in article:
        if sent:
            raise RejectedArticle(Code.NO_TEXT, field=sent[0], reason="holds no words, nor does a title", place=PLACE)
        reason = f"has no text: no known field of text among its fields ({show_names(item)})"
        raise RejectedArticle(Code.NO_TEXT, field=None, reason=reason, place=PLACE)
    if sent and sent[1] != "None":
        article["body"] = sent[1]


def _make_id(article: dict[str, Any]) -> str:
    if "url" in article:
        return "url:" + sha256(canonical_url(article["url"]).encode()).hexdigest()[: 2 * ID_BYTES]
    title, body = article.get("title"), article.get("body", "")
    text = f"{title}{PARAGRAPH}{body}" if title else body
    return "text:" + sha256(text.encode()).hexdigest()[: 2 * ID_BYTES]
