"""The help of `khabar` itself: written without importing a command, and saying what each says of itself."""

import subprocess
import sys
from inspect import cleandoc

import pytest
import typer

from khabar.cli.app import COMMANDS
from khabar.cli.help import write_help
from khabar.cli.tree import build


@pytest.fixture(scope="module")
def told() -> dict[str, str]:
    """What each command says in its own help, by name."""
    root = typer.main.get_command(build(COMMANDS))
    return {name: cleandoc(command.help or "") for name, command in root.commands.items()}  # type: ignore[attr-defined]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_summary_is_the_beginning_of_the_commands_own_help(command: str, told: dict[str, str]) -> None:
    """The help of `khabar` itself has them written out, so that it need not read twenty modules."""
    assert COMMANDS[command] == told[command].partition("\n\n")[0].replace("\n", " ") != ""


@pytest.mark.parametrize("columns", ["30", "80", "200"])
def test_no_line_is_wider_than_the_terminal(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A box that is cut is no box; below 44 columns there is no room for one."""
    monkeypatch.setenv("COLUMNS", columns)
    write_help(COMMANDS)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) == max(int(columns), 44)
    assert all(any(line.startswith(f"│ {name} ") for line in lines) for name in COMMANDS)


def test_help_loads_nothing_that_takes_long() -> None:
    """It is what people try first: 0.1 s, where the commands and their libraries took a second."""
    code = (
        "import sys; from khabar.__main__ import main; sys.argv[1:] = ['--help']; main(); "
        "print(*sorted({'typer', 'rich', 'redis', 'pydantic', 'numpy', 'ast'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == ""
