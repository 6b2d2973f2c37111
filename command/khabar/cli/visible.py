"""Text of others, made safe to print: it moves no cursor, opens no link, turns no line round, and is never read as markup."""

import re
import sys
from typing import TYPE_CHECKING, Any

from khabar.controls import UNSAFE, escape, escape_json_line

if TYPE_CHECKING:
    from rich.text import Text

FSI, PDI = (
    "\u2068",
    "\u2069",
)  # what stands between them has a direction of its own; a terminal without bidi shows neither
_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")


def visible(text: object, *, lines: bool = False) -> str:
    r"""Write every character that a terminal would act on as its escape: \x1b, \u202e.

    Args:
        lines: keep line ends, for text of several lines that is ours.
    """
    return UNSAFE.sub(lambda found: "\n" if lines and found[0] == "\n" else escape(found[0]), str(text))


def isolated(text: object) -> str:
    """Return visible text that, on a terminal, keeps its direction to itself: numbers beside an Arabic name stay in place."""
    shown = visible(text)
    if not (_RIGHT_TO_LEFT.search(shown) and sys.stdout is not None and sys.stdout.isatty()):
        return shown
    return f"{FSI}{shown}{PDI}"


def cell(text: object, style: str = "") -> "Text":
    """Return text of others for a cell, a title or a line of Rich's, which would read a plain string as markup."""
    from rich.text import Text  # here: `khabar segment` shows text and needs no Rich

    return Text(isolated(text), style=style)


def write_json(value: Any, *, default: Any = None, indent: bool = False) -> None:
    """Write a value as one line of JSON to standard output.

    On a terminal, characters that it would act on are written as JSON escapes, which mean the same. A pipe or a file gets the
    bytes unchanged.
    """
    import orjson

    option = orjson.OPT_APPEND_NEWLINE | (orjson.OPT_INDENT_2 if indent else 0)
    write_bytes(orjson.dumps(value, default=default, option=option))


def write_bytes(line: bytes) -> None:
    """Write a line of JSON that is ready, as `write_json` does."""
    sys.stdout.buffer.write(shown_json(line))


def shown_json(line: bytes) -> bytes:
    """Return a line of JSON as standard output should have it: for a terminal, what it would act on as JSON escapes."""
    return escape_json_line(line.decode()).encode() if sys.stdout.isatty() else line
