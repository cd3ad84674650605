"""Frames of a film made, pinned and keyed: wherever that is done, the same way.

A segment's key follows from its frames' trees alone, so that it is the same
whether the notebook's process evaluates them or a worker does.
"""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import NamedTuple

from bazaar_nb.draw.asset_pinning import Pinner, PutFile
from bazaar_nb.errors import ElementError, StoreError
from bazaar_nb.media.settings import Settings
from bazaar_nb.render.segment_key import frame_runs, segment_key
from bazaar_nb.render.task import FrameRun
from bazaar_nb.scene.clip_sounds import ClipRun, ClipSounds
from bazaar_nb.scene.elements import Pixels
from bazaar_nb.scene.film import Film
from bazaar_nb.scene.function_registry import one_pass
from bazaar_nb.scene.tree import FrameTree
from bazaar_nb.store.file_digests import digest_file
from bazaar_nb.store.key_layout import asset_extension, asset_key, named_asset_key
from bazaar_nb.store.store import Store

_LARGE_BYTES = 1_000_000
_MOST_WAITING = 2  # frames whose arrays are in memory beside the one that is evaluated


class Segment(NamedTuple):
    """One segment of a film, evaluated.

    Attributes
    ----------
    first_frame : int
        In the export's frame rate.
    key : str
        Hash of what it draws and how it is encoded, 40 hexadecimal digits.
    runs : tuple of FrameRun
        Its frames.
    functions : frozenset of str
        Names of the functions that draw its figures.
    heard : tuple of ClipRun
        Of clips, while its frames are shown.
    evaluate_s : tuple of float
        Seconds of work that each frame took.
    """

    first_frame: int
    frames: int
    key: str
    runs: tuple[FrameRun, ...]
    functions: frozenset[str]
    heard: tuple[ClipRun, ...] = ()
    evaluate_s: tuple[float, ...] = ()


def evaluate_segment(
    film: Film,
    first: int,
    stop: int,
    settings: Settings,
    pinner: Pinner,
    *,
    before_frame: Callable[[int], None] | None = None,
    on_tree: Callable[[int, FrameTree], None] | None = None,
    beside: Executor | None = None,
) -> Segment:
    """Evaluate, pin and key the frames of a segment.

    Parameters
    ----------
    film : composition
        At the export's frame rate.
    first, stop : int
        Half-open range of frames.
    before_frame : callable, optional
        Called with each frame's index before it is evaluated; may raise to stop.
    on_tree : callable, optional
        Called with each frame's index and what it shows, as the scene gave it.
    beside : Executor, optional
        Of one thread, which names and keeps the arrays of a frame while the next one is evaluated. Where
        a frame has none that are large, it is not asked.

    Raises
    ------
    SceneError, ElementError
        For the first frame that can't be made, with its scene and frame.
    """
    functions: set[str] = set()
    sounds = ClipSounds(film.fps)
    evaluate_s = [0.0] * (stop - first)
    clock = time.perf_counter

    def pinned(tree: FrameTree, index: int) -> tuple[bytes, set[str]]:
        began = clock()
        pinner.functions.clear()
        packed = _pinned(tree, film, index, pinner)
        evaluate_s[index - first] += clock() - began
        return packed, set(pinner.functions)

    def trees() -> Iterator[bytes]:
        waiting: deque[Future[tuple[bytes, set[str]]]] = deque()
        for index in range(first, stop):
            if before_frame is not None:
                before_frame(index)
            began = clock()
            tree = film.frame(index)
            evaluate_s[index - first] += clock() - began
            sounds.saw(index, tree.elements)
            if on_tree is not None:
                on_tree(index, tree)
            if beside is not None and (waiting or _is_large(tree)):
                waiting.append(beside.submit(pinned, tree, index))
                if len(waiting) <= _MOST_WAITING:
                    continue
                packed, used = waiting.popleft().result()
            else:
                packed, used = pinned(tree, index)
            functions.update(used)
            yield packed
        while waiting:
            packed, used = waiting.popleft().result()
            functions.update(used)
            yield packed

    with one_pass():
        runs = frame_runs(trees())
    heard = tuple(sounds.runs())
    return Segment(
        first, stop - first, segment_key(settings, runs), runs, frozenset(functions), heard, tuple(evaluate_s)
    )


def _is_large(tree: FrameTree) -> bool:
    """Tell whether naming a frame's arrays takes milliseconds."""
    return any(
        isinstance(element, Pixels) and len(element.array) >= _LARGE_BYTES for element in tree.elements
    )


def name_file(path: Path) -> str:
    """Give the asset's name of a file that a frame refers to."""
    return f"asset:{digest_file(path)}.{asset_extension(path)}"


def keep_files(store: Store) -> PutFile:
    """Give what puts files that a frame refers to into a store, and names them."""
    return lambda path: f"asset:{store.put_asset(path)}.{asset_extension(path)}"


def keep_named_files(film: Film, store: Store) -> None:
    """Put the files that a film's frames name by their digests where workers look for them.

    Raises
    ------
    StoreError
        When one of them is gone, or is not what it is named by.
    """
    files = film.named_files()
    keys = {named_asset_key(name, ""): name for name in files}
    for key in set(keys) - store.claim(sorted(keys)):
        path = Path(files[keys[key]]())
        if asset_key(store.put_asset(path), asset_extension(path)) != key:
            raise StoreError(f"{path} is not what it was when the film {film.name!r} was saved")


def _pinned(tree: FrameTree, film: Film, index: int, pinner: Pinner) -> bytes:
    try:
        return pinner.pin(tree).to_msgpack()
    except ElementError as error:
        raise placed_error(error, film, index) from error


def placed_error(error: ElementError, film: Film, index: int) -> ElementError:
    """Give an error of a frame's element with the scene and frame that it belongs to."""
    scene, frame = film.scene_at(index)
    name = without_background(error.element)
    element = f" of {name}" if name else ""
    field = f"`{error.field}`{element}: " if error.field else f"{name}: " if name else ""
    return ElementError(
        f"{field}{error} (scene {scene!r}, frame {frame})",
        scene=scene,
        frame=frame,
        element=name,
        field=error.field,
    )


def without_background(element: str | None) -> str | None:
    """Count an element's place as its author does: the composition's background comes before all others."""
    if element is None:
        return None
    return re.sub(r"\[(\d+)\]", lambda match: f"[{max(0, int(match[1]) - 1)}]", element, count=1)
