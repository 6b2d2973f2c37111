"""Tables that are kept ready: they equal what their sources say, and an edited source counts at once."""

from pathlib import Path

import pytest

from khabar.lexicons import kept as kept_module
from khabar.lexicons.kept import FOLDER, TABLES, kept
from training.tables import load_tables


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    """Load every module that has a table."""
    load_tables()


def test_every_table_is_kept_and_none_is_left_over() -> None:
    """A table that nothing reads any more would be shipped for ever."""
    assert {path.stem for path in FOLDER.glob("*.pickle")} == set(TABLES)


def test_tables_equal_their_sources() -> None:
    """Where this fails, run `make tables`: a lexicon, the grammar or a model has changed, and starts take longer."""
    stale = [name for name, table in TABLES.items() if (FOLDER / f"{name}.pickle").read_bytes()[:16] != table.digest()]
    assert stale == []
    wrong = [name for name, table in TABLES.items() if kept(name, table.make, *table.sources) != table.make()]
    assert wrong == []


def test_a_table_is_made_where_it_is_missing_or_its_source_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever edits a lexicon must not have to know of tables."""
    monkeypatch.setattr(kept_module, "FOLDER", tmp_path / "tables")
    monkeypatch.setattr(kept_module, "TABLES", {})
    source = tmp_path / "words.txt"
    source.write_text("وزير", encoding="utf-8")
    assert kept("words", source.read_text, source) == "وزير"
    kept_module.TABLES["words"].keep("words")
    assert kept("words", lambda: "made", source) == "وزير"
    source.write_text("سفير", encoding="utf-8")
    assert kept("words", lambda: "made", source) == "made"
