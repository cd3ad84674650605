"""Small video files for the tests, made by another program than the one that reads them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.media.films import numbered

WIDTH, HEIGHT = 128, 72
FRAMES, FPS = 50, 25
CLICK = "aevalsrc='if(lt(mod(t,1),0.002),0.8,0)':s=48000:d="
"""A click at each full second, for so many seconds."""


def make_clip(
    path: Path,
    *arguments: str,
    frames: int = FRAMES,
    before: tuple[str, ...] = (),
    fps: int = FPS,
) -> Path:
    """Have the ffmpeg program encode a film whose pictures show their number as black and white bars.

    Parameters
    ----------
    arguments : str
        Of the output.
    before : tuple of str
        Of further inputs.
    """
    command = ["ffmpeg", "-y", "-v", "error", "-f", "rawvideo", "-pix_fmt", "bgra", "-s", f"{WIDTH}x{HEIGHT}"]
    command += ["-r", str(fps), "-i", "-", *before, *arguments, str(path)]
    subprocess.run(command, check=True, input=b"".join(_picture(number) for number in range(frames)))
    return path


def _picture(number: int) -> bytes:
    view = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    numbered(number)(0, view)
    return view.tobytes()


def convert_clip(source: Path, path: Path, *arguments: str, before: tuple[str, ...] = ()) -> Path:
    """Have the ffmpeg program make another file of one."""
    command = ["ffmpeg", "-y", "-v", "error", *before, "-i", str(source), *arguments, str(path)]
    subprocess.run(command, check=True)
    return path


def shown_by_ffmpeg(path: Path, width: int, height: int, *arguments: str) -> NDArray[np.uint8]:
    """Decode as the ffmpeg program does: shape (frames, height, width, 4), BGRA."""
    command = ["ffmpeg", "-v", "error", *arguments, "-i", str(path), "-vsync", "passthrough"]
    command += ["-vf", "scale=flags=accurate_rnd+full_chroma_int", "-f", "rawvideo", "-pix_fmt", "bgra", "-"]
    output = subprocess.run(command, check=True, capture_output=True).stdout
    return np.frombuffer(output, np.uint8).reshape(-1, height, width, 4)
