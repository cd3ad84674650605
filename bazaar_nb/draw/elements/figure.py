"""`Figure`: a matplotlib figure, drawn by a function of the author's."""

from __future__ import annotations

import re
import traceback
import warnings
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.metadata import version
from typing import Any

import cv2
import msgspec
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from bazaar_nb.draw.assets import Assets
from bazaar_nb.draw.canvas import mean_scale
from bazaar_nb.draw.elements.images import ink_of_box
from bazaar_nb.draw.elements.registry import Brush, Kind, Pinning, put_face, register
from bazaar_nb.draw.figure_fonts import fall_back, family_of, figure_faces, say_missing, undrawn_letters
from bazaar_nb.draw.geometry import resolve
from bazaar_nb.draw.image_drawing import draw_picture
from bazaar_nb.draw.image_loading import Picture, picture_from_rgba
from bazaar_nb.errors import ElementError, SceneError
from bazaar_nb.scene.elements import Figure
from bazaar_nb.scene.function_registry import letters_of, registered_function
from bazaar_nb.scene.tree import plain

_NOT_FOUND = (
    "fonts are found for letters in a figure's `args`, and in its function and what that refers to; "
    "if these are, no font on this system has them"
)

_encoder = msgspec.msgpack.Encoder(enc_hook=plain)


def _measure(figure: Figure, width: float, height: float, _assets: Assets) -> tuple[float, float]:
    return resolve(figure.width, width), resolve(figure.height, height)


def _pin(figure: Figure, pinning: Pinning) -> Figure:
    pinning.functions.add(figure.plot)
    if figure.drawn_by:
        return figure
    faces, missing = figure_faces(letters_of(figure.plot) + _letters_in(figure.args))
    if missing:
        say_missing(missing)
    fonts = [put_face(pinning, face.path, face.number) for face in faces]
    given = [name if name.startswith("asset:") else put_face(pinning, name) for name in figure.fonts]
    return replace(figure, fonts=(*given, *fonts), drawn_by=_matplotlib_version())


def _is_same(one: Figure, other: Figure) -> bool:
    """Tell whether two figures are called with the same: 1 and 1.0 are equal, but are written differently."""
    return one == other and _encoder.encode(one) == _encoder.encode(other)


def _draw(brush: Brush, figure: Figure) -> None:
    area, scale = brush.area, mean_scale(brush.target.matrix())
    width, height = max(1, round(area.width * scale)), max(1, round(area.height * scale))
    content = _encoder.encode((figure.plot, figure.args, figure.style, figure.fonts))
    key = (content, width, height, figure.dpi * scale)

    def make() -> Picture:
        plot = registered_function(figure.plot)
        try:
            return draw_figure(
                plot, figure.args, figure.style, width=width, height=height, dpi=figure.dpi * scale,
                fonts=[brush.assets.font(name) for name in figure.fonts],
            )  # fmt: skip
        except SceneError as error:
            raise ElementError(str(error), field="plot") from error
        except MemoryError:
            raise
        except Exception as error:  # matplotlib, when it draws what the function made
            raise ElementError(
                f"`plot` of the figure raised {type(error).__name__}: {error}", field="plot"
            ) from error

    picture: Picture = brush.bitmaps.get(key, make, lambda made: made.size_bytes)
    draw_picture(
        brush.target,
        brush.bitmaps,
        picture,
        key,
        width=area.width,
        height=area.height,
        fit="fill",
        radius=0.0,
        smooth=True,
        opacity=brush.opacity,
        blend=brush.blend,
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
    from matplotlib.figure import Figure as MatplotlibFigure

    with mpl.rc_context():
        mpl.rcdefaults()
        for name, value in style.items():
            mpl.rcParams[name] = value  # type: ignore[index]  # names are the author's
        families = [family_of(path, number) for path, number in fonts]
        mpl.rcParams["font.family"] = [*mpl.rcParams["font.family"], *families]
        figure = MatplotlibFigure(figsize=(width / dpi, height / dpi), dpi=dpi)
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


@lru_cache(maxsize=1)
def _matplotlib_version() -> str:
    return f"matplotlib {version('matplotlib')}"


def _letters_in(value: object) -> str:
    """Give the letters beyond ASCII in plain values."""
    if isinstance(value, str):
        return "" if value.isascii() else "".join(letter for letter in value if not letter.isascii())
    if isinstance(value, dict):
        return "".join(_letters_in(part) for item in value.items() for part in item)
    return "".join(map(_letters_in, value)) if isinstance(value, list | tuple) else ""


register(Figure, Kind(measure=_measure, draw=_draw, ink=ink_of_box, same=_is_same, pin=_pin))
