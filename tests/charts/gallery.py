"""The gallery: every chart with data that could be real, as sheets of stills and as short films.

``python -m tests.charts.gallery stills`` draws the sheets that `test_gallery` compares with,
``python -m tests.charts.gallery films FOLDER`` writes the films (`make gallery`). A chart's names after
the command draw only these.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image as PilImage

import bazaar_nb as bz
from bazaar_nb.charts.chart import Chart
from tests.charts.gallery_charts import CHARTS

STILLS = Path(__file__).parent / "stills"
SHAPES = {"wide": (1920, 1080), "square": (1080, 1080), "tall": (1080, 1920)}
THEMES = ("light", "dark")
SCALE = 0.25
FPS = 30
_GAP = 6
Maker = Callable[[str], Chart[Any]]


def moments(chart: Chart[Any]) -> tuple[int, int, int]:
    """Give the frames that are looked at: while marks come in, in the middle, at the end."""
    last = round(chart.duration * FPS) - 1
    return min(last, round((chart.phases.enter_start + 0.35) * FPS)), round(0.55 * last), last


def draw_sheet(name: str, theme: str) -> PilImage.Image:
    """Draw a chart at three moments (columns: shapes below one another) in one theme."""
    chart = CHARTS[name](theme)
    widths = [[round(width * SCALE)] * 3 for width, _ in SHAPES.values()]
    sheet = PilImage.new(
        "RGB",
        (
            max(sum(row) + 2 * _GAP for row in widths),
            sum(round(height * SCALE) + _GAP for _, height in SHAPES.values()),
        ),
        "#808080",
    )
    top = 0
    for width, height in SHAPES.values():
        film = bz.Composition([chart], width=width, height=height, fps=FPS, name=name)
        left = 0
        for frame in moments(chart):
            still = film.still(frame, scale=SCALE)
            sheet.paste(still, (left, top))
            left += still.width + _GAP
        top += round(height * SCALE) + _GAP
    return sheet


def stored_sheet(name: str, theme: str) -> Path:
    """Give the file of a chart's stored sheet."""
    return STILLS / f"{name}-{theme}.webp"


def main() -> None:
    """Draw sheets or films."""
    parser = argparse.ArgumentParser(prog="python -m tests.charts.gallery")
    verbs = parser.add_subparsers(dest="verb", required=True)
    stills = verbs.add_parser("stills", help="draw the sheets that the tests compare with")
    films = verbs.add_parser("films", help="write a short film of each chart, in each shape")
    films.add_argument("folder", type=Path)
    for verb in (stills, films):
        verb.add_argument("names", nargs="*", metavar="CHART")
    args = parser.parse_args()
    unknown = set(args.names) - set(CHARTS)
    if unknown:
        parser.error(
            f"no chart is called {', '.join(sorted(unknown))}; there are {', '.join(sorted(CHARTS))}"
        )
    for number, name in enumerate(args.names or CHARTS):
        for theme in THEMES:
            if args.verb == "stills":
                STILLS.mkdir(exist_ok=True)
                draw_sheet(name, theme).save(stored_sheet(name, theme), lossless=True, quality=100, method=6)
                print(stored_sheet(name, theme), file=sys.stderr)
            elif THEMES[number % 2] == theme:  # each chart in one of them
                _write_films(name, theme, args.folder)


def _write_films(name: str, theme: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for shape, (width, height) in SHAPES.items():
        film = bz.Composition([CHARTS[name](theme)], width=width, height=height, fps=FPS, name=name)
        film.export((folder / f"{name}-{shape}.mp4").resolve())


if __name__ == "__main__":
    main()
