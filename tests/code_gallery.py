"""A gallery of examples in a few lines of code: stills to compare with, and short films with the code."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image as PilImage

import bazaar_nb as bz
from tests.charts.gallery import SHAPES

SCALE = 0.2
FPS = 30
_GAP = 6


@dataclass(frozen=True)
class CodeGallery:
    """What one room shows.

    Attributes
    ----------
    room : str
        Its folder in the tests, as ``words``; the stills are in there.
    examples : mapping of str to str
        Code by name.
    example, with_code : function
        Give an example as a scene, and with its code below it.
    frames : tuple of int
        Which are looked at: as it begins, in the middle, near the end.
    """

    room: str
    examples: Mapping[str, str]
    example: Callable[[str], bz.Scene]
    with_code: Callable[[str], bz.Scene]
    frames: tuple[int, ...] = (14, 45, 100)

    @property
    def stills(self) -> Path:
        """The folder of the stored sheets."""
        return Path(__file__).parent / self.room / "stills"

    def stored_sheet(self, name: str) -> Path:
        """Give the file of an example's stored sheet."""
        return self.stills / f"{name}.webp"

    def draw_sheet(self, name: str) -> PilImage.Image:
        """Draw an example at three moments, in three shapes side by side."""
        columns = [(round(wide * SCALE), round(high * SCALE)) for wide, high in SHAPES.values()]
        size = (
            sum(wide + _GAP for wide, _ in columns) - _GAP,
            max(3 * high + 2 * _GAP for _, high in columns),
        )
        sheet = PilImage.new("RGB", size, "#808080")
        left = 0
        for (width, high), (wide, _) in zip(SHAPES.values(), columns, strict=True):
            film = bz.Composition([self.example(name)], width=width, height=high, fps=FPS, name=name)
            top = 0
            for frame in self.frames:
                still = film.still(frame, scale=SCALE)
                sheet.paste(still, (left, top))
                top += still.height + _GAP
            left += wide + _GAP
        return sheet

    def main(self) -> None:
        """Draw sheets or films, as the command line says."""
        parser = argparse.ArgumentParser(prog=f"python -m tests.{self.room}.gallery")
        verbs = parser.add_subparsers(dest="verb", required=True)
        stills = verbs.add_parser("stills", help="draw the sheets that the tests compare with")
        films = verbs.add_parser("films", help="write a short film of each example, with its code")
        films.add_argument("folder", type=Path)
        for verb in (stills, films):
            verb.add_argument("names", nargs="*", metavar="EXAMPLE")
        args = parser.parse_args()
        unknown = sorted(set(args.names) - set(self.examples))
        if unknown:
            parser.error(
                f"no example is called {', '.join(unknown)}; there are {', '.join(sorted(self.examples))}"
            )
        for name in args.names or self.examples:
            if args.verb == "stills":
                self.stills.mkdir(exist_ok=True)
                self.draw_sheet(name).save(self.stored_sheet(name), lossless=True, quality=100, method=6)
                print(self.stored_sheet(name), file=sys.stderr)
            else:
                args.folder.mkdir(parents=True, exist_ok=True)
                film = bz.Composition([self.with_code(name)], fps=FPS, name=name)
                film.export((args.folder / f"{name}.mp4").resolve())
