"""`Figure`: a matplotlib figure, drawn by functions of the author's or finished; or what shows itself."""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING, cast

import msgspec
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from bazaar_nb.draw.assets import Assets
from bazaar_nb.draw.canvas import mean_scale
from bazaar_nb.draw.elements.images import draw_object, ink_of_box, pin_object
from bazaar_nb.draw.elements.registry import Brush, Kind, Pinning, put_face, register
from bazaar_nb.draw.figure_fonts import figure_faces, say_missing
from bazaar_nb.draw.geometry import resolve
from bazaar_nb.draw.image_drawing import draw_picture
from bazaar_nb.draw.image_loading import Picture, picture_from_rgba
from bazaar_nb.errors import ElementError, SceneError
from bazaar_nb.scene.elements import Figure
from bazaar_nb.scene.function_registry import letters_of, registered_function
from bazaar_nb.scene.tree import plain

if TYPE_CHECKING:
    from bazaar_nb.draw.live_figure import OpenFigure

_encoder = msgspec.msgpack.Encoder(enc_hook=plain)


def _measure(figure: Figure, width: float, height: float, _assets: Assets) -> tuple[float, float]:
    across, down = resolve(figure.width, width), resolve(figure.height, height)
    if len(figure.size) != 2 or min(figure.size) <= 0:
        return across, down
    own_width, own_height = figure.size  # which keeps its shape
    scale = min(across / own_width, down / own_height)
    return own_width * scale, own_height * scale


def _pin(figure: Figure, pinning: Pinning) -> Figure:
    if figure.data or figure.asset:
        return pin_object(figure, pinning)
    functions = [name for name in (figure.plot, figure.setup, figure.update) if name]
    pinning.functions.update(functions)
    if figure.drawn_by:
        return figure
    faces, missing = figure_faces("".join(map(letters_of, functions)) + _letters_in(figure.args))
    if missing:
        say_missing(missing)
    fonts = [put_face(pinning, face.path, face.number) for face in faces]
    given = [name if name.startswith("asset:") else put_face(pinning, name) for name in figure.fonts]
    return replace(figure, fonts=(*given, *fonts), drawn_by=_matplotlib_version())


def _is_same(one: Figure, other: Figure) -> bool:
    """Tell whether two figures are called with the same: 1 and 1.0 are equal, but are written differently."""
    return one == other and _encoder.encode(one) == _encoder.encode(other)


def _draw(brush: Brush, figure: Figure) -> None:
    if figure.data or figure.asset:
        draw_object(brush, figure, fit="contain", radius=0.0)
        return
    area, scale = brush.area, mean_scale(brush.target.matrix())
    width, height = max(1, round(area.width * scale)), max(1, round(area.height * scale))
    made = (figure.plot, figure.args, figure.style, figure.fonts)
    key = (
        _encoder.encode((*made, figure.setup, figure.update) if figure.setup else made),
        width, height, figure.dpi * scale,
    )  # fmt: skip
    bitmaps = brush.bitmaps
    passing = bool(figure.setup or figure.size) and not bitmaps.is_worth_keeping(key)

    def draw() -> NDArray[np.uint8]:
        try:
            return _pixels(brush.assets, figure, (width, height), figure.dpi * scale)
        except SceneError as error:
            raise ElementError(str(error), field="plot") from error
        except MemoryError:
            raise
        except Exception as error:  # matplotlib, when it draws what the function made
            raise ElementError(
                f"`plot` of the figure raised {type(error).__name__}: {error}", field="plot"
            ) from error

    picture: Picture
    if brush.assets.on_figure is not None:
        pixels = draw().copy()
        brush.assets.on_figure(figure, (area.width, area.height), pixels)
        picture = picture_from_rgba(pixels)
    elif passing:  # what moves is drawn into the same pixels in each frame, and not kept beside them
        picture = picture_from_rgba(draw())
    else:
        picture = bitmaps.get(key, lambda: picture_from_rgba(draw().copy()), lambda made: made.size_bytes)
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


def _pixels(assets: Assets, figure: Figure, size: tuple[int, int], dpi: float) -> NDArray[np.uint8]:
    # Drawing libraries are imported by who draws a figure: most films have none.
    from bazaar_nb.draw.live_figure import draw_once, make_pair, open_figure

    fonts = [assets.font(name) for name in figure.fonts]
    if figure.setup:
        setup, update = registered_function(figure.setup), registered_function(figure.update)
        key = (figure.setup, figure.update, _encoder.encode((figure.style, figure.fonts)), size, dpi)
        return assets.figures.draw(
            key,
            lambda: make_pair(setup, update, figure.style, size=size, dpi=dpi, fonts=fonts),
            figure.args,
            ordered=False,
        )
    plot = registered_function(figure.plot)
    if figure.size:
        key = (figure.plot, "", _encoder.encode((figure.style, figure.fonts)), size, dpi)
        return assets.figures.draw(
            key,
            lambda: open_figure(cast("OpenFigure", plot), figure.style, size=size, fonts=fonts),
            figure.args,
            ordered=True,
        )
    return draw_once(plot, figure.args, figure.style, size=size, dpi=dpi, fonts=fonts)


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
