"""What is heard of clips: told by the frames in which they are seen.

A clip is an element, so nobody lists the film's clips: whoever evaluates frames
notes which are in them, at which volume. Frames in a row of one clip become one
placement of its sound, exact to the sample.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import NamedTuple

import msgspec
from msgspec.structs import force_setattr, replace

from bazaar_nb.scene.clip import Clip
from bazaar_nb.scene.elements import AnyElement, Column, Group, Row

_SAME_BEGIN = 1.5  # frames: a recorded film that is shown at another rate is off by one
_SHORT = 3  # frames: two that stand still, or one that runs backwards, and one at a segment's edge
_STILL = 0.5  # frames: what is off by more than this stood still, or jumped
_ROUNDED = 0.002  # frames


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


def with_volume(elements: tuple[AnyElement, ...], factor: float) -> tuple[AnyElement, ...]:
    """Give the elements with all their clips so much louder; the same object where there are none."""
    if factor == 1 or next(clips_in(elements), None) is None:
        return elements
    return tuple(_with_volume(element, factor) for element in elements)


def _with_volume(element: AnyElement, factor: float) -> AnyElement:
    if isinstance(element, Clip):
        return replace(element, volume=element.volume * factor)
    if isinstance(element, Group | Row | Column):
        return replace(element, children=with_volume(element.children, factor))
    return element


class ClipRun(msgspec.Struct, frozen=True, array_like=True):
    """Frames in a row in which a clip is heard.

    Attributes
    ----------
    clip : Clip
        Without what is different in each frame, and how it looks.
    begin : float
        The film's frame, maybe between two, at which it began to play; backwards, at which it would be
        back at its beginning.
    first, stop : int
        Half-open range of the film's frames.
    volumes : tuple of float
        Of each frame, or one of all.
    backwards : bool
        Whether the scene runs backwards, and with it the clip.
    """

    clip: Clip
    begin: float
    first: int
    stop: int
    volumes: tuple[float, ...]
    backwards: bool = False

    @property
    def frames(self) -> int:
        """How many frames it lasts."""
        return self.stop - self.first


def _volumes(*runs: ClipRun) -> tuple[float, ...]:
    if all(run.volumes == runs[0].volumes and len(run.volumes) == 1 for run in runs):
        return runs[0].volumes
    return tuple(volume for run in runs for volume in _spread(run))


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
                (one for one in self._going.get(sounding, []) if abs(one.begin - begin) <= _ROUNDED), None
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
    """Put runs of neighbouring frames together, and find out where scenes run backwards or stand still.

    What runs backwards is one run, `ClipRun.backwards`; what stands still is left out: it is silent. However
    the frames were cut into segments, the same comes out.
    """
    exact = [_as_one(group) for group in _groups(runs, _follows_exactly)]
    return _directed(_groups(exact, _follows_nearly))


def _groups(
    runs: Iterable[ClipRun], follows: Callable[[list[ClipRun], ClipRun], bool]
) -> list[list[ClipRun]]:
    """Give runs that follow one another as lists."""
    done: list[list[ClipRun]] = []
    going: dict[Clip, list[list[ClipRun]]] = {}
    for run in sorted(runs, key=lambda run: (run.first, run.begin)):
        here = going.setdefault(run.clip, [])
        for group in here:
            last = group[-1]
            if last.stop == run.first and last.backwards == run.backwards and follows(group, run):
                group.append(run)
                break
        else:
            group = [run]
            done.append(group)
            here[:] = [one for one in here if one[-1].stop >= run.first]
            here.append(group)
    return done


def _follows_exactly(group: list[ClipRun], run: ClipRun) -> bool:
    return abs(run.begin - group[0].begin) <= _ROUNDED


def _follows_nearly(group: list[ClipRun], run: ClipRun) -> bool:
    """Tell whether a run goes on as those before: frames of a film at another rate are off by a little."""
    if abs(run.begin - group[0].begin) > _SAME_BEGIN:
        return False
    firm = _firm(group)
    return firm is None or run.frames <= _SHORT or abs(run.begin - firm.begin) <= _STILL


def _firm(group: list[ClipRun]) -> ClipRun | None:
    """Give the longest run of a group that is more than chance."""
    longest = max(group, key=lambda run: run.frames)
    return longest if longest.frames > _SHORT else None


def _as_one(group: list[ClipRun]) -> ClipRun:
    """Give the runs of a group as one, without frames at its ends that stand still."""
    firm = _firm(group)
    if firm is not None:
        while abs(group[0].begin - firm.begin) > _STILL:
            group = group[1:]
        while abs(group[-1].begin - firm.begin) > _STILL:
            group = group[:-1]
    begin = group[0].begin if firm is None else firm.begin
    return replace(group[0], begin=begin, stop=group[-1].stop, volumes=_volumes(*group))


def _directed(groups: list[list[ClipRun]]) -> list[ClipRun]:
    """Tell forwards, backwards and still from another: only what plays on makes groups of many frames."""
    found: list[ClipRun] = []
    ends: dict[tuple[Clip, int], float] = {}
    chains: list[list[list[ClipRun]]] = []
    going: dict[tuple[Clip, int], list[list[ClipRun]]] = {}
    for group in groups:
        clip, first, stop = group[0].clip, group[0].first, group[-1].stop
        if group[0].backwards or stop - first > _SHORT:
            run = _as_one(group)
            found.append(run)
            ends[clip, stop] = run.begin
            continue
        chain = going.pop((clip, first), [])
        chain.append(group)
        if len(chain) == 1:
            chains.append(chain)
        going[clip, stop] = chain
    for chain in chains:
        one, last = chain[0][0], chain[-1][0]
        if len(chain) > 1:
            pace = (last.begin - one.begin) / (last.first - one.first)
        else:
            # A picture or two that what came before ends with, standing still.
            before = ends.get((one.clip, one.first))
            pace = float(before is not None and 0 < one.begin - before < _SHORT)
        if pace > 1.5:
            runs = [run for group in chain for run in group]
            end = 2 * one.first + 1 - one.begin
            found.append(ClipRun(one.clip, end, one.first, runs[-1].stop, _volumes(*runs), backwards=True))
        elif pace < 0.5:
            found += [_as_one(group) for group in chain]
    return sorted(found, key=lambda run: (run.first, run.begin))
