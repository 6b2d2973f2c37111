"""`python -m manual`: write the pages of docs/reference that are made from the code."""

from pathlib import Path

from manual.pages import PAGES

FOLDER = Path(__file__).parents[1] / "docs" / "reference"

for name, make in PAGES.items():
    (FOLDER / name).write_text(make(), encoding="utf-8")
