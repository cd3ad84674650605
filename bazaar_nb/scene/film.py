"""A composition as pure data: scenes in sequence, layers over them, sound.

`bazaar_nb.Composition`, which people use, adds what draws and renders.
"""

from __future__ import annotations

import copy
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import accumulate, chain
from typing import Annotated, Any, Self

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

from bazaar_nb.errors import ElementError, InvalidValueError
from bazaar_nb.scene.cell_definitions import revision
from bazaar_nb.scene.elements import Element, Fill
from bazaar_nb.scene.file_references import with_sources
from bazaar_nb.scene.film_revision import FilmRevision, first_revision, next_revision, revision_at
from bazaar_nb.scene.frame import Frame, Size
from bazaar_nb.scene.given_content import take_content
from bazaar_nb.scene.paint import Paint, is_opaque
from bazaar_nb.scene.scene import Scene
from bazaar_nb.scene.sound import MAX_LOUDNESS, MIN_LOUDNESS, Sound
from bazaar_nb.scene.sound_places import check_ducking, place_sounds
from bazaar_nb.scene.time import Seconds, as_fps, format_fps, frames_to_seconds, seconds_to_frames
from bazaar_nb.scene.timeline import Placement, Timeline
from bazaar_nb.scene.transition import checked_paint
from bazaar_nb.scene.tree import (
    Elements,
    FrameSide,
    FrameTree,
    check_depth,
    check_side,
    plain,
    share_defaults,
)
from bazaar_nb.values.number import plain_number, whole_number

DOCUMENT_FORMAT = "bazaar_nb.composition/1"


class Mark(Struct, frozen=True, forbid_unknown_fields=True):
    """A scene's name and place in the film.

    Attributes
    ----------
    start, stop : int
        Half-open range of frames.
    """

    name: str
    start: int
    stop: int


class Run(Struct, frozen=True, forbid_unknown_fields=True):
    """Frames in a row that show the same.

    Attributes
    ----------
    frames : int
        How many.
    """

    frames: Annotated[int, Meta(ge=1)]
    elements: Elements


class CompositionDocument(Struct, frozen=True, forbid_unknown_fields=True):
    """A composition in JSON: every frame's elements, no code.

    Attributes
    ----------
    format : str
        Always ``bazaar_nb.composition/1``.
    fps : str
        Frames a second as a fraction, ``30`` or ``30000/1001``.
    marks : tuple of Mark
        Where the scenes are.
    spans : tuple of tuple of Run
        Frames in order; a new span starts where the scenes that are seen change.
    files : dict of str to bytes
        What is in it of the files that frames name, by ``given:<digest>.<ext>``.
    loudness : float, optional
        Of the film's sound, in LUFS; left out where it is as it is mixed.
    """

    format: str
    name: str
    width: FrameSide
    height: FrameSide
    fps: str
    background: Paint
    marks: tuple[Mark, ...]
    spans: Annotated[tuple[tuple[Run, ...], ...], Meta(min_length=1)]
    sound: tuple[Sound, ...] = ()
    loudness: float | UnsetType = UNSET
    files: dict[str, bytes] = {}


class RecordedScene(Scene):
    """A scene whose frames are data already.

    Parameters
    ----------
    start : int
        How many of the film's frames are before it.
    """

    def __init__(
        self,
        runs: tuple[Run, ...],
        fps: Fraction,
        name: str,
        start: int,
        *,
        stops: Sequence[int] | None = None,
    ) -> None:
        self._runs = runs
        self._start, self._fps = start, fps
        self._stops = list(accumulate(run.frames for run in runs) if stops is None else stops)
        super().__init__(self.elements, duration=Fraction(self._stops[-1]) / fps, name=name)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take a copy's state: what is a default is the default itself again, for equal keys."""
        vars(self).update(state)
        for run in self._runs:
            share_defaults(run.elements)

    def frames_at(self, fps: Fraction) -> int:
        """Give how many frames it lasts at a rate: all of a film's together as many as the film."""
        begin, end = (
            seconds_to_frames(frames_to_seconds(at, self._fps), fps)
            for at in (self._start, self._start + self._stops[-1])
        )
        return max(1, end - begin)

    def elements(self, frame: Frame) -> Elements:
        """Give the recorded elements; at another rate those of the frame shown at that time."""
        index = frame.index * self._stops[-1] // frame.frames
        return self._runs[bisect_right(self._stops, index)].elements


class Film:
    """Scenes in sequence with transitions, layers over them, and sound.

    Parameters
    ----------
    scenes : sequence of Scene and Transition
        In order. A transition stands between two scenes, or at an end.
    width, height : int
        Pixels; positions and sizes of elements are in these, whatever the
        resolution of an export.
    fps : number, str or Fraction
        Frames a second, 1 to 240; 29.97 means 30000/1001.
    background : colour or gradient
        Below everything. One that is not opaque, as ``"transparent"``, is kept in files that hold alpha.
    layers : sequence of Scene
        Drawn over the whole film, or from `Scene.at` for their duration.
    sound : sequence of Sound
        Mixed into one sound track.
    loudness : float, optional
        Integrated loudness (EBU R128) to bring all that is heard of the film to, in LUFS, -60 to 0:
        -14 is what large video sites play at, -23 is broadcast. As it is mixed by default.
    name : str
        Names the movie where no other name is given.

    Attributes
    ----------
    frames : int
        How many the film has.

    Raises
    ------
    InvalidValueError
        With what was given and what is wanted.

    Notes
    -----
    In a notebook a film follows the cells of its scenes: run a cell that defines
    a ``@bz.scene`` function of the notebook again, and films that use it show
    the new one, without being made again.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=2)
    ... def title(frame, text):
    ...     return [bz.Fill("navy"), bz.Text(text, opacity=frame.progress)]
    >>> film = bz.Composition([title("One"), bz.fade(0.5), title("Two")], width=640, height=360, fps=30)
    >>> film.frames, film.duration
    (105, Fraction(7, 2))
    >>> picture = film.still(45)
    >>> render = film.export("./review.mp4", progress=False)
    """

    fetches = True
    """Whether what addresses have may be fetched: not for a film read from JSON, unless that was said."""

    def __init__(
        self,
        scenes: Sequence[object],
        *,
        width: int = 1920,
        height: int = 1080,
        fps: Seconds = 30,
        background: Paint = "black",
        layers: Sequence[object] = (),
        sound: Sequence[Sound] = (),
        loudness: float | None = None,
        name: str = "film",
    ) -> None:
        where = f" (Composition {name!r})"
        if not isinstance(name, str) or not name.strip():
            raise InvalidValueError(f"`name` must be text, got {name!r} (Composition)")
        self.name = name
        self.width = check_side(width, "width", where)
        self.height = check_side(height, "height", where)
        self.fps = as_fps(fps, where)
        self.background: Paint = checked_paint(background, "background", where)
        self._items = [self._as_scene(item) for item in _as_items(scenes, "scenes", where)]
        self._layers = [self._as_scene(item) for item in _as_items(layers, "layers", where)]
        self._sound = tuple(_as_items(sound, "sound", where))
        for placed in self._sound:
            if not isinstance(placed, Sound):
                raise InvalidValueError(f"`sound` holds bz.Sound(…) placements, got {placed!r:.60}{where}")
        check_ducking(self._sound, where)
        self.loudness = _as_loudness(loudness, where)
        self._frozen = False
        # Of a film read from JSON: its scenes are spans of the original, not what the marks name.
        self._recorded_marks: tuple[Mark, ...] | None = None
        self._revision: FilmRevision | None = first_revision(self._items, self._layers, self.fps, where)
        place_sounds(self._sound, self.timeline, self.fps, where)

    @property
    def sound(self) -> tuple[Sound, ...]:
        """The sounds, at their times."""
        if all(sound.at is None and sound.during is None for sound in self._sound):
            return self._sound
        return place_sounds(self._sound, self.timeline, self.fps, f" (Composition {self.name!r})")

    @property
    def moments(self) -> dict[str, Fraction]:
        """Seconds of the film that have names: where scenes begin, and the moments that they name."""
        return {name: at for name, at in self.timeline.moments.items() if at is not None}

    def _as_scene(self, item: Any) -> Any:
        """Take what only a room that reads files can make a scene of; here nothing."""
        return item

    @property
    def timeline(self) -> Timeline:
        """Which scenes are seen at which frame."""
        return self._newest_revision().timeline

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Where the scenes are."""
        if self._recorded_marks is not None:
            return self._recorded_marks
        return tuple(Mark(place.scene.name, place.start, place.stop) for place in self.timeline.placements)

    @property
    def version(self) -> int:
        """A number that changes whenever a cell has defined a scene of the film anew."""
        return self._newest_revision().version

    def frozen(self) -> Self:
        """Give the film as it is now: a copy that no longer follows the cells of its scenes.

        What reads many frames, as a render does, reads them from such a copy.
        """
        if self._frozen:
            return self
        found = self._newest_revision()
        other = copy.copy(self)
        other._frozen, other._revision = True, found
        other._items, other._layers = list(found.items), list(found.layers)
        return other

    def with_layers(self, *layers: object) -> Self:
        """Give the same film with more layers over it, as captions that are burnt in.

        Parameters
        ----------
        *layers : Scene
            As `Composition` takes them.

        Raises
        ------
        InvalidValueError
            For what is no layer.

        Examples
        --------
        >>> import bazaar_nb as bz
        >>> film = bz.Composition([bz.Scene(lambda frame: bz.Fill("navy"), duration=2)])
        >>> said = film.with_layers(bz.words.Captions([(0, 1.5, "Hello there")]))
        """
        other = copy.copy(self)
        added = _as_items(layers, "layers", f" (Composition {self.name!r})")
        other._layers = [*self._layers, *(self._as_scene(item) for item in added)]
        other._revision = None
        other._newest_revision()  # so that what is wrong is told now
        return other

    def shows_the_same(self, other: Film) -> bool:
        """Tell whether another one is this film as it is now, maybe as a copy at another frame rate."""
        mine, theirs = self._newest_revision(), other._newest_revision()
        return mine.wanted is theirs.wanted and self._look() == other._look()

    def _look(self) -> tuple[object, ...]:
        return self.width, self.height, self.background, self.sound, self.loudness

    def _newest_revision(self) -> FilmRevision:
        where = f" (Composition {self.name!r})"
        found = self._revision
        if found is None:
            found = self._revision = first_revision(self._items, self._layers, self.fps, where)
        elif not self._frozen and found.revision != revision():
            found = self._revision = next_revision(found, self._items, self._layers, self.fps, where)
        return found

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the timeline, which is made again when it is needed."""
        return {**vars(self), "_revision": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take what `__getstate__` gave: a value that is a default is the default itself again."""
        vars(self).update(state)
        fill = Fill(self.background)
        share_defaults((fill,))
        self.background = fill.paint

    @property
    def is_transparent(self) -> bool:
        """Whether its background lets through what a movie is laid over."""
        return not is_opaque(self.background)

    @property
    def frames(self) -> int:
        """How many frames the film has."""
        return self.timeline.frames

    @property
    def duration(self) -> Fraction:
        """How long the film is, in seconds."""
        return frames_to_seconds(self.frames, self.fps)

    def frame(self, index: int) -> FrameTree:
        """Give what a frame shows, as plain data.

        Parameters
        ----------
        index : int
            0-based; negative counts from the end.

        Raises
        ------
        InvalidValueError
            When the film has no such frame.
        SceneError
            When a scene function raises.
        ElementError
            When a scene returns what can't be drawn.
        """
        index = self.check_frame(index)
        elements = self.timeline.elements(index, self.width, self.height, self.background, self._measure)
        return FrameTree(self.width, self.height, (Fill(self.background), *elements))

    def scene_elements(self, place: Placement, index: int) -> Elements:
        """Give what one of its scenes or layers alone shows at a frame of the film."""
        return place.elements(index, self.fps, self.width, self.height, self._measure)

    def _measure(self, element: Element, width: int, height: int) -> Size:  # noqa: ARG002
        """Give scenes the sizes of their elements: what is only data can't."""
        raise InvalidValueError(
            f"{element!r:.60} has a size only in a bz.Composition, which draws; this is a Film alone"
        )

    def named_files(self) -> dict[str, Callable[[], str]]:
        """Give how to get the files that frames name by their digests; only a film kept as data has such."""
        return {}

    def scene_at(self, index: int) -> tuple[str, int]:
        """Give the name of the topmost scene at a frame, and the frame's index in it."""
        shown = [mark for mark in self.marks if mark.start <= index < mark.stop]
        return (shown[-1].name, index - shown[-1].start) if shown else (self.name, index)

    def check_frame(self, index: int) -> int:
        """Give a frame's index, counted from the start."""
        number = whole_number(index)
        if number is None:
            raise InvalidValueError(
                f"a frame's index is a whole number, got {index!r} (Composition {self.name!r})"
            )
        if not -self.frames <= number < self.frames:
            raise InvalidValueError(
                f"frame {index} is not in the film: it has frames 0 to {self.frames - 1} "
                f"(Composition {self.name!r})"
            )
        return number % self.frames

    def at_fps(self, fps: Seconds) -> Self:
        """Give the same film at another frame rate: scenes are asked for more or fewer frames."""
        rate = as_fps(fps, f" (Composition {self.name!r})")
        if rate == self.fps:
            return self
        other = copy.copy(self)
        where = f" (Composition {self.name!r})"
        other.fps, other._revision = rate, revision_at(self._newest_revision(), rate, where)
        if self._recorded_marks is not None:
            other._recorded_marks = tuple(
                Mark(mark.name, *(round(edge * rate / self.fps) for edge in (mark.start, mark.stop)))
                for mark in self._recorded_marks
            )
        return other

    def to_json(self) -> str:
        """Give the film as JSON: every frame's elements as data, no code.

        Functions of `Figure` and `Drawing` elements are not in it; arrays of `Pixels` are,
        in base64. `json_schema` describes the document.
        """
        return self._written(lambda source: source, {})

    def _written(self, rename: Callable[[str], str], files: dict[str, bytes]) -> str:
        """Give the film as JSON, with other names of files, and some of the files.

        Parameters
        ----------
        rename : function
            Gives the name that a file has there.
        files : dict
            Filled by `rename`.
        """
        spans = []
        for span in self.timeline.spans:
            runs: list[tuple[Elements, int]] = []
            for index in range(span.start, span.stop):
                elements = with_sources(self.frame(index).elements[1:], rename)
                if runs and runs[-1][0] == elements:
                    runs[-1] = (elements, runs[-1][1] + 1)
                else:
                    runs.append((elements, 1))
            spans.append(tuple(Run(count, elements) for elements, count in runs))
        document = CompositionDocument(
            DOCUMENT_FORMAT,
            self.name,
            self.width,
            self.height,
            str(self.fps),
            self.background,
            self.marks,
            tuple(spans),
            tuple(
                sound if sound.data else replace(sound, source=rename(sound.source)) for sound in self.sound
            ),
            UNSET if self.loudness is None else self.loudness,
            files,
        )
        return msgspec.json.encode(document, enc_hook=plain).decode()

    @classmethod
    def from_json(cls, text: str | bytes, *, fetch: bool = False) -> Self:
        """Make a composition of what `to_json` gave. It runs no code of the document.

        Parameters
        ----------
        fetch : bool
            Whether what its addresses have may be fetched, if it is not on this machine yet. The
            document may be somebody else's: else it asks nobody.

        Raises
        ------
        ElementError
            When the document is not one, or holds a bad value.
        """
        try:
            document = msgspec.json.decode(text, type=CompositionDocument)
            for run in chain.from_iterable(document.spans):
                check_depth(run.elements)
                share_defaults(run.elements)
        except (msgspec.DecodeError, InvalidValueError, UnicodeError) as error:
            raise ElementError(f"not a composition: {error}") from None
        except RecursionError:
            raise ElementError("not a composition: it is nested too deeply") from None
        if document.format != DOCUMENT_FORMAT:
            raise ElementError(f"not a composition: format {document.format!r}, wanted {DOCUMENT_FORMAT!r}")
        for name, data in document.files.items():
            kept = take_content(data, "files", "Composition") or ""
            if kept.partition(".")[0] != name.partition(".")[0]:
                raise ElementError(f"not a composition: its file {name!r:.60} is not what it is named by")
        fps = as_fps(document.fps)
        start = 0
        scenes = []
        for runs in document.spans:
            if not runs:
                raise ElementError(f"not a composition: the span at frame {start} has no frames")
            name = next((mark.name for mark in document.marks if mark.start <= start < mark.stop), "scene")
            scenes.append(RecordedScene(runs, fps, name, start))
            start += sum(run.frames for run in runs)
        composition = cls(
            scenes,
            width=document.width,
            height=document.height,
            fps=fps,
            background=document.background,
            sound=document.sound,
            loudness=None if document.loudness is UNSET else document.loudness,
            name=document.name,
        )
        composition._recorded_marks = document.marks
        composition.fetches = bool(fetch)
        return composition

    def __repr__(self) -> str:
        return (
            f"<Composition {self.name!r}: {len(self.marks)} scenes, {self.frames} frames, "
            f"{float(self.duration):.2f} s, {self.width}x{self.height} at {format_fps(self.fps)} fps>"
        )


def json_schema() -> dict[str, Any]:
    """Give the JSON schema (draft 2020-12) of what `Film.to_json` gives.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> sorted(bz.json_schema())
    ['$defs', '$ref']
    """
    return msgspec.json.schema(CompositionDocument)


def _as_loudness(value: object, where: str) -> float | None:
    if value is None:
        return None
    number = plain_number(value)
    if number is None or isinstance(number, bool) or not MIN_LOUDNESS <= number <= MAX_LOUDNESS:
        raise InvalidValueError(
            f"`loudness` must be {MIN_LOUDNESS:g} to {MAX_LOUDNESS:g} LUFS, got {value!r:.60}{where}"
        )
    return float(number)


def _as_items(value: object, name: str, where: str) -> list[Any]:
    if isinstance(value, str | bytes | dict) or not isinstance(value, Iterable):
        raise InvalidValueError(f"`{name}` must be a list, got {value!r:.60}{where}")
    return list(value)
