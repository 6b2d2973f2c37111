"""The reference has everything that there is: settings, commands, options, metrics, keys, codes, layers and quality flags."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from khabar.errors import Code, Exit
from khabar.messages.record import LAYERS, OPTIONAL_LAYERS
from khabar.pipeline.quality import FLAGS
from khabar.settings import Settings
from manual.commands import parameters, walk
from manual.messages import fields, models
from manual.metrics import deployment, host, rows
from manual.pages import PAGES

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"
BAR = re.compile(r" ?(?<!\\)\| ?")
MEANINGS = {"meaning", "Raised when"}


def read(page: str) -> str:
    return (REFERENCE / page).read_text(encoding="utf-8")


def explained(text: str) -> set[str]:
    """Return the names at the head of table rows whose meaning is not empty, and titles that have words below them."""
    found = set(re.findall(r"^#{2,3} (.+)\n\n(?=[^#\s])", text, re.MULTILINE))
    meaning = 0
    for line in text.splitlines():
        cells = BAR.split(line)[1:-1] if line.startswith("|") else []
        if heads := MEANINGS.intersection(cells):
            meaning = cells.index(heads.pop())
        elif cells and cells[meaning].strip():
            found.update(name.replace("\\|", "|") for name in re.findall(r"`([^`]+)`", cells[0]))
    return found


def names_of_commands() -> Iterable[str]:
    for name, command in walk():
        yield name
        for named, _, _ in parameters(command):
            yield from re.findall(r"`([^`]+)`", named)


def names_of_messages() -> Iterable[str]:
    for model in models():
        yield model.__name__
        yield from (name for name, _ in fields(model))


# Page -> all that must be explained there, from where the program itself has it.
THINGS: dict[str, Callable[[], Iterable[str]]] = {
    "settings.md": lambda: (f"KHABAR_{name.upper()}" for name in Settings.model_fields),
    "exit_codes.md": lambda: [*(str(each.value) for each in Exit), *Code],
    "metrics.md": lambda: (row[0].strip("`") for row in rows([*deployment(), *host()])),
    "record.md": names_of_messages,
    "commands.md": names_of_commands,
    "layers.md": lambda: [*LAYERS, *OPTIONAL_LAYERS, "temporal_anchor", "fingerprint", "custom"],
    "quality_flags.md": lambda: FLAGS,
}


@pytest.mark.parametrize("page", THINGS)
def test_everything_there_is_is_explained(page: str) -> None:
    """Somebody who meets a name in a record, a log or a help text finds what it means."""
    wanted = list(THINGS[page]())
    assert wanted
    assert [name for name in wanted if name not in explained(read(page))] == []


@pytest.mark.parametrize("page", PAGES)
def test_the_page_is_what_the_code_says(page: str) -> None:
    """`make reference` writes it anew; what is written by hand there would be lost."""
    assert read(page) == PAGES[page](), "run `make reference`"


def test_the_sections_of_a_page_have_all_of_a_model_s_keys() -> None:
    """A key counts where its own model is explained, not wherever its name stands."""
    text = read("record.md")
    for model in models():
        section = re.split(rf"^#+ {model.__name__}\n", text, maxsplit=1, flags=re.MULTILINE)[1].partition("\n#")[0]
        assert {name for name, _ in fields(model)} - explained(section) == set(), model.__name__


def test_the_sections_of_a_page_have_all_of_a_command_s_options() -> None:
    """As above: --redis-url of one command does not explain that of another."""
    text = read("commands.md")
    for name, command in walk():
        section = re.split(rf"^#+ {name}\n", text, maxsplit=1, flags=re.MULTILINE)[1].partition("\n#")[0]
        wanted = {part for named, _, _ in parameters(command) for part in re.findall(r"`([^`]+)`", named)}
        assert wanted - explained(section) == set(), name


@pytest.mark.parametrize("taken", ["KHABAR_LEASE_S", "KHABAR_STORIES"])
def test_what_is_missing_or_says_nothing_is_found(taken: str) -> None:
    """The test above can fail: on a row that is not there, and on one whose last cell is empty."""
    page = read("settings.md")
    [row] = [line for line in page.splitlines() if line.startswith(f"| `{taken}` ")]
    for instead in ("", f"| `{taken}` | number | `1` |  |"):
        assert taken not in explained(page.replace(row, instead))
