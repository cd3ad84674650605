"""SVG path data as skia paths."""

from __future__ import annotations

from functools import lru_cache

from bazaar_nb.draw.skia_import import skia
from bazaar_nb.errors import InvalidValueError


class _SkiaPen:
    """Takes fontTools' drawing calls."""

    def __init__(self) -> None:
        self.path = skia.Path()

    def moveTo(self, to: tuple[float, float]) -> None:  # noqa: N802 (the pen protocol's names)
        self.path.moveTo(*to)

    def lineTo(self, to: tuple[float, float]) -> None:  # noqa: N802
        self.path.lineTo(*to)

    def curveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self.path.cubicTo(*(value for point in points for value in point))

    def qCurveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self.path.quadTo(*(value for point in points for value in point))

    def closePath(self) -> None:  # noqa: N802
        self.path.close()

    def endPath(self) -> None:  # noqa: N802
        """Leave the outline open."""


@lru_cache(maxsize=256)
def parse_path(data: str) -> skia.Path:
    """Read SVG path data.

    Raises
    ------
    InvalidValueError
        When it can't be read.
    """
    from fontTools.svgLib.path import parse_path as parse_svg_path

    pen = _SkiaPen()
    if data.strip() and not data.strip().startswith(("M", "m")):  # some of fontTools' versions don't mind
        raise InvalidValueError(f"`d` is no SVG path data: {data!r:.60} (it must begin with M or m)")
    try:
        parse_svg_path(data, pen)
    except Exception as error:  # the parser raises whatever it stumbles over
        raise InvalidValueError(f"`d` is no SVG path data: {data!r:.60} ({error})") from None
    if not pen.path.isFinite():
        raise InvalidValueError(f"`d` has numbers that are too large: {data!r:.60}")
    return pen.path
