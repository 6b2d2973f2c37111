"""The row about power cuts can fail: a broker that syncs nothing loses what it acknowledged, and count and history say so."""

import os
from pathlib import Path

import pytest

from tests.faults.campaign import all_rows, brokers, run_row
from tests.faults.power import Power
from tests.faults.row import Scale, Unavailable


def test_files_and_names_that_were_not_synced_are_gone_after_a_cut(tmp_path: Path) -> None:
    """The model: bytes by fsync of the file, a rename by fsync of its folder."""
    try:
        with Power(tmp_path / "disk") as power:
            folder = power.folder

            def write(name: str, text: str, *, synced: bool) -> None:
                with (folder / name).open("a") as file:
                    file.write(text)
                    file.flush()
                    if synced:
                        os.fsync(file.fileno())

            write("kept", "one", synced=True)
            write("kept", "two", synced=False)
            write("lost", "three", synced=False)
            write("old", "old", synced=True)
            write("new", "new", synced=True)
            (folder / "new").rename(folder / "old")
            assert {path.name: path.read_text() for path in folder.iterdir()} == {
                "kept": "onetwo",
                "lost": "three",
                "old": "new",
            }
            power.cut()
            assert {path.name: path.read_text() for path in folder.iterdir()} == {
                "kept": "one",
                "old": "old",
                "new": "new",
            }
            (folder / "new").rename(folder / "old")
            number = os.open(folder, os.O_RDONLY)
            os.fsync(number)
            os.close(number)
            power.cut()
            assert {path.name: path.read_text() for path in folder.iterdir()} == {"kept": "one", "old": "new"}
    except Unavailable as reason:
        pytest.fail(str(reason)) if os.environ.get("CI") else pytest.skip(str(reason))


def test_a_broker_that_syncs_nothing_fails_the_row(tmp_path: Path) -> None:
    """One cut is enough. Without this, a file system that forgets nothing would pass as well."""
    [row] = [row for row in all_rows() if row.number == 11]
    binary = brokers()["valkey"]
    assert binary is not None
    scale = Scale(is_full=False, minutes=0, cuts=1)
    result = run_row(row, tmp_path, broker="valkey", binary=binary, scale=scale, fsync="no")
    if result.passed is None:
        pytest.fail("; ".join(result.broken)) if os.environ.get("CI") else pytest.skip("; ".join(result.broken))
    assert (result.passed, result.missing > 0) == (False, True), result.line()
    assert any(sentence.startswith("history: ") and " lost: " in sentence for sentence in result.broken), result.broken
    assert not any("differ" in sentence for sentence in result.broken), result.broken
