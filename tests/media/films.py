"""Tiny films for the tests of this folder, and how to read them back."""

from __future__ import annotations

import json
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from bazaar_nb.media.segment import Draw, encode_segment
from bazaar_nb.media.segment_packets import SegmentPart
from bazaar_nb.media.settings import Settings

VIDEO_CODECS = ("h264", "h265", "vp8", "vp9")
BITS = 8


def numbered(start: int = 0) -> Draw:
    """Draw a frame's number as eight black and white bars."""

    def draw(i: int, view: NDArray[np.uint8]) -> bool:
        bar = view.shape[1] // BITS
        view[:] = (0, 0, 0, 255)
        for bit in range(BITS):
            if (start + i) >> bit & 1:
                view[:, bit * bar : (bit + 1) * bar, :3] = 255
        return True

    return draw


def read_number(luma: NDArray[np.uint8]) -> int:
    """Read what `numbered` drew from a frame's luma."""
    bar = luma.shape[1] // BITS
    return sum((luma[:, bit * bar : (bit + 1) * bar].mean() > 128) << bit for bit in range(BITS))


def lumas(path: str | Path) -> list[NDArray[np.uint8]]:
    """Decode a film to its luma planes."""
    with av.open(str(path)) as container:
        return [
            np.asarray(
                frame.to_ndarray(format="gray" if frame.format.name == "bgra" else None)[: frame.height]
            )
            for frame in container.decode(video=0)
        ]


def encode_parts(folder: Path, settings: Settings, lengths: list[int]) -> list[SegmentPart]:
    """Encode a numbered film in segments of these lengths."""
    parts, start = [], 0
    for number, frames in enumerate(lengths):
        path = folder / f"{number}{settings.segment_suffix}"
        encode_segment(path, settings, frames, numbered(start))
        parts.append(SegmentPart(str(path), frames))
        start += frames
    return parts


def probe(path: Path) -> dict[str, Any]:
    """Give what another FFmpeg than the one in PyAV says of a film's video."""
    program = shutil.which("ffprobe")
    if program is None:
        pytest.skip("ffprobe is not installed")
    command = [program, "-v", "error", "-count_frames", "-select_streams", "v", "-of", "json"]
    command += ["-show_streams", "-show_format", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    answer: dict[str, Any] = json.loads(done.stdout)
    return {**answer["streams"][0], "duration": answer["format"]["duration"]}


def shown_at(path: Path) -> list[Fraction]:
    """Give the times at which frames are shown, in seconds, in the order of decoding's output."""
    with av.open(str(path)) as container:
        return [(frame.pts or 0) * (frame.time_base or Fraction(0)) for frame in container.decode(video=0)]


FULL_DISK = """
import resource, sys
import numpy as np
from fractions import Fraction
from pathlib import Path
from bazaar_nb.errors import StoreError
from bazaar_nb.media.export_options import resolve_settings
from bazaar_nb.media.segment import encode_segment
from bazaar_nb.media.join import join_movie
from bazaar_nb.media.segment_packets import SegmentPart
from bazaar_nb.media.gif import write_gif

def noise(i, view):
    view[:] = np.random.default_rng(i).integers(0, 255, view.shape, np.uint8)
    return True

what, folder = sys.argv[1], Path(sys.argv[2])
settings = resolve_settings((160, 90), Fraction(30), format="gif" if what == "gif" else "mp4")
part = folder / f"part{settings.segment_suffix}"
target = folder / f"full{settings.suffix}"
if what != "segment":
    encode_segment(part, settings, 20, noise)
# As much as a disk has left: writing beyond it fails like a full one (EFBIG in place of ENOSPC).
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    if what == "segment":
        encode_segment(target, settings, 20, noise)
    elif what == "movie":
        join_movie([SegmentPart(str(part), 20)], target, settings)
    else:
        write_gif([SegmentPart(str(part), 20)], target, settings)
except StoreError as error:
    assert str(target) in str(error), error
    assert not target.exists()
    print("StoreError")
"""
"""A program that runs out of disk while it writes ``segment``, ``movie`` or ``gif`` into a folder."""
