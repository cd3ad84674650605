"""matplotlib figures at work: made once, drawn for many frames."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import cv2
import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure as MatplotlibFigure
from numpy.typing import NDArray

from bazaar_nb.draw.author_functions import call_author
from bazaar_nb.draw.figure_canvas import FigureCanvas
from bazaar_nb.draw.figure_fonts import fall_back, family_of, say_missing, undrawn_letters

Fonts = Sequence[tuple[str, int]]
"""Files, and which of their faces."""
_NOT_FOUND = (
    "fonts are found for letters in a figure's `args`, and in its function and what that refers to; "
    "if these are, no font on this system has them"
)


OpenFigure = Callable[[], Callable[..., MatplotlibFigure]]
"""Opens what has a figure of its own: gives what gives that for some `args`, maybe another one each time."""


class LiveFigure:
    """A figure and what changes it.

    Parameters
    ----------
    show : function
        Called with a frame's `args`; gives the figure, or None for the one before.
    figure : Figure, optional
        The first one.
    rc : dict
        All of matplotlib's settings while it is drawn.
    field : str
        What of an element the function is, for errors.
    tells : bool
        Whether letters that no font has are said.
    """

    def __init__(
        self,
        show: Callable[..., object],
        figure: MatplotlibFigure | None,
        *,
        rc: dict[str, Any],
        size: tuple[int, int],
        dpi: float | None,
        fonts: Fonts,
        field: str,
        tells: bool = True,
    ) -> None:
        self._show = show
        self._figure = figure
        self._rc = rc
        self._size = size
        self._dpi = dpi
        self._fonts = fonts
        self._families = [family_of(path, number) for path, number in fonts]
        self._field = field
        self._canvas: FigureCanvas | None = None
        self._looked = not tells

    def pixels(self, args: tuple[Any, ...]) -> NDArray[np.uint8]:
        """Draw it for a frame: RGBA, good until the next time."""
        with mpl.rc_context():
            dict.update(mpl.rcParams, self._rc)  # type: ignore[misc]  # they were checked when it was made
            shown = call_author(self._show, args, f"`{self._field}` of the figure")
            if isinstance(shown, MatplotlibFigure):
                self._figure = shown
            assert self._figure is not None
            if self._canvas is None or self._canvas.figure is not self._figure:
                self._canvas = FigureCanvas(self._figure, saving=True)
            return self._draw(self._canvas)

    def _draw(self, canvas: FigureCanvas) -> NDArray[np.uint8]:
        figure, (width, height) = canvas.figure, self._size
        dpi = width / figure.get_figwidth() if self._dpi is None else self._dpi
        if figure.dpi != dpi:
            figure.set_dpi(dpi)
        # matplotlib takes the whole part of inches times dpi, which may be a hair less than it should be.
        if (int(figure.bbox.width), int(figure.bbox.height)) != (width, height):
            figure.set_size_inches((width + 1e-4) / dpi, (height + 1e-4) / dpi)
        if self._families:
            fall_back(figure, self._families)
        _hush_letters()
        pixels = canvas.pixels()
        if not self._looked:
            self._looked = True
            say_missing(undrawn_letters(figure, self._fonts), _NOT_FOUND)
        return fitted(pixels, width, height)


@contextmanager
def styled(style: dict[str, Any], fonts: Fonts) -> Iterator[None]:
    """Have matplotlib's defaults with what differs from them, and fonts for letters that those lack."""
    with mpl.rc_context():
        mpl.rcdefaults()
        for name, value in style.items():
            mpl.rcParams[name] = value  # type: ignore[index]  # names are the author's
        families = [family_of(path, number) for path, number in fonts]
        mpl.rcParams["font.family"] = [*mpl.rcParams["font.family"], *families]
        yield


def make_pair(
    setup: Callable[..., object],
    update: Callable[..., object],
    style: dict[str, Any],
    *,
    size: tuple[int, int],
    dpi: float,
    fonts: Fonts,
) -> LiveFigure:
    """Make a figure by one function, to be changed by another."""
    with styled(style, fonts):
        figure = MatplotlibFigure(figsize=(size[0] / dpi, size[1] / dpi), dpi=dpi)
        FigureCanvas(figure, saving=True)
        made = call_author(setup, (figure,), "`setup` of the figure")
        rc: dict[str, Any] = {str(name): value for name, value in dict.items(mpl.rcParams)}
    held = figure if made is None else made

    def show(*args: Any) -> None:
        update(held, *args)

    return LiveFigure(show, figure, rc=rc, size=size, dpi=dpi, fonts=fonts, field="update")


def open_figure(
    opened: OpenFigure, style: dict[str, Any], *, size: tuple[int, int], fonts: Fonts, tells: bool = True
) -> LiveFigure:
    """Open what has a figure of its own, to be drawn as large as a size says."""
    with styled(style, fonts):
        show = opened()
        rc: dict[str, Any] = {str(name): value for name, value in dict.items(mpl.rcParams)}
    return LiveFigure(show, None, rc=rc, size=size, dpi=None, fonts=fonts, field="plot", tells=tells)


def draw_once(
    plot: Callable[..., object],
    args: tuple[Any, ...],
    style: dict[str, Any],
    *,
    size: tuple[int, int],
    dpi: float,
    fonts: Fonts = (),
) -> NDArray[np.uint8]:
    """Call an author's function on an empty figure and draw it.

    Parameters
    ----------
    style : dict
        matplotlib's rcParams that differ from its defaults, so that a worker
        draws what the notebook would.
    size : (int, int)
        Pixels of the result.
    fonts : sequence of (str, int)
        Font files, and which of their faces, for letters that the style's font lacks.

    Returns
    -------
    array of uint8, shape (height, width, 4)
        RGBA.

    Raises
    ------
    SceneError
        When the function raises, with the line of it that did.
    """
    width, height = size
    with styled(style, fonts):
        figure = MatplotlibFigure(figsize=(width / dpi, height / dpi), dpi=dpi)
        canvas = FigureCanvas(figure, saving=False)
        call_author(plot, (figure, *args), "`plot` of the figure")
        figure.set_dpi(dpi)
        figure.set_size_inches(width / dpi, height / dpi)
        families = [family_of(path, number) for path, number in fonts]
        if families:  # of texts with a font of their own, too
            fall_back(figure, families)
        _hush_letters()
        pixels = canvas.pixels()
        say_missing(undrawn_letters(figure, fonts), _NOT_FOUND)
    return fitted(pixels, width, height)


def fitted(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Give pixels of exactly this size: matplotlib may be one short."""
    if pixels.shape[:2] == (height, width):
        return pixels
    return cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _hush_letters() -> None:
    """Leave to `say_missing` what matplotlib says of each letter."""
    warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from", UserWarning, r"bazaar_nb\.draw\.")
