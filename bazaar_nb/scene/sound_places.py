"""Sounds among a film's moments, scenes and other sounds: when they are heard, what they go down under."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from fractions import Fraction

from msgspec.structs import replace

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.ducking import CLIPS
from bazaar_nb.scene.moments import find_moment
from bazaar_nb.scene.sound import Sound
from bazaar_nb.scene.timeline import Placement, Timeline


def place_sounds(sounds: Iterable[Sound], timeline: Timeline, fps: Fraction, where: str) -> tuple[Sound, ...]:
    """Give sounds at their times.

    Raises
    ------
    InvalidValueError
        When there is no such moment or scene.
    """
    placed = []
    for sound in sounds:
        if sound.at is not None:
            start = find_moment(timeline.moments, sound.at, f" ({sound.label}){where}")
            placed.append(replace(sound, start=float(start + Fraction(sound.start)), at=None))
        elif sound.during is not None:
            placed.append(_during(sound, _scene(sound, timeline, where), timeline, fps, where))
        else:
            placed.append(sound)
    return tuple(placed)


def check_ducking(sounds: Iterable[Sound], where: str) -> None:
    """Check that what sounds go down under is there.

    Raises
    ------
    InvalidValueError
        When no sound has that name, or a sound would go down under itself.
    """
    placed = list(sounds)
    names = {sound.name for sound in placed if sound.name is not None}
    for sound in placed:
        if sound.duck is None or sound.duck.under == CLIPS:
            continue
        if sound.duck.under == sound.name:
            raise InvalidValueError(
                f"`duck` must name another sound, got its own name ({sound.label}){where}"
            )
        if sound.duck.under not in names:
            there = f"there are {', '.join(sorted(map(repr, names)))}" if names else "none has a name"
            raise InvalidValueError(
                f"`duck` must be the `name` of a sound of the film, or 'clips', "
                f"got {sound.duck.under!r:.60}: {there} ({sound.label}){where}"
            )


def _scene(sound: Sound, timeline: Timeline, where: str) -> Placement:
    found = [place for place in timeline.placements if place.scene.name == sound.during]
    if len(found) == 1:
        return found[0]
    if found:
        raise InvalidValueError(
            f"`during` must be one scene, but {len(found)} are called {sound.during!r:.60}: "
            f"give them names of their own, as title(name='first') ({sound.label}){where}"
        )
    names = list(dict.fromkeys(place.scene.name for place in timeline.placements))
    near = difflib.get_close_matches(sound.during or "", names, n=3)
    hint = f"did you mean {' or '.join(map(repr, near))}?" if near else f"there are {', '.join(names)}"
    raise InvalidValueError(f"there is no scene {sound.during!r:.60}: {hint} ({sound.label}){where}")


def _during(sound: Sound, place: Placement, timeline: Timeline, fps: Fraction, where: str) -> Sound:
    before, after = timeline.overlaps(place)
    start = place.start / fps + Fraction(sound.start)
    end = place.stop / fps
    if start >= end:
        raise InvalidValueError(
            f"`start` must be within the scene {sound.during!r}, which lasts "
            f"{float(place.frames / fps):g} s, got {sound.start:g} s ({sound.label}){where}"
        )
    return replace(
        sound, start=float(start), end=float(end), during=None,
        fade_in=max(sound.fade_in, float(before / fps) if sound.start == 0 else 0.0),
        fade_out=max(sound.fade_out, float(after / fps)),
    )  # fmt: skip
