"""Tables and sections of Markdown."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

_PAGE: Final = re.compile(r"\bdocs/([\w-]+/(\w+\.md))")
MADE: Final = "<!-- Made by `make reference` from the code; do not edit. -->"


def page(title: str, *parts: str) -> str:
    """Return a page: the note that it is made, its title, and parts with a blank line between them."""
    return "\n\n".join((MADE, f"# {title}", *(part.strip() for part in parts if part.strip()))) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a bar or a line break in a cell does not end it."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def code(text: object) -> str:
    """Return text as code; nothing for None and for nothing."""
    return "" if text is None or text == "" else f"`{text}`"


def linked(text: str) -> str:
    """Return text with the pages that it names as links; the pages of docs/reference stand beside one another."""
    return _PAGE.sub(r"[\2](../\1)", text).replace("(../reference/", "(")


def _cell(text: str) -> str:
    return linked(" ".join(text.replace("|", "\\|").split()))
