"""`khabar completion`: what a shell needs to complete khabar's commands and options."""

from enum import StrEnum
from typing import Annotated

import typer

from khabar.cli.complete import script


class Shell(StrEnum):
    """The shells that are known."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def completion(shell: Annotated[Shell, typer.Argument(help="The shell.")]) -> None:
    """Print a shell script that completes khabar's commands, options and their values.

    Examples:
        echo 'eval "$(khabar completion bash)"' >> ~/.bashrc

        khabar completion zsh > ~/.zfunc/_khabar

        khabar completion fish > ~/.config/fish/completions/khabar.fish
    """
    typer.echo(script(shell))
