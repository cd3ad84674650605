"""A canvas for matplotlib figures that remembers how their texts look.

Text is most of what a figure costs: of a bar race's 30 ms a frame at 1080p 25 are
18 texts, each laid out and rendered letter by letter, hinted, in every frame. What
stands where it stood, and says what it said, is put down again from what was
rendered the first time, letter by letter, so that all pixels are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

_MOST_TEXTS = 2048
_MOST_LETTERS = 200  # of one text: longer ones are seldom the same, and large


class _Letter(NamedTuple):
    """What was put down: pixels of a letter, or an outline, as of a fraction's bar."""

    put: str
    args: tuple[Any, ...]


class _Recorder:
    """Does what an Agg renderer does, and writes down what it is told while a text is drawn."""

    def __init__(self, renderer: Any) -> None:
        self._renderer = renderer
        self.letters: list[_Letter] | None = []

    def draw_text_image(self, pixels: Any, x: Any, y: Any, angle: float, gc: Any) -> None:
        if self.letters is not None:
            self.letters.append(_Letter("draw_text_image", (np.array(pixels), x, y, angle)))
        self._renderer.draw_text_image(pixels, x, y, angle, gc)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        self.letters = None  # something else belongs to this text: it is drawn anew each time
        found: Callable[..., Any] = getattr(self._renderer, name)
        return found


_texts: dict[tuple[object, ...], list[_Letter]] = {}
"""What texts looked like in this process, by all that they depend on."""


class _Renderer(RendererAgg):
    def draw_text(
        self,
        gc: Any,
        x: float,
        y: float,
        s: str,
        prop: Any,
        angle: float,
        ismath: Any = False,
        mtext: Any = None,
    ) -> None:
        if ismath == "TeX" or len(s) > _MOST_LETTERS:
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)  # type: ignore[no-untyped-call]
            return
        key = (
            s, x, y, hash(prop), angle, ismath, gc.get_antialiased(), self.dpi, self.height,
            mpl.rcParams["text.hinting"], mpl.rcParams["text.hinting_factor"], *_shaping(mtext),
        )  # fmt: skip
        known, renderer = _texts.get(key), self._renderer
        if known is not None:
            for letter in known:
                getattr(renderer, letter.put)(*letter.args, gc)
            return
        self._renderer = recorder = _Recorder(renderer)
        try:
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)  # type: ignore[no-untyped-call]
        finally:
            self._renderer = renderer
        if recorder.letters is not None:
            if len(_texts) >= _MOST_TEXTS:
                _texts.clear()
            _texts[key] = recorder.letters


def _shaping(text: Any) -> tuple[object, ...]:
    """Give what else a text says of its letters; matplotlib below 3.11 knows none of it."""
    features = getattr(text, "get_fontfeatures", lambda: None)()
    language = getattr(text, "get_language", lambda: None)()
    return (None if features is None else tuple(features), str(language))


class FigureCanvas(FigureCanvasAgg):
    """Draws figures with what is remembered of their texts.

    Parameters
    ----------
    saving : bool
        Whether artists that are animated are seen, as when matplotlib saves a figure.
    """

    def __init__(self, figure: Figure, *, saving: bool) -> None:
        super().__init__(figure)
        self._saving = saving
        self._drawn_with: _Renderer | None = None

    def is_saving(self) -> bool:
        """Tell whether all is to be drawn."""
        return self._saving

    def get_renderer(self) -> RendererAgg:
        """Give the renderer, the same one as long as the size is."""
        width, height = self.figure.bbox.size
        wanted = (int(width), int(height), self.figure.dpi)
        known = self._drawn_with
        if known is None or (int(known.width), int(known.height), known.dpi) != wanted:
            known = _Renderer(width, height, self.figure.dpi)  # type: ignore[no-untyped-call]
            self._drawn_with = self.renderer = known
        return known

    def pixels(self) -> NDArray[np.uint8]:
        """Draw, and give RGBA of shape (height, width, 4): good until the next time."""
        self.draw()  # type: ignore[no-untyped-call]
        return np.asarray(self.buffer_rgba())  # type: ignore[no-untyped-call]
