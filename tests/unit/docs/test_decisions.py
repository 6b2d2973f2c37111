"""Every decision has one form, so that a reader finds reason and alternatives in the same place."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[3] / "docs"
PAGES = sorted(page for page in DOCS.glob("**/decisions/*.md") if page.name != "dependencies.md")
PART = r"\*\* \S(?:(?!\n- \*\*|\n\n).)+"
FORM = re.compile(
    rf"\n\*20\d\d-\d\d-\d\d\*\n\n- \*\*Context\.{PART}\n- \*\*Decision\.{PART}\n- \*\*Rejected\.{PART}\n*", re.DOTALL
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_each_decision_has_date_context_decision_and_rejected(page: Path) -> None:
    """The form is shown in the index."""
    title, *decisions = page.read_text(encoding="utf-8").split("\n## ")
    assert title.startswith("# ")
    assert decisions
    assert [text.partition("\n")[0] for text in decisions if not FORM.fullmatch(text.partition("\n")[2])] == []


def test_the_index_names_every_page() -> None:
    """A page that nobody finds is not read."""
    [index] = DOCS.glob("**/decisions.md")
    linked = {
        (index.parent / link).resolve() for link in re.findall(r"\]\(([^)]+)\)", index.read_text(encoding="utf-8"))
    }
    assert PAGES
    assert linked == {page.resolve() for page in index.parent.glob("**/decisions/*.md")}
