"""What plotting libraries make, taken as pictures: each by the best that it can give of itself.

matplotlib's figures, and those of libraries that stand on it, stay figures and
are drawn at the size that is needed. Others give SVG, or pixels at last. Nothing
here opens a browser.
"""

from __future__ import annotations

import base64
import io
import pickle
import sys
from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from importlib.util import find_spec
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.text import Text
from numpy.typing import NDArray
from PIL import Image as PilImage

from bazaar_nb.draw.figure_fonts import figure_faces, say_missing
from bazaar_nb.draw.image_loading import data_size
from bazaar_nb.draw.live_figure import Fonts, open_figure
from bazaar_nb.draw.svg import is_svg, svg_size
from bazaar_nb.errors import BazaarError, InvalidValueError
from bazaar_nb.figures.packing import pack
from bazaar_nb.scene.figure_style import current_style
from bazaar_nb.scene.function_registry import PREFIX, restore_function
from bazaar_nb.scene.picture_objects import TakenPicture

_IMAGE_SIDE = 3840
"""Pixels of the longer side of a matplotlib figure that an `Image` shows: sharp in a film of 4K."""


class FinishedFigure:
    """A matplotlib figure as it was when it was handed over, as bytes."""

    def __init__(self, packed: bytes) -> None:
        self._packed = packed

    def open(self) -> Callable[..., Figure]:
        """Give what gives the figure."""
        figure = _unpacked(self._packed)
        return lambda: figure


def take_object(value: object, element: str) -> TakenPicture:
    """Make data of an object that shows itself as a picture.

    Parameters
    ----------
    element : str
        ``"Figure"`` or ``"Image"``.

    Raises
    ------
    InvalidValueError
        When it can't be taken, with the way that works.
    """
    kind = type(value).__name__
    figure = _matplotlib_figure(value)
    if figure is not None:
        return _take_figure(figure, element)
    data = bytes(value) if isinstance(value, bytes | bytearray | memoryview) else _own_picture(value)
    if not data:
        raise InvalidValueError(f"a {kind} can't be taken as a picture: {_way(value)} ({element})")
    try:
        return TakenPicture(svg_size(data) if is_svg(data) else data_size(data), data)
    except BazaarError as error:
        raise InvalidValueError(
            f"what the {kind} shows of itself can't be read: {error} ({element})"
        ) from error


def _matplotlib_figure(value: object) -> Figure | None:
    """Give the figure that an object is, stands in, or draws."""
    module = _module(value)
    if module.startswith("plotnine."):
        return _drawn_by(value)
    for found in (value, getattr(value, "figure", None), getattr(value, "fig", None)):
        if isinstance(found, Figure):
            return found
    return None


def _drawn_by(plot: Any) -> Figure | None:
    """Have a plotnine object draw itself, and pyplot forget what that made."""
    figure = plot.draw()
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close(figure)
    return figure if isinstance(figure, Figure) else None


def _take_figure(figure: Figure, element: str) -> TakenPicture:
    width, height = (float(side) for side in figure.bbox.size)
    if width < 1 or height < 1:
        raise InvalidValueError(f"the figure has no size: {width:g} x {height:g} pixels ({element})")
    try:
        packed = pack(figure)
    except InvalidValueError as error:
        raise InvalidValueError(f"the figure can't be taken: {error} ({element})") from error
    style = current_style()
    if element == "Image":
        scale = _IMAGE_SIDE / max(width, height)
        return TakenPicture(
            (width, height), _png(packed, repr(style), round(width * scale), round(height * scale))
        )
    name = PREFIX + _look(packed, repr(style), round(width), round(height))
    restore_function(name, FinishedFigure(packed).open, _letters(packed))
    return TakenPicture((width, height), function=name)


@lru_cache(maxsize=32)
def _look(packed: bytes, style: str, width: int, height: int) -> str:
    """Name a figure by what it looks like: its bytes hold addresses, and differ from process to process."""
    hasher = blake2b(digest_size=20)
    hasher.update(f"{width} {height} {style}".encode())
    hasher.update(_pixels(packed, width, height).tobytes())
    return hasher.hexdigest()


@lru_cache(maxsize=8)
def _png(packed: bytes, _style: str, width: int, height: int) -> bytes:
    target = io.BytesIO()
    faces, missing = figure_faces(_letters(packed))
    if missing:
        say_missing(missing)
    fonts = [(face.path, face.number) for face in faces]
    PilImage.fromarray(_pixels(packed, width, height, fonts)).save(target, "PNG", compress_level=1)
    return target.getvalue()


def _pixels(packed: bytes, width: int, height: int, fonts: Fonts = ()) -> NDArray[np.uint8]:
    opened = FinishedFigure(packed).open
    live = open_figure(opened, current_style(), size=(width, height), fonts=fonts, tells=False)
    return live.pixels(())


@lru_cache(maxsize=32)
def _letters(packed: bytes) -> str:
    texts = "".join(text.get_text() for text in _unpacked(packed).findobj(Text))
    return "".join(sorted({letter for letter in texts if not letter.isascii()}))


def _unpacked(packed: bytes) -> Figure:
    figure: Figure = pickle.loads(packed)
    return figure


def _own_picture(value: Any) -> bytes | None:
    """Give an object's SVG, or its PNG, as it shows itself in a notebook."""
    module = _module(value)
    try:
        if module.startswith("altair."):
            return _altair_svg(value)
        if module.startswith("seaborn._core"):
            return _seaborn_svg(value)
        if module.startswith("plotly."):
            return _plotly_svg(value)
        for method in ("_repr_svg_", "_repr_png_"):
            data = _as_bytes(_shown(value, method))
            if data:
                return data
        bundle = _first(_shown(value, "_repr_mimebundle_"))
        if isinstance(bundle, dict):
            for kind in ("image/svg+xml", "image/png", "image/jpeg"):
                data = _as_bytes(bundle.get(kind))
                if data:
                    return data
    except InvalidValueError:
        raise
    except Exception as error:
        raise InvalidValueError(
            f"{type(value).__name__} raised {type(error).__name__} when it was to show itself: {error}"[:500]
        ) from error
    return None


def _shown(value: Any, method: str) -> Any:
    found = getattr(type(value), method, None)  # not of a module or of a proxy that has everything
    return None if found is None else getattr(value, method)()


def _first(shown: Any) -> Any:
    """Give the picture of a pair with metadata."""
    return shown[0] if isinstance(shown, tuple) and shown else shown


def _as_bytes(shown: Any) -> bytes | None:
    shown = _first(shown)
    if isinstance(shown, bytes):
        return shown
    if not isinstance(shown, str):
        return None
    data = shown.encode()
    return data if is_svg(data) else base64.b64decode(data)


def _altair_svg(chart: Any) -> bytes:
    if find_spec("vl_convert") is None:
        raise InvalidValueError(
            "an Altair chart becomes a picture with vl-convert, which isn't here: "
            "run `pip install vl-convert-python`"
        )
    target = io.StringIO()
    chart.save(target, format="svg")
    return target.getvalue().encode()


def _seaborn_svg(plot: Any) -> bytes:
    """Have a `seaborn.objects.Plot` save itself, which makes room for its legend."""
    target = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "bazaar_nb"}):  # else ids, and with them keys, are random
        plot.save(target, format="svg", bbox_inches="tight", metadata={"Date": None})
    return target.getvalue()


def _plotly_svg(figure: Any) -> bytes:
    way = (
        'write it with fig.write_image("chart.svg"), which needs kaleido and a Chrome, and give '
        'bz.Image("chart.svg")'
    )
    if find_spec("kaleido") is None:
        raise InvalidValueError(
            f"plotly draws in a browser only, and kaleido, which does so, is not here: {way}"
        )
    try:
        data: bytes = figure.to_image(format="svg")
    except Exception as error:
        raise InvalidValueError(f"plotly could not draw itself, {error}: {way}"[:600]) from error
    return data


def _way(value: object) -> str:
    """Say what works instead."""
    kind, module = type(value).__name__, _module(value)
    if kind.endswith("Animation") and module.startswith("matplotlib."):
        return "bz.from_animation(animation) makes a scene of it"
    if hasattr(value, "__array__") or hasattr(value, "__dataframe__"):
        table = hasattr(value, "columns")
        return "bz.charts show tables" if table else "bz.Pixels(array) shows arrays"
    if callable(value):
        return "bz.Figure(function) calls one with an empty matplotlib figure"
    if hasattr(type(value), "_repr_html_") or module.startswith("bokeh."):
        return "it shows itself as a web page only; save it as SVG or PNG, and give bz.Image(path)"
    return "wanted is a figure, or what has _repr_svg_ or _repr_png_"


def _module(value: object) -> str:
    return f"{type(value).__module__}."
