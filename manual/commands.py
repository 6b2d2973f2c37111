"""docs/reference/commands.md: every command with its arguments and options, as `--help` has them."""

from collections.abc import Iterator
from enum import Enum
from inspect import cleandoc
from pathlib import Path
from typing import Any

import typer

from khabar.cli.app import COMMANDS
from khabar.cli.tree import build
from manual.markdown import code, linked, page, table
from manual.types import shown_type

ABOUT = """
The help of every command, on one page. Every command also takes `--help` (`-h`) and `--version`. Some options can be
set by an environment variable, named after their meaning; an option that is given wins.
[Exit codes](exit_codes.md) are the same for all commands.
"""


def commands_page() -> str:
    """Return the page."""
    return page("Commands", ABOUT, *(part for name, command in walk() for part in _section(name, command)))


def walk() -> Iterator[tuple[str, Any]]:
    """Yield each command with its whole name, groups before what they hold."""
    root: Any = typer.main.get_command(build(COMMANDS))
    for name, command in root.commands.items():
        yield f"khabar {name}", command
        for inner, each in getattr(command, "commands", {}).items():
            yield f"khabar {name} {inner}", each


def parameters(command: Any) -> list[tuple[str, str, str]]:
    """Return name, values and meaning of each argument and option of a command."""
    return [
        (_name(each), _values(each), _meaning(each))
        for each in command.params
        if not each.hidden and each.name not in {"help", "_version"}
    ]


def _section(name: str, command: Any) -> Iterator[str]:
    is_inner = name.count(" ") > 1
    yield f"{'###' if is_inner else '##'} {name}"
    yield _text(cleandoc(command.help or ""))
    if rows := parameters(command):
        yield table(("argument or option", "values", "meaning"), rows)


def _text(help_text: str) -> str:
    """Return a command's help with its examples as a block of code."""
    words, _, examples = help_text.replace("\b", "").partition("\nExample")
    lines = [line.strip() for line in examples.partition(":\n")[2].splitlines() if line.strip()]
    return linked(words.strip()) + ("\n\n```sh\n" + "\n".join(lines) + "\n```" if lines else "")


def _name(parameter: Any) -> str:
    if not parameter.opts[0].startswith("-"):
        return code(parameter.metavar or parameter.name.upper())
    return ", ".join(code(each) for each in (*parameter.opts, *parameter.secondary_opts))


def _values(parameter: Any) -> str:
    if getattr(parameter, "is_flag", False):
        return ""
    kind = parameter.metavar if parameter.opts[0].startswith("-") else None
    shown = code(kind) if kind else shown_type(parameter.type_descriptor.annotation).replace(" or null", "")
    if parameter.min is not None:
        shown += f", at least {parameter.min:g}"
    if parameter.max is not None:
        shown += f", at most {parameter.max:g}"
    return shown


def _meaning(parameter: Any) -> str:
    meaning = parameter.help or ""
    default = parameter.default
    if isinstance(default, Enum):
        default = default.value
    if isinstance(default, float):
        default = "for ever" if default == float("inf") else f"{default:g}"
    if isinstance(default, str | int | float | Path) and not isinstance(default, bool) and str(default):
        meaning += f" Default: `{default}`."
    if parameter.envvar:
        meaning += f" Environment: `{parameter.envvar}`."
    return meaning.strip()
