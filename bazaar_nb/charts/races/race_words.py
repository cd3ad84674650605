"""What a race says beside its marks: events that it passes, and call-outs while their moment is near."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bazaar_nb.charts.annotations import CallOut, Event
from bazaar_nb.charts.parts.phases import Phases, eased
from bazaar_nb.charts.parts.room import Room
from bazaar_nb.charts.parts.table import Moments, Problems
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.motion.easing import Easing
from bazaar_nb.scene.elements import Anchor, AnyElement

_SEEN_S = 2.6
_FADE_S = 0.35


class Said(NamedTuple):
    """Something that is seen for a time, in seconds of the scene; `part` is of the data's time, 0 to 1."""

    words: str
    start: float
    stop: float
    part: float
    callout: CallOut | None = None

    def seen(self, time: float, pace: float, easing: Easing) -> float:
        """Give how much of it is seen, 0 to 1."""
        fade = _FADE_S * pace
        return min(eased(time, self.start, fade, easing), 1.0 - eased(time, self.stop - fade, fade, easing))


def time_events(
    events: Sequence[Event], moments: Moments, phases: Phases, problems: Problems
) -> tuple[Said, ...]:
    """Find when the words of each event are seen: from its moment on, until the next comes."""
    found = sorted(
        (part, event.words)
        for event in events
        if (part := _part(event.moment, moments, f"`events`: {event.words!r:.40}", problems)) is not None
    )
    starts = [phases.time_at(part) for part, _ in found]
    said = []
    for number, (part, words) in enumerate(found):
        last = number + 1 == len(found)
        lasting = max(_SEEN_S * phases.pace, 2 * _FADE_S * phases.pace)
        stop = starts[number] + lasting if last else min(starts[number] + lasting, starts[number + 1])
        said.append(Said(words, starts[number], stop, part))
    return tuple(said)


def time_call_outs(
    callouts: Sequence[CallOut], moments: Moments, phases: Phases, problems: Problems, *, stay: bool = False
) -> tuple[Said, ...]:
    """Find when each call-out is seen: from its moment on, for some seconds or to the end."""
    said = []
    for one in callouts:
        if one.key is None:
            problems.add(f"`callouts`: {one.text!r:.40} needs a `key` to point at")
            continue
        part: float | None = 1.0
        if one.moment is not None:
            part = _part(one.moment, moments, f"`callouts`: {one.text!r:.40}", problems)
        elif one.at is not None:
            part = phases.moved(one.at)
        if part is None:
            continue
        start = one.at if one.at is not None else phases.time_at(part) - _FADE_S * phases.pace
        lasting = 1e9 if stay or part >= 1.0 else 1.3 * _SEEN_S * phases.pace
        said.append(Said(one.text, start, one.until if one.until is not None else start + lasting, part, one))
    return tuple(said)


def draw_events(
    room: Room, said: Sequence[Said], time: float, pace: float, at: tuple[float, float], most: float,
    anchor: Anchor = "bottom-right",
) -> list[AnyElement]:  # fmt: skip
    """Give the words of the event that the race passes, in lines above or below a point."""
    size = 1.15 * room.label_size
    elements: list[AnyElement] = []
    for one in said:
        opacity = one.seen(time, pace, room.theme.enter)
        if opacity <= 0.004:
            continue
        lines = room.wrap(one.words, size, most, 3, 600)
        up = anchor.startswith("bottom")
        for number, line in enumerate(reversed(lines) if up else lines):
            y = at[1] + (-1 if up else 1) * number * 1.2 * size
            elements.append(
                room.text(
                    line, size, room.theme.ink, weight=600, x=at[0], y=y, anchor=anchor,
                    opacity=round(opacity, 3), outline=room.halo,
                )
            )  # fmt: skip
    return elements


def _part(moment: object, moments: Moments, what: str, problems: Problems) -> float | None:
    low, high = float(moments.values.min()), float(moments.values.max())
    try:
        place = moments.place(moment)
    except InvalidValueError as error:
        problems.add(f"{what}: {error}")
        return None
    if not low <= place <= high:
        problems.add(f"{what}: {moment!r:.40} lies outside of the table's moments")
        return None
    return (place - low) / (high - low) if high > low else 0.0
