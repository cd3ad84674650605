"""Which scenes are seen at which frame.

A scene's length is rounded to frames on its own, so that an edit elsewhere
never moves a frame inside it, and its segments stay as they were.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.clip_sounds import with_volume
from bazaar_nb.scene.frame import Frame, Measure
from bazaar_nb.scene.moments import film_moments, find_moment
from bazaar_nb.scene.own_transition import as_transition
from bazaar_nb.scene.paint import Paint
from bazaar_nb.scene.scene import Scene, as_scene, frame_count
from bazaar_nb.scene.time import seconds_to_frames
from bazaar_nb.scene.transition import Transition
from bazaar_nb.scene.tree import Elements


@dataclass(frozen=True, slots=True)
class Placement:
    """A scene's place in the film, in frames.

    Attributes
    ----------
    start : int
        First frame.
    frames : int
        How many it lasts.
    """

    scene: Scene
    start: int
    frames: int

    @property
    def stop(self) -> int:
        """The frame after its last."""
        return self.start + self.frames

    def elements(
        self, frame: int, fps: Fraction, width: int, height: int, measure: Measure | None = None
    ) -> Elements:
        """Give what the scene shows at a frame of the film."""
        return self.scene.elements(Frame(frame - self.start, self.frames, fps, width, height, measure))


@dataclass(frozen=True, slots=True)
class Span:
    """Frames during which the same scenes are seen.

    Attributes
    ----------
    start, stop : int
        Half-open range of frames.
    outgoing, incoming : Placement or None
        Both in a transition; else only `outgoing`.
    """

    start: int
    stop: int
    outgoing: Placement | None
    incoming: Placement | None = None
    transition: Transition | None = None

    def progress(self, frame: int) -> float:
        """Give how far the transition is at a frame.

        Between two scenes 0 and 1 are left out: the frames around have them.
        From the background it starts at 0, and to it ends at 1.
        """
        step, count = frame - self.start, self.stop - self.start
        if self.outgoing is None:
            return step / count
        if self.incoming is None:
            return (step + 1) / count
        return (step + 1) / (count + 1)


class Timeline:
    """Scenes and transitions as spans of frames.

    Parameters
    ----------
    items : sequence of Scene and Transition
        Scenes in order, with transitions between them if wanted.
    layers : sequence of Scene
        Scenes over all others; those without a duration last to the film's end.

    Attributes
    ----------
    frames : int
        How many the film has.
    placements : tuple of Placement
        Of the scenes, in order.
    spans : tuple of Span
        They cover every frame of the film once.
    layers : tuple of Placement
    moments : dict of str to Fraction
        Seconds of the film that have names; None where several have one.

    Raises
    ------
    InvalidValueError
        When the items can't follow one another like this.
    """

    def __init__(self, items: Sequence[object], layers: Sequence[object], fps: Fraction, where: str) -> None:
        self._fps = fps
        self._where = where
        scenes, overlaps = self._read(items)
        self.placements = self._place(scenes, overlaps)
        self.frames = self.placements[-1].stop
        self.spans = self._cut(self.placements, overlaps)
        self._starts = [span.start for span in self.spans]
        self.moments = film_moments(
            (place.scene.name, place.start / self._fps, place.scene.moments) for place in self.placements
        )
        self.layers = tuple(self._place_layer(as_scene(layer, where)) for layer in layers)

    def elements(
        self, frame: int, width: int, height: int, background: Paint, measure: Measure | None = None
    ) -> Elements:
        """Give what is seen at a frame, without the background."""
        span = self._span(frame)
        shown = [
            () if place is None else place.elements(frame, self._fps, width, height, measure)
            for place in (span.outgoing, span.incoming)
        ]
        elements = shown[0]
        if span.transition is not None:
            volumes = span.transition.volumes(span.progress(frame))
            shown = [with_volume(each, volume) for each, volume in zip(shown, volumes, strict=True)]
            within = Frame(frame - span.start, span.stop - span.start, self._fps, width, height, measure)
            elements = span.transition.mix(shown[0], shown[1], span.progress(frame), background, within)
        for layer in self.layers:
            if layer.start <= frame < layer.stop:
                elements = (*elements, *layer.elements(frame, self._fps, width, height, measure))
        return elements

    def shown(self, frame: int) -> list[Placement]:
        """Give the scenes and layers that are seen at a frame, the lowest first."""
        span = self._span(frame)
        layers = (layer for layer in self.layers if layer.start <= frame < layer.stop)
        return [place for place in (span.outgoing, span.incoming, *layers) if place is not None]

    def overlaps(self, place: Placement) -> tuple[int, int]:
        """Give for how many frames a scene is seen in transitions: at its beginning, and at its end."""
        before = sum(
            span.stop - span.start for span in self.spans if span.transition and span.incoming is place
        )
        after = sum(
            span.stop - span.start for span in self.spans if span.transition and span.outgoing is place
        )
        return before, after

    def volume(self, place: Placement, frame: int) -> float:
        """Give how loud a scene is at a frame of the film: less than 1 only in a transition."""
        span = self._span(frame)
        if span.transition is None or place not in (span.outgoing, span.incoming):
            return 1.0
        outgoing, incoming = span.transition.volumes(span.progress(frame))
        return outgoing if place is span.outgoing else incoming

    def is_blended(self, frame: int) -> bool:
        """Tell whether a frame is in a transition."""
        return self._span(frame).transition is not None

    def _span(self, frame: int) -> Span:
        return self.spans[bisect_right(self._starts, frame) - 1]

    def _read(
        self, items: Sequence[object]
    ) -> tuple[list[tuple[Scene, int]], list[tuple[int, Transition] | None]]:
        """Give the scenes with their frames, and the transition before each and after the last."""
        scenes: list[tuple[Scene, int]] = []
        overlaps: list[tuple[int, Transition] | None] = [None]
        for item in items:
            between = as_transition(item)
            if between is not None:
                if overlaps[-1] is not None:
                    raise InvalidValueError(f"two transitions follow one another at {between!r}{self._where}")
                frames = seconds_to_frames(between.duration, self._fps)
                overlaps[-1] = (frames, between) if frames else None
                continue
            scene = as_scene(item, self._where)
            frames_or_none = frame_count(scene, self._fps)
            if frames_or_none is None:
                raise InvalidValueError(
                    f"scene {scene.name!r} has no duration{self._where}: @bz.scene(duration=…) or "
                    f"{scene.name}(duration=…), in seconds"
                )
            scenes.append((scene, frames_or_none))
            overlaps.append(None)
        if not scenes:
            raise InvalidValueError(f"a composition needs at least one scene{self._where}")
        return scenes, overlaps

    def _place(
        self, scenes: list[tuple[Scene, int]], overlaps: list[tuple[int, Transition] | None]
    ) -> tuple[Placement, ...]:
        placements: list[Placement] = []
        for number, (scene, frames) in enumerate(scenes):
            before, after = (overlap[0] if overlap else 0 for overlap in overlaps[number : number + 2])
            if before + after > frames:
                raise InvalidValueError(
                    f"the transitions of scene {scene.name!r} take {before + after} frames, but it has only "
                    f"{frames}{self._where}: make the scene longer or the transitions shorter"
                )
            start = placements[-1].stop - before if placements else 0
            placements.append(Placement(scene, start, frames))
        return tuple(placements)

    @staticmethod
    def _cut(
        placements: tuple[Placement, ...], overlaps: list[tuple[int, Transition] | None]
    ) -> tuple[Span, ...]:
        spans: list[Span] = []
        for number, place in enumerate(placements):
            before, after = overlaps[number], overlaps[number + 1]
            start, stop = place.start, place.stop
            if before:
                start += before[0]
                outgoing = placements[number - 1] if number else None
                spans.append(Span(place.start, start, outgoing, place, before[1]))
            if after:
                stop -= after[0]
            if start < stop:
                spans.append(Span(start, stop, place))
            if after and number == len(placements) - 1:
                spans.append(Span(stop, place.stop, place, None, after[1]))
        return tuple(spans)

    def _place_layer(self, layer: Scene) -> Placement:
        at = layer.start
        if layer.start_moment is not None:
            at += find_moment(self.moments, layer.start_moment, f" (layer {layer.name!r}){self._where}")
        start = seconds_to_frames(at, self._fps)
        if start >= self.frames:
            raise InvalidValueError(
                f"layer {layer.name!r} starts at {float(at):g} s, after the end of the film at "
                f"{float(self.frames / self._fps):g} s{self._where}"
            )
        frames = frame_count(layer, self._fps)
        return Placement(
            layer, start, self.frames - start if frames is None else min(frames, self.frames - start)
        )
