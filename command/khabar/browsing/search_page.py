"""The page of a search: the form, and the records that were found."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from khabar.browsing.frame import frame
from khabar.browsing.moments import moment_of
from khabar.browsing.search import MOST_COUNTED, Found, Hit, Search
from khabar.browsing.terms import fold, forms_of
from khabar.page.html import Child, Html, ar, el, en, own
from khabar.page.lists import separated
from khabar.page.words import plain

_SNIPPET: Final = 110  # characters on each side of what was found
_NAMES: Final = 6
_HELP: Final = 'كلمة، "عبارة"، -بدون، بداية*'


def search_page(
    search: Search,
    found: Found,
    words: frozenset[str],
    outlets: Sequence[str],
    topics: Sequence[tuple[str, str]],
    status: str,
) -> str:
    """Return the form of a search and what it has found."""
    count = f"more than {MOST_COUNTED:,}" if found.count > MOST_COUNTED else f"{found.count:,}"
    told = f"{count} record{'s' * (found.count != 1)}" + ("" if search.is_everything else " found")
    older = (
        el("a", en("Older records"), href=search.address(before=found.older), rel="next", class_="more")
        if found.older
        else None
    )
    newest = el("a", en("Back to the newest"), href=search.address(before=""), class_="more") if search.before else None
    body = el(
        "main",
        en("Records", name="h1", class_="hidden"),
        _form(search, outlets, topics),
        en(told, name="p", class_="about", role="status"),
        el("ol", [_hit(hit, words) for hit in found.hits], class_="hits"),
        el("div", newest, older, class_="pager"),
        class_="browse",
    )
    return frame(f"khabar: {search.q or 'records'}", "/", body, status=status)


def _form(search: Search, outlets: Sequence[str], topics: Sequence[tuple[str, str]]) -> Html:
    def field(name: str, label: str, **attributes: str) -> Html:
        entry = el("input", name_=name, value=getattr(search, name) or None, id=f"f-{name}", dir="auto", **attributes)
        return el("div", en(label, name="label", for_=f"f-{name}"), entry, class_="field")

    def choice(name: str, label: str, values: Iterable[tuple[str, str]]) -> Html:
        chosen = getattr(search, name)
        options = [el("option", shown, value=value, selected=value == chosen) for value, shown in values]
        return el(
            "div",
            en(label, name="label", for_=f"f-{name}"),
            el("select", el("option", "any", value=""), options, name_=name, id=f"f-{name}"),
            class_="field",
        )

    narrow = any(
        getattr(search, name)
        for name in ("person", "organisation", "place", "topic", "outlet", "genre", "since", "until")
    )
    genres = ("news", "opinion", "feature", "live", "service", "release", "factcheck")
    return el(
        "form",
        el(
            "div",
            _words(search),
            el("button", en("Search"), type="submit"),
            class_="ask",
        ),
        el(
            "details",
            en("Person, place, topic, outlet, date", name="summary"),
            el(
                "div",
                field("person", "Person"), field("organisation", "Organisation"), field("place", "Place"),
                choice("topic", "Topic", topics), choice("outlet", "Outlet", [(each, each) for each in outlets]),
                choice("genre", "Genre", [(each, each) for each in genres]),
                field("since", "From", type="date"), field("until", "To", type="date"),
                class_="fields",
            ),
            open=narrow,
        ),
        action="/", method="get", role="search",
    )  # fmt: skip


def _words(search: Search) -> Html:
    """Return the entry for words; right to left while it is empty, for the sake of what it suggests."""
    side = "auto" if search.q else "rtl"
    return el(
        "input", type="search", name_="q", value=search.q or None, dir=side, aria_label="Words", placeholder=_HELP
    )


def _hit(hit: Hit, words: frozenset[str]) -> Html:
    record = hit.record
    article = record["article"]
    title = article.get("title") or " ".join(record["text"][:120].split())
    when = moment_of(hit.id)
    about: list[Child] = (
        [el("a", own(article["source"]), href=Search(outlet=article["source"]).address())]
        if article.get("source")
        else []
    )
    about += [en(f"{when:%Y-%m-%d %H:%M}")] if when else [en("no date")]
    about += [en(plain(record["genre"]))] if record.get("genre") else []
    said = len(record.get("quotations") or ()) + len(record.get("statements") or ())
    about += [en(f"{said} statement{'s' * (said != 1)}")] if said else []
    names = sorted(
        (each for each in record.get("entities") or () if each.get("role", "story") == "story"),
        key=lambda each: -len(each["mentions"]),
    )
    fields = {"PER": "person", "ORG": "organisation", "LOC": "place"}
    shown = [
        el("li", el("a", ar(each["name"]), href=Search(**{fields[each["type"]]: each["name"]}).address()))
        for each in islice((each for each in names if each["type"] in fields), _NAMES)
    ]
    return el(
        "li",
        el("h2", el("a", ar(title), href=f"/record/{hit.id}")),
        el("div", separated(about), class_="about"),
        ar(_snippet(record, words), name="p"),
        el("ul", shown, class_="chips", aria_label="Names") if shown else None,
    )


def _snippet(record: Mapping[str, Any], words: frozenset[str]) -> "Child":
    """Return the words around the first that was asked for, marked; else how the text begins."""
    text, tokens = record["text"], record.get("tokens") or {}
    title = record["article"].get("title") or ""
    begin = len(title) if text.startswith(title) else 0
    inside: list[tuple[int, int]] = []
    columns = (tokens.get(name, ()) for name in ("start", "end", "segments"))
    for start, end, segments in zip(*columns, strict=False) if words else ():
        if inside and start > inside[0][0] + _SNIPPET:
            break
        if start >= begin and (fold(text[start:end]) in words or not words.isdisjoint(forms_of(segments))):
            inside.append((start, end))
    if not inside:
        line = " ".join(text[begin : begin + 2 * _SNIPPET].split())
        return line + (" …" if len(text) - begin > 2 * _SNIPPET else "")
    first = max(begin, inside[0][0] - _SNIPPET)
    last = min(len(text), inside[0][0] + _SNIPPET)
    while begin < first < inside[0][0] and not text[first - 1].isspace():
        first += 1
    made: list[Child] = ["… " if first > begin else None]
    at = first
    for start, end in inside:
        if end <= last:
            made += [text[at:start], el("mark", text[start:end])]
            at = end
    return [*made, text[at:last].rstrip(), " …" if last < len(text) else None]
