"""The frame around every page of `khabar browse`."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from khabar.page.html import Child, el, en
from khabar.page.page import Dress, page, record_body

DRESS: Final = Dress.of("khabar.page", "style.css", more=("khabar.browsing", "browse.css"))
_TABS: Final = (("/", "Records"), ("/stories", "Stories"), ("/overview", "Overview"))


def frame(title: str, tab: str, *body: "Child", status: str = "") -> str:
    """Return a page with the bar that leads to the others."""
    tabs = [el("a", en(name), href=path, aria_current="page" if path == tab else None) for path, name in _TABS]
    bar = el(
        "header",
        el("a", el("b", "خبر", lang="ar"), href="/", class_="home", aria_label="khabar"),
        el("nav", tabs, aria_label="Pages"),
        class_="bar",
    )
    foot = el("footer", en(status), class_="foot") if status else None
    return page(title, bar, *body, foot, dress=DRESS)


def failure_page(title: str, sentence: str) -> str:
    """Return a page that says what went wrong."""
    return frame(title, "", el("main", en(title, name="h1"), en(sentence, name="p"), class_="browse"))


def record_page_of(
    record: Mapping[str, Any],
    left_out: Sequence[tuple[int, int, str]],
    story: tuple[str, int] | None,
    *,
    title: str,
    json: str,
) -> str:
    """Return a record's page with the bar, and the way to its story."""
    where = (
        el("a", en(f"Its story: {story[1]:,} articles"), href=f"/story/{quote(story[0], safe='')}") if story else None
    )
    ways = el(
        "nav", where, " " if where else None, el("a", en("JSON"), href=json), class_="ways", aria_label="This record"
    )
    return frame(title, "", ways, record_body(record, left_out))
