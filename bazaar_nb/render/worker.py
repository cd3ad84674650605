"""What runs in a worker: one segment from its trees to a file in the store.

Imported by worker processes, so it imports nothing that drawing and encoding
don't need.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import cloudpickle
import msgspec
import numpy as np
import psutil
from numpy.typing import NDArray

from bazaar_nb.draw.damage import KeptFrame
from bazaar_nb.draw.renderer import Renderer
from bazaar_nb.errors import BazaarError, ElementError, RenderCancelledError, RenderError
from bazaar_nb.media.segment import Draw, encode_segment
from bazaar_nb.media.yuv_conversion import RowRanges
from bazaar_nb.render.frame_counters import Counter
from bazaar_nb.render.task import SegmentResult, SegmentTask
from bazaar_nb.scene.function_registry import restore_function
from bazaar_nb.scene.tree import FrameTree
from bazaar_nb.store.key_layout import named_asset_key
from bazaar_nb.store.options import StorageOptions
from bazaar_nb.store.store import Store


def run_segment(message: bytes) -> bytes:
    """Draw, encode and store a segment.

    Parameters
    ----------
    message : bytes
        A `SegmentTask` as msgpack.

    Returns
    -------
    bytes
        A `SegmentResult` as msgpack.

    Raises
    ------
    ElementError
        When a frame can't be drawn; its `frame` is the film's.
    RenderCancelledError
        When the counters says so, or the process that wants the segment is gone.
    MemoryError
        When there is not enough memory for a frame.
    RenderError
        When a function that it needs can't be loaded here.
    StoreError
        When the store can't be read or written.
    """
    task = msgspec.msgpack.decode(message, type=SegmentTask)
    for name, function in task.functions.items():
        restore_function(name, _load_function(function))
    renderer, assets = _renderer(
        task.settings.width, task.settings.height, task.store_url, task.storage_options
    )
    assets.scratch = task.scratch
    counter = Counter(task.counters, task.number)
    try:
        began = time.perf_counter()
        with assets.store.writing(task.key, once=True) as path:
            figures = encode_segment(
                path,
                task.settings,
                task.frames,
                _drawer(task, renderer, counter),
                lambda i: counter.set(i + 1),
            )
        store_s = time.perf_counter() - began - figures.draw_s - figures.convert_s - figures.encode_s
    finally:
        counter.close()
    result = SegmentResult(
        draw_s=figures.draw_s,
        convert_s=figures.convert_s,
        encode_s=figures.encode_s,
        store_s=max(0.0, store_s),
        size_bytes=figures.size_bytes,
        drawn=figures.drawn,
        held=figures.held,
        peak_memory_bytes=peak_memory_bytes(),
    )
    return msgspec.msgpack.encode(result)


def peak_memory_bytes() -> int:
    """Give the largest resident memory that this process ever had."""
    try:
        import resource  # not on Windows
    except ImportError:
        return int(psutil.Process().memory_info().peak_wset)  # type: ignore[attr-defined]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if psutil.MACOS else peak * 1024


def _drawer(task: SegmentTask, renderer: Renderer, counter: Counter) -> Draw:
    starts: dict[int, bytes] = {}
    kept: KeptFrame | None = None
    at = 0
    for run in task.runs:
        starts[at] = run.tree
        at += run.frames

    def draw(index: int, pixels: NDArray[np.uint8]) -> RowRanges:
        nonlocal kept
        if counter.is_cancelled:
            raise RenderCancelledError("the render was cancelled")
        if task.parent and os.getppid() != task.parent and os.getpid() != task.parent:
            raise RenderCancelledError("the process that wanted the segment is gone")
        tree = starts.get(index)
        if tree is None:
            return ()
        if kept is None:
            kept = KeptFrame(pixels)  # of the whole segment: they are the same in each call
        try:
            return renderer.redraw(FrameTree.from_msgpack(tree), kept)
        except ElementError as error:
            if _has_cause(error, MemoryError):
                raise MemoryError(str(error)) from error
            error.frame = task.first_frame + index
            raise
        except BazaarError as error:
            raise ElementError(str(error), frame=task.first_frame + index) from error

    return draw


def _has_cause(error: BaseException, kind: type[BaseException]) -> bool:
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, kind):
        cause = cause.__cause__
    return cause is not None


class _Assets:
    """Finds assets in a store, and the pixels of the render that is being worked on."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.scratch = ""

    def __call__(self, name: str) -> Path:
        return self.store.local(named_asset_key(name, self.scratch))


@lru_cache(maxsize=1)
def _renderer(width: int, height: int, store_url: str, options: StorageOptions) -> tuple[Renderer, _Assets]:
    """Give the renderer of the last segment again if it fits: it has read pictures and fonts already."""
    assets = _Assets(Store(store_url, options))
    return Renderer(width, height, assets), assets


@lru_cache(maxsize=256)
def _load_function(pickled: bytes) -> Callable[..., object]:
    try:
        function: Callable[..., object] = cloudpickle.loads(pickled)
    except Exception as error:
        raise RenderError(
            f"the function of a Figure can't be loaded in a worker: {type(error).__name__}: {error}; "
            "modules that it uses must be importable there too"
        ) from error
    return function
