"""The page of plots."""

from khabar.browsing.frame import frame
from khabar.browsing.overview import DAY_S, PERIODS, Overview
from khabar.browsing.plots import by_name, over_time, share_over_time
from khabar.browsing.search import Search
from khabar.page.html import Child, ar, el, en, own


def overview_page(found: Overview, period: str, *, status: str) -> str:
    """Return the plots."""
    ways = [
        el("a", en(name), href=f"/overview?days={key}", aria_current="true" if key == period else None)
        for key, name in PERIODS.items()
    ]
    step = {3600: "an hour", DAY_S: "a day"}.get(found.step_s, f"every {found.step_s // DAY_S} days")
    known = found.women + found.men
    share = f"{found.women / known:.1%}" if known else "–"
    women = [
        el(
            "p",
            en(share, class_="big"),
            " ",
            en(f"of {known:,} voices whose gender the text shows, each once an article", class_="about"),
        ),
        share_over_time(found.women_by, max(found.step_s, DAY_S), name="Women among those quoted, in percent")
        if known
        else None,
    ]
    outlets: list[tuple[Child, int]] = [
        (el("a", own(name), href=Search(outlet=name).address()) if name else en("not told"), count)
        for name, count in found.outlets
    ]
    topics: list[tuple[Child, int]] = [
        (el("a", en(label), href=Search(topic=code).address()), count) for code, label, count in found.topics
    ]
    quoted: list[tuple[Child, int]] = [
        (el("a", ar(name), href=Search(q=f'"{name}"').address()), count) for name, _, count in found.quoted
    ]
    hours = (
        over_time(found.times, found.step_s, name=f"Articles {step}")
        if found.times
        else en("No article has a time.", name="p", class_="none")
    )
    tables = [
        _section("Outlets", by_name(outlets, name="Articles by outlet")),
        _section("Topics", by_name(topics, name="Articles by topic")),
        _section("Most quoted", by_name(quoted, name="Articles that quote them")),
        _section("Women among those quoted", women),
    ]
    body = el(
        "main",
        en("Overview", name="h1"),
        el("nav", ways, class_="periods", aria_label="Period"),
        en(f"{found.articles:,} articles, counted back from the newest.", name="p", class_="about"),
        _section(f"Articles {step}", hours),
        el("div", tables, class_="plots"),
        class_="browse",
    )
    return frame("khabar: overview", "/overview", body, status=status)


def _section(title: str, content: "Child") -> "Child":
    return el("section", en(title, name="h2"), content)
