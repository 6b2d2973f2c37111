"""The folders of the repository that make up one import name."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_every_root_of_the_namespace_has_one_mark_for_type_checkers() -> None:
    """Without it pyright finds what lies beside `khabar/__init__.py` alone; with a second __init__.py Python would too."""
    roots = {path.parent.name for path in ROOT.glob("[!.]*/khabar") if path.is_dir()}
    assert {path.parts[-3] for path in ROOT.glob("[!.]*/khabar/__init__.py")} == {"client"}
    assert {path.parts[-3] for path in ROOT.glob("[!.]*/khabar/__init__.pyi")} == roots - {"client"}
