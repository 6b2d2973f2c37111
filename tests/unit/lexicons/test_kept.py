"""Tables that are kept ready: they equal what their sources say, and an edited source counts at once."""

from pathlib import Path

import pytest

from khabar.lexicons import kept as kept_module
from khabar.lexicons.kept import TABLES, kept
from training.tables import load_tables


def _unused() -> None:
    raise AssertionError("a table that was just written is read, not made")


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    """Load every module that has a table."""
    load_tables()


def test_tables_equal_their_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written and read again is what the sources say, for each table of the package."""
    monkeypatch.setattr(kept_module, "FOLDER", tmp_path / "tables")
    tables = dict(TABLES)
    assert tables
    for name, table in tables.items():
        table.keep(name)
    monkeypatch.setattr(kept_module, "TABLES", {})
    wrong = [name for name, table in tables.items() if kept(name, _unused, *table.sources) != table.make()]
    assert wrong == []


def test_a_table_is_made_where_it_is_missing_or_damaged_or_its_source_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever edits a lexicon must not have to know of tables; and a disk that was full must not stop khabar."""
    monkeypatch.setattr(kept_module, "FOLDER", tmp_path / "tables")
    monkeypatch.setattr(kept_module, "TABLES", {})
    source = tmp_path / "words.txt"
    source.write_text("وزير", encoding="utf-8")
    assert kept("words", source.read_text, source) == "وزير"
    kept_module.TABLES["words"].keep("words")
    assert kept("words", lambda: "made", source) == "وزير"
    file = tmp_path / "tables" / "words.pickle"
    whole = file.read_bytes()
    file.write_bytes(whole[:-3])
    assert kept("words", lambda: "made", source) == "made"
    file.write_bytes(b"")
    assert kept("words", lambda: "made", source) == "made"
    file.write_bytes(whole)
    source.write_text("سفير", encoding="utf-8")
    assert kept("words", lambda: "made", source) == "made"
