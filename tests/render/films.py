"""Small films for the tests of renders, and how to read them back."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import psutil

import bazaar_nb as bz
from bazaar_nb.draw.asset_pinning import Pinner
from bazaar_nb.media.clip_file import look_into_clip
from bazaar_nb.media.export_options import resolve_settings
from bazaar_nb.media.settings import Settings
from bazaar_nb.render.evaluation import Segment, evaluate_segment
from bazaar_nb.render.frame_counters import FrameCounters
from bazaar_nb.render.plan import cut_film
from bazaar_nb.render.task import SegmentTask
from bazaar_nb.scene.film import Film
from bazaar_nb.scene.function_registry import registered_function
from bazaar_nb.store.key_layout import asset_extension, segment_key_name
from bazaar_nb.store.store import Store
from tests.media.films import BITS, lumas, read_number


def bars(number: int, frame: bz.Frame) -> list[Any]:
    """Show a number as eight black and white bars, which `read_number` reads."""
    wide = frame.width / BITS
    lit = [bit for bit in range(BITS) if number >> bit & 1]
    return [
        bz.Fill("black"),
        *(bz.Rect(x=bit * wide, y=0, anchor="top-left", width=wide, fill="white") for bit in lit),
    ]


@bz.scene(duration=1)
def counting(frame: bz.Frame, first: int = 0) -> list[Any]:
    """Show the number of each frame."""
    return bars(first + frame.index, frame)


def counting_film(*seconds: float, fps: Any = 30, width: int = 64, height: int = 36) -> bz.Composition:
    """Give a film of scenes that together show every frame's number."""
    rate = Fraction(fps)
    scenes, first = [], 0
    for length in seconds:
        scenes.append(counting(first, duration=length))
        first += round(Fraction(str(length)) * rate)
    return bz.Composition(scenes, width=width, height=height, fps=fps)


def numbers_in(path: Path) -> list[int]:
    """Decode a film and read its frames' numbers."""
    return [read_number(picture) for picture in lumas(path)]


def plotted(
    plot: Callable[..., object], duration: float = 0.2, first: int = 0, **size: int
) -> bz.Composition:
    """Give a film that is one matplotlib figure; the function is also told the frame's index."""

    @bz.scene(duration=duration, name="plotted")
    def scene(frame: bz.Frame) -> Any:
        return bz.Figure(plot, args=(first + frame.index,))  # type: ignore[arg-type]

    return bz.Composition([scene()], width=size.get("width", 64), height=size.get("height", 36))


def segments_of(film: Film, settings: Settings | None = None, **store: Store) -> list[Segment]:
    """Plan a whole film; what that took is left out."""

    def put(path: Path) -> str:
        from bazaar_nb.store.file_digests import digest_file

        return f"asset:{digest_file(path)}.{asset_extension(path)}"

    settings = settings or settings_of(film)
    pinner = Pinner(put, look_into_clip=look_into_clip)
    cuts = cut_film(film, 0, film.frames)
    return [evaluate_segment(film, *cut, settings, pinner)._replace(evaluate_s=()) for cut in cuts]


def settings_of(film: Film, **wanted: Any) -> Settings:
    """Resolve settings for a film."""
    return resolve_settings((film.width, film.height), film.fps, **wanted)


def tasks_of(film: Film, store: Store, counters: FrameCounters) -> list[SegmentTask]:
    """Give the tasks of a film without assets, as a render would."""
    import cloudpickle

    settings = settings_of(film)
    return [
        SegmentTask(
            store_url=store.url,
            key=segment.key,
            number=number,
            first_frame=segment.first_frame,
            runs=segment.runs,
            settings=settings,
            scratch="scratch/test/",
            functions={name: cloudpickle.dumps(registered_function(name)) for name in segment.functions},
            counters=counters.path,
        )
        for number, segment in enumerate(segments_of(film, settings))
    ]


def stored(task: SegmentTask) -> str:
    """Give where a task's segment is in the store."""
    return segment_key_name(task.key, "mp4")


def mean_color(path: Path | str) -> tuple[float, float, float]:
    """Give the mean RGB of a film's first frame."""
    import av

    with av.open(str(path)) as container:
        picture = next(container.decode(video=0)).to_ndarray(format="rgb24")
    red, green, blue = np.asarray(picture).reshape(-1, 3).mean(axis=0)
    return float(red), float(green), float(blue)


def workers_left() -> list[psutil.Process]:
    """Give the processes below this one, without the trackers that end with it."""
    left = []
    for child in psutil.Process().children(recursive=True):
        try:
            if "resource_tracker" not in " ".join(child.cmdline()):
                left.append(child)
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return left


@contextmanager
def all_gone(within_s: float = 120.0) -> Iterator[None]:
    """Check that no process is left of those that the block started."""
    before = {process.pid for process in workers_left()}
    yield
    started = [process for process in workers_left() if process.pid not in before]
    _, alive = psutil.wait_procs(started, timeout=within_s)
    assert alive == []


def litter(root: Path) -> list[str]:
    """Give what a render should have taken away: hidden files, scratch, boards."""
    found = [path.name for path in root.rglob("*") if path.name.startswith(".")]
    found += [path.name for path in (root / "scratch").glob("*")]
    return found + [path.name for path in Path(tempfile.gettempdir()).glob("bazaar-counters-*")]


def ends(workspace: bz.Workspace) -> list[tuple[Any, ...]]:
    """Give how each render ended."""
    rows = workspace.history()[["status", "error_class"]]
    return [(status, None if error is None or error != error else error) for status, error in _plain(rows)]


def _plain(rows: Any) -> Any:
    return rows.astype(object).where(rows.notna(), None).itertuples(index=False, name=None)
