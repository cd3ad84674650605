"""Elements that are many: points and lines of arrays, as charts have them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from msgspec.structs import force_setattr

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.arrays import (
    FAR,
    ColorArray,
    FloatArray,
    check_numbers,
    color_array,
    float_array,
    with_opacity,
)
from bazaar_nb.scene.paint import Extent, Stroke, Swung
from bazaar_nb.scene.shapes import Element, Floats, Length, Path, take_array
from bazaar_nb.values.color import Color
from bazaar_nb.values.number import plain_number

if TYPE_CHECKING:  # authors give lists, columns and arrays of any library
    Colors: TypeAlias = Any
    Used: TypeAlias = Any
else:  # what they are in the tree
    Colors, Used = ColorArray, None


class Polyline(Element, frozen=True, tag="polyline"):
    """Lines through many points, as charts have them; several at once, with gaps.

    Attributes
    ----------
    x, y : array of shape (n,) or (lines, n)
        In pixels. NaN, or what a masked array hides, is a gap. One `x` may serve several lines.
    stroke : Stroke
    closed : bool
        Whether each line's last point is joined to its first; not over a gap.
    start, end : float
        The part of each line that is drawn, as fractions of its own length without its gaps. A
        spring may overshoot.
    dx, dy : float or str
        Where the points' origin is put.

    Examples
    --------
    A line that grows from left to right with the scene:

    >>> import numpy as np
    >>> import bazaar_nb as bz
    >>> x = np.linspace(100, 1800, 10_000)
    >>> bz.Polyline(x, 500 + 80 * np.sin(x / 90), stroke=bz.Stroke("tomato", 4), end=0.5)
    Polyline(x=<float32 array of shape (10000,)>, y=<float32 array of shape (10000,)>, \
stroke=Stroke(color='tomato', width=4), end=0.5)
    """

    x: Floats
    y: Floats
    stroke: Stroke = Stroke()
    closed: bool = False
    start: Swung = 0.0
    end: Swung = 1.0
    dx: Length = 0.0
    dy: Length = 0.0

    def __post_init__(self) -> None:
        if not all([take_array(self, "x"), take_array(self, "y")]):
            return
        check_numbers("x", self.x, gaps=True)
        check_numbers("y", self.y, gaps=True)
        x, y = self.x.shape, self.y.shape
        if x[-1] != y[-1] or (len(x) == 2 and x != y):
            raise InvalidValueError(f"`y` has shape {y} where `x` has {x}: each line has as many of both")


class Points(Element, frozen=True, tag="points"):
    """Many marks of one shape, such as those of a scatter plot; later ones lie over earlier ones.

    Each of `x`, `y`, `size` and `color` is one value, or an array with one for each point. In the
    tree they are arrays of float32, colours of uint8. Their box, for turns, scales and clips, is that
    of all marks without their strokes.

    Attributes
    ----------
    x, y : array of shape (n,), or float
        Where the marks' middles are, in pixels. A missing value is an error.
    size : array of shape (n,), or float
        Diameter, or the side of the square that a mark is in, in pixels.
    color : colour, sequence of colour, array of shape (n, 3) or (n, 4), or array of shape (n,)
        Rows are floats from 0 to 1, or uint8. Numbers get their colours by `colormap` and `range`.
    shape : str or Path
        ``circle``, ``square``, ``diamond``, ``triangle``, ``cross``, ``ring``; of a `Path` the outline
        alone counts, made so large that its longer side is `size`.
    stroke : Stroke or None
        Of one colour, around each mark.
    dx, dy : float or str
        Where the points' origin is put.
    opacity : float, or array of shape (n,)
        One number is that of all marks together, as of any element: where marks overlap, nothing shines
        through. An array, or a `color` that isn't opaque, is each mark's own: many over one another
        are darker than one. An array becomes part of `color`.
    colormap : str, sequence of colour or callable, optional
        viridis, magma, inferno, plasma, cividis, turbo, coolwarm, RdBu, with ``_r`` the other way round;
        colours from low to high; or a colormap of matplotlib. Becomes part of `color`.
    range : (float, float), optional
        The numbers that the colormap's first and last colour stand for; what is beyond gets the
        nearer one. It must be given: the smallest and largest of the data change from frame to frame.

    Examples
    --------
    >>> import numpy as np
    >>> import bazaar_nb as bz
    >>> at = np.random.default_rng(1).uniform(0, 1000, (2, 10_000))
    >>> bz.Points(*at, size=6, color=at[0], colormap="viridis", range=(0, 1000))
    Points(x=<float32 array of shape (10000,)>, y=<float32 array of shape (10000,)>, size=6, \
color=<uint8 array of shape (10000, 4)>)
    """

    x: Floats
    y: Floats
    size: Extent | Floats = 8.0
    color: Color | Colors = "white"
    shape: Literal["circle", "square", "diamond", "triangle", "cross", "ring"] | Path = "circle"
    stroke: Stroke | None = None
    dx: Length = 0.0
    dy: Length = 0.0
    colormap: Used = None
    range: Used = None

    def __post_init__(self) -> None:
        if self.colormap is not None or not isinstance(self.color, str | ColorArray):
            with suppress(InvalidValueError):  # else the check of the tree says why
                force_setattr(self, "color", color_array(self.color, self.colormap, self.range))
                force_setattr(self, "colormap", None)
                force_setattr(self, "range", None)
        if type(self.opacity) is not float and plain_number(self.opacity) is None:
            with suppress(InvalidValueError):
                force_setattr(self, "color", with_opacity(self.color, float_array(self.opacity)))
                force_setattr(self, "opacity", 1.0)
        arrays = [take_array(self, name) for name in ("x", "y")]
        if type(self.size) is not float and plain_number(self.size) is None:
            arrays.append(take_array(self, "size"))
        if all(arrays):
            self._check()

    @property
    def rows(self) -> int:
        """How many points there are."""
        found = self._row_counts()
        return next((rows for rows in found.values() if rows != 1), 1)

    def _row_counts(self) -> dict[str, int]:
        many = {name: getattr(self, name) for name in ("x", "y", "size", "color")}
        return {
            name: value.shape[0] for name, value in many.items() if isinstance(value, FloatArray | ColorArray)
        }

    def _check(self) -> None:
        for name, low in (("x", -FAR), ("y", -FAR), ("size", 0.0)):
            value = getattr(self, name)
            if isinstance(value, FloatArray):
                if len(value.shape) != 1:
                    raise InvalidValueError(
                        f"`{name}` must have one value a point, got an array of shape {value.shape}"
                    )
                check_numbers(name, value, low=low)
        if isinstance(self.color, ColorArray) and self.color.shape[1:] != (4,):
            raise InvalidValueError(f"`color` must have shape (n, 4), got {self.color.shape}")
        counts = self._row_counts()
        rows = self.rows
        for name, found in counts.items():
            if found not in (1, rows):
                other = next(name for name, count in counts.items() if count == rows)
                raise InvalidValueError(f"`{name}` has {found} rows where `{other}` has {rows}")
        if isinstance(self.stroke, Stroke) and not isinstance(self.stroke.color, str):
            raise InvalidValueError("`stroke` of points has one colour, no gradient")
