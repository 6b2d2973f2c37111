"""The dates of an article in their order, with the sentence of each, and what they were resolved against."""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, Final

from khabar.page import words
from khabar.page.html import Child, Html, ar, el, en
from khabar.page.marks import row_id

_DAY: Final = re.compile(r"-?\d{4}")
_AROUND: Final = 60  # characters on each side, where a record has no sentences or a long one


def timeline(record: Mapping[str, Any], anchors: frozenset[str]) -> Html:
    """Return the day of the article, the dates that are known in their order, then lengths of time and what is not known."""
    found = list(enumerate(record["temporal"] or ()))
    known = [pair for pair in found if _DAY.match(str(pair[1].get("value") or ""))]
    known.sort(key=lambda pair: (str(pair[1]["value"]), pair[1]["start"]))
    rest = [pair for pair in found if not _DAY.match(str(pair[1].get("value") or ""))]
    return el(
        "div",
        _anchor(record),
        el("ol", [_row(number, each, record, anchors) for number, each in known], class_="timeline") if known else None,
        en("Lengths of time, and dates without a known day", name="h3") if known and rest else None,
        el("ul", [_row(number, each, record, anchors) for number, each in rest], class_="timeline open")
        if rest
        else None,
        None if found else en("No dates in this article.", name="p", class_="none"),
    )


def _anchor(record: Mapping[str, Any]) -> Html:
    anchor = record.get("temporal_anchor")
    if not anchor:
        return en(
            "The article's day is not known, so relative dates have no value.", name="p", id="anchor", class_="about"
        )
    return en(
        "Relative dates are counted from ",
        el("b", anchor["date"]),
        f", the article's day, known from {words.anchor(anchor)}.",
        name="p",
        id="anchor",
        class_="about",
    )


def _row(number: int, each: Mapping[str, Any], record: Mapping[str, Any], anchors: frozenset[str]) -> Html:
    row, value = row_id("temporal", number), each.get("value")
    about: list[str] = [str(each.get("type", "")).lower()]
    about += [words.plain(each["mod"]).lower()] if each.get("mod") else []
    about += [f"Hijri {each['hijri']}"] if each.get("hijri") else []
    about += [f"TIMEX3 {value}"] if value and words.moment(value) != value else []
    there = f"t-{row}" in anchors
    told = ar(each["text"], class_="date")
    return el(
        "li",
        el(
            "div",
            en(words.moment(str(value)) if value else "not resolved", class_="value" if value else "value none"),
            " ",
            el("a", told, href=f"#t-{row}") if there else told,
            " ",
            en(" · ".join(each for each in about if each), class_="about"),
        ),
        ar(_context(record, each), name="p"),
        id=row,
        data_also="anchor",
    )


def _context(record: Mapping[str, Any], each: Mapping[str, Any]) -> "Child":
    """Return the sentence around a date, cut where it is long, with the date in bold."""
    text: str = record["text"]
    start, end = each["start"], each["end"]
    sentences: Sequence[Mapping[str, int]] = record.get("sentences") or ()
    index = bisect_right(sentences, start, key=lambda sentence: sentence["start"]) - 1
    first, last = (sentences[index]["start"], sentences[index]["end"]) if index >= 0 else (0, len(text))
    first, last = max(first, start - _AROUND), min(max(last, end), end + _AROUND)
    while first < start and first and not text[first - 1].isspace():
        first += 1
    while last > end and last < len(text) and not text[last].isspace():
        last -= 1
    whole = index >= 0 and first == sentences[index]["start"]
    return [
        None if whole or first == 0 else "… ",
        text[first:start],
        el("b", text[start:end]),
        text[end:last],
        " …" if last < len(text) else None,
    ]
