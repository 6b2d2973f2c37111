"""A record as a page: one file that needs nothing else, under a policy that lets nothing else in."""

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any, Final

from khabar.page import words
from khabar.page.about import chips, details, quality, source_line
from khabar.page.html import Child, Html, el, en, join, named
from khabar.page.lists import sections
from khabar.page.marked import marked_text

_LOOKS: Final = (
    ("person", "person"), ("organisation", "organisation"), ("place", "place"), ("quote", "quotation"), ("said", "statement"),
    ("figure", "figure"), ("date", "date"), ("out", "not story"),
)  # fmt: skip
_LAYER_OF: Final = {"quote": "quotations", "said": "statements", "figure": "quantities", "date": "temporal"}


def record_page(record: Mapping[str, Any], left_out: Sequence[tuple[int, int, str]] | None = None) -> str:
    """Return a record as an HTML page in one file, which asks for nothing from anywhere.

    Args:
        record: as JSON, of any version of the schema.
        left_out: start, end and kind of what is no story; None where nobody has looked.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: it is no record.
    """
    return page(words.heading(record), record_body(record, left_out))


def record_frame(record: Mapping[str, Any]) -> str:
    """Return the same for a notebook: a frame that shares no style, script or name with the page around it."""
    shown = escape(record_page(record))
    return (
        f'<iframe sandbox="allow-scripts allow-popups" srcdoc="{shown}" title="{escape(words.heading(record))}" '
        'loading="lazy" style="width:100%;height:40rem;border:1px solid #8885;resize:vertical"></iframe>'
    )


def record_body(record: Mapping[str, Any], left_out: Sequence[tuple[int, int, str]] | None = None) -> Html:
    """Return what is in the page of a record."""
    title, text = marked_text(record, left_out or ())
    anchors = frozenset(re.findall(r' id="(t-\w+)"', join([title, text])))
    article = el(
        "article",
        el("header", el("h1", title or en("Untitled", class_="none")), source_line(record), chips(record)),
        _legend(record, left_out),
        el("div", text, class_="text"),
        lang="ar",
        dir="rtl",
    )
    beside, below = sections(record, anchors)
    rest = [below, quality(record, left_out), details(record)]
    return el("main", article, el("div", beside, class_="side"), el("div", rest, class_="below"), class_="record")


@dataclass(frozen=True, slots=True)
class Dress:
    """The style and the script of a page; nothing else is allowed in it."""

    style: str
    script: str

    @classmethod
    @cache
    def of(cls, package: str, style: str, *, more: tuple[str, str] | None = None) -> "Dress":
        """Read them from the files of packages.

        Args:
            package: that has the style and script.js.
            style: name of its style sheet.
            more: package and name of a second style sheet, behind the first.
        """
        sheets = [(package, style), *([more] if more else [])]
        read = "".join(files(place).joinpath(name).read_text(encoding="utf-8") for place, name in sheets)
        return cls(read, files(package).joinpath("script.js").read_text(encoding="utf-8"))

    def policy(self, *more: str) -> str:
        """Return the Content-Security-Policy: this style and script by their hashes, and nothing from anywhere.

        Args:
            more: further directives.
        """
        own = [f"style-src '{_hash(self.style)}'", f"script-src '{_hash(self.script)}'", "base-uri 'none'"]
        return "; ".join(["default-src 'none'", *own, *more])


def page(title: str, *body: "Child", dress: Dress | None = None) -> str:
    """Return a page of khabar's, with its style and script inside."""
    dress = dress or Dress.of(__package__, "style.css")
    head = [
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=dress.policy("form-action 'self'")),
        el("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name_="color-scheme", content="light dark"),
        el("meta", name_="referrer", content="no-referrer"),
        el("title", named(title)),
        el("style", Html(dress.style)),
    ]
    written = el("html", el("head", head), el("body", body, el("script", Html(dress.script))), lang="ar", dir="rtl")
    return f"<!doctype html>\n{written}\n"


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _legend(record: Mapping[str, Any], left_out: Sequence[tuple[int, int, str]] | None) -> Html:
    """Return what each look means; each can be switched off, which needs no script."""
    shown = [
        (look, name)
        for look, name in _LOOKS
        if (left_out if look == "out" else record.get(_LAYER_OF.get(look, "entities")) is not None)
    ]
    rows = [
        el("label", el("input", type="checkbox", checked=True, class_=f"show-{look}"), en(name, class_=f"m {look}"))
        for look, name in shown
    ]
    return el("fieldset", en("Marks", name="legend"), rows, class_="marks")
