"""A film cut into segments, each under the hash of what it draws.

The cuts depend on the film alone, never on the machine, so that every machine
finds the segments of every other. They fall where the scenes that are seen
change, so an edit leaves the segments of other scenes as they are; inside, a
stretch is cut evenly into an even number of parts, so two or four cores end
together. Frames that stay the same cost little but a keyframe: their segments
are twice as long.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import NamedTuple

from bazaar_nb.draw.asset_pinning import Pinner
from bazaar_nb.errors import ElementError
from bazaar_nb.media.settings import Settings
from bazaar_nb.render.segment_key import frame_runs, segment_key
from bazaar_nb.render.task import FrameRun
from bazaar_nb.scene.film import Film
from bazaar_nb.scene.function_registry import one_pass
from bazaar_nb.scene.repeatability import Repeats, frames_to_repeat
from bazaar_nb.scene.tree import FrameTree

MOVING_S = Fraction(5, 2)
"""How long a segment of moving pictures is, at most."""
HELD_S = Fraction(5)
"""How long a segment is, at most, in which few frames differ from the one before."""
WINDOW_S = Fraction(10)
"""How much of the film is evaluated before it is cut; what is held in memory."""
_HELD_SHARE = 0.25


class Segment(NamedTuple):
    """One segment of a film.

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
    """

    first_frame: int
    frames: int
    key: str
    runs: tuple[FrameRun, ...]
    functions: frozenset[str]


def plan_segments(
    film: Film,
    first: int,
    stop: int,
    settings: Settings,
    pinner: Pinner,
    on_frame: Callable[[], None] | None = None,
) -> Iterator[Segment]:
    """Evaluate, pin and cut frames, a window at a time; warn of scenes that show something else each time.

    Parameters
    ----------
    film : composition
        At the export's frame rate.
    first, stop : int
        Half-open range of frames.
    on_frame : callable, optional
        Called before each frame is evaluated, also a second time; may raise to stop.

    Raises
    ------
    SceneError, ElementError
        For the first frame that can't be made, with its scene and frame.
    """
    window = max(1, math.floor(WINDOW_S * film.fps))
    repeats = Repeats(film, frames_to_repeat(film, first, stop))
    for span in film.timeline.spans:
        begin, end = max(span.start, first), min(span.stop, stop)
        # Evenly, so that a span a little longer than a window has no tiny rest.
        for start, after in cut_evenly(begin, end, math.ceil((end - begin) / window)):
            trees: list[bytes] = []
            functions: list[frozenset[str]] = []
            with one_pass():
                for index in range(start, after):
                    if on_frame is not None:
                        on_frame()
                    pinner.functions.clear()
                    tree = film.frame(index)
                    repeats.saw(index, tree)
                    trees.append(_pinned(tree, film, index, pinner))
                    functions.append(frozenset(pinner.functions))
            for part_start, part_stop in cut_evenly(start, after, _parts(trees, film.fps)):
                part = slice(part_start - start, part_stop - start)
                runs = frame_runs(trees[part])
                key = segment_key(settings, runs)
                used = frozenset[str]().union(*functions[part])
                yield Segment(part_start, part_stop - part_start, key, runs, used)
    repeats.ask_again(on_frame)


def cut_evenly(start: int, stop: int, parts: int) -> list[tuple[int, int]]:
    """Cut a range into parts whose lengths differ by at most one; none for an empty range."""
    if stop <= start:
        return []
    parts = max(1, min(parts, stop - start))
    edges = [start + (stop - start) * part // parts for part in range(parts + 1)]
    return list(itertools.pairwise(edges))


def _parts(trees: list[bytes], fps: Fraction) -> int:
    """Say into how many segments to cut a window."""
    changes = sum(before != tree for before, tree in itertools.pairwise(trees))
    held = changes <= _HELD_SHARE * len(trees)
    longest = max(1, math.floor((HELD_S if held else MOVING_S) * fps))
    parts = math.ceil(len(trees) / longest)
    return parts + 1 if parts % 2 and parts > 1 else parts


def _pinned(tree: FrameTree, film: Film, index: int, pinner: Pinner) -> bytes:
    try:
        return pinner.pin(tree).to_msgpack()
    except ElementError as error:
        raise placed_error(error, film, index) from error


def placed_error(error: ElementError, film: Film, index: int) -> ElementError:
    """Give an error of a frame's element with the scene and frame that it belongs to."""
    scene, frame = film.scene_at(index)
    name = _without_background(error.element)
    element = f" of {name}" if name else ""
    field = f"`{error.field}`{element}: " if error.field else f"{name}: " if name else ""
    return ElementError(
        f"{field}{error} (scene {scene!r}, frame {frame})",
        scene=scene,
        frame=frame,
        element=name,
        field=error.field,
    )


def _without_background(element: str | None) -> str | None:
    """Count an element's place as its author does: the composition's background comes before all others."""
    if element is None:
        return None
    return re.sub(r"\[(\d+)\]", lambda match: f"[{max(0, int(match[1]) - 1)}]", element, count=1)
