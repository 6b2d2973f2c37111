"""Which field that nobody knows seems to hold an article's text."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from khabar.messages.items import show_name

LEAST_LETTERS = 20  # four words; a caption's or a name's worth is no text

_NO_ARABIC = re.compile(r"[^\u0620-\u064a\u0671-\u06d3]+")
_SHOWN_PATH = 3  # names of a path that a person is shown


def most_arabic(fields: Mapping[str, Any], title: str) -> str | None:
    """Return the field that holds more Arabic letters than all others and the title together; None where none does.

    Args:
        fields: JSON values by name. A field inside an object is named by its path, with points between.
        title: of the article.
    """
    counted = [(_letters(text), path) for path, text in _texts(fields)]
    best, path = max(counted, default=(0, ()), key=lambda one: one[0])
    rest = sum(letters for letters, _ in counted) - best + _letters(title)
    if best < LEAST_LETTERS or best <= rest:
        return None
    return ".".join(map(show_name, path[:_SHOWN_PATH]))


def _letters(text: str) -> int:
    return len(_NO_ARABIC.sub("", text))


def _texts(fields: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Give out every text with the path of objects to it; the texts of a list are one. Not deeper than `check_depth` allows."""
    for name, value in fields.items():
        here = (*path, name)
        if type(value) is dict:
            yield from _texts(value, here)
        else:
            yield here, value if type(value) is str else " ".join(_in_list(value))


def _in_list(value: Any) -> Iterator[str]:
    if type(value) is list:
        for part in value:
            yield from _in_list(part)
    elif type(value) is dict:
        for part in value.values():
            yield from _in_list(part)
    elif type(value) is str:
        yield value
