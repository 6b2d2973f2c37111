"""Completion in the shell: Typer's own, asked for by an environment variable that the shell's script sets."""

import os
from collections.abc import Sequence

VARIABLE = "_KHABAR_COMPLETE"


def is_asked() -> bool:
    """Whether this process is run by a shell's completion."""
    return VARIABLE in os.environ


def words() -> Sequence[str]:
    """Return what is on the command line so far, without khabar itself."""
    line = os.environ.get("_TYPER_COMPLETE_ARGS") or os.environ.get("COMP_WORDS", "")
    return line.split()[1:]


def prepare() -> None:
    """Let Typer answer; without this it knows no shell."""
    from typer._completion_classes import completion_init

    completion_init()


def script(shell: str) -> str:
    """Return what a shell has to read."""
    from typer._completion_shared import get_completion_script

    return get_completion_script(prog_name="khabar", complete_var=VARIABLE, shell=shell)
