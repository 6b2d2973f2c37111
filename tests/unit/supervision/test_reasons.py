"""Why a process ended, from its own log and the machine."""

from pathlib import Path

import pytest

from khabar.supervision.reasons import broker_losses, explain, last_words, machine_troubles

BROKER = "14309:M 30 Nov 2026 00:07:57.607 "


@pytest.mark.parametrize(
    ("log", "told"),
    [
        (BROKER + "# Short write while writing to the AOF file: (nwritten=1, expected=9)", "the disk is full"),
        (
            BROKER
            + "# Warning: Could not create server TCP listening socket 127.0.0.1:6390: bind: Address already in use",
            "another program listens on its port",
        ),
        ('{"event": "no model", "level": "error"}\n{"event": "bye", "level": "info"}', "it said: no model"),
        ("Traceback\nOSError: [Errno 28] No space left on device", "the disk is full"),
        (BROKER + "# Can't open the append-only file: Permission denied", "this user has no right to it"),
    ],
)
def test_its_own_words_are_read(log: str, told: str, tmp_path: Path) -> None:
    """An exit code tells nobody what to do; these stood in a file that nobody opened."""
    (tmp_path / "log").write_text(log + "\n" + BROKER + "# Valkey is now ready to exit, bye bye...\n")
    assert told in explain(tmp_path / "log", tmp_path, since=0)


def test_words_of_an_earlier_start_are_not_its_own(tmp_path: Path) -> None:
    """The disk was full yesterday."""
    log = tmp_path / "log"
    log.write_text("No space left on device\n")
    before = log.stat().st_size
    with log.open("a") as file:
        file.write("something else\n")
    assert last_words(log, since=before) == "something else"
    assert "disk" not in explain(log, tmp_path, since=before)


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    """Its disk was taken away."""
    [trouble] = machine_troubles(tmp_path / "gone", needs_shared_memory=False)
    assert "cannot be reached" in trouble


def test_what_the_broker_refused_is_counted(tmp_path: Path) -> None:
    """Two commands, two lines, one sentence."""
    log = tmp_path / "broker.log"
    line = BROKER + "# == CRITICAL == This server is sending an error to its AOF-loading-client: 'The ID is smaller'\n"
    log.write_text(line * 2)
    [loss] = broker_losses(log, since=0, bytes_before=10, bytes_after=10)
    assert "refused 2 commands" in loss
    assert "The ID is smaller" in loss
    assert broker_losses(log, since=log.stat().st_size, bytes_before=10, bytes_after=10) == []
