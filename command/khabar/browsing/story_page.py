"""The pages of stories: all of them, and one with its sources."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from khabar.browsing.frame import frame
from khabar.page.html import Child, Html, ar, el, en, link, own
from khabar.page.lists import separated
from khabar.page.words import plain


def stories_page(stories: Iterable[Mapping[str, Any]], older: str, note: str, *, status: str) -> str:
    """Return the stories, the newest first."""
    rows = [_story(story) for story in stories]
    body = el(
        "main",
        en("Stories", name="h1"),
        en(note, name="p", class_="none") if note else None,
        el("ol", rows, class_="hits") if rows else None,
        el(
            "div",
            el("a", en("Older stories"), href=f"/stories?before={older}", rel="next", class_="more") if older else None,
            class_="pager",
        ),
        class_="browse",
    )
    return frame("khabar: stories", "/stories", body, status=status)


def story_page(story: Mapping[str, Any], known: Mapping[str, int]) -> str:
    """Return a story: its articles with their roles, its names and its figures.

    Args:
        known: article id -> key, of those articles that are in the index.
    """
    titles = {article["id"]: article.get("outlet") or article["id"] for article in story["articles"]}
    articles = [_source(article, titles, known.get(article["id"])) for article in story["articles"]]
    names = [
        el("div", en(title, name="h3"), el("ul", [_named(each) for each in story.get(key) or ()]), class_="group")
        for key, title in (("people", "People"), ("organisations", "Organisations"), ("places", "Places"))
        if story.get(key)
    ]
    body = el(
        "main",
        ar(story.get("headline") or "بلا عنوان", name="h1"),
        _story_line(story),
        el("section", en("Sources", name="h2"), el("ol", articles, class_="sources")),
        el("section", en("Names", name="h2"), el("div", names, class_="groups")) if names else None,
        _figures(story["figures"]) if story.get("figures") else None,
        class_="browse",
    )  # fmt: skip
    return frame(f"khabar: {story.get('headline') or 'story'}", "", body)


def _story(story: Mapping[str, Any]) -> Html:
    return el(
        "li",
        el("h2", el("a", ar(story.get("headline") or "بلا عنوان"), href=f"/story/{quote(story['id'], safe='')}")),
        _story_line(story),
    )


def _story_line(story: Mapping[str, Any]) -> Html:
    count, sources = len(story["articles"]), story["independent_sources"]
    copies = sum(article["role"] == "copy_of" for article in story["articles"])
    words = [f"{count} article{'s' * (count != 1)}", f"{sources} independent source{'s' * (sources != 1)}"]
    words += [f"{copies} cop{'ies' if copies != 1 else 'y'}"] if copies else []
    days = sorted({str(story[key])[:10] for key in ("first_seen", "last_seen") if story.get(key)})
    words += [" to ".join(days)] if days else []
    agencies = [" · ", ar("، ".join(story["agencies"]))] if story.get("agencies") else None
    return el("div", en(" · ".join(words)), agencies, class_="about")


def _source(article: Mapping[str, Any], titles: Mapping[str, str], key: int | None) -> Html:
    role = {"first": "first", "own": "own text"}.get(article["role"], "copy")
    title = ar(article.get("title") or article["id"])
    about: list[Child] = [en(role, class_=f"role {article['role']}")]
    if article["role"] == "copy_of":
        about.append([en("of"), " ", own(titles.get(article.get("original") or "", "?"))])
        about += [en(f"{article['share']:.0%} of the shorter text")] if article.get("share") is not None else []
    about += [own(article["outlet"])] if article.get("outlet") else []
    about += [en(str(article["at"])[:16].replace("T", " "))] if article.get("at") else []
    about += [[en("agency"), " ", ar(article["agency"])]] if article.get("agency") else []
    about += [link(article["url"], en("source"))] if article.get("url") else []
    return el(
        "li",
        el("div", el("a", title, href=f"/record/{key}") if key else title),
        el("div", separated(about), class_="about"),
    )


def _named(each: Mapping[str, Any]) -> Html:
    return el("li", ar(each["name"]), " ", en(f"{each['articles']}", class_="about"))


def _figures(figures: Iterable[Mapping[str, Any]]) -> Html:
    heads = [en(name, name="th", scope="col") for name in ("Figure", "About", "Said by", "Articles")]
    rows = [
        el(
            "tr",
            el("th", en(f"{each['value']:,.10g}"), " ", ar(each.get("unit") or ""), scope="row"),
            en(plain(each["category"]), name="td"),
            el("td", ar(each["said_by"]) if each.get("said_by") else en("–", aria_label="nobody is named")),
            en(each["articles"], name="td"),
        )
        for each in figures
    ]
    caption = en("Figures of the story", name="caption", class_="hidden")
    table = el("table", caption, el("thead", el("tr", heads)), el("tbody", rows))
    wide = el("div", table, class_="wide", tabindex=0, role="region", aria_label="Figures, a table that scrolls")
    return el("section", en("Figures", name="h2"), wide)
