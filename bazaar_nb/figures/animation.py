"""`from_animation`: a matplotlib animation as a scene.

What frame i of an animation shows is what matplotlib saves: the figure after
the animation's function was called with the data of all frames up to i. Each
worker has the animation for itself and goes through the frames before its own
without drawing them, which takes little; going back it begins anew. So every
frame is exact, also where one builds on the one before.
"""

from __future__ import annotations

import copy
import functools
import pickle
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import islice
from typing import Any, cast

import matplotlib as mpl
from matplotlib.animation import Animation
from matplotlib.colors import to_hex
from matplotlib.figure import Figure as MatplotlibFigure

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.figures.packing import pack
from bazaar_nb.scene.elements import Element, Figure, Fill
from bazaar_nb.scene.figure_style import current_style
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.function_registry import PREFIX, restore_function
from bazaar_nb.scene.function_token import content_tokens
from bazaar_nb.scene.paint import Paint
from bazaar_nb.scene.scene import Scene
from bazaar_nb.scene.time import Seconds, as_seconds
from bazaar_nb.values.number import whole_number

_MOST_FRAMES = 200_000
_LARGEST_DENOMINATOR = 1001  # 30000/1001 frames a second is 29.97


class Playback:
    """An animation at its start, as bytes; what workers draw of it.

    Parameters
    ----------
    packed : bytes
        An animation and the data of its frames.
    """

    def __init__(self, packed: bytes) -> None:
        self._packed = packed

    def open(self) -> Callable[..., MatplotlibFigure]:
        """Give what gives the figure as a frame shows it."""
        return _Playing(self._packed).show


class _Playing:
    """An animation somewhere between its first and its last frame."""

    def __init__(self, packed: bytes) -> None:
        self._packed = packed
        self._start()

    def _start(self) -> None:
        self._animation, self._frames = pickle.loads(self._packed)
        self._animation._init_draw()
        self._at = -1

    def show(self, index: int, *_digest: str) -> MatplotlibFigure:
        """Go on to a frame, or back and on to it."""
        if index < self._at:
            self._start()
        while self._at < index:
            self._at += 1
            data = self._frames[self._at]
            self._animation._pre_draw(data, False)
            self._animation._draw_frame(data)
        figure: MatplotlibFigure = self._animation._fig
        return figure


class AnimationScene(Scene):
    """A matplotlib animation as a scene: what `from_animation` gives.

    Attributes
    ----------
    fps : Fraction
        Frames a second of the animation. A composition may have another rate: it shows the frame
        that the animation shows at that time.
    frames : int
        Of the animation.
    size : (int, int)
        Its figure's width and height in pixels: a composition of this size shows it pixel for pixel.
    """

    def __init__(
        self,
        playback: Playback,
        token: str,
        chain: Sequence[str],
        letters: str,
        *,
        fps: Fraction,
        size: tuple[int, int],
        background: Paint | None,
        duration: Seconds | None,
        name: str,
    ) -> None:
        self.fps = fps
        self.frames = len(chain)
        self.size = size
        self._playback = playback
        self._token = token
        self._chain = tuple(chain)
        self._letters = letters
        self._style = current_style()
        self._background = background
        lasts = Fraction(self.frames) / fps if duration is None else duration
        super().__init__(self._elements_at, duration=lasts, name=name)

    def _elements_at(self, frame: Frame) -> list[Element]:
        index = min(int(frame.index * self.fps / frame.fps), self.frames - 1)
        restore_function(PREFIX + self._token, self._playback.open, self._letters)
        figure = Figure(PREFIX + self._token, (index, self._chain[index]), style=self._style, size=self.size)
        return [figure] if self._background is None else [Fill(self._background), figure]


def from_animation(
    animation: Animation,
    *,
    frames: int | None = None,
    fps: Seconds | None = None,
    background: Paint | None = "figure",
    duration: Seconds | None = None,
    name: str | None = None,
) -> AnimationScene:
    """Make a matplotlib animation a scene: exact to the frame, drawn in parallel, found in the cache.

    The animation is taken as it is now, with its figure; what is changed later is not seen. The data
    of all its frames is asked for at once. The figure keeps its shape and is as large as fits.

    Parameters
    ----------
    animation : FuncAnimation or ArtistAnimation
        With or without blit.
    frames : int, optional
        How many, where it doesn't say so itself, or to take fewer.
    fps : number, optional
        Frames a second; by default what its `interval` says.
    background : colour, gradient or None
        What is seen beside the figure, where the film has another shape: the figure's own colour by
        default, nothing for None.
    duration : seconds, optional
        By default the frames' own time; the last frame stays if it is longer.
    name : str, optional
        The scene's.

    Returns
    -------
    AnimationScene
        A scene that also knows its `fps`, `frames` and `size`.

    Raises
    ------
    InvalidValueError
        When it is no animation, has no frames or no end, or holds what can't travel to a worker.

    Examples
    --------
    >>> wave = bz.from_animation(animation)  # doctest: +SKIP
    >>> bz.Composition([wave], fps=wave.fps).export("wave.mp4")  # doctest: +SKIP
    """
    if not isinstance(animation, Animation):
        raise InvalidValueError(
            f"from_animation takes a matplotlib FuncAnimation or ArtistAnimation, got {animation!r:.60}"
        )
    figure: MatplotlibFigure = cast(Any, animation)._fig
    function = getattr(animation, "_func", None)
    label = name or str(getattr(_inner(function), "__name__", type(animation).__name__))
    where = f" (animation {label!r})"
    twin, data = _as_saved(animation, frames, where)
    rate = _rate(animation, where) if fps is None else as_seconds(fps, "fps", where)
    if rate <= 0:
        raise InvalidValueError(f"`fps` must be positive, got {fps!r}{where}")
    parts = (
        type(animation), figure, function, getattr(animation, "_args", ()),
        getattr(animation, "_init_func", None), mpl.__version__,
    )  # fmt: skip
    token, chain, letters = content_tokens(parts, data)
    try:
        packed = pack((twin, data), (_inner(function), _inner(getattr(animation, "_init_func", None))))
    except InvalidValueError as error:
        raise InvalidValueError(f"{error}{where}") from error
    cast(Any, animation)._draw_was_started = True  # somebody sees it: matplotlib needn't warn when it goes
    if background == "figure":
        background = to_hex(figure.get_facecolor(), keep_alpha=True)
    width, height = figure.bbox.size
    return AnimationScene(
        Playback(packed), token, chain, letters, fps=rate, size=(round(width), round(height)),
        background=background, duration=duration, name=label,
    )  # fmt: skip


def _as_saved(animation: Animation, frames: int | None, where: str) -> tuple[Any, list[Any]]:
    """Give an animation that is independent of windows and timers, and the data of its frames."""
    twin: Any = copy.copy(animation)
    twin._draw_was_started = True  # else it says, when it goes, that nobody has seen it
    for name in ("event_source", "frame_seq", "_first_draw_id", "_close_id", "_resize_id"):
        if hasattr(twin, name):
            setattr(twin, name, None)
    if hasattr(twin, "_save_seq"):
        twin._save_seq = []  # as `save` does: what was shown so far doesn't count
        twin._cache_frame_data = False
    wanted = whole_number(frames) if frames is not None else None
    if frames is not None and (wanted is None or wanted < 1):
        raise InvalidValueError(f"`frames` must be a whole number of at least 1, got {frames!r}{where}")
    if wanted is not None and hasattr(twin, "_save_count"):
        sequence = twin.new_frame_seq()
    else:
        sequence = twin.new_saved_frame_seq()
    data = list(islice(sequence, wanted or _MOST_FRAMES + 1))
    if len(data) > _MOST_FRAMES:
        raise InvalidValueError(
            f"the animation has no end, or more than {_MOST_FRAMES:,} frames: give `frames`{where}"
        )
    if not data:
        raise InvalidValueError(
            f"the animation has no frames: they are empty, or a generator that was used up already{where}"
        )
    if hasattr(twin, "_iter_gen"):  # a FuncAnimation
        twin._iter_gen = functools.partial(iter, data)
        vars(twin).pop("_tee_from", None)
    return twin, data


def _rate(animation: Animation, where: str) -> Fraction:
    interval = getattr(animation, "_interval", None)
    if not isinstance(interval, int | float) or not interval > 0:
        raise InvalidValueError(f"the animation's `interval` is {interval!r}: give `fps`{where}")
    return (1000 / Fraction(interval)).limit_denominator(_LARGEST_DENOMINATOR)


def _inner(function: object) -> object:
    """Give the author's own function of a partial or a method."""
    while isinstance(function, functools.partial):
        function = function.func
    return getattr(function, "__func__", function)
