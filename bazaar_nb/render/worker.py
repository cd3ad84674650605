"""What runs in a worker: one segment from its scenes or its trees to a file in the store.

Imported by worker processes, so it imports nothing that evaluating, drawing and
encoding don't need.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import lru_cache
from pathlib import Path

import cloudpickle
import msgspec
import numpy as np
import psutil
from numpy.typing import NDArray

from bazaar_nb.draw.asset_pinning import Pinner
from bazaar_nb.draw.clip_frames import DecodedPicture
from bazaar_nb.draw.damage import KeptFrame
from bazaar_nb.draw.renderer import Renderer
from bazaar_nb.errors import BazaarError, ElementError, RenderCancelledError, RenderError, StoreError
from bazaar_nb.media.alpha import Areas
from bazaar_nb.media.clip_file import look_into_clip
from bazaar_nb.media.clip_reader import ClipReader
from bazaar_nb.media.libraries import give_back_memory
from bazaar_nb.media.segment import SegmentFigures, SegmentTarget, encode_segments
from bazaar_nb.media.settings import Settings
from bazaar_nb.render.author_output import heard
from bazaar_nb.render.carried_film import open_film
from bazaar_nb.render.evaluation import evaluate_segment, keep_files
from bazaar_nb.render.frame_costs import FrameClock
from bazaar_nb.render.frame_counters import Counter
from bazaar_nb.render.kept_pixels import KeptPixels
from bazaar_nb.render.segment_claims import Claim
from bazaar_nb.render.segment_key import segment_key
from bazaar_nb.render.task import EvaluationError, FilmSpan, FrameRun, SegmentResult, SegmentTask
from bazaar_nb.scene.figure_style import style_of
from bazaar_nb.scene.function_registry import restore_function
from bazaar_nb.scene.repeatability import fingerprints
from bazaar_nb.scene.tree import FrameTree
from bazaar_nb.sources.finding import UnfetchedError, WorkerFinder, finding_with
from bazaar_nb.store.key_layout import named_asset_key, segment_key_name
from bazaar_nb.store.options import StorageOptions
from bazaar_nb.store.store import Store

_WAIT_S = 0.01


def run_segment(message: bytes) -> bytes:
    """Evaluate a segment if it is not yet, and draw, encode and store it if it is not there.

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
    EvaluationError
        When a frame can't be made; its `frame` is the film's.
    FilmNotLoadedError
        When the film that was sent can't be used here.
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
    with ExitStack() as ending:
        counter = Counter(task.counters, task.number)
        ending.callback(counter.close)
        work = _Work(task, counter, ending.enter_context(KeptPixels()))
        result = work.run() if task.span is None else work.run_span(task.span)
    give_back_memory()  # the encoder's: the next segment's scenes may need it
    return msgspec.msgpack.encode(result)


def peak_memory_bytes() -> int:
    """Give the largest resident memory that this process ever had.

    On Linux it is VmHWM (proc(5)): ``ru_maxrss`` of getrusage(2) begins with the memory of the
    process that started this one, however large a notebook's kernel is.
    """
    if psutil.LINUX:
        with suppress(OSError, ValueError, StopIteration):
            lines = Path("/proc/self/status").read_text().splitlines()
            return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) * 1024
    try:
        import resource  # not on Windows
    except ImportError:
        return int(psutil.Process().memory_info().peak_wset)  # type: ignore[attr-defined]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if psutil.MACOS else peak * 1024


class _Work:
    """A segment at work."""

    def __init__(self, task: SegmentTask, counter: Counter, pixels: KeptPixels) -> None:
        self._task = task
        self._counter = counter
        self._pixels = pixels
        settings = task.settings
        self._renderer, self._assets = _renderer(
            settings.width, settings.height, task.store_url, task.storage_options
        )
        self._assets.scratch = task.scratch
        self._assets.pixels = pixels
        self._store = self._assets.store

    def run(self) -> SegmentResult:
        """Draw what was evaluated at home."""
        return self._found_or_made(self._task.key, self._task.runs, self._task.evaluate_s)

    def run_span(self, span: FilmSpan) -> SegmentResult:
        """Evaluate frames, and draw them unless they are in the store."""
        task, first = self._task, self._task.first_frame
        began = time.perf_counter()
        luggage = open_film(span.film)
        shown: dict[int, tuple[bytes, ...]] = {}
        at = first
        failure: BaseException | None = None

        def before_frame(index: int) -> None:
            nonlocal at
            at = index
            self._counter.set_evaluated(index - first)
            self._check()

        def on_tree(index: int, tree: FrameTree) -> None:
            if index in span.again:
                shown[index] = fingerprints(tree)

        finder = WorkerFinder(self._store)
        pinner = Pinner(keep_files(self._store), self._pixels.put, look_into_clip, find=finder)
        with (
            heard(luggage.warning_filters) as said,
            style_of(luggage.figure_style),
            finding_with(finder),
        ):
            try:
                segment = evaluate_segment(
                    luggage.film, first, first + span.frames, task.settings, pinner,
                    before_frame=before_frame, on_tree=on_tree,
                )  # fmt: skip
            except (RenderCancelledError, MemoryError, StoreError):
                raise
            except BaseException as error:  # SystemExit, too: it is the author's, not this worker's
                failure = error
        if failure is not None:
            if isinstance(failure, ElementError) and _has_cause(failure, MemoryError):
                raise MemoryError(str(failure)) from failure
            raise EvaluationError(
                f"{type(failure).__name__}: {failure}", at, msgspec.msgpack.encode(said),
                unfetched=_has_cause(failure, UnfetchedError),
            )  # fmt: skip
        self._counter.set_evaluated(span.frames)
        evaluate_s = time.perf_counter() - began
        result = self._found_or_made(segment.key, segment.runs, segment.evaluate_s)
        return msgspec.structs.replace(
            result, evaluate_s=evaluate_s, shown=shown, said=said, heard=segment.heard
        )

    def _found_or_made(
        self, key: str, runs: tuple[FrameRun, ...], evaluate_s: tuple[float, ...]
    ) -> SegmentResult:
        task = self._task
        costs = FrameClock(task.first_frame, evaluate_s)
        name = segment_key_name(key, task.settings.segment_suffix.removeprefix("."))
        with ExitStack() as ending:
            if task.claims:
                claim = Claim(task.claims, task.place)
                ending.callback(claim.close)
                while not claim.make(key):  # somebody makes the same: it will be there soon
                    self._check()
                    time.sleep(_WAIT_S)
            if self._store.claim([name]):
                return SegmentResult(
                    key=key, found=True, size_bytes=0, drawn=0, held=0, peak_memory_bytes=peak_memory_bytes()
                )
            began = time.perf_counter()
            self._renderer.check_figures()  # what a cancelled segment has left
            with ExitStack() as writing:
                targets = [
                    SegmentTarget(writing.enter_context(self._store.writing(file, once=True)), settings)
                    for file, settings in [(name, task.settings), *self._beside(runs)]
                ]
                figures, *others = self._encode(targets, runs, costs)
                distrusted = self._renderer.check_figures()
                if "order" in distrusted.values():  # frames may be wrong: those figures aren't kept now
                    figures, *others = self._encode(targets, runs, costs)
            taken_s = time.perf_counter() - began - sum(other.convert_s + other.encode_s for other in others)
        return SegmentResult(
            key=key,
            draw_s=figures.draw_s,
            convert_s=figures.convert_s,
            encode_s=figures.encode_s,
            store_s=max(0.0, taken_s - figures.draw_s - figures.convert_s - figures.encode_s),
            size_bytes=figures.size_bytes,
            drawn=figures.drawn,
            held=figures.held,
            peak_memory_bytes=peak_memory_bytes(),
            distrusted=dict(distrusted),
            slowest=costs.slowest(),
        )

    def _beside(self, runs: tuple[FrameRun, ...]) -> list[tuple[str, Settings]]:
        """Give the segments of other movies that show the same and are not there: names and settings."""
        wanted = {
            segment_key_name(segment_key(settings, runs), settings.segment_suffix.removeprefix(".")): settings
            for settings in self._task.also
        }
        there = self._store.claim(sorted(wanted)) if wanted else set()
        return [(name, settings) for name, settings in wanted.items() if name not in there]

    def _encode(
        self, targets: list[SegmentTarget], runs: tuple[FrameRun, ...], costs: FrameClock
    ) -> list[SegmentFigures]:
        drawing = _Drawing(self._renderer, runs, costs, self._task.first_frame, self._check)
        return encode_segments(
            targets, self._task.frames, drawing.draw, lambda i: self._counter.set(i + 1), drawing.hand_on
        )

    def _check(self) -> None:
        """Stop where nobody wants the segment any more."""
        if self._counter.is_cancelled:
            raise RenderCancelledError("the render was cancelled")
        parent = self._task.parent
        if parent and os.getppid() != parent and os.getpid() != parent:
            raise RenderCancelledError("the process that wanted the segment is gone")


class _Drawing:
    """Gives the frames of a segment to its encoders: drawn, or as a video file has them.

    Parameters
    ----------
    first : int
        The segment's first frame, as the film counts.
    check : function
        Called before each frame; raises to stop.
    """

    def __init__(
        self,
        renderer: Renderer,
        runs: tuple[FrameRun, ...],
        costs: FrameClock,
        first: int,
        check: Callable[[], None],
    ) -> None:
        self._renderer, self._costs, self._first, self._check = renderer, costs, first, check
        self._starts: dict[int, bytes] = {}
        at = 0
        for run in runs:
            self._starts[at] = run.tree
            at += run.frames
        self._kept: KeptFrame | None = None
        self._decoded: DecodedPicture | None = None
        self._tree: tuple[int, FrameTree] | None = None

    def draw(self, index: int, pixels: NDArray[np.uint8]) -> Areas:
        """Draw a frame; see `bazaar_nb.media.segment.Draw`."""
        self._check()
        tree = self._tree_at(index)
        if tree is None:
            return ()
        if self._kept is None:
            self._kept = KeptFrame(pixels)  # of the whole segment: they are the same in each call
        with self._making(index):
            return self._renderer.redraw(tree, self._kept)

    def hand_on(self, index: int) -> DecodedPicture | None:
        """Give a frame as a video file has it; see `bazaar_nb.media.segment.HandOn`."""
        self._check()
        tree = self._tree_at(index)
        if tree is not None:
            with self._making(index):
                self._decoded = self._renderer.decoded_picture(tree)
        return self._decoded

    def _tree_at(self, index: int) -> FrameTree | None:
        """Give what a frame shows; None where that is what the one before does."""
        if self._tree is not None and self._tree[0] == index:
            return self._tree[1]
        packed = self._starts.get(index)
        if packed is None:
            return None
        tree = FrameTree.from_msgpack(packed)
        self._tree = index, tree
        return tree

    @contextmanager
    def _making(self, index: int) -> Iterator[None]:
        """Tell what a frame costs, and which it is if something is wrong with it."""
        frame = self._renderer.frame = self._first + index
        began = time.perf_counter()
        try:
            yield
        except ElementError as error:
            if _has_cause(error, MemoryError):
                raise MemoryError(str(error)) from error
            error.frame = frame
            raise
        except BazaarError as error:
            raise ElementError(str(error), frame=frame) from error
        times = self._renderer.times
        self._costs.drawn(index, time.perf_counter() - began, times.slowest, times.most_s)


def _has_cause(error: BaseException, kind: type[BaseException]) -> bool:
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, kind):
        cause = cause.__cause__
    return cause is not None


class _Assets:
    """Finds assets: in a store, pixels that the render put there, and pixels of the segment's own."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.scratch = ""
        self.pixels: KeptPixels | None = None

    def __call__(self, name: str) -> Path | bytes:
        kept = None if self.pixels is None else self.pixels.get(name)
        return self.store.local(named_asset_key(name, self.scratch)) if kept is None else kept


@lru_cache(maxsize=1)
def _renderer(width: int, height: int, store_url: str, options: StorageOptions) -> tuple[Renderer, _Assets]:
    """Give the renderer of the last segment again if it fits: it has read pictures and fonts already."""
    assets = _Assets(Store(store_url, options))
    return Renderer(width, height, assets, give_back_memory, ClipReader()), assets


@lru_cache(maxsize=256)
def _load_function(pickled: bytes) -> Callable[..., object]:
    try:
        function: Callable[..., object] = cloudpickle.loads(pickled)
    except Exception as error:
        raise RenderError(
            f"the function of a Figure or Drawing can't be loaded in a worker: "
            f"{type(error).__name__}: {error}; modules that it uses must be importable there too"
        ) from error
    return function
