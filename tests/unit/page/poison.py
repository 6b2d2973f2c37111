"""Records with hostile text in every field, and what a parser finds in a page."""

from html.parser import HTMLParser
from typing import Any

POISON = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</style><style>*{display:none}</style>",
    "</title><img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "' onmouseover='alert(1)' x='",
    '" autofocus onfocus="alert(1)" style="background:url(https://evil.example/)',
    "<!--<iframe srcdoc='<script>alert(1)</script>'>",
    "]]><![CDATA[<a href=javascript:alert(1)>",
    "javascript:alert(1)",
    "JaVaScRiPt\t:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "//evil.example/x",
    "https://evil.example\\@good.example/\u202etxt.exe",
    "\x1b]0;title\x07\x1b[2J\x1b[31mred\x9b1A",
    "\u202egnihtyreve\u202c \u2066\u2067\u2068\u2069 \u202a\u202b\u202d",
    "&lt;script&gt;&#x3c;b&#62; &amp;",
    "\x00\x01\x08\x0b\x7f\x85\u2028\u2029\ufff9\ufffe\U000e0041",
    "{{7*7}} ${7*7} <%= 7*7 %> `x` %0d%0aSet-Cookie:a=b",
    "e1 onclick=alert(1)",
)
_CODES = {
    "type",
    "kind",
    "id",
    "entity",
}  # a record of which these are anything would have no names and speakers at all


def poisoned(value: Any, poison: str, *, key: str = "", keep: bool = True) -> Any:
    """Return a record with every string replaced, keys of free objects too; `keep` leaves the codes that decide what is shown."""
    if isinstance(value, dict):
        free = key in ("extra", "custom", "models")
        return {
            (f"{poison}{name}" if free else name): poisoned(each, poison, key=name, keep=keep)
            for name, each in value.items()
        }
    if isinstance(value, list):
        return [poisoned(each, poison, key=key, keep=keep) for each in value]
    if not isinstance(value, str) or (keep and key in _CODES):
        return value
    return (poison * (len(value) // len(poison) + 1))[: max(len(value), len(poison))]


class Page(HTMLParser):
    """What a page holds.

    Attributes:
        elements: name and attributes of each, in order. texts: words, by the innermost element's name. ids: of elements.
    """

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "input", "link", "br"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open and self._open[-1] == tag, f"</{tag}> closes {self._open[-3:]}"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self.texts.append((self._open[-1] if self._open else "", data))

    @property
    def ids(self) -> list[str]:
        return [attributes["id"] or "" for _, attributes in self.elements if "id" in attributes]

    def words_of(self, tag: str) -> list[str]:
        return [words for name, words in self.texts if name == tag]


ELEMENTS = {
    "html", "head", "meta", "title", "style", "body", "script", "main", "article", "section", "header", "footer",
    "nav", "div", "span", "p", "h1", "h2", "h3", "a", "b", "bdi", "ul", "ol", "li", "dl", "dt", "dd", "table",
    "caption", "thead", "tbody", "tr", "th", "td", "time", "blockquote", "details", "summary", "pre", "code",
    "fieldset", "legend", "label", "input", "form", "button", "select", "option", "mark", "figure", "svg", "rect",
    "line", "polyline", "circle", "text",
}  # fmt: skip


def assert_inert(markup: str, style: str, script: str) -> Page:
    """Require that a page has khabar's own elements alone, leads nowhere, and shows no character that acts."""
    page = Page(markup)
    assert {name for name, _ in page.elements} <= ELEMENTS
    assert page.words_of("style") == [style]
    assert page.words_of("script") == [script]
    for name, attributes in page.elements:
        assert not [
            key for key in attributes if key.startswith("on") or key in ("style", "src", "srcdoc", "formaction")
        ], name
        if name in ("a", "form"):
            assert (attributes.get("href") or attributes.get("action") or "").startswith(
                ("#", "/", "https://example.")
            ), attributes
            assert not (attributes.get("href") or "").startswith("//")
    shown = "".join(words for _, words in page.texts) + "".join(
        str(value) for _, each in page.elements for value in each.values()
    )
    assert not set(shown) & set(
        "\x00\x01\x07\x08\x0b\x1b\x7f\x85\x9b\u2028\u2029\u202a\u202b\u202d\u202e\u2066\u2067\u2068\ufff9\ufffe\U000e0041"
    )
    return page
