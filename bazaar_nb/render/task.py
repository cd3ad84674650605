"""What a worker is told, and what it answers: plain data as msgpack."""

from __future__ import annotations

import msgspec

from bazaar_nb.media.settings import Settings
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


class SegmentTask(msgspec.Struct, frozen=True, kw_only=True):
    """One segment to be drawn, encoded and put into the store.

    Attributes
    ----------
    storage_options : StorageOptions
        Of the store; keys that are in it are shown by nothing, but they are in
        the message, so an engine must not log it.
    key : str
        Where it goes in the store; also its name everywhere else.
    number : int
        Which of the render's segments it is; its counter on the counters.
    first_frame : int
        Of the film, in the export's frame rate; for messages.
    runs : tuple of FrameRun
        What its frames show.
    scratch : str
        Prefix in the store of pixels that only this render needs.
    functions : dict
        cloudpickled functions of `Figure` elements by their names.
    counters : str
        File of the counters where frames are counted.
    parent : int
        Process that wants the segment, if on this machine; 0 where it isn't.
    """

    store_url: str
    storage_options: StorageOptions = StorageOptions()
    key: str
    number: int
    first_frame: int
    runs: tuple[FrameRun, ...]
    settings: Settings
    scratch: str
    functions: dict[str, bytes]
    counters: str
    parent: int = 0

    @property
    def frames(self) -> int:
        """How many frames the segment has."""
        return sum(run.frames for run in self.runs)


class SegmentResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a segment cost.

    Attributes
    ----------
    draw_s, convert_s, encode_s, store_s : float
        Seconds of the worker's time.
    size_bytes : int
        Of the segment's file.
    drawn, held : int
        Frames drawn, and frames that repeat the one before.
    peak_memory_bytes : int
        Largest resident memory of the worker so far.
    """

    draw_s: float
    convert_s: float
    encode_s: float
    store_s: float
    size_bytes: int
    drawn: int
    held: int
    peak_memory_bytes: int
