"""Readers of field values, one function for each field.

Each returns None for an empty value, so that the next name is tried. Each raises Unfit for a value that the field cannot
have.
"""

import re
from collections.abc import Callable
from typing import Any, Final

PARAGRAPH = "\n\n"
LIST_COMMA = "، "

_KINDS: Final = {bool: "a truth value", int: "a number", float: "a number", list: "a list", dict: "an object"}
_TAG_BREAK = re.compile(r"[,،]")
_NAME_BREAK = re.compile(r"[,،;؛|\n]")
_TEXT_KEYS: Final = ("rendered", "@value", "value", "raw_markdown")  # WordPress, JSON-LD, feedparser, crawl4ai
_ADDRESS_KEYS: Final = ("url", "href", "src", "@id", "contentUrl")


class Unfit(Exception):
    """The value cannot mean what the field means; the message says why in words that follow the field's name."""


def kind(value: Any) -> str:
    """Name the JSON type of a value for a person."""
    return _KINDS.get(type(value), "text")


def is_blank(text: str) -> bool:
    """Tell whether a string says nothing: empty, white space, or "None", which news-please writes for nothing."""
    return not text or text == "None" or text.isspace()


def only(value: Any) -> Any:
    """Return the one value inside a list that holds no other, as Scrapy's ItemLoader makes of every field; else the value."""
    while type(value) is list:
        held = [part for part in value if part is not None and not (type(part) is str and is_blank(part))]
        if len(held) > 1 and all(part == held[0] for part in held):
            held = held[:1]
        if len(held) > 1:
            return value
        value = held[0] if held else None
    return value


def read_string(value: Any) -> str | None:
    """Read a title or a URL: a string, as it is; alone in a list, or in an object that is made for it (WordPress)."""
    value = only(value)
    if type(value) is dict:
        value = next((value[key] for key in (*_TEXT_KEYS, *_ADDRESS_KEYS) if type(value.get(key)) is str), value)
    if type(value) is str:
        return None if is_blank(value) else value
    if value is None:
        return None
    raise Unfit(f"is {kind(value)} and must be a string")


def read_id(value: Any) -> str | None:
    """Read an id: a string, or a whole number, which is written in digits."""
    value = only(value)
    if type(value) is int:
        return str(value)
    if value is None or type(value) is str:
        return read_string(value)
    raise Unfit(f"is {kind(value)} and must be a string or a whole number")


def read_name(value: Any) -> str | None:
    """Read a publisher, person or tag: a string, or an object with a name (feedparser, schema.org)."""
    value = only(value)
    if type(value) is dict:
        names = (value.get(key) for key in ("name", "title", "term", "label", "rendered"))
        return next((name for name in names if type(name) is str and not is_blank(name)), None)
    return read_string(value)


def read_author(value: Any) -> str | None:
    """Read one author or several; several are joined by an Arabic comma, each once. A number (WordPress) is nobody's name."""
    value = only(value)
    if type(value) is int:
        return None
    if type(value) is list:
        return LIST_COMMA.join(read_authors(value) or ()) or None
    return read_name(value)


def read_authors(value: Any) -> list[str] | None:
    """Read the names of authors, each once, of a list or of one string with commas or semicolons between."""
    values = [part for part in (value if type(value) is list else [value]) if type(part) is not int]
    parts = [part.strip() for name in map(read_name, values) if name for part in _NAME_BREAK.split(name)]
    names: dict[str, str] = {}
    for part in parts:
        if not is_blank(part) and not part.startswith(("http://", "https://")):  # a page of the author's
            names.setdefault(" ".join(part.split()).casefold(), part)
    return list(names.values()) or None


def read_tags(value: Any) -> list[str] | None:
    """Read tags, each once: a list of them, of objects with a term, or one string with ';' or commas between.

    Of a list in which one tag is several of the others, joined by commas, as trafilatura gives it, the others are taken.
    """
    if type(value) is list and type(alone := only(value)) is str:
        value = alone
    if type(value) is list:
        names = _tags_of(value)
    elif type(value) is str:
        names = list(value.split(";") if ";" in value else _TAG_BREAK.split(value))
    elif type(value) is dict:
        names = [read_name(value) or ""]
    elif value is None:
        return None
    else:
        raise Unfit(f"is {kind(value)} and must be a list of strings")
    return list(dict.fromkeys(name.strip() for name in names if not is_blank(name))) or None


def _tags_of(values: list[Any]) -> list[str]:
    if all(type(value) is int for value in values):  # WordPress: numbers of tags, which are no tags
        return []
    names = [str(value) if type(value) is int else read_name(value) for value in values]
    single = {name.strip() for name in names if name and not _TAG_BREAK.search(name)}
    return [name for name in names if name and not _is_joined(name, single)]


def _is_joined(name: str, single: set[str]) -> bool:
    parts = _TAG_BREAK.split(name)
    return len(parts) > 1 and all(part.strip() in single for part in parts)


def read_section(value: Any) -> str | None:
    """Read a section; of a list, the first. The numbers of sections that WordPress sends are skipped."""
    if type(value) is list:
        return next(filter(None, map(read_name, (part for part in value if type(part) is not int))), None)
    return read_name(value)


def read_description(value: Any) -> str | None:
    """Read a description: what can be read as a text, else nothing; a summary's fault is no fault of the article."""
    try:
        return read_body(value)
    except Unfit:
        return None


def read_image(value: Any) -> str | None:
    """Read the address of an article's picture, the first of several; else nothing."""
    if type(value) is list:
        return next(filter(None, map(read_image, value)), None)
    if type(value) is dict:
        return next(filter(None, (read_image(value.get(key)) for key in (*_ADDRESS_KEYS, "versions"))), None)
    return None if type(value) is not str or is_blank(value) or value.startswith("data:") else value.strip()


def read_body(value: Any) -> str | None:
    """Read the text: a string, a list of paragraphs, feedparser's, WordPress's or Fundus's content. Nothing is stripped.

    Paragraphs are joined by an empty line. Of feedparser's [{type, value}], which are alternatives, the first that
    holds something is taken, its HTML as it is.
    """
    if type(value) is str:
        return None if is_blank(value) else value
    if type(value) is list:
        if value and type(value[0]) is dict:
            return next(filter(None, map(_read_alternative, value)), None)
        return _join(_read_paragraphs(value))
    if type(value) is dict:
        texts = (value[key] for key in _TEXT_KEYS if type(value.get(key)) is str)
        text = next(texts, None) if "sections" not in value else None
        if text is not None:
            return None if is_blank(text) else text
        return _join(_read_fundus(value)) if value else None
    if value is None:
        return None
    raise Unfit(f"is {kind(value)} and must be a string or a list of paragraphs")


def _join(paragraphs: list[str]) -> str | None:
    text = PARAGRAPH.join(paragraphs)
    return None if is_blank(text) else text


def _read_alternative(content: Any) -> str | None:
    if type(content) is not dict or type(content.get("value")) is not str:
        raise Unfit("is a list of objects without a text in `value`")
    return read_string(content["value"])


def _read_paragraphs(value: Any) -> list[str]:
    if type(value) is str:
        return [value]
    if value is None:
        return []
    if type(value) is not list:
        raise Unfit(f"has {kind(value)} where a paragraph must be")
    for paragraph in value:
        if paragraph is not None and type(paragraph) is not str:
            raise Unfit(f"has {kind(paragraph)} where a paragraph must be")
    return [paragraph for paragraph in value if paragraph is not None]


def _read_fundus(body: dict[str, Any]) -> list[str]:
    """Put summary, headlines and paragraphs in reading order, as Fundus's plaintext does; empty ones are left out."""
    sections = body.get("sections")
    if type(sections) is not list:
        raise Unfit("is an object without `sections`")
    parts = _read_paragraphs(body.get("summary"))
    for section in sections:
        if type(section) is not dict:
            raise Unfit(f"has {kind(section)} where a section must be")
        parts += _read_paragraphs(section.get("headline"))
        parts += _read_paragraphs(section.get("paragraphs"))
    return [part for part in parts if part]


READERS: Final[dict[str, Callable[[Any], Any]]] = {
    "id": read_id,
    "url": read_string,
    "title": read_string,
    "body": read_body,
    "source": read_name,
    "author": read_author,
    "authors": read_authors,
    "section": read_section,
    "tags": read_tags,
    "description": read_description,
    "image": read_image,
}
