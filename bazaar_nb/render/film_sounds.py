"""All that is heard of a film: what its author placed, and its clips.

A clip is heard as long as frames show it, so only evaluating all of them tells
everything. A few frames of each scene that may show some tell almost always, before
anything is rendered; a render compares that with what its segments have seen.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import partial
from itertools import pairwise
from weakref import WeakKeyDictionary

import msgspec
from msgspec.structs import replace

from bazaar_nb.draw.elements.clip import is_sequence, played_part
from bazaar_nb.errors import AssetError, BazaarError
from bazaar_nb.media.clip_file import look_into_clip
from bazaar_nb.media.sound_array_files import with_file
from bazaar_nb.render.clip_scene import show_clip
from bazaar_nb.scene.clip_references import may_show_clips
from bazaar_nb.scene.clip_sounds import ClipRun, ClipSounds, joined
from bazaar_nb.scene.ducking import CLIPS
from bazaar_nb.scene.film import Film, RecordedScene
from bazaar_nb.scene.function_registry import one_pass
from bazaar_nb.scene.sound import Sound
from bazaar_nb.scene.timeline import Placement, Timeline
from bazaar_nb.sources.finding import FindFile, find_now

_LOOKS = 3  # frames of a scene that may show clips, asked first
_MORE_LOOKS = 9  # of one that shows clips
_MOST_S = 2.0  # after so long, no more scenes are asked: their clips are heard once their frames were seen
_MOST_RECORDED = 20_000  # frames
_CUT_S = 0.005  # of fading where a sound is cut, so that it doesn't click

_expected: WeakKeyDictionary[Timeline, tuple[ClipRun, ...]] = WeakKeyDictionary()


def film_sounds(film: Film, find: FindFile = find_now) -> tuple[Sound, ...]:
    """Give all that is heard of a film, as far as some frames of each scene tell it."""
    return heard_sounds(film, expected_clips(film), find)


def found_sounds(sounds: Iterable[Sound], find: FindFile) -> tuple[Sound, ...]:
    """Give sounds whose sources are files of this machine.

    Raises
    ------
    AssetError
        When what an address has can't be had, with the sound.
    """
    found = []
    for sound in map(with_file, sounds):
        try:
            path = find(sound.source)
        except AssetError as error:
            raise AssetError(f"{error} ({sound.label})") from error
        found.append(sound if str(path) == sound.source else replace(sound, source=str(path)))
    return tuple(found)


def heard_sounds(film: Film, runs: Iterable[ClipRun], find: FindFile = find_now) -> tuple[Sound, ...]:
    """Give what the author placed, arrays as files, and the sound of clips that were seen.

    Parameters
    ----------
    find : function
        Gives the files of clips.
    """
    placed = tuple(map(with_file, film.sound))
    clips = clip_sounds(runs, film.fps, find)
    if any(sound.duck is not None and sound.duck.under == CLIPS for sound in placed):
        clips = [replace(sound, name=CLIPS) for sound in clips]
    return (*placed, *clips)


def known_clips(film: Film) -> tuple[ClipRun, ...]:
    """Give the same without asking any scene of the author's: clips that are scenes, what was found out."""
    found = _expected.get(film.timeline)
    if found is not None:
        return found
    clips = [place for place in film.timeline.placements if place.scene.function is show_clip]
    return tuple(
        joined(
            _in_transitions(run, place, film.timeline)
            for place in clips
            for run in _runs(place, (1,), partial(_asked, film, place))
        )
    )


def expected_clips(film: Film) -> tuple[ClipRun, ...]:
    """Give which clips a film shows and when, as far as some frames of scenes that may show some tell it."""
    timeline = film.timeline
    found = _expected.get(timeline)
    if found is None:
        until = time.monotonic() + _MOST_S
        runs: list[ClipRun] = []
        for place in (*timeline.placements, *timeline.layers):
            scene = place.scene
            asks_nobody = scene.function is show_clip or isinstance(scene, RecordedScene)
            if not asks_nobody and (time.monotonic() > until or not may_show_clips(scene)):
                continue
            looks: tuple[int, ...] = (_LOOKS, _MORE_LOOKS)
            if isinstance(scene, RecordedScene) and place.frames <= _MOST_RECORDED:
                looks = (*looks, place.frames)  # of data all frames are soon asked, and tell it exactly
            with one_pass():
                found_here = _runs(place, looks, partial(_asked, film, place))
            runs += [_in_transitions(run, place, timeline) for run in found_here]
        found = _expected[timeline] = tuple(joined(runs))
    return found


def may_be_heard(film: Film) -> bool:
    """Tell whether there may be sound in a film; no scene is asked."""
    return bool(film.sound) or any(may_show_clips(place.scene) for place in _places(film))


def seen_clips(film: Film, first: int, stop: int, before_frame: Callable[[int], None]) -> list[ClipRun]:
    """Give which clips a range of frames shows: each frame is asked where a few can't tell it exactly.

    Parameters
    ----------
    before_frame : function
        Called with each frame's index before it is evaluated; may raise to stop.

    Raises
    ------
    SceneError
        For the first frame that can't be evaluated.
    """
    if all(_is_told_by_some(place) or not may_show_clips(place.scene) for place in _places(film)):
        return within(expected_clips(film), first, stop)
    seen = ClipSounds(film.fps)
    with one_pass():
        for index in range(first, stop):
            before_frame(index)
            seen.saw(index, film.frame(index).elements)
    return joined(seen.runs())


def _places(film: Film) -> tuple[Placement, ...]:
    return (*film.timeline.placements, *film.timeline.layers)


def _is_told_by_some(place: Placement) -> bool:
    scene = place.scene
    return scene.function is show_clip or (
        isinstance(scene, RecordedScene) and place.frames <= _MOST_RECORDED
    )


def within(runs: Iterable[ClipRun], first: int, stop: int) -> list[ClipRun]:
    """Give what of runs is within a range of frames."""
    cut = []
    for run in runs:
        begin, end = max(first, run.first), min(stop, run.stop)
        if begin < end:
            volumes = run.volumes
            if len(volumes) > 1:
                volumes = volumes[begin - run.first : end - run.first]
                volumes = volumes[:1] if len(set(volumes)) == 1 else volumes
            cut.append(replace(run, first=begin, stop=end, volumes=volumes))
    return cut


def are_same(some: Iterable[ClipRun], others: Iterable[ClipRun]) -> bool:
    """Tell whether two lists of runs are heard the same."""
    return sorted(map(_rounded, some)) == sorted(map(_rounded, others))


def _rounded(run: ClipRun) -> tuple[int, int, float, bool, bytes, tuple[float, ...]]:
    volumes = tuple(round(volume, 4) for volume in run.volumes)
    clip = msgspec.json.encode(run.clip)
    return run.first, run.stop, round(run.begin, 2), run.backwards, clip, volumes


def clip_sounds(runs: Iterable[ClipRun], fps: Fraction, find: FindFile = find_now) -> list[Sound]:
    """Give the sound of clips that were seen, as placements.

    A file that can't be read, or has no sound, gives none.

    Parameters
    ----------
    find : function
        Gives the files of clips.
    """
    made = []
    for run in joined(runs):
        if not any(run.volumes) or is_sequence(run.clip.source):
            continue
        try:
            facts = look_into_clip(find(run.clip.source))
            if facts.has_sound:
                made += _sounds(run, float(fps), *played_part(run.clip, facts))
        except BazaarError:  # told with scene and frame, where it is evaluated
            continue
    return made


def _sounds(run: ClipRun, fps: float, trim_start: float, trim_end: float) -> list[Sound]:
    """Give the sound of a run; none where a clip that runs backwards has not come to its end yet."""
    clip, length = run.clip, trim_end - trim_start
    start_s, end_s = run.first / fps, run.stop / fps
    if run.backwards:
        offset = length - (run.begin / fps - start_s) * clip.speed
        if clip.loop:
            offset %= length
        elif offset < 0:
            start_s, offset = start_s - offset / clip.speed, 0.0
        if start_s >= end_s:
            return []
        is_cut = run.begin > run.stop
    else:
        if run.first - run.begin < 1:
            start_s = max(0.0, run.begin / fps)
        offset = max(0.0, (start_s - run.begin / fps) * clip.speed)
        is_cut = clip.loop or (end_s - start_s) * clip.speed + offset < length
    levels: Sequence[tuple[float, float]] = ()
    if len(run.volumes) > 1:
        levels = _corners(run, fps, start_s)
    elif run.volumes[0] != 1:
        levels = ((0.0, run.volumes[0]),)
    sound = Sound(
        clip.source, start=start_s, end=end_s, trim_start=trim_start, trim_end=trim_end, speed=clip.speed,
        reverse=clip.reverse != run.backwards, loop=clip.loop, offset=offset, padded=True, levels=levels,
        fade_in=0.0 if offset == 0 else _CUT_S, fade_out=_CUT_S if is_cut else 0.0,
    )  # fmt: skip
    return [sound]


def _corners(run: ClipRun, fps: float, start_s: float) -> tuple[tuple[float, float], ...]:
    """Give volumes by seconds after the start, without those between two that are the same."""
    volumes = run.volumes
    last = len(volumes) - 1
    corners = {  # by time: a run may have a frame before its sound begins
        max(0.0, round((run.first + number) / fps - start_s, 9)): volume
        for number, volume in enumerate(volumes)
        if number in (0, last) or not volumes[number - 1] == volume == volumes[number + 1]
    }
    return tuple(corners.items())


def _in_transitions(run: ClipRun, place: Placement, timeline: Timeline) -> ClipRun:
    """Give a scene's clip as loud as the transitions around the scene make it."""
    if place not in timeline.placements or not any(timeline.overlaps(place)):
        return run
    factors = [timeline.volume(place, frame) for frame in range(run.first, run.stop)]
    if set(factors) == {1.0}:
        return run
    volumes = run.volumes if len(run.volumes) > 1 else run.volumes * run.frames
    return replace(
        run, volumes=tuple(volume * factor for volume, factor in zip(volumes, factors, strict=True))
    )


_Heard = dict[tuple[object, float], ClipRun]


def _asked(film: Film, place: Placement, frame: int) -> _Heard:
    """Give the clips that a scene shows at a frame of the film."""
    heard = ClipSounds(film.fps)
    try:
        heard.saw(frame, film.scene_elements(place, frame))
    except BazaarError:  # told where it is evaluated
        return {}
    return {(run.clip, round(run.begin, 3)): run for run in heard.runs()}


def _runs(place: Placement, looks: Sequence[int], ask: Callable[[int], _Heard]) -> list[ClipRun]:
    """Give the clips of a scene: where two frames differ, the change between them is searched."""
    seen: dict[int, _Heard] = {}
    for most in looks:
        steps = max(1, most - 1)
        wanted = {place.start + (place.frames - 1) * look // steps for look in range(most)}
        seen |= {frame: ask(frame) for frame in sorted(wanted - seen.keys())}
        if not any(seen.values()):
            return []
    pairs = list(pairwise(sorted(seen)))
    while pairs:
        before, after = pairs.pop()
        if after - before > 1 and seen[before].keys() != seen[after].keys():
            middle = (before + after) // 2
            seen[middle] = ask(middle)
            pairs += [(before, middle), (middle, after)]
    runs: list[ClipRun] = []
    known = sorted(seen)
    for frame, following in zip(known, [*known[1:], place.stop], strict=True):
        for key, run in seen[frame].items():
            later = seen.get(following, {}).get(key)
            volumes = run.volumes
            if later is not None and later.volumes != volumes:
                rise = (later.volumes[0] - volumes[0]) / (following - frame)
                volumes = tuple(volumes[0] + rise * step for step in range(following - frame))
            runs.append(ClipRun(run.clip, run.begin, frame, following, volumes))
    return runs
