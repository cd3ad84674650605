"""Ten minutes of forty clips with sound: flat memory, no frame of drift.

``python -m tests.benchmarks.many_clips [seconds] [clips]``

Each clip shows the numbers of its pictures and clicks at each of its full seconds. Of the movie every frame
must be the one that is meant, every click within a millisecond, and no worker may need more memory for
its last segments than for its first ones. The clips are made by the ffmpeg program.
"""

from __future__ import annotations

import sys
import tempfile
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

import bazaar_nb as bz
from tests.media.clip_files import CLICK, FPS, HEIGHT, WIDTH, make_clip
from tests.media.films import lumas, read_number
from tests.media.sound_files import decode_with_ffmpeg

_RATE = 48_000
_NUMBERS = 256  # pictures that can be told apart: those of a clip count on from 0
_GROWTH_TARGET = 1.25


class Outcome(NamedTuple):
    """What became of the movie.

    Attributes
    ----------
    wrong_frames : int
        Frames that show another picture than is meant, or are missing.
    wrong_clicks : int
        Clicks that are missing, too many, or off by more than a millisecond.
    growth : float
        Peak memory of workers in the last third of segments over that in the first third.
    """

    frames: int
    wrong_frames: int
    wrong_clicks: int
    growth: float


def make_clips(folder: Path, count: int, seconds: int) -> list[str]:
    """Make clips of some seconds, in four kinds."""
    kinds = (
        ("mp4", ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-bf", "2", "-c:a", "aac", "-b:a", "192k")),
        ("mkv", ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-bf", "3", "-g", "60", "-c:a", "flac")),
        ("mov", ("-c:v", "mjpeg", "-q:v", "2", "-pix_fmt", "yuvj420p", "-c:a", "pcm_s16le")),
        ("ts", ("-c:v", "mpeg2video", "-bf", "2", "-b:v", "3M", "-c:a", "mp2", "-b:a", "384k")),
    )
    made = []
    for number in range(count):
        suffix, arguments = kinds[number % len(kinds)]
        path = folder / f"clip{number}.{suffix}"
        sound = ("-f", "lavfi", "-i", f"{CLICK}{seconds}")
        told = ("-metadata", f"title={number}", "-metadata", f"service_name={number}")  # no two are the same
        made.append(str(make_clip(path, *arguments, *told, frames=seconds * FPS, before=sound)))
    return made


def measure(folder: Path, seconds: int, count: int) -> Outcome:
    """Export a film of clips, one after the other, and compare it with what is meant."""
    each = max(1, seconds // count)
    clips = [bz.Clip(file, trim=(0, each)) for file in make_clips(folder, count, each)]
    film = bz.Composition(clips, width=WIDTH, height=HEIGHT, fps=FPS)
    where = bz.Workspace(folder / "root")
    path = folder / "film.mp4"
    film.export(path, workspace=where, progress=False, quality="high")
    meant = [number % _NUMBERS for _ in clips for number in range(each * FPS)]
    shown = [read_number(luma) for luma in lumas(path)]
    differ = sum(int(one != other) for one, other in zip(meant, shown, strict=False))
    wrong = abs(len(meant) - len(shown)) + differ
    memory = where.history.segments().sort_values("number")["peak_memory_bytes"].astype(float).to_numpy()
    third = max(1, len(memory) // 3)
    growth = float(np.nanmax(memory[-third:]) / np.nanmax(memory[:third]))
    return Outcome(film.frames, wrong, _wrong_clicks(path, film.duration), growth)


def _wrong_clicks(path: Path, duration: Fraction) -> int:
    signal = np.abs(decode_with_ffmpeg(path)[:, 0])
    loud = np.flatnonzero(signal > 0.15)
    heard = [loud[0], *(after for before, after in pairwise(loud) if after - before > _RATE // 20)]
    meant = np.arange(int(duration)) * _RATE
    if len(heard) != len(meant):
        return max(1, abs(len(heard) - len(meant)))
    return int((np.abs(np.array(heard) - meant) > _RATE // 1000).sum())


def main(seconds: int, count: int) -> None:
    """Measure, and print a table."""
    with tempfile.TemporaryDirectory() as name:
        found = measure(Path(name), seconds, count)
    print(f"{count} clips, {found.frames} frames")
    print(f"frames that are others than meant {found.wrong_frames:6} = 0")
    print(f"clicks off by more than 1 ms      {found.wrong_clicks:6} = 0")
    print(f"memory, last third over first     {found.growth:6.2f} <= {_GROWTH_TARGET}")


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    main(*(arguments + [600, 40][len(arguments) :]))
