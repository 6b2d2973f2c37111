"""The help of `khabar` itself, in the form that typer gives it, without typer and without any command: it comes at once."""

import os
import shutil
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from khabar.errors import Exit

ABOUT: Final = "Arabic news in, structured records out."
VERSION: Final = "Show the version and exit; every command knows it."
EXIT_CODES: Final = (
    "Exit codes: " + ", ".join(f"{code.value} {code.name.lower().replace('_', ' ')}" for code in Exit) + "."
)

_OPTIONS: Final = (("--version", VERSION), ("--help, -h", "Show this message and exit."))
_BOX, _PLAIN_BOX = tuple("╭─╮│╰╯"), tuple("+-+|++")
_NARROWEST: Final = 44
_DIM, _NAME, _RESET = "\x1b[2m", "\x1b[1;36m", "\x1b[0m"


def write_help(commands: Mapping[str, str]) -> None:
    """Write the help to standard output, as wide as the terminal.

    Args:
        commands: name -> summary.
    """
    width = max(shutil.get_terminal_size().columns, _NARROWEST)
    lines = ["", " Usage: khabar [OPTIONS] COMMAND [ARGS]...", "", *_wrapped(ABOUT, width), ""]
    for title, rows in (("Options", _OPTIONS), ("Commands", tuple(commands.items()))):
        lines += _panel(title, rows, width)
    lines += ["", *_wrapped(EXIT_CODES, width), "", ""]
    sys.stdout.write("\n".join(lines))


def _panel(title: str, rows: Sequence[tuple[str, str]], width: int) -> Iterator[str]:
    left, line, right, side, low_left, low_right = _BOX if _can_draw() else _PLAIN_BOX
    dim, name_style, reset = (_DIM, _NAME, _RESET) if _is_coloured() else ("", "", "")
    longest = max(len(name) for name, _ in rows)
    yield f"{dim}{left}{line} {title} {line * (width - len(title) - 5)}{right}{reset}"
    for name, text in rows:
        room = width - longest - 6
        for number, part in enumerate(textwrap.wrap(text, room) or [""]):
            shown = f"{'' if number else name:<{longest}}"
            yield f"{dim}{side}{reset} {name_style}{shown}{reset}  {part:<{room}} {dim}{side}{reset}"
    yield f"{dim}{low_left}{line * (width - 2)}{low_right}{reset}"


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width - 1, initial_indent=" ", subsequent_indent=" ")


def _can_draw() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf")


def _is_coloured() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
