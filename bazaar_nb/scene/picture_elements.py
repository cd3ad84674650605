"""The elements that are pictures: files, arrays, and what plotting libraries make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from msgspec import Meta, field
from msgspec.structs import force_setattr

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.figure_style import current_style
from bazaar_nb.scene.function_registry import register_function, with_functions
from bazaar_nb.scene.given_content import as_source
from bazaar_nb.scene.paint import Extent
from bazaar_nb.scene.picture_objects import take_picture
from bazaar_nb.scene.pixels import image_bytes
from bazaar_nb.scene.shapes import Box, Size

Fit = Literal["contain", "cover", "fill"]
Source = Annotated[str, Meta(min_length=1, max_length=4096)]
OBJECT = "object"
"""The `source` of an image that was an object: its picture is in `data`."""
OwnSize = Annotated[tuple[float, ...], Meta(max_length=2)]


class Image(Box, frozen=True, tag="image"):
    """A picture from a file (JPEG, PNG, WebP, GIF's first frame, TIFF, BMP, SVG, …) or an object.

    Attributes
    ----------
    source : str, path, bytes, file object, PIL image, array or object
        The file: a path, or an address (``https://``, ``s3://``, whatever fsspec opens), which is fetched
        once and kept. What such a file holds, as bytes or an open file, a PIL image, or an array as `Pixels`
        takes it (which is quicker for one that changes from frame to frame): the field then holds the name of
        the bytes, ``given:<digest>.<ext>``. In a frame that is drawn it is ``asset:<digest>.<ext>``.
        Also what shows itself as a picture in a notebook: a figure of matplotlib, seaborn, plotnine, Altair
        or plotly, anything with ``_repr_svg_`` or ``_repr_png_``; the field then says ``"object"``, and
        `data` holds the picture. SVG is drawn sharp at any size.
    width, height : float, str or None
        None follows the picture's shape; both None is its own size in pixels.
    fit : str
        How the picture fills a box of another shape.
    radius : float
        Of the corners.
    data : bytes
        An object's picture, as PNG or SVG.
    asset : str
        ``asset:<digest>.<ext>`` where the store has that; `data` is then empty.
    fonts : tuple of str
        Fonts that an SVG's texts ask for: found by itself among those of this system.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> photo = bz.Image("photo.jpg", width="100%", height="100%", fit="cover")
    >>> photo2 = bz.Image("face.png", width=240, height=240, radius=120)
    """

    source: Source
    width: Size | None = None
    height: Size | None = None
    fit: Fit = "cover"
    radius: Extent = 0.0
    data: bytes = b""
    asset: str = ""
    fonts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if isinstance(self.source, str):
            return
        force_setattr(self, "source", as_source(self.source, "source", "Image"))
        if self.source is not None and not isinstance(
            self.source, str
        ):  # None is refused with the frame's tree
            force_setattr(self, "data", take_picture(self.source, "Image").data)
            force_setattr(self, "source", OBJECT)


class Pixels(Box, frozen=True, tag="pixels"):
    """A picture from an array.

    Attributes
    ----------
    array : array of uint8 or float, shape (h, w), (h, w, 3) or (h, w, 4)
        Grey, RGB or RGBA (not premultiplied); floats are 0..1, and what is a
        little beyond is cut off (below -1 or above 2 is an error). What a masked
        array hides is transparent. The pixels are copied; the field then holds
        them as bytes, rows from the top.
    shape : (int, int, int)
        Height, width and channels; taken from the array.
    smooth : bool
        Whether enlarging smooths; False keeps square pixels.
    width, height, fit, radius
        As for `Image`.
    asset : str
        ``asset:<digest>.npy`` where the store has the pixels; `array` is then empty.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> import numpy as np
    >>> noise = bz.Pixels(np.random.default_rng(1).random((90, 160)), width=640, smooth=False)
    """

    array: bytes = b""
    shape: tuple[int, int, int] = (0, 0, 0)
    smooth: bool = True
    width: Size | None = None
    height: Size | None = None
    fit: Fit = "cover"
    radius: Extent = 0.0
    asset: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.array, bytes):
            data, shape = image_bytes(self.array)
            force_setattr(self, "array", data)
            force_setattr(self, "shape", shape)


class Figure(Box, frozen=True, tag="figure"):
    """A matplotlib figure, drawn by functions of your own, or one that is finished.

    Attributes
    ----------
    plot : function or object
        Called as ``plot(fig, *args)`` with an empty `matplotlib.figure.Figure`
        of the right size. The field then holds ``function:<token>``, a name
        made of all that the function's result depends on.
        Or what is finished: a matplotlib figure or axes, an object of seaborn,
        plotnine, Altair or plotly, anything with ``_repr_svg_`` or
        ``_repr_png_``. It is shown as it is now and keeps its shape: as large
        as fits into `width` and `height`.
    args : sequence
        Plain values (numbers, text, lists, dicts) that change with the frame.
    width, height : float or str
        The figure's size.
    dpi : float
        Pixels an inch: how large text and lines come out.
    style : dict
        matplotlib's rcParams for this figure, on top of those that hold where
        the scene is called (`plt.style.use` and the like).
    fonts : tuple of str
        Fonts for letters that matplotlib's own one lacks, such as Chinese:
        found by itself among those of this system.
    drawn_by : str
        The version of matplotlib, filled in before the frame is drawn.
    setup, update : function
        Instead of `plot`, for many frames of one figure in half the time.
        ``setup(fig)`` makes axes and artists, once a worker, and returns what
        ``update(made, *args)`` sets anew in each frame (`fig` itself where it
        returns None). What update sets for one frame it must set for all: a
        figure whose picture depends on the frames before it is found out, told
        of once, and then drawn anew for each frame.
    size : (float, float)
        A finished figure's own size in pixels.
    data : bytes
        The picture of what shows itself as one, as PNG or SVG.
    asset : str
        ``asset:<digest>.<ext>`` where the store has that; `data` is then empty.

    Examples
    --------
    >>> def setup(fig):
    ...     ax = fig.subplots()
    ...     ax.set_ylim(0, 100)
    ...     return ax.bar(["north", "south"], [0, 0])
    >>> def update(bars, north, south):
    ...     bars[0].set_height(north)
    ...     bars[1].set_height(south)
    >>> @bz.scene(duration=2)  # doctest: +SKIP
    ... def sales(frame):
    ...     return bz.Figure(setup=setup, update=update, args=(80 * frame.progress, 60 * frame.progress))
    """

    plot: str = ""
    args: tuple[Any, ...] = ()
    width: Size = "100%"
    height: Size = "100%"
    dpi: Annotated[float, Meta(ge=10, le=2000)] = 100.0
    style: dict[str, Any] = field(default_factory=dict)
    fonts: tuple[str, ...] = ()
    drawn_by: str = ""
    setup: str = ""
    update: str = ""
    size: OwnSize = ()
    data: bytes = b""
    asset: str = ""

    def __post_init__(self) -> None:
        if not (isinstance(self.setup, str) and isinstance(self.update, str)):
            self._take_pair(self.setup, self.update)
        elif callable(self.plot):
            function: Callable[..., object] = self.plot
            force_setattr(self, "plot", register_function(function))
        elif isinstance(self.plot, str):
            if not (self.plot or self.setup or self.data or self.asset):
                raise InvalidValueError(
                    "a Figure wants a function `plot`, or `setup` and `update`, or a finished figure, "
                    "got none of them"
                )
            return
        else:
            self._take_finished(self.plot)
        if isinstance(self.style, dict) and not (self.data or self.asset):  # else refused with the tree
            force_setattr(self, "style", {**current_style(), **self.style})

    def __reduce__(self) -> tuple[Any, ...]:
        """Take the functions along: a figure that a scene holds is drawn where the scene is sent."""
        return with_functions(self, self.plot, self.setup, self.update)

    def _take_pair(self, setup: object, update: object) -> None:
        for name, function in (("setup", setup), ("update", update)):
            if not callable(function):
                raise InvalidValueError(
                    f"`{name}` of a Figure must be a function, got {function!r:.60}: "
                    "setup(fig) makes the artists, update(made, *args) sets what changes"
                )
            force_setattr(self, name, register_function(function))
        if self.plot:
            also = " and ".join(f"`{name}`" for name in ("setup", "update") if getattr(self, name))
            raise InvalidValueError(
                f"a Figure takes `plot`, or `setup` and `update`, got `plot` together with {also}"
            )

    def _take_finished(self, value: object) -> None:
        if self.args:
            raise InvalidValueError(
                f"`args` go to a function, but this Figure got a finished {type(value).__name__}: "
                "make it in a function of the figure, or with `setup` and `update`"
            )
        taken = take_picture(value, "Figure")
        force_setattr(self, "plot", taken.function)
        force_setattr(self, "size", taken.size)
        force_setattr(self, "data", taken.data)
