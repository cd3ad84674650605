"""What a bound of the bit rate and ten bits a colour come to, in files that are decoded."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

import bazaar_nb as bz
from bazaar_nb.media.export_options import resolve_settings
from bazaar_nb.media.join import join_movie
from bazaar_nb.media.segment import encode_segment
from bazaar_nb.media.segment_packets import SegmentPart
from bazaar_nb.workspace import Workspace

FPS = 25
LENGTHS = (38, 25, 50)  # frames of segments


def noise(index: int, pixels: NDArray[np.uint8]) -> bool:
    """Draw what no encoder can foresee."""
    cells = np.random.default_rng(index).integers(0, 256, (90, 160, 4), np.uint8)
    pixels[:] = cells.repeat(2, axis=0).repeat(2, axis=1)
    return True


@pytest.mark.parametrize(
    ("codec", "asked"),
    [
        ("h264", {"quality": "high"}),
        ("h264", {"bitrate": "2M"}),
        ("h265", {"quality": "high"}),
        ("av1", {"quality": "medium"}),
        ("vp8", {"quality": "high"}),
        ("vp8", {"bitrate": "2M"}),
        ("vp9", {"quality": "high"}),
        ("vp9", {"quality": "low"}),
        ("vp9", {"bitrate": "2M"}),
    ],
)
def test_no_two_seconds_go_beyond_the_bound(tmp_path: Path, codec: str, asked: dict[str, Any]) -> None:
    bound = 2_000_000
    settings = resolve_settings((320, 180), Fraction(FPS), codec=codec, maxrate=bound, **asked)
    parts = []
    for number, frames in enumerate(LENGTHS):
        part = tmp_path / f"{number}{settings.segment_suffix}"
        encode_segment(part, settings, frames, noise)
        parts.append(SegmentPart(str(part), frames))
    movie = tmp_path / f"movie{settings.suffix}"
    join_movie(parts, movie, settings)
    with av.open(str(movie)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    shown = np.array([round(float((one.pts or 0) * one.time_base) * FPS) for one in packets])
    bits = np.bincount(shown, [8 * packet.size for packet in packets], sum(LENGTHS))
    rates = np.convolve(bits, np.ones(2 * FPS), "valid") / 2
    assert rates.max() <= 1.1 * bound
    assert rates.max() >= 0.6 * bound  # and it is not far below, where there is so much to say


@bz.scene(duration=0.4)
def grays(frame: bz.Frame) -> bz.Element:
    levels = np.arange(100, 132, dtype=np.uint8).repeat(16)
    strip = np.broadcast_to(levels[None, :, None], (64, 512, 3)).copy()
    return bz.Pixels(strip, width=512, height=64)  # type: ignore[arg-type]


@pytest.mark.parametrize(("codec", "format"), [("h265", "mp4"), ("av1", "webm"), ("prores", "mov")])
def test_ten_bits_keep_all_grays(tmp_path: Path, codec: str, format: str) -> None:
    film = bz.Composition([grays()], width=512, height=64, fps=10)
    asked: dict[str, Any] = {"format": format, "codec": codec, "quality": "high"}
    inline, seen = Workspace(tmp_path / "root", engine="inline"), {}
    for depth in (10,) if codec == "prores" else (8, 10):
        render = film.export(f"{depth}.{format}", workspace=inline, progress=False, bit_depth=depth, **asked)
        with av.open(str(render.path)) as container:
            frame = next(container.decode(video=0))
        assert frame.format.components[0].bits == depth
        kind = np.uint16 if depth == 10 else np.uint8
        rows = np.frombuffer(frame.planes[0], kind).reshape(frame.height, -1)[:, : frame.width]  # type: ignore[call-overload]
        steps = np.median(rows.reshape(64, 32, 16).astype(np.int64), axis=(0, 2))
        seen[depth] = len(set(steps.tolist()))
        assert inline.history().iloc[-1]["bit_depth"] == depth
    assert seen.get(8, 0) < 30  # of 32 grays: there is room for 28
    assert seen[10] == 32
