"""Draws measured points as an SVG of panels beside each other, one a quantity, over sizes on a logarithmic axis.

By hand: a plotting library would be the largest thing that khabar's tools need.
"""

from collections.abc import Iterator, Sequence
from math import log10
from typing import Final, NamedTuple

_WIDTH, _HEIGHT = 380, 250  # of a panel
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 42, 44, 46
_INK, _FAINT, _LINE, _BAR = "#333", "#ddd", "#1f6f8b", "#b3541e"
_TICKS: Final = 4


class Panel(NamedTuple):
    """One quantity.

    Attributes:
        title: what is drawn, with its unit.
        lines: name -> a value for each size.
        bar: the highest value wanted, drawn as a dashed line; None draws no line.
    """

    title: str
    lines: dict[str, Sequence[float]]
    bar: float | None = None


def draw(sizes: Sequence[int], panels: Sequence[Panel], *, axis: str) -> str:
    """Return the SVG.

    Args:
        sizes: of each point, at least two, ascending.
        axis: what the sizes count.
    """
    width = _WIDTH * len(panels)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_HEIGHT}" width="{width}" height="{_HEIGHT}" '
        'font-family="sans-serif" font-size="12" role="img">',
        f'<rect width="{width}" height="{_HEIGHT}" fill="white"/>',
    ]
    for number, panel in enumerate(panels):
        parts += [f'<g transform="translate({number * _WIDTH} 0)">', *_panel(sizes, panel, axis), "</g>"]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(sizes: Sequence[int], panel: Panel, axis: str) -> Iterator[str]:
    top = _round_up(max([value for line in panel.lines.values() for value in line] + [panel.bar or 0.0]))
    begin, end = log10(sizes[0]), log10(sizes[-1])

    def x(size: int) -> float:
        return _LEFT + (log10(size) - begin) / (end - begin) * (_WIDTH - _LEFT - _RIGHT)

    def y(value: float) -> float:
        return _HEIGHT - _BOTTOM - value / top * (_HEIGHT - _TOP - _BOTTOM)

    yield f'<text x="{_LEFT}" y="20" fill="{_INK}" font-weight="bold">{panel.title}</text>'
    for tick in range(_TICKS + 1):
        value = top * tick / _TICKS
        yield f'<path d="M{_LEFT} {y(value):.1f}H{_WIDTH - _RIGHT}" stroke="{_FAINT}"/>'
        yield f'<text x="{_LEFT - 6}" y="{y(value) + 4:.1f}" fill="{_INK}" text-anchor="end">{value:,g}</text>'
    for size in sizes:
        yield f'<text x="{x(size):.1f}" y="{_HEIGHT - _BOTTOM + 16}" fill="{_INK}" text-anchor="middle">{size:,}</text>'
    yield f'<text x="{_WIDTH / 2:.0f}" y="{_HEIGHT - 10}" fill="{_INK}" text-anchor="middle">{axis}</text>'
    if panel.bar is not None:
        yield f'<path d="M{_LEFT} {y(panel.bar):.1f}H{_WIDTH - _RIGHT}" stroke="{_BAR}" stroke-dasharray="5 4"/>'
        place = f'x="{_WIDTH - _RIGHT}" y="{y(panel.bar) - 5:.1f}"'
        yield f'<text {place} fill="{_BAR}" text-anchor="end">wanted: {panel.bar:,g}</text>'
    for name, line in panel.lines.items():
        points = [(x(size), y(value)) for size, value in zip(sizes, line, strict=True)]
        path = "L".join(f"{across:.1f} {down:.1f}" for across, down in points)
        yield f'<path d="M{path}" fill="none" stroke="{_LINE}" stroke-width="2"/>'
        yield from (f'<circle cx="{across:.1f}" cy="{down:.1f}" r="3.5" fill="{_LINE}"/>' for across, down in points)
        yield f'<text x="{points[0][0] + 6:.1f}" y="{points[0][1] - 8:.1f}" fill="{_LINE}">{name}</text>'


def _round_up(value: float) -> float:
    """Return the next of 1, 2, 4, 6, 8, 10 times a power of ten."""
    power = 10.0 ** int(log10(value)) if value >= 1 else 1.0
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= value)
