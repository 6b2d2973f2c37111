"""Markup whose text cannot leave its place: every string is escaped unless it was made by `el`."""

import re
from collections.abc import Iterable
from html import escape
from typing import Final, TypeAlias
from urllib.parse import urlsplit

# Characters that a browser would act on or cannot show: control characters except tab and line end; embeddings, overrides and
# isolates of direction; line and paragraph separators; surrogates; interlinear and tag characters; noncharacters. Joiners and
# plain direction marks stay: words are written with them, and they have no effect beyond their own element.
_UNSAFE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e007f]"
)
_ARABIC: Final = re.compile("[\u0620-\u06d3]")
_VOID: Final = frozenset({"br", "input", "link", "meta"})


class Html(str):
    """Markup that `el` made; a plain str is text of others."""

    __slots__ = ()


Child: TypeAlias = "str | int | float | Iterable[Child] | None"


def el(name: str, *children: "Child", **attributes: str | float | bool | None) -> Html:
    """Return an element.

    Args:
        name: of the element.
        children: markup as it is, other strings escaped, None left out, iterables one by one.
        attributes: `class_` is class, `data_rows` is data-rows; None and False are left out, True has no value.
    """
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escape(named(value))}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    return Html(f"<{name}{written}>" + ("" if name in _VOID else f"{join(children)}</{name}>"))


def join(children: "Child") -> Html:
    """Return the markup of children, one behind the other."""
    if children is None:
        return Html("")
    if isinstance(children, Html):
        return children
    if isinstance(children, str | int | float):
        return _text(str(children))
    return Html("".join(map(join, children)))


def named(value: object) -> str:
    """Return text of others with U+202E and its like by name, for an attribute or a title."""
    return _UNSAFE.sub(lambda found: f"[U+{ord(found[0]):04X}]", str(value))


def en(*children: "Child", name: str = "span", **attributes: str | float | bool | None) -> Html:
    """Return an element whose words are the page's own, in English."""
    return el(name, *children, lang="en", dir="ltr", **attributes)


def ar(*children: "Child", name: str = "span", **attributes: str | float | bool | None) -> Html:
    """Return an element whose words are the article's, in Arabic, apart from the direction of what stands around it."""
    return el(name, *children, lang="ar", dir="rtl", **attributes)


def own(word: str) -> Html:
    """Return a name of others in the language of its letters: outlets are named in either."""
    return ar(word) if _ARABIC.search(word) else en(word)


def link(url: object, *children: "Child") -> Html:
    """Return a link to an address of others where it is one of the web; else its words alone."""
    shown = children or (str(url),)
    if not isinstance(url, str) or not is_web(url):
        return el("bdi", *shown)
    return el("a", el("bdi", *shown), href=url, rel="noopener noreferrer nofollow", target="_blank")


def is_web(url: str) -> bool:
    """Whether an address is http or https, with a host, and has nothing that a browser leaves out or shows otherwise."""
    if _UNSAFE.search(url) or re.search(r"[\s\\]", url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def _text(text: str) -> Html:
    return Html(
        _UNSAFE.sub(
            lambda found: f'<span class="ctl" dir="ltr">U+{ord(found[0]):04X}</span>', escape(text, quote=False)
        )
    )
