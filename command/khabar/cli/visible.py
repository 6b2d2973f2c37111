"""Text of others, made safe to print: it moves no cursor, opens no link, turns no line round, and is never read as markup."""

import re
import sys
from typing import Any

import orjson
from rich.text import Text

# Controls (C0, DEL, C1), what turns the direction of text (ALM, LRM, RLM, embeddings, overrides, isolates), line and paragraph
# separators, halves of characters, interlinear and tag characters. Joiners stay: Persian is written with them.
_UNSAFE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def visible(text: object, *, lines: bool = False) -> str:
    r"""Write every character that a terminal would act on as its escape: \x1b, \u202e.

    Args:
        lines: keep line ends, for text of several lines that is ours.
    """
    return _UNSAFE.sub(lambda found: "\n" if lines and found[0] == "\n" else _escape(found[0]), str(text))


def cell(text: object, style: str = "") -> Text:
    """Return text of others for a cell, a title or a line of Rich's, which would read a plain string as markup."""
    return Text(visible(text), style=style)


def write_json(value: Any, *, default: Any = None, indent: bool = False) -> None:
    """Write a value as one line of JSON to standard output.

    For a terminal, what it would act on is written as JSON escapes, which mean the same; into a pipe or a file the bytes go as
    they are.
    """
    option = orjson.OPT_APPEND_NEWLINE | (orjson.OPT_INDENT_2 if indent else 0)
    write_bytes(orjson.dumps(value, default=default, option=option))


def write_bytes(line: bytes) -> None:
    """Write a line of JSON that is ready, as `write_json` does."""
    sys.stdout.buffer.write(shown_json(line))


def shown_json(line: bytes) -> bytes:
    """Return a line of JSON as standard output shall have it: for a terminal, what it would act on as JSON escapes."""
    if not sys.stdout.isatty():
        return line
    return _UNSAFE.sub(lambda found: "\n" if found[0] == "\n" else _json_escape(found[0]), line.decode()).encode()


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json_escape(character: str) -> str:
    return "".join(
        f"\\u{int.from_bytes(pair, 'big'):04x}" for pair in _pairs(character.encode("utf-16-be", "surrogatepass"))
    )


def _pairs(data: bytes) -> list[bytes]:
    return [data[at : at + 2] for at in range(0, len(data), 2)]
