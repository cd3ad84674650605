"""Whole scenes with a look, and scenes blurred by their motion."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from fractions import Fraction

from msgspec.structs import force_setattr

from bazaar_nb.errors import ElementError, InvalidValueError, SceneError
from bazaar_nb.looks.filters import check_amount
from bazaar_nb.scene.arrangement import ArrangedScene
from bazaar_nb.scene.clip_sounds import clips_in, play_clips
from bazaar_nb.scene.elements import Average, Element, Group, as_elements
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.scene import Scene, as_scene
from bazaar_nb.scene.tree import Elements, check_depth, check_elements
from bazaar_nb.values.number import whole_number

Look = Callable[..., object]
_MOST_SAMPLES = 64


class _Changed(ArrangedScene):
    """A scene as long as another one, which shows what that one makes of its frames."""

    def __init__(self, scene: Scene) -> None:
        self.parts = (scene,)
        super().__init__((scene,), scene.name, self._find_duration())

    def _find_duration(self) -> Fraction:
        assert self._scene.duration is not None
        return self._scene.duration

    def frames_at(self, fps: Fraction) -> int:
        return self._scene.frames_at(fps)

    def _find_moments(self) -> dict[str, Fraction]:
        return dict(self._scene.moments)


class _Looked(_Changed):
    def __init__(self, scene: Scene, look: Look) -> None:
        self._look = look
        self._takes_frame = _takes_two(look)
        super().__init__(scene)

    def _show(self, frame: Frame) -> Elements:
        elements = self._scene.elements(frame)
        try:
            made = self._look(elements, frame) if self._takes_frame else self._look(elements)
            shown = as_elements(made)
        except (ElementError, SceneError):
            raise
        except Exception as error:
            raise SceneError(
                f"the look of scene {self.name!r} failed at frame {frame.index}: "
                f"{type(error).__name__}: {error}",
                scene=self.name,
                frame=frame.index,
            ) from error
        checked = check_elements(shown, scene=self.name, frame=frame.index)
        play_clips(checked, frame.time)  # those of the look; the scene has told its own
        return checked


def over(scene: object, look: Look) -> Scene:
    """Give a scene with a look over all of it.

    Parameters
    ----------
    scene : Scene
    look : function
        Takes the scene's elements, and the frame if it has a second parameter without a default; gives
        elements.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=2)
    ... def title(frame):
    ...     return [bz.Fill("teal"), bz.Text("Then", size=200)]
    >>> bz.looks.over(title(), lambda shown, frame: bz.looks.grain(bz.looks.sepia(shown), frame))
    <Scene 'title', 2 s>
    """
    if not callable(look):
        raise InvalidValueError(f"`look` must be a function of elements, got {look!r:.60} (over)")
    return _Looked(_timed(scene, "over"), look)


def _takes_two(look: Look) -> bool:
    try:
        parameters = inspect.signature(look).parameters.values()
    except (TypeError, ValueError):
        return False
    wanted = [one for one in parameters if one.default is one.empty and one.kind in (0, 1)]
    return len(wanted) > 1


def _timed(scene: object, what: str) -> Scene:
    made = as_scene(scene, f" ({what})")
    if made.duration is None:
        raise InvalidValueError(f"scene {made.name!r} has no duration: give it one, in seconds ({what})")
    return made


class _MotionBlurred(_Changed):
    def __init__(self, scene: Scene, shutter: float, samples: int) -> None:
        self._shutter = shutter
        self._samples = samples
        super().__init__(scene)

    def _show(self, frame: Frame) -> Elements:
        if self._shutter == 0 or self._samples == 1:
            return self._scene.elements(frame)
        shares = [
            (number + 0.5) / self._samples * self._shutter / 360 - self._shutter / 720
            for number in range(self._samples)
        ]
        moments = [self._at(frame, share) for share in shares]
        if any(next(clips_in(moment), None) is not None for moment in moments):
            _play_alike(moments, self._scene.elements(frame))
        first = moments[0]
        if all(moment == first for moment in moments):
            return first
        head, tail = _shared(moments)
        moving = [moment[head : len(moment) - tail] for moment in moments]
        shown = (*first[:head], Average(tuple(Group(some) for some in moving)), *first[len(first) - tail :])
        check_depth(shown)
        return shown

    def _at(self, frame: Frame, share: float) -> Elements:
        between = min(max(frame.index + share, 0), frame.frames - 1)
        try:
            return self._scene.elements(frame.between(between - frame.index))
        except SceneError as error:
            if isinstance(error.__cause__, TypeError | IndexError | KeyError):
                raise SceneError(
                    f"{error}; motion blur asks for moments between frames, such as {between:.4g}: count in "
                    "`frame.time`, or take int(frame.index)",
                    scene=error.scene,
                    frame=error.frame,
                    scene_traceback=error.scene_traceback,
                ) from error
            raise


def _play_alike(moments: list[Elements], whole: Elements) -> None:
    """Have clips show and sound as at the frame's own moment in all of them.

    What a camera has taken was exposed already: two of its pictures over one another would be a ghost.
    """
    own = [*clips_in(whole)]
    for moment in moments:
        clips = [*clips_in(moment)]
        if [clip.source for clip in clips] != [clip.source for clip in own]:
            continue  # one comes or goes within the frame
        for clip, other in zip(clips, own, strict=True):
            for name in ("played", "time", "volume"):
                force_setattr(clip, name, getattr(other, name))


def _shared(moments: list[Elements]) -> tuple[int, int]:
    """Count the elements that all moments have first, and last: what stands still is drawn once.

    What blends with what is below it in another way than by covering it keeps that with it.
    """
    first, shortest = moments[0], min(map(len, moments))
    head = 0
    while head < shortest and all(moment[head] == first[head] for moment in moments):
        head += 1
    tail = 0
    while tail < shortest - head and all(moment[-1 - tail] == first[-1 - tail] for moment in moments):
        tail += 1
    moving = [element for moment in moments for element in moment[head : len(moment) - tail]]
    return (head, tail) if all(map(_covers, moving)) else (0, tail)


def _covers(element: Element) -> bool:
    return element.blend == "normal"


def motion_blur(scene: object, shutter: float = 180.0, samples: int = 8) -> Scene:
    """Give a scene in which what moves is blurred, as by a camera whose shutter is open for a while.

    The scene is asked for moments between frames, and these are mixed: `frame.time` and `frame.progress` are
    exact then, and `frame.index` has a fraction. What is the same at all of them is drawn once, and a frame
    that stands still isn't changed at all. A scene that takes chance from elsewhere than `bz.random` is
    warned of, as without blur. A clip shows one picture, that of the frame's own moment: it is blurred as it
    is moved, not by what moves in it.

    Parameters
    ----------
    scene : Scene
    shutter : float
        Degrees of the shutter's angle, 0 to 720: 360 is open all of a frame's time, 180, as film has it, for
        half of that, around the frame's own moment.
    samples : int
        How many moments, 1 to 64: more for what moves far.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=2)
    ... def pass_by(frame):
    ...     return [bz.Fill("navy"), bz.Ellipse(width=90, x=bz.interpolate(frame.time, [0, 2], [0, 1920]))]
    >>> bz.looks.motion_blur(pass_by(), samples=12)
    <Scene 'pass_by', 2 s>
    """
    angle = check_amount(shutter, "shutter", "motion_blur", 0, 720)
    count = whole_number(samples)
    if count is None or not 1 <= count <= _MOST_SAMPLES or not math.isfinite(count):
        raise InvalidValueError(
            f"`samples` must be a whole number from 1 to {_MOST_SAMPLES}, got {samples!r} (motion_blur)"
        )
    return _MotionBlurred(_timed(scene, "motion_blur"), angle, count)
