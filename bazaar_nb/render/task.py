"""What a worker is told, and what it answers: plain data as msgpack."""

from __future__ import annotations

import msgspec

from bazaar_nb.errors import RenderError
from bazaar_nb.media.settings import Settings
from bazaar_nb.render.author_output import AuthorOutput
from bazaar_nb.render.frame_costs import FrameCost
from bazaar_nb.scene.clip_sounds import ClipRun
from bazaar_nb.store.options import StorageOptions


class FrameRun(msgspec.Struct, frozen=True, array_like=True):
    """Frames in a row that show the same.

    Attributes
    ----------
    frames : int
        How many.
    tree : bytes
        The pinned tree as msgpack.
    """

    frames: int
    tree: bytes


class FilmFile(msgspec.Struct, frozen=True):
    """Where a film is that travels to workers.

    Attributes
    ----------
    path : str
        On this machine; an engine whose workers are elsewhere sends what is in it.
    digest : str
        Of its content: a worker that has the film keeps it.
    """

    path: str
    digest: str


class FilmSpan(msgspec.Struct, frozen=True):
    """Frames that the worker itself evaluates.

    Attributes
    ----------
    again : tuple of int
        Those of which is told what they show: they are evaluated at home, too.
    """

    film: FilmFile
    frames: int
    again: tuple[int, ...] = ()


class SegmentTask(msgspec.Struct, frozen=True, kw_only=True):
    """One segment to be drawn, encoded and put into the store, unless it is there.

    Attributes
    ----------
    storage_options : StorageOptions
        Of the store; keys that are in it are shown by nothing, but they are in
        the message, so an engine must not log it.
    key : str
        Hash of what it draws; empty where the worker finds it.
    number : int
        Which of the render's segments it is; its counter on the counters.
    first_frame : int
        Of the film, in the export's frame rate; for messages.
    runs : tuple of FrameRun
        What its frames show; none where the worker evaluates them.
    span : FilmSpan or None
        What the worker evaluates.
    evaluate_s : tuple of float
        Seconds that evaluating each frame took, where that was done before.
    scratch : str
        Prefix in the store of pixels that only this render needs.
    functions : dict
        cloudpickled functions of `Figure` and `Drawing` elements by their names.
    counters : str
        File of the counters where frames are counted.
    claims : str
        File of the claims of segments; empty where nobody else could make the same.
    place : int
        Its place there.
    parent : int
        Process that wants the segment, if on this machine; 0 where it isn't.
    also : tuple of Settings
        Of other movies that show the same frames in the same size: their segments are made beside it.
    movie : str
        Name of the movie; for people.
    frame_s : float
        Seconds that a frame may take of a worker, from renders like it; 0 where that is not asked.
    """

    store_url: str
    storage_options: StorageOptions = StorageOptions()
    key: str
    number: int
    first_frame: int
    runs: tuple[FrameRun, ...] = ()
    span: FilmSpan | None = None
    evaluate_s: tuple[float, ...] = ()
    settings: Settings
    scratch: str
    functions: dict[str, bytes] = {}
    counters: str
    claims: str = ""
    place: int = 0
    parent: int = 0
    also: tuple[Settings, ...] = ()
    movie: str = ""
    frame_s: float = 0.0

    @property
    def frames(self) -> int:
        """How many frames the segment has."""
        return sum(run.frames for run in self.runs) if self.span is None else self.span.frames


class SegmentResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a segment cost.

    Attributes
    ----------
    key : str
        Hash of what it draws.
    found : bool
        Whether it was in the store, so that nothing was drawn.
    evaluate_s, draw_s, convert_s, encode_s, store_s : float
        Seconds of the worker's time.
    size_bytes : int
        Of the segment's file.
    drawn, held : int
        Frames drawn, and frames that repeat the one before.
    peak_memory_bytes : int
        Largest resident memory of the worker so far.
    shown : dict of int to tuple of bytes
        Of frames that are evaluated again: what tells each element from others.
    heard : tuple of ClipRun
        Of clips, where the worker evaluated the frames.
    said : AuthorOutput
        What the scenes printed and warned of.
    distrusted : dict of int to str
        Frames at which a figure was found to show something else than it should, and why; see
        `bazaar_nb.scene.repeatability.tell_figure`.
    slowest : tuple of FrameCost
        Those of its frames that took longest, if it was made now.
    """

    key: str
    found: bool = False
    evaluate_s: float = 0.0
    draw_s: float = 0.0
    convert_s: float = 0.0
    encode_s: float = 0.0
    store_s: float = 0.0
    size_bytes: int
    drawn: int
    held: int
    peak_memory_bytes: int
    shown: dict[int, tuple[bytes, ...]] = {}
    heard: tuple[ClipRun, ...] = ()
    said: AuthorOutput = msgspec.field(default_factory=AuthorOutput)
    distrusted: dict[int, str] = {}
    slowest: tuple[FrameCost, ...] = ()


class EvaluationError(RenderError):
    """A frame could not be made in a worker; whether it can at home, home finds out.

    Attributes
    ----------
    frame : int
        Of the film, in the export's frame rate.
    said : bytes
        `AuthorOutput` as msgpack.
    unfetched : bool
        Whether it wants nothing but what an address has, which home is to fetch.
    """

    def __init__(self, message: str, frame: int = 0, said: bytes = b"", *, unfetched: bool = False) -> None:
        super().__init__(message)
        self.frame = frame
        self.said = said
        self.unfetched = unfetched


class FilmNotLoadedError(RenderError):
    """A worker could not make the film of what was sent."""
