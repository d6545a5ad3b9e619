"""A line chart with two logarithmic axes, as SVG: a dozen lines and labels, which need no library."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 210, 44, 46
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56604f", "#e69f00")
"""Okabe and Ito's, told apart by everybody."""
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #333 } .grid { stroke: #ddd } .axis { stroke: #888 }
path { fill: none; stroke-width: 2.5 } svg { background: #fff }
"""


def chart(title: str, lines: Mapping[str, Sequence[tuple[int, float]]]) -> str:
    """A chart of ``lines``: seconds an operation, by count of operations."""
    points = [point for line in lines.values() for point in line]
    counts = sorted({count for count, _ in points})
    lowest = math.floor(math.log10(min(value for _, value in points)))
    highest = math.ceil(math.log10(max(value for _, value in points)))

    def x(count: int) -> float:
        share = math.log(count / counts[0]) / math.log(counts[-1] / counts[0])
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        share = (math.log10(value) - lowest) / (highest - lowest)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" role="img">',
        f"<title>{title}</title><style>{STYLE}</style>",
        f'<text x="{LEFT}" y="24" font-weight="bold">{title}</text>',
    ]
    for power in range(lowest, highest + 1):
        at = y(10.0**power)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{_time(10.0**power)}</text>')
    bottom = HEIGHT - BOTTOM
    parts.append(f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{bottom}" y2="{bottom}"/>')
    for count in counts:
        parts.append(f'<text x="{x(count):.1f}" y="{bottom + 20}" text-anchor="middle">{count:,}</text>')
    parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{bottom + 38}" text-anchor="middle">operations</text>')
    ends = sorted((y(line[-1][1]), name) for name, line in lines.items())
    below = -math.inf
    labels: dict[str, float] = {}
    for at, name in ends:  # no label on top of another
        labels[name] = below = max(at, below + 16)
    for colour, (name, line) in zip(COLOURS, lines.items(), strict=False):
        path = " L".join(f"{x(count):.1f} {y(value):.1f}" for count, value in line)
        parts.append(f'<path d="M{path}" stroke="{colour}"/>')
        parts += [f'<circle cx="{x(count):.1f}" cy="{y(value):.1f}" r="3.5" fill="{colour}"/>' for count, value in line]
        parts.append(f'<text x="{WIDTH - RIGHT + 10}" y="{labels[name] + 4:.1f}" style="fill:{colour}">{name}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _time(seconds: float) -> str:
    if seconds >= 1:
        return f"{seconds:g} s"
    return f"{seconds * 1e3:g} ms" if seconds >= 1e-3 else f"{seconds * 1e6:g} µs"
