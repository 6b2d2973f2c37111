"""Plots as SVG without a script: bars over time, bars by name, a share over time."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from khabar.page.html import Child, Html, el, en

WIDTH: Final = 720
HEIGHT: Final = 160
_LEFT: Final = 56
_FOOT: Final = 30


def over_time(times: Sequence[tuple[int, int]], step_s: int, *, name: str) -> Html:
    """Return bars of counts over time, oldest on the left, with the numbers in a table behind them.

    Args:
        times: Unix time and count of each step, without gaps.
    """
    most = max((count for _, count in times), default=1) or 1
    wide = (WIDTH - _LEFT) / max(len(times), 1)
    bars = [
        el(
            "rect",
            el("title", f"{_time(at, step_s)}: {count:,}"),
            x=f"{_LEFT + number * wide:.1f}", y=f"{HEIGHT - count / most * (HEIGHT - 12):.1f}",
            width=f"{max(wide - 1, 0.6):.1f}", height=f"{count / most * (HEIGHT - 12):.1f}", class_="bar",
        )
        for number, (at, count) in enumerate(times)
    ]  # fmt: skip
    return _figure(
        name,
        [*_scale(most), *bars, *_days([at for at, _ in times], step_s)],
        [(_time(at, step_s), f"{count:,}") for at, count in times],
    )


def share_over_time(found: Sequence[tuple[int, int, int]], step_s: int, *, name: str) -> Html:
    """Return a line of shares over time, in percent.

    Args:
        found: Unix time, how many of those counted, how many others.
    """
    points, rows = [], []
    shares = [(at, part / (part + rest), part + rest) for at, part, rest in found if part + rest]
    first, last = (shares[0][0], shares[-1][0]) if shares else (0, 1)
    top = max([0.1, *(share for _, share, _ in shares)])
    for at, share, count in shares:
        x = _LEFT + (at - first) / max(last - first, 1) * (WIDTH - _LEFT - 8) + 4
        y = HEIGHT - share / top * (HEIGHT - 12)
        points.append((x, y))
        rows.append((_time(at, step_s), f"{share:.0%} of {count:,}"))
    line = el("polyline", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in points), class_="line")
    dots = [
        el("circle", el("title", f"{when}: {words}"), cx=f"{x:.1f}", cy=f"{y:.1f}", r="3.5", class_="dot")
        for (x, y), (when, words) in zip(points, rows, strict=True)
    ]
    scale = [
        el("line", x1=_LEFT, x2=WIDTH, y1=12, y2=12, class_="grid"),
        el("text", f"{top:.0%}", x=_LEFT - 4, y=16, text_anchor="end"),
        el("line", x1=_LEFT, x2=WIDTH, y1=HEIGHT, y2=HEIGHT, class_="axis"),
    ]
    return _figure(name, [*scale, line, *dots, *_days([first, last] if len(shares) > 1 else [first], step_s)], rows)


def by_name(rows: Sequence[tuple["Child", int]], *, name: str) -> Html:
    """Return a table with a bar for each number."""
    most = max((count for _, count in rows), default=1) or 1
    made = [
        el(
            "tr",
            el("th", label, scope="row"),
            el("td", f"{count:,}", class_="number"),
            el(
                "td",
                el(
                    "svg",
                    _bar(count / most * 200),
                    viewBox="0 0 200 10", preserveAspectRatio="none", aria_hidden="true",
                ),
                class_="of",
            ),
        )
        for label, count in rows
    ]  # fmt: skip
    return el("table", en(name, name="caption", class_="hidden"), el("tbody", made), class_="bars")


def _figure(name: str, drawn: "Sequence[Child]", rows: Sequence[tuple[str, str]]) -> Html:
    svg = el("svg", drawn, viewBox=f"0 0 {WIDTH} {HEIGHT + _FOOT}", role="img", aria_label=name, direction="ltr")
    body = [el("tr", el("th", when, scope="row", dir="ltr"), el("td", count, dir="ltr")) for when, count in rows]
    table = el("table", en(name, name="caption", class_="hidden"), el("tbody", body))
    numbers = el(
        "details",
        en("The numbers", name="summary"),
        el("div", table, class_="wide tall", tabindex=0, role="region", aria_label=f"{name}: the numbers"),
    )
    return el("figure", svg, numbers, class_="plot")


def _scale(most: int) -> list[Html]:
    return [
        el("line", x1=_LEFT, x2=WIDTH, y1=12, y2=12, class_="grid"),
        el("text", f"{most:,}", x=_LEFT - 4, y=16, text_anchor="end"),
        el("line", x1=_LEFT, x2=WIDTH, y1=HEIGHT, y2=HEIGHT, class_="axis"),
        el("text", "0", x=_LEFT - 4, y=HEIGHT, text_anchor="end"),
    ]


def _days(times: Sequence[int], step_s: int) -> list[Html]:
    """Name the first and the last step, and one between."""
    if not times:
        return []
    wanted = {0: "start", len(times) - 1: "end"} if len(times) > 1 else {0: "start"}
    if len(times) > 8:
        wanted[len(times) // 2] = "middle"
    wide = (WIDTH - _LEFT) / len(times)
    places = {"start": 0.0, "middle": 0.5, "end": 1.0}
    return [
        el(
            "text",
            _time(times[at], step_s),
            x=f"{_LEFT + (at + places[side]) * wide:.0f}",
            y=HEIGHT + 24,
            text_anchor=side,
        )
        for at, side in sorted(wanted.items())
    ]


def _time(at: int, step_s: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:00" if step_s < 86_400 else "%Y-%m-%d")


def _bar(wide: float) -> Html:
    return el("rect", x=f"{200 - wide:.1f}", y=0, width=f"{wide:.1f}", height=10, class_="bar")
