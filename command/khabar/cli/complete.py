"""Completion in the shell: Typer's own, asked for by an environment variable that the shell's script sets."""

import os
from collections.abc import Sequence
from contextlib import redirect_stdout, suppress
from io import StringIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typer import Typer

VARIABLE = "_KHABAR_COMPLETE"


def is_asked() -> bool:
    """Whether this process is run by a shell's completion."""
    return VARIABLE in os.environ


def words() -> Sequence[str]:
    """Return what is on the command line so far, without khabar itself."""
    line = os.environ.get("_TYPER_COMPLETE_ARGS") or os.environ.get("COMP_WORDS", "")
    return line.split()[1:]


def prepare() -> None:
    """Let Typer answer: it knows the shells once it has built a command with options for completion, which khabar's lacks."""
    from typer.main import get_command

    get_command(_any_command())


def script(shell: str) -> str:
    """Return what a shell has to read: what Typer writes where the variable asks for it."""
    written = StringIO()
    os.environ[VARIABLE] = f"source_{shell}"
    try:
        with redirect_stdout(written), suppress(SystemExit):
            _any_command()(prog_name="khabar")
    finally:
        del os.environ[VARIABLE]  # or whatever this process starts would only complete
    return written.getvalue().rstrip("\n")


def _any_command() -> "Typer":
    from typer import Typer

    app = Typer(add_completion=True)
    app.command()(lambda: None)
    return app
