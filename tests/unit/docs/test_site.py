"""The site has every page, and its links are those of the pages; `make site` builds it and checks anchors too."""

import re
import tomllib
from pathlib import Path

from manual.site import DOCS, ROOT, placed, relinked

CONFIGURATION = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]
ANCHORED = re.compile(r"\]\((?!\w+:)([^)#\s]*)#([^)\s]+)\)")


def listed(entry: object) -> list[str]:
    """Return the pages of a part of the navigation, in order."""
    if isinstance(entry, str):
        return [entry]
    parts = entry.values() if isinstance(entry, dict) else entry
    return [page for part in parts for page in listed(part)]  # type: ignore[attr-defined]


def test_the_navigation_has_every_page_once() -> None:
    """A page that is not listed is found by nobody."""
    assert sorted(listed(CONFIGURATION["nav"])) == sorted(str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md"))


def test_the_index_names_every_page() -> None:
    """Who reads the files finds all pages from docs/README.md; decisions have an index of their own (test_decisions)."""
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    decisions = DOCS / "explanation" / "decisions"
    pages = [
        str(page.relative_to(DOCS))
        for page in DOCS.rglob("*.md")
        if page != DOCS / "README.md" and page.parent != decisions
    ]
    assert [page for page in pages if f"]({page})" not in index] == []


def test_links_to_a_place_in_a_page_lead_to_a_heading() -> None:
    """A heading that is renamed leaves links that end at the top of a page."""
    lost = []
    for page in [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]:
        for target, anchor in ANCHORED.findall(page.read_text(encoding="utf-8")):
            there = (page.parent / target if target else page).read_text(encoding="utf-8")
            headings = re.findall(r"^#+ (.+)$", there, re.MULTILINE)
            slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
            lost += [f"{page.name}: {target}#{anchor}"] if anchor not in slugs else []
    assert lost == []


def test_links_that_leave_the_manual_end_at_a_copy_or_a_path() -> None:
    """The site has the pages beside docs/, and no code."""
    page = DOCS / "how-to" / "viewing.md"
    text = "[a](../../SECURITY.md), [b](../reference/layers.md#tokens), [c](../../tests/costs.py), [d](https://example.org)"
    expected = "[a](../repository/SECURITY.md), [b](../reference/layers.md#tokens), c (`tests/costs.py`), [d](https://example.org)"
    assert relinked(page, text) == expected
    assert placed(ROOT / "SECURITY.md") == Path("repository/SECURITY.md")
