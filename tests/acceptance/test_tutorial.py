"""docs/tutorial.md as somebody types it: its files, its commands and what it says that they print."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from khabar.keys.names import DEFAULT_REDIS_URL
from tests.acceptance.service import Service
from tests.waiting import wait_until

PAGE = (Path(__file__).parents[2] / "docs" / "tutorial.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^`([\w.]+)`\n\n```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
# A block of commands, and the block of what they print where there is one.
STEPS = re.findall(r"```sh\n(.*?)```(?:\n\n```text\n(.*?)```)?", PAGE, re.DOTALL)
# Steps that this test takes in another way: the clone it runs in, its PATH, and a service on a port of its own.
OTHERWISE = ("git clone", "export PATH", "khabar up")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with Service(tmp_path / "var", children=1, layers=None) as running:
        yield running


def test_the_tutorial_has_its_files_and_steps() -> None:
    """What the expressions above miss would not be tested."""
    assert set(FILES) == {"article.json", "who.py", "wrong.json"}
    assert len(STEPS) == PAGE.count("```sh") == 9


def test_every_step_does_what_the_tutorial_says(service: Service, tmp_path: Path) -> None:
    """The reader ends with the page of their article, and never meets a command that fails."""
    for name, content in FILES.items():
        (tmp_path / name).write_text(content.replace(DEFAULT_REDIS_URL, service.url), encoding="utf-8")
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    env = os.environ | service.env | {"PATH": path, "COLUMNS": "200"}

    def typed(commands: str) -> str:
        line = ["bash", "-euc", commands]
        done = subprocess.run(line, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"{commands}: {done.stderr}"
        return done.stdout + done.stderr

    for commands, printed in STEPS:
        if commands.startswith("python who.py"):
            _reads(tmp_path, env, printed)
        elif commands.startswith("khabar push wrong.json"):
            typed("khabar push wrong.json")
            wait_until(lambda: service.client.xlen(service.names.dead) == 1, timeout_s=60)
            assert printed.strip() in typed("khabar dead list")
        elif not commands.startswith(OTHERWISE):
            assert printed in typed(commands)
    assert "افتتاح سد جديد" in (tmp_path / "dam.html").read_text(encoding="utf-8")


def _reads(folder: Path, env: dict[str, str], expected: str) -> None:
    """Run the reader's program until it has printed what is expected, and end it by Ctrl-C."""
    log = folder / "who.log"
    with log.open("w") as out, subprocess.Popen([sys.executable, "who.py"], cwd=folder, env=env, stdout=out) as who:
        wait_until(lambda: log.read_text(encoding="utf-8") == expected, timeout_s=60)
        who.send_signal(signal.SIGINT)
    assert who.returncode == 0
