"""Completion in bash, zsh and fish; and how far an extraction has got."""

import os
import pty
import shutil
import subprocess
from pathlib import Path

import pytest

from khabar.cli.complete import script
from tests.acceptance.service import KHABAR, khabar
from tests.articles import json_lines


@pytest.mark.parametrize(
    ("shell", "word"), [("bash", "complete -o"), ("zsh", "#compdef khabar"), ("fish", "complete --command")]
)
def test_a_shell_gets_its_script(shell: str, word: str) -> None:
    """As its own manual wants it; where the shell is here, it also takes it."""
    found = script(shell)
    assert word in found
    if program := shutil.which(shell):
        assert subprocess.run([program, "-n"], input=found, text=True, capture_output=True).returncode == 0


@pytest.mark.parametrize(("line", "found"), [("khabar compl", {"completion"}), ("khabar completion ba", {"bash"})])
def test_commands_and_options_are_completed(line: str, found: set[str]) -> None:
    """What bash asks when the key is pressed."""
    env = {"_KHABAR_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
    done = khabar(env=env)
    assert (done.returncode, set(done.stdout.split())) == (0, found)


def test_extract_shows_how_far_it_is_where_records_go_to_a_file(tmp_path: Path) -> None:
    """4,000 articles are a minute of silence; and on a terminal a bar among the records would spoil both."""
    (tmp_path / "news.jsonl").write_text(json_lines(20), encoding="utf-8")
    env = os.environ | {"KHABAR_LAYERS": "tokens", "KHABAR_RECOGNIZER": "fast", "TERM": "xterm", "COLUMNS": "100"}
    said = {}
    for to_file in (True, False):
        ours, theirs = pty.openpty()
        with (tmp_path / "out").open("wb") as file:
            process = subprocess.Popen(
                [KHABAR, "extract", "news.jsonl"],
                cwd=tmp_path,
                env=env,
                stderr=theirs,
                stdout=file if to_file else theirs,
            )
            os.close(theirs)
            heard = b""
            try:
                while data := os.read(ours, 1 << 16):
                    heard += data
            except OSError:  # its other side is closed
                pass
            assert process.wait(60) == 0
            os.close(ours)
        said[to_file] = heard
    assert b"20/20" in said[True]
    assert (tmp_path / "out").read_bytes() == b""
    assert b"20/20" not in said[False]
    assert b"20 records" in said[False]
