"""How a library's costs grow with its passages, drawn as SVG: build time, query time, memory.

Usage: python -m bench.growth [ROWS.json] [FILE.svg]

ROWS.json is what `python -m bench.scale --json` wrote: rows with `chunks`, `build_s`, `query_ms`, `mb` and `kind`.
"""

import argparse
import html
import math
import pathlib
from collections.abc import Iterator, Mapping, Sequence

from bench.results import FOLDER, Row, load

PLOT = pathlib.Path(__file__).parents[1] / "docs" / "growth.svg"
PANELS = (("build_s", "build, seconds"), ("query_ms", "query, ms"), ("mb", "memory, MB"))
WIDTH, HEIGHT, LEFT, TOP = 230, 190, 54, 40  # of a panel's field, and what stands left and on top of it
GAP = 40  # between two panels
EDGE = 16  # a point so near to the axis has its value on the other side
# Drawn for white and for black: a page shows the file as a picture, which knows the reader's scheme and no more.
STYLE = """
    text { font: 11px system-ui, sans-serif; fill: #57606a } .title { font-weight: 600; fill: #24292f }
    .value { fill: #0550ae } .grid { stroke: #d0d7de } .line { stroke: #0969da; stroke-width: 2; fill: none }
    .point { fill: #0969da }
    @media (prefers-color-scheme: dark) {
      text { fill: #9198a1 } .title { fill: #f0f6fc } .value { fill: #79c0ff } .grid { stroke: #3d444d }
      .line { stroke: #4493f8 } .point { fill: #4493f8 }
    }
"""


def plot(rows: Sequence[Row], caption: str) -> str:
    """Return an SVG with a panel for each cost: both axes logarithmic, each point with its value."""
    width = len(PANELS) * (LEFT + WIDTH + GAP)
    height = TOP + HEIGHT + 62
    body = ""
    for nth, (name, title) in enumerate(PANELS):
        x = nth * (LEFT + WIDTH + GAP) + LEFT
        body += f'<g transform="translate({x} {TOP})">{"".join(_panel(rows, name, title))}</g>\n'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img">\n<title>Costs against passages</title>\n<style>{STYLE}</style>\n{body}'
        f'<text x="{LEFT}" y="{height - 10}">{html.escape(caption)}</text>\n</svg>\n'
    )


def _panel(rows: Sequence[Row], name: str, title: str) -> Iterator[str]:
    points = sorted((_number(row, "chunks"), _number(row, name)) for row in rows)
    across, up = decades([x for x, _ in points]), decades([y for _, y in points])
    yield f'<text class="title" x="0" y="-18">{html.escape(title)}</text>'
    for tick in range(across[0], across[1] + 1):
        x = WIDTH * (tick - across[0]) / (across[1] - across[0])
        yield f'<path class="grid" d="M{x:.1f} 0V{HEIGHT}"/>'
        yield f'<text x="{x:.1f}" y="{HEIGHT + 16}" text-anchor="middle">{10**tick:,}</text>'
    for tick in range(up[0], up[1] + 1):
        y = HEIGHT * (up[1] - tick) / (up[1] - up[0])
        yield f'<path class="grid" d="M0 {y:.1f}H{WIDTH}"/>'
        yield f'<text x="-8" y="{y + 4:.1f}" text-anchor="end">{_short(10.0**tick)}</text>'
    yield f'<text x="{WIDTH / 2}" y="{HEIGHT + 32}" text-anchor="middle">passages</text>'
    places = [
        (
            WIDTH * (math.log10(x) - across[0]) / (across[1] - across[0]),
            HEIGHT * (up[1] - math.log10(y)) / (up[1] - up[0]),
        )
        for x, y in points
    ]
    yield f'<path class="line" d="M{"L".join(f"{x:.1f} {y:.1f}" for x, y in places)}"/>'
    for (x, y), (_, value) in zip(places, points, strict=True):
        yield f'<circle class="point" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>'
        anchor, aside = ("start", 5) if x < EDGE else ("end", -3)  # clear of the axis, and of a line that rises
        place = f'x="{x + aside:.1f}" y="{y - 9:.1f}" text-anchor="{anchor}"'
        yield f'<text class="value" {place}>{_short(value)}</text>'


def decades(values: Sequence[float]) -> tuple[int, int]:
    """Return the powers of ten that enclose positive values: at least one decade."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def _number(row: Mapping[str, object], name: str) -> float:
    value = row[name]
    assert isinstance(value, int | float), (name, value)
    return max(float(value), 1e-3)  # a logarithm wants more than nothing


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def main() -> None:
    """Write the plot."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=pathlib.Path, nargs="?", default=FOLDER / "scale.json")
    parser.add_argument("file", type=pathlib.Path, nargs="?", default=PLOT)
    given = parser.parse_args()
    rows, where = load(given.rows)
    caption = f"{where['processor']}, {where['cores']} cores, {where['date']}"
    given.file.write_text(plot(rows, caption), "utf-8")
    print(given.file)


if __name__ == "__main__":
    main()
