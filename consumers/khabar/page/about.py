"""The parts of the page around an article's text: its source above; quality, provenance and the rest below."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from khabar.page import words
from khabar.page.html import Child, Html, ar, el, en, link, own
from khabar.page.lists import section, separated
from khabar.page.marks import row_id


def source_line(record: Mapping[str, Any]) -> Html:
    """Return where the article is from: outlet, agency, author, dates, address."""
    article, origin = record["article"], record.get("origin") or {}
    parts: list[Child] = [own(article["source"]) if article.get("source") else None]
    parts += [[en("agency"), " ", ar(origin["agency"])] if origin.get("agency") else None]
    parts += [[en("from"), " ", ar(origin["dateline"]["place"])] if origin.get("dateline") else None]
    parts += [[en("by"), " ", ar(article["author"])] if article.get("author") else None]
    parts += [_time("published", article.get("published_at"))]
    parts += [_time("modified", article.get("modified_at"))]
    parts += [None if article.get("published_at") else _time("scraped", article.get("scraped_at"))]
    parts += [ar(article["section"]) if article.get("section") else None]
    parts += [link(article["url"], en("source")) if article.get("url") else None]
    return el("p", separated([part for part in parts if part]), class_="source")


def chips(record: Mapping[str, Any]) -> Html | None:
    """Return topics and genre."""
    found = [
        el("li", en(topic.get("label_en") or topic["code"]), " ", ar(topic.get("label_ar") or ""), title=topic["code"])
        for topic in record.get("topics") or ()
    ]
    if record.get("genre"):
        found.insert(0, el("li", en(words.plain(record["genre"])), class_="genre"))
    return el("ul", found, class_="chips", aria_label="Genre and topics") if found else None


def quality(record: Mapping[str, Any], left_out: Sequence[tuple[int, int, str]] | None) -> Iterator[Html]:
    """Yield what was dirty, what is no story, and what failed.

    Args:
        left_out: start, end and kind of what is no story; None where nobody has looked.
    """
    flags = (record.get("quality") or {}).get("flags", [])
    rows = [
        [en(words.plain(name), name="dt"), en(words.flag(name) or "A flag of a later version.", name="dd")]
        for name in flags
    ]
    yield section(
        "quality", "Quality", el("dl", rows) if rows else en("Nothing dirty was found.", name="p", class_="none")
    )
    text: str = record["text"]
    if left_out:
        out = [
            el("li", en(words.plain(kind), class_="kind"), " ", ar(_shorten(text[start:end])))
            for start, end, kind in left_out
        ]
        told = en("Not part of the story: nothing but names of authors is looked for there.", name="p", class_="about")
        yield section("out", "Left out", told, el("ul", out))
    elif left_out is None and words.LEFT_OUT & set(flags):
        told = en("Some lines are not part of the story; the flags above say of what kind.", name="p", class_="about")
        yield section("out", "Left out", told)
    if record.get("failures"):
        failed = [en(f"{each['extractor']}: {each['error']}", name="li") for each in record["failures"]]
        yield section("failures", "Failed", en("These layers are missing.", name="p", class_="about"), el("ul", failed))


def details(record: Mapping[str, Any]) -> Html:
    """Return what made the record, and what its producer and other packages added, folded."""
    article, provenance = record["article"], record.get("provenance") or {}
    language = record.get("language") or {}
    rows: list[tuple[str, Child]] = [
        ("Article", el("bdi", article["id"], class_="code")),
        ("Outcome", el("bdi", record.get("outcome_id"), class_="code") if record.get("outcome_id") else None),
        ("Address", link(article["url"]) if article.get("url") else None),
        ("Picture", link(article["image"]) if article.get("image") else None),
        ("Summary", ar(article["description"]) if article.get("description") else None),
        ("Authors", ar("، ".join(map(str, article["authors"]))) if article.get("authors") else None),
        ("Tags", ar("، ".join(map(str, article["tags"]))) if article.get("tags") else None),
        ("Hashtags", [_hashtag(number, each) for number, each in enumerate(record.get("hashtags") or ())]),
        ("Links", [_link(number, each) for number, each in enumerate(record.get("links") or ())]),
        ("Language", en(f"{language.get('code')} {language.get('confidence')}")),
        ("Made by", en(f"khabar {provenance.get('khabar')}, {provenance.get('segmenter')}")),
    ]
    shown = [[en(name, name="dt"), el("dd", value)] for name, value in rows if value]
    return section(
        "record",
        "About this record",
        el("dl", shown),
        _folded("Sent by the producer besides", article.get("extra")),
        _folded("Layers of other packages", record.get("custom")),
        _folded("Models", provenance.get("models")),
    )


def _hashtag(number: int, each: Mapping[str, Any]) -> Html:
    return ar(" ".join(each["words"]), name="div", id=row_id("hashtags", number))


def _link(number: int, each: Mapping[str, Any]) -> Html:
    words = each["text"]
    shown = link(words) if each.get("kind") == "url" else el("bdi", words)
    return el("div", shown, id=row_id("links", number))


def _folded(title: str, value: object) -> Html | None:
    if not value:
        return None
    written = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode()
    pre = el("pre", el("code", written), dir="ltr", tabindex=0)
    return el("details", en(title, name="summary"), pre)


def _time(what: str, value: object) -> Html | None:
    if not value:
        return None
    day, _, hour = str(value).partition("T")
    shown = f"{day} {hour[:5]}" if hour and not hour.startswith("00:00:00") else day
    return en(f"{what} ", el("time", shown, datetime=str(value)))


def _shorten(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 160 else line[:160] + "…"
