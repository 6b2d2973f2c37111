"""The command as typer has it, with as many of its subcommands as are needed."""

from collections.abc import Collection
from importlib import import_module
from typing import Annotated

import typer

from khabar.cli.help import ABOUT, EXIT_CODES, VERSION


def build(names: Collection[str]) -> typer.Typer:
    """Return the command with these subcommands; only their modules are loaded."""
    app = typer.Typer(
        name="khabar",
        help=ABOUT,
        epilog=EXIT_CODES,
        callback=_root,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for name in names:
        module = import_module(f"khabar.cli.commands.{name}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name)
        else:
            app.command()(getattr(module, name))
    return app


def name_all(names: Collection[str]) -> typer.Typer:
    """Return the commands' names with nothing behind them: a shell that completes one waits for nothing to load."""
    app = typer.Typer(callback=_root, context_settings={"help_option_names": ["-h", "--help"]}, add_completion=False)
    for name in names:
        app.command(name)(_nothing)
    return app


def _nothing() -> None:
    """Stand for a command that is only named."""


def _root(
    _version: Annotated[bool, typer.Option("--version", help=VERSION)] = False,
) -> None:
    """Hold what the help of `khabar` itself shows; `main` looks for --version before any part of the command is chosen."""
