"""A record's claims as lists and tables, one claim a row: statements with their speakers, names, timeline, figures."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, Final

from khabar.page import words
from khabar.page.html import Child, Html, ar, el, en
from khabar.page.marks import NAMES, row_id
from khabar.page.timeline import timeline

_LOOKED_AT: Final = 32  # claims that begin before a figure
_GROUPS: Final = (("PER", "People"), ("ORG", "Organisations"), ("LOC", "Places"))


def sections(record: Mapping[str, Any], anchors: frozenset[str]) -> tuple[list[Html], list[Html]]:
    """Return the sections that the record has layers for: those beside the article, and those below it.

    Args:
        anchors: ids of the places in the text, to which rows lead back.
    """
    beside, below = [], []
    if "quotations" in record or "statements" in record:
        beside.append(section("said", "Who said what", _said(record, anchors)))
    if "entities" in record:
        below.append(section("names", "Names", _names(record, anchors)))
    if "temporal" in record:
        below.append(section("timeline", "Timeline", timeline(record, anchors)))
    if "quantities" in record:
        below.append(section("figures", "Figures", _figures(record, anchors)))
    return beside, below


def section(name: str, title: str, *children: "Child") -> Html:
    """Return a section under its heading."""
    return el("section", en(title, name="h2", id=f"h-{name}"), *children, id=name, aria_labelledby=f"h-{name}")


def none(what: str) -> Html:
    """Return a line that says that a layer holds nothing."""
    return en(f"No {what} in this article.", name="p", class_="none")


def back(row: str, anchors: frozenset[str], *children: "Child", **attributes: str) -> Html:
    """Return a link to the place in the text where it has one, else the words alone."""
    there = f"t-{row}" in anchors
    return el("a", *children, href=f"#t-{row}", **attributes) if there else el("span", *children, **attributes)


def _said(record: Mapping[str, Any], anchors: frozenset[str]) -> Html:
    claims = [
        (claim["start"], row_id(layer, number), layer, claim)
        for layer in ("quotations", "statements")
        for number, claim in enumerate(record.get(layer) or ())
    ]
    rows = [_saying(row, layer, claim, anchors) for _, row, layer, claim in sorted(claims, key=lambda each: each[:2])]
    return el("ol", rows, class_="said") if rows else none("reported speech")


def _saying(row: str, layer: str, claim: Mapping[str, Any], anchors: frozenset[str]) -> Html:
    speaker, cue = claim.get("speaker"), claim.get("cue")
    number = f"{row[0].upper()}{int(row[1:]) + 1}"
    who = ar(speaker["name"], class_="who") if speaker else en("speaker not told", class_="none")
    about = [words.kind(layer, claim.get("kind"))]
    if speaker and speaker.get("type"):
        gender = {"m": ", masculine", "f": ", feminine"}.get(speaker.get("gender") or "", "")
        about.append(words.plain(speaker["type"]) + gender)
    if claim.get("pro_drop"):
        about.append("speaker from before: the verb has no subject")
    if claim.get("modality"):
        about.append(words.plain(claim["modality"]))
    look = "quote" if layer == "quotations" else "said"
    head = [
        back(row, anchors, en(number), class_=f"badge {look}-badge", aria_label=f"{number}: to its place in the text"),
        " ",
        who,
        " ",
        en(words.act(claim.get("act", "state")), class_="act"),
        [" ", ar(cue["text"], class_="cue")] if cue else None,
    ]
    said = ar(f"«{claim['text']}»" if layer == "quotations" else claim["text"], name="blockquote")
    return el("li", el("div", head), said, en(" · ".join(about), class_="about"), id=row)


def _names(record: Mapping[str, Any], anchors: frozenset[str]) -> Html:
    groups = []
    for kind, title in _GROUPS:
        found = [(number, each) for number, each in enumerate(record["entities"] or ()) if each["type"] == kind]
        found.sort(key=lambda pair: -len(pair[1]["mentions"]))
        if found:
            rows = [_name(f"n{number}", entity, anchors) for number, entity in found]
            groups.append(el("div", en(title, name="h3"), el("ul", rows), class_="group"))
    return el("div", groups, class_="groups") if groups else none("names")


def _name(row: str, entity: Mapping[str, Any], anchors: frozenset[str]) -> Html:
    latin, geo, count = entity.get("name_latin"), entity.get("geo"), len(entity["mentions"])
    english = (latin or {}).get("text") or (geo or {}).get("name_en")
    about: list[Child] = [en(f"{count} mention{'s' * (count != 1)}")]
    if latin and latin.get("basis") == "romanized":
        about.append(en("name romanized"))
    if entity.get("role", "story") != "story":
        about.append(en(f"{words.plain(entity['role'])} of this article"))
    if geo:
        place = f"{geo['country']} {geo['lat']:.2f}, {geo['lon']:.2f}"
        about.append(en(place, title="Country, latitude and longitude"))
    look = NAMES.get(entity["type"], "place")
    return el(
        "li",
        el(
            "div",
            back(row, anchors, ar(entity["name"]), class_=f"name {look}"),
            [" ", en(english, class_="latin")] if english else None,
        ),
        el("div", separated(about), class_="about"),
        id=row,
    )


def separated(parts: "Sequence[Child]") -> "list[Child]":
    """Return parts with a dot between each two."""
    return [piece for part in parts for piece in (" · ", part)][1:]


def _figures(record: Mapping[str, Any], anchors: frozenset[str]) -> Html:
    quantities = record["quantities"] or ()
    if not quantities:
        return none("figures")
    claims = _spoken(record)
    heads = ("In the text", "Number", "Unit", "About", "Said by")
    rows = [
        el(
            "tr",
            el("th", back(row_id("quantities", number), anchors, ar(each["text"])), scope="row"),
            en(words.amount(each), name="td"),
            el("td", _unit(each)),
            en(words.plain(each.get("category", "")), name="td"),
            el("td", _said_by(claims, each)),
            id=row_id("quantities", number),
        )
        for number, each in enumerate(quantities)
    ]
    head = el("thead", el("tr", [en(each, name="th", scope="col") for each in heads]))
    table = el("table", en("Figures of the article", name="caption", class_="hidden"), head, el("tbody", rows))
    return el("div", table, class_="wide", tabindex=0, role="region", aria_label="Figures, a table that scrolls")


def _unit(quantity: Mapping[str, Any]) -> "Child":
    code = quantity.get("currency") or quantity.get("unit_code")
    unit = quantity.get("unit")
    return [ar(unit) if unit else None, [" ", en(code, class_="code")] if code and code != unit else None]


def _said_by(claims: Sequence[Mapping[str, Any]], figure: Mapping[str, Any]) -> "Child":
    """Return the speaker of the shortest claim around a figure.

    Args:
        claims: with speakers, by where they begin.
    """
    before = bisect_right(claims, figure["start"], key=lambda claim: claim["start"])
    around = [claim for claim in claims[max(0, before - _LOOKED_AT) : before] if figure["end"] <= claim["end"]]
    if not around:
        return en("–", aria_label="nobody is named")
    return ar(min(around, key=lambda claim: claim["end"] - claim["start"])["speaker"]["name"])


def _spoken(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    claims = [*(record.get("quotations") or ()), *(record.get("statements") or ())]
    return sorted((claim for claim in claims if claim.get("speaker")), key=lambda claim: claim["start"])
