"""Plots as SVG, written by hand: printable, no scripts, no fonts from elsewhere, each with a title read aloud.

Every chart has the base rate in it, and no figure that is not in the JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

from msgspec import Struct

WIDTH, HEIGHT = 640, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 44, 50
MOST_POINTS = 1500
INK, FAINT = "#1d1d1b", "#b5b5b0"
COLOURS = ("#1f4e79", "#8a8a85", "#b35c00", "#3b7a3b")
DASHES = ("", "4 3", "8 3", "2 2")
"""Told apart by dashes too: prints are often grey."""


class Line(Struct, frozen=True, kw_only=True):
    """A named line through points in data coordinates, both axes."""

    name: str
    points: tuple[tuple[float, float], ...]


class Bar(Struct, frozen=True, kw_only=True):
    """A named point with an interval."""

    name: str
    value: float
    low: float
    high: float


def draw_lines(title: str, across: str, up: str, lines: Sequence[Line], level: float, level_name: str) -> str:
    """Lines over the unit square, with one level across it."""
    parts = [*_frame(title, across, up, 1.0, 1.0), _level(level, level_name, 1.0)]
    for number, line in enumerate(lines):
        path = " ".join(f"{_x(x, 1.0):.1f},{_y(y, 1.0):.1f}" for x, y in _thin(line.points))
        parts.append(_polyline(path, number))
        parts.append(_key(line.name, number))
    return _whole(title, parts)


def draw_reliability(title: str, bins: Sequence[Bar], expected: Sequence[float], base_rate: float) -> str:
    """Observed shares with their bars over mean scores; the diagonal is "means what it says"."""
    most = max([0.01, base_rate, *expected, *(one.high for one in bins)])
    most = min(1.0, most * 1.05)
    parts = [*_frame(title, "mean score", "share of positives", most, most), _level(base_rate, "base rate", most)]
    parts.append(_polyline(f"{_x(0, most):.1f},{_y(0, most):.1f} {_x(most, most):.1f},{_y(most, most):.1f}", 1))
    for one, score in zip(bins, expected, strict=True):
        x = _x(min(score, most), most)
        parts.append(_upright(x, _y(one.low, most), _y(min(one.high, most), most)))
        parts.append(f'<circle cx="{x:.1f}" cy="{_y(one.value, most):.1f}" r="4" fill="{COLOURS[0]}"/>')
    return _whole(title, parts)


def draw_comparison(title: str, bars: Sequence[Bar], base_rate: float, bar: float) -> str:
    """A point with its interval for each contestant, the base rate and the bar across."""
    parts = [*_frame(title, "", "average precision", None, 1.0)]
    parts += [_level(base_rate, "base rate", 1.0), _level(bar, "the bar", 1.0)]
    for number, one in enumerate(bars):
        x = LEFT + (WIDTH - LEFT - RIGHT) * (number + 0.5) / len(bars)
        parts.append(_upright(x, _y(one.low, 1.0), _y(one.high, 1.0)))
        parts.append(f'<circle cx="{x:.1f}" cy="{_y(one.value, 1.0):.1f}" r="5" fill="{COLOURS[number]}"/>')
        parts.append(_text(x, HEIGHT - BOTTOM + 18, one.name, "middle"))
        parts.append(_text(x + 9, _y(one.value, 1.0) + 4, f"{one.value:.3f}", "start"))
    return _whole(title, parts)


def _whole(title: str, parts: Iterable[str]) -> str:
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label={quoteattr(title)} font-family="sans-serif" font-size="12" fill="{INK}">\n'
        f"<title>{escape(title)}</title>\n"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>\n{body}\n</svg>\n'
    )


def _frame(title: str, across: str, up: str, most_x: float | None, most_y: float) -> list[str]:
    parts = [f'<text x="{LEFT}" y="24" font-size="14" font-weight="bold">{escape(title)}</text>']
    for step in range(6):
        share = step / 5
        y = _y(share * most_y, most_y)
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{FAINT}" stroke-width="0.5"/>'
        )
        parts.append(_text(LEFT - 8, y + 4, f"{share * most_y:.3g}", "end"))
        if most_x is not None:
            parts.append(_text(_x(share * most_x, most_x), HEIGHT - BOTTOM + 18, f"{share * most_x:.3g}", "middle"))
    middle = TOP + (HEIGHT - TOP - BOTTOM) / 2
    parts.append(_text(LEFT + (WIDTH - LEFT - RIGHT) / 2, HEIGHT - 10, across, "middle"))
    parts.append(f'<text transform="translate(18 {middle:.1f}) rotate(-90)" text-anchor="middle">{escape(up)}</text>')
    return parts


def _level(value: float, name: str, most: float) -> str:
    y = _y(value, most)
    line = f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{INK}" stroke-dasharray="1 3"/>'
    return line + _text(WIDTH - RIGHT, y - 4, f"{name} {value:.3f}", "end")


def _key(name: str, number: int) -> str:
    y = TOP + 14 + 16 * number
    x = WIDTH - RIGHT - 190
    dash = f' stroke-dasharray="{DASHES[number]}"' if DASHES[number] else ""
    line = f'<line x1="{x}" x2="{x + 26}" y1="{y - 4}" y2="{y - 4}" stroke="{COLOURS[number]}" stroke-width="2"{dash}/>'
    return line + _text(x + 32, y, name, "start")


def _polyline(path: str, number: int) -> str:
    dash = f' stroke-dasharray="{DASHES[number]}"' if DASHES[number] else ""
    return f'<polyline points="{path}" fill="none" stroke="{COLOURS[number]}" stroke-width="1.6"{dash}/>'


def _upright(x: float, low: float, high: float) -> str:
    return f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{low:.1f}" y2="{high:.1f}" stroke="{INK}" stroke-width="1.4"/>'


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _thin(points: Sequence[tuple[float, float]]) -> Sequence[tuple[float, float]]:
    """At most so many of them, evenly, the last included."""
    if len(points) <= MOST_POINTS:
        return points
    return [*points[:: len(points) // MOST_POINTS + 1], points[-1]]


def _x(value: float, most: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * value / most


def _y(value: float, most: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / most
