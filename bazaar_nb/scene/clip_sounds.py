"""What is heard of clips: told by the frames in which they are seen.

A clip is an element, so nobody lists the film's clips: whoever evaluates frames
notes which are in them, at which volume. Frames in a row of one clip become one
placement of its sound, exact to the sample.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import NamedTuple

import msgspec
from msgspec.structs import force_setattr

from bazaar_nb.scene.clip import Clip
from bazaar_nb.scene.elements import AnyElement, Column, Group, Row

_SAME_BEGIN = 1.5  # frames: a recorded film that is shown at another rate is off by one


def clips_in(elements: Iterable[AnyElement]) -> Iterator[Clip]:
    """Give the clips among elements, those in groups, rows and columns too."""
    for element in elements:
        kind = type(element)
        if kind is Clip:
            yield element  # type: ignore[misc]
        elif isinstance(element, Group | Row | Column):
            yield from clips_in(element.children)


def play_clips(elements: Iterable[AnyElement], time_s: float) -> None:
    """Tell clips of a scene how long they have played at a time of it; those that have a time are silent."""
    for clip in clips_in(elements):
        if clip.played is not None:  # told by a scene within this one
            continue
        if clip.time is None:
            force_setattr(clip, "played", time_s - clip.start)
        else:
            force_setattr(clip, "played", clip.time)
            force_setattr(clip, "volume", 0.0)


class ClipRun(msgspec.Struct, frozen=True, array_like=True):
    """Frames in a row in which a clip is heard.

    Attributes
    ----------
    clip : Clip
        Without what is different in each frame, and how it looks.
    begin : float
        The film's frame, maybe between two, at which it began to play.
    first, stop : int
        Half-open range of the film's frames.
    volumes : tuple of float
        Of each frame, or one of all.
    """

    clip: Clip
    begin: float
    first: int
    stop: int
    volumes: tuple[float, ...]

    def followed_by(self, other: ClipRun) -> ClipRun | None:
        """Give both as one, if the other is the same clip playing on."""
        if other.first != self.stop or other.clip != self.clip or abs(other.begin - self.begin) > _SAME_BEGIN:
            return None
        volumes = self.volumes
        if volumes != other.volumes or len(volumes) > 1:
            volumes = (*_spread(self), *_spread(other))
        return ClipRun(self.clip, self.begin, self.first, other.stop, volumes)


def _spread(run: ClipRun) -> tuple[float, ...]:
    return run.volumes if len(run.volumes) > 1 else run.volumes * (run.stop - run.first)


class _Seen(NamedTuple):
    begin: float
    first: int
    volumes: list[float]


class ClipSounds:
    """Takes note of what frames show, in the order of the film.

    Parameters
    ----------
    fps : Fraction
        The film's frames a second.
    """

    def __init__(self, fps: Fraction) -> None:
        self._fps = float(fps)
        self._going: dict[Clip, list[_Seen]] = {}
        self._runs: list[ClipRun] = []

    def saw(self, index: int, elements: Iterable[AnyElement]) -> None:
        """Take note of the film's next frame."""
        seen: dict[Clip, list[_Seen]] = {}
        for clip in clips_in(elements):
            if clip.freeze is not None or clip.played is None or clip.played < 0 or clip.frame >= 0:
                continue
            begin = index - clip.played * self._fps
            sounding = _sounding(clip)
            here = seen.setdefault(sounding, [])
            same = next((one for one in here if abs(one.begin - begin) <= _SAME_BEGIN), None)
            if same is not None:  # the same twice in a frame, as a blurred one behind: heard once
                same.volumes[-1] = max(same.volumes[-1], clip.volume)
                continue
            before = next(
                (one for one in self._going.get(sounding, []) if abs(one.begin - begin) <= _SAME_BEGIN), None
            )
            if before is None or before.first + len(before.volumes) != index:
                here.append(_Seen(begin, index, [clip.volume]))
            else:
                before.volumes.append(clip.volume)
                here.append(before)
        going = {id(one) for ones in seen.values() for one in ones}
        for clip, ones in self._going.items():
            self._runs += [_run(clip, one) for one in ones if id(one) not in going]
        self._going = seen

    def runs(self) -> list[ClipRun]:
        """Give what was heard so far."""
        return self._runs + [_run(clip, one) for clip, ones in self._going.items() for one in ones]


def _sounding(clip: Clip) -> Clip:
    return Clip(clip.source, clip.trim, clip.speed, clip.reverse, clip.loop)


def _run(clip: Clip, seen: _Seen) -> ClipRun:
    volumes = tuple(seen.volumes)
    if len(set(volumes)) == 1:
        volumes = volumes[:1]
    return ClipRun(clip, seen.begin, seen.first, seen.first + len(seen.volumes), volumes)


def joined(runs: Iterable[ClipRun]) -> list[ClipRun]:
    """Put runs of neighbouring frames together."""
    done: list[ClipRun] = []
    going: list[ClipRun] = []
    for run in sorted(runs, key=lambda run: (run.first, run.begin)):
        for number, before in enumerate(going):
            both = before.followed_by(run)
            if both is not None:
                going[number] = both
                break
        else:
            done += [one for one in going if one.stop < run.first]
            going = [one for one in going if one.stop >= run.first]
            going.append(run)
    return [*done, *going]
