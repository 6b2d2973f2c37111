"""What the value of a field may look like, and what it means: one function a field.

Each returns None where the value holds nothing, so that the next name can have its turn, and raises Unfit where it
holds something that the field cannot mean.
"""

import re
from collections.abc import Callable
from typing import Any, Final

PARAGRAPH = "\n\n"
LIST_COMMA = "، "

_KINDS: Final = {bool: "a truth value", int: "a number", float: "a number", list: "a list", dict: "an object"}
_TAG_BREAK = re.compile(r"[,،]")


class Unfit(Exception):
    """The value cannot mean what the field means; the message says why in words that follow the field's name."""


def kind(value: Any) -> str:
    """Name the JSON type of a value for a person."""
    return _KINDS.get(type(value), "text")


def is_blank(text: str) -> bool:
    """Tell whether a string says nothing: empty, white space, or "None", which news-please writes for nothing."""
    return not text or text == "None" or text.isspace()


def read_string(value: Any) -> str | None:
    """Read a title or a URL: a string, as it is."""
    if type(value) is str:
        return None if is_blank(value) else value
    if value is None:
        return None
    raise Unfit(f"is {kind(value)} and must be a string")


def read_id(value: Any) -> str | None:
    """Read an id: a string, or a whole number, which is written in digits."""
    if type(value) is int:
        return str(value)
    if value is None or type(value) is str:
        return read_string(value)
    raise Unfit(f"is {kind(value)} and must be a string or a whole number")


def read_name(value: Any) -> str | None:
    """Read a publisher, person or tag: a string, or an object with a name (feedparser, schema.org)."""
    if type(value) is dict:
        names = (value.get(key) for key in ("name", "title", "term", "label"))
        return next((name for name in names if type(name) is str and not is_blank(name)), None)
    return read_string(value)


def read_author(value: Any) -> str | None:
    """Read one author or several; several are joined by an Arabic comma."""
    if type(value) is list:
        return LIST_COMMA.join(filter(None, map(read_name, value))) or None
    return read_name(value)


def read_tags(value: Any) -> list[str] | None:
    """Read a list of tags, of objects with a term, or one string with ';' or commas between."""
    if type(value) is list:
        names = [read_name(item) for item in value]
    elif type(value) is str:
        names = list(value.split(";") if ";" in value else _TAG_BREAK.split(value))
    elif value is None:
        return None
    else:
        raise Unfit(f"is {kind(value)} and must be a list of strings")
    return [name.strip() for name in names if name and not is_blank(name)] or None


def read_section(value: Any) -> str | None:
    """Read a section; of a list the first."""
    if type(value) is list:
        return next(filter(None, map(read_name, value)), None)
    return read_name(value)


def read_body(value: Any) -> str | None:
    """Read the text: a string, a list of paragraphs, feedparser's content or Fundus's body. Nothing is stripped.

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
    "section": read_section,
    "tags": read_tags,
}
