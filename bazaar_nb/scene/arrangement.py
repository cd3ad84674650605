"""Scenes made of scenes: in a row, over and over, held, backwards, each beginning a little later.

What comes back is a scene like any other: it goes into a composition, a layer, or another arrangement. Each
frame that it shows is a frame of a scene in it, so nothing is drawn, and no segment rendered, twice.
"""

from __future__ import annotations

import copy
from abc import abstractmethod
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Literal

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.frame import Frame, held_index
from bazaar_nb.scene.own_transition import as_transition
from bazaar_nb.scene.paint import Paint
from bazaar_nb.scene.scene import Scene, SceneFunction, as_scene, frame_count
from bazaar_nb.scene.time import Seconds, as_seconds, seconds_to_frames
from bazaar_nb.scene.timeline import Timeline
from bazaar_nb.scene.transition import Transition
from bazaar_nb.scene.tree import Elements
from bazaar_nb.values.number import whole_number

_MOST_TIMES = 100_000


class ArrangedScene(Scene):
    """A scene that shows frames of others.

    Attributes
    ----------
    parts : tuple of Scene and Transition
    """

    def __init__(self, parts: Sequence[object], name: str, duration: Fraction) -> None:
        self.parts = tuple(parts)
        super().__init__(self._show, duration=duration, name=name)
        self.moments = self._find_moments()

    def newest(self) -> Scene:
        """Give the arrangement of the scenes as their cells define them now; itself if those are the same."""
        parts = tuple(part.newest() if isinstance(part, Scene) else part for part in self.parts)
        if all(new is old for new, old in zip(parts, self.parts, strict=True)):
            return self
        other = copy.copy(self)
        other.parts = parts
        other.function = other._show
        other.duration = other._find_duration()
        other.moments = other._find_moments()
        return other

    def elements(self, frame: Frame) -> Elements:
        """Give what the scenes in it show, which they have checked."""
        return self._show(frame)

    @property
    def _scene(self) -> Scene:
        (scene,) = self.parts
        assert isinstance(scene, Scene)
        return scene

    @abstractmethod
    def frames_at(self, fps: Fraction) -> int:
        """Give how many frames it lasts."""

    @abstractmethod
    def _find_duration(self) -> Fraction: ...

    def _find_moments(self) -> dict[str, Fraction]:
        return {}

    @abstractmethod
    def _show(self, frame: Frame) -> Elements: ...


def _shown(scene: Scene, index: int, frame: Frame) -> Elements:
    """Give what a scene shows at a frame of its own, with all else as an outer frame has it."""
    frames = frame_count(scene, frame.fps)
    assert frames is not None
    return scene.elements(frame.other(min(max(index, 0), frames - 1), frames))


def _timed(value: object, what: str) -> Scene:
    """Take a scene that has a duration."""
    scene = as_scene(value, f" ({what})")
    if scene.duration is None:
        raise InvalidValueError(f"scene {scene.name!r} has no duration: give it one, in seconds ({what})")
    return scene


class _Sequence(ArrangedScene):
    def __init__(self, parts: Sequence[object], name: str, background: Paint) -> None:
        self._background = background
        self._timelines: dict[Fraction, Timeline] = {}
        super().__init__(parts, name, self._length(parts))

    @staticmethod
    def _length(parts: Sequence[object]) -> Fraction:
        scenes = sum((part.duration or Fraction() for part in parts if isinstance(part, Scene)), Fraction())
        inner = [part.duration for part in parts[1:-1] if isinstance(part, Transition)]
        return max(Fraction(1, 1000), scenes - sum(inner, Fraction()))

    def _find_duration(self) -> Fraction:
        return self._length(self.parts)

    def _timeline(self, fps: Fraction) -> Timeline:
        found = self._timelines.get(fps)
        if found is None:
            found = self._timelines[fps] = Timeline(self.parts, (), fps, f" (sequence {self.name!r})")
        return found

    def newest(self) -> Scene:
        made = super().newest()
        if made is not self:
            assert isinstance(made, _Sequence)
            made._timelines = {}
        return made

    def frames_at(self, fps: Fraction) -> int:
        return self._timeline(fps).frames

    def _find_moments(self) -> dict[str, Fraction]:
        at = Fraction()
        moments: dict[str, Fraction] = {}
        for part in self.parts:
            if isinstance(part, Transition):
                at -= part.duration if part is not self.parts[0] else 0
            elif isinstance(part, Scene):
                moments.setdefault(part.name, at)
                for name, own in part.moments.items():
                    moments.setdefault(name, at + own)
                at += part.duration or 0
        return moments

    def _show(self, frame: Frame) -> Elements:
        timeline = self._timeline(frame.fps)
        index = min(frame.index, timeline.frames - 1)
        return timeline.elements(index, frame.width, frame.height, self._background, frame.measuring)

    def __getstate__(self) -> dict[str, object]:
        return {**vars(self), "_timelines": {}}


def sequence(*parts: object, name: str = "sequence", background: Paint = "black") -> Scene:
    """Give scenes that follow one another, with transitions between them if wanted, as one scene.

    Parameters
    ----------
    *parts : Scene and Transition
    name : str
    background : colour or gradient
        Of transitions: what a scene that fades in stands on.

    Returns
    -------
    Scene
        Its moments are where its scenes begin, by their names, and theirs.

    Raises
    ------
    InvalidValueError
        When they can't follow one another.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=2)
    ... def word(frame, text):
    ...     return bz.words.rise(bz.Text(text, size=120), frame)
    >>> chorus = bz.sequence(word("one"), word("two"))
    >>> bz.Composition([bz.loop(chorus, 3), bz.fade(0.5), bz.reverse(word("the end"))]).duration
    Fraction(27, 2)
    """
    items = [as_transition(part) or _timed(part, "sequence") for part in parts]
    made = _Sequence(items, name, background)
    made.frames_at(Fraction(60))  # says at once what can't follow one another
    return made


class _Mapped(ArrangedScene):
    """A scene at other frames of its own."""

    def __init__(self, scene: Scene, name: str) -> None:
        self.parts = (scene,)
        super().__init__((scene,), name, self._find_duration())

    def _inner(self, fps: Fraction) -> int:
        frames = frame_count(self._scene, fps)
        assert frames is not None
        return frames

    @property
    def _inner_duration(self) -> Fraction:
        assert self._scene.duration is not None
        return self._scene.duration


class _Loop(_Mapped):
    def __init__(self, scene: Scene, times: int) -> None:
        self._times = times
        super().__init__(scene, scene.name)

    def _find_duration(self) -> Fraction:
        return self._inner_duration * self._times

    def frames_at(self, fps: Fraction) -> int:
        return self._inner(fps) * self._times

    def _find_moments(self) -> dict[str, Fraction]:
        return dict(self._scene.moments)

    def _show(self, frame: Frame) -> Elements:
        return _shown(self._scene, frame.index % self._inner(frame.fps), frame)


class _Reverse(_Mapped):
    def __init__(self, scene: Scene) -> None:
        super().__init__(scene, scene.name)

    def _find_duration(self) -> Fraction:
        return self._inner_duration

    def frames_at(self, fps: Fraction) -> int:
        return self._inner(fps)

    def _find_moments(self) -> dict[str, Fraction]:
        return {name: self._inner_duration - at for name, at in self._scene.moments.items()}

    def _show(self, frame: Frame) -> Elements:
        return _shown(self._scene, self._inner(frame.fps) - 1 - frame.index, frame)


class _Hold(_Mapped):
    def __init__(self, scene: Scene, seconds: Fraction, at: Fraction) -> None:
        self._seconds = seconds
        self._at = at
        super().__init__(scene, scene.name)

    def _find_duration(self) -> Fraction:
        return self._inner_duration + self._seconds

    def frames_at(self, fps: Fraction) -> int:
        return self._inner(fps) + seconds_to_frames(self._seconds, fps)

    def _find_moments(self) -> dict[str, Fraction]:
        return {
            name: at + (self._seconds if at > self._at else 0) for name, at in self._scene.moments.items()
        }

    def _show(self, frame: Frame) -> Elements:
        last = self._inner(frame.fps) - 1
        return _shown(
            self._scene,
            held_index(frame.index, min(last, seconds_to_frames(self._at, frame.fps)),
                       seconds_to_frames(self._seconds, frame.fps)),
            frame,
        )  # fmt: skip


def loop(scene: object, times: int) -> Scene:
    """Give a scene that is shown several times over.

    Parameters
    ----------
    scene : Scene
    times : int
        At least 1.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=1)
    ... def one(frame):
    ...     return bz.Text("a", opacity=frame.progress)
    >>> bz.loop(one(), 3).duration
    Fraction(3, 1)
    """
    count = whole_number(times)
    if count is None or not 1 <= count <= _MOST_TIMES:
        raise InvalidValueError(
            f"`times` must be a whole number from 1 to {_MOST_TIMES:,}, got {times!r} (loop)"
        )
    return _Loop(_timed(scene, "loop"), count)


def reverse(scene: object) -> Scene:
    """Give a scene that runs backwards, from its last frame to its first.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=1)
    ... def one(frame):
    ...     return bz.Text("a", opacity=frame.progress)
    >>> bz.reverse(one()).duration
    Fraction(1, 1)
    """
    return _Reverse(_timed(scene, "reverse"))


def hold(scene: object, seconds: Seconds, *, at: Seconds | Literal["start", "end"] = "end") -> Scene:
    """Give a scene that stands still for a while.

    Parameters
    ----------
    scene : Scene
    seconds : seconds
        For which it stands; the scene gets longer by it.
    at : seconds, "start" or "end"
        Where in the scene.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=1)
    ... def one(frame):
    ...     return bz.Text("a", opacity=frame.progress)
    >>> bz.hold(one(), 2).duration
    Fraction(3, 1)
    """
    held = _timed(scene, "hold")
    longer = as_seconds(seconds, "seconds", " (hold)")
    assert held.duration is not None
    where = {"start": Fraction(), "end": held.duration}.get(str(at))
    if where is None:
        where = as_seconds(at, "at", " (hold)")
    if longer < 0 or not 0 <= where <= held.duration:
        raise InvalidValueError(
            f"scene {held.name!r} is held for 0 s or more, at 0 to {float(held.duration):g} s, "
            f"got {seconds!r} at {at!r} (hold)"
        )
    return _Hold(held, longer, where)


class _Stagger(ArrangedScene):
    def __init__(self, scenes: Sequence[Scene], each: Fraction, name: str) -> None:
        self._each = each
        self.parts = tuple(scenes)
        super().__init__(scenes, name, self._find_duration())

    def _starts(self, convert: Callable[[Fraction], int]) -> list[tuple[Scene, int]]:
        return [
            (part, convert(self._each * i)) for i, part in enumerate(self.parts) if isinstance(part, Scene)
        ]

    def _find_duration(self) -> Fraction:
        ends = [
            self._each * i + (part.duration or 0)
            for i, part in enumerate(self.parts)
            if isinstance(part, Scene)
        ]
        return max(ends)

    def frames_at(self, fps: Fraction) -> int:
        placed = self._starts(lambda at: seconds_to_frames(at, fps))
        return max(start + (frame_count(scene, fps) or 0) for scene, start in placed)

    def _find_moments(self) -> dict[str, Fraction]:
        moments: dict[str, Fraction] = {}
        for i, part in enumerate(self.parts):
            if isinstance(part, Scene):
                moments.setdefault(part.name, self._each * i)
                for name, own in part.moments.items():
                    moments.setdefault(name, self._each * i + own)
        return moments

    def _show(self, frame: Frame) -> Elements:
        shown: Elements = ()
        for scene, start in self._starts(lambda at: seconds_to_frames(at, frame.fps)):
            if frame.index >= start:
                shown = (*shown, *_shown(scene, frame.index - start, frame))
        return shown


def stagger_scenes(scenes: Sequence[object], each: Seconds, name: str = "stagger") -> Scene:
    """Give scenes over one another, each beginning a little later than the one before; they stay."""
    timed = [_timed(scene, "stagger") for scene in scenes]
    apart = as_seconds(each, "each", " (stagger)")
    if not timed or apart < 0:
        raise InvalidValueError(f"stagger takes scenes, 0 s apart or more, got {len(timed)} and {each!r}")
    return _Stagger(timed, apart, name)


def is_scene(value: object) -> bool:
    """Tell whether something is a scene, or makes one."""
    return isinstance(value, Scene | SceneFunction) or hasattr(value, "to_scene")
