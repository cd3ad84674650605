"""The gallery of looks: sheets of stills, and short films with the code that makes them.

``python -m tests.looks.gallery stills`` draws the sheets that `test_gallery` compares with,
``python -m tests.looks.gallery films FOLDER`` writes the films (`make gallery`). An example's names after
the command draw only these.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from PIL import Image as PilImage

import bazaar_nb as bz
from tests.charts.gallery import SHAPES
from tests.looks.gallery_looks import EXAMPLES, example, with_code

STILLS = Path(__file__).parent / "stills"
SCALE = 0.2
FPS = 30
FRAMES = (14, 45, 100)
"""Which are looked at: as it begins, in the middle, near the end."""
_GAP = 6


def draw_sheet(name: str) -> PilImage.Image:
    """Draw an example at three moments, in three shapes side by side."""
    columns = [(round(wide * SCALE), round(high * SCALE)) for wide, high in SHAPES.values()]
    rows_high = {shape: 3 * high + 2 * _GAP for shape, (_, high) in zip(SHAPES, columns, strict=True)}
    sheet = PilImage.new(
        "RGB", (sum(wide + _GAP for wide, _ in columns) - _GAP, max(rows_high.values())), "#808080"
    )
    left = 0
    for (width, high), (wide, _) in zip(SHAPES.values(), columns, strict=True):
        film = bz.Composition([example(name)], width=width, height=high, fps=FPS, name=name)
        top = 0
        for frame in FRAMES:
            still = film.still(frame, scale=SCALE)
            sheet.paste(still, (left, top))
            top += still.height + _GAP
        left += wide + _GAP
    return sheet


def stored_sheet(name: str) -> Path:
    """Give the file of an example's stored sheet."""
    return STILLS / f"{name}.webp"


def main() -> None:
    """Draw sheets or films."""
    parser = argparse.ArgumentParser(prog="python -m tests.looks.gallery")
    verbs = parser.add_subparsers(dest="verb", required=True)
    stills = verbs.add_parser("stills", help="draw the sheets that the tests compare with")
    films = verbs.add_parser("films", help="write a short film of each example, with its code")
    films.add_argument("folder", type=Path)
    for verb in (stills, films):
        verb.add_argument("names", nargs="*", metavar="EXAMPLE")
    args = parser.parse_args()
    unknown = set(args.names) - set(EXAMPLES)
    if unknown:
        parser.error(
            f"no example is called {', '.join(sorted(unknown))}; there are {', '.join(sorted(EXAMPLES))}"
        )
    for name in args.names or EXAMPLES:
        if args.verb == "stills":
            STILLS.mkdir(exist_ok=True)
            draw_sheet(name).save(stored_sheet(name), lossless=True, quality=100, method=6)
            print(stored_sheet(name), file=sys.stderr)
        else:
            args.folder.mkdir(parents=True, exist_ok=True)
            film = bz.Composition([with_code(name)], fps=FPS, name=name)
            film.export((args.folder / f"{name}.mp4").resolve())


if __name__ == "__main__":
    main()
