"""matplotlib figures as pixels."""

from __future__ import annotations

import re
import traceback
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bazaar_nb.draw.figure_fonts import fall_back, family_of, say_missing, undrawn_letters
from bazaar_nb.draw.images import Picture, picture_from_rgba
from bazaar_nb.errors import SceneError

_NOT_FOUND = (
    "fonts are found for letters in a figure's `args`, and in its function and what that refers to; "
    "if these are, no font on this system has them"
)


def draw_figure(
    plot: Callable[..., object],
    args: tuple[Any, ...],
    style: dict[str, Any],
    *,
    width: int,
    height: int,
    dpi: float,
    fonts: Sequence[tuple[str, int]] = (),
) -> Picture:
    """Call an author's function on an empty figure and draw it.

    Parameters
    ----------
    style : dict
        matplotlib's rcParams that differ from its defaults, so that a worker
        draws what the notebook would.
    width, height : int
        Pixels of the result.
    fonts : sequence of (str, int)
        Font files, and which of their faces, for letters that the style's font lacks.

    Raises
    ------
    SceneError
        When the function raises, with the line of it that did.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with mpl.rc_context():
        mpl.rcdefaults()
        for name, value in style.items():
            mpl.rcParams[name] = value  # type: ignore[index]  # names are the author's
        families = [family_of(path, number) for path, number in fonts]
        mpl.rcParams["font.family"] = [*mpl.rcParams["font.family"], *families]
        figure = Figure(figsize=(width / dpi, height / dpi), dpi=dpi)
        canvas = FigureCanvasAgg(figure)
        _call(plot, figure, args)
        figure.set_dpi(dpi)
        figure.set_size_inches(width / dpi, height / dpi)
        if families:  # of texts with a font of their own, too
            fall_back(figure, families)
        # What matplotlib says of each letter is said once, below or when the fonts were looked for.
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from", UserWarning, re.escape(__name__))
        canvas.draw()  # type: ignore[no-untyped-call]
        say_missing(undrawn_letters(figure, fonts), _NOT_FOUND)
        pixels: NDArray[np.uint8] = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    if pixels.shape[:2] != (height, width):  # matplotlib truncates width * dpi
        pixels = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA).astype(
            np.uint8, copy=False
        )
    return picture_from_rgba(pixels)


def _call(plot: Callable[..., object], figure: object, args: tuple[Any, ...]) -> None:
    try:
        plot(figure, *args)
    except MemoryError:
        raise
    except Exception as error:
        steps = traceback.extract_tb(error.__traceback__)[1:]
        lines = "".join(traceback.format_list(steps)) + "".join(traceback.format_exception_only(error))
        own = [step for step in steps if "site-packages" not in step.filename]
        place = f", line {own[-1].lineno} of {own[-1].name}()" if own else ""
        code = f": {own[-1].line}" if own and own[-1].line else ""  # a worker doesn't see a notebook's text
        message = f"`plot` of the figure raised {type(error).__name__}: {error}{place}{code}"
        raise SceneError(message, scene_traceback=lines) from error
