from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.resampler import AudioResampler
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bazaar_nb.errors import EncodeError
from bazaar_nb.media.codecs import SoundCodec
from bazaar_nb.media.embed import embed_video
from bazaar_nb.media.export_options import resolve_settings
from bazaar_nb.media.segment import encode_segment
from bazaar_nb.media.sound_track import encode_track
from bazaar_nb.scene.sound import Sound
from tests.media.films import encode_parts, read_number
from tests.media.sound_files import click, write_wav


def noise(i: int, view: NDArray[np.uint8]) -> bool:
    view[:] = np.random.default_rng(i).integers(0, 255, view.shape, np.uint8)
    return True


def number(frame: av.VideoFrame) -> int:
    return read_number(np.asarray(frame.to_ndarray(), np.uint8)[: frame.height])


def frames_of(video: bytes) -> list[av.VideoFrame]:
    with av.open(io.BytesIO(video), "r") as container:
        return list(container.decode(video=0))


@pytest.mark.parametrize(("format", "as_bytes"), [("mp4", True), ("webm", False)])
def test_every_frame_is_there_in_its_place(tmp_path: Path, format: str, as_bytes: bool) -> None:
    fps = Fraction(30000, 1001)
    files = encode_parts(tmp_path, resolve_settings((320, 180), fps, format=format), [7, 1, 12])
    parts = [(Path(file.path).read_bytes() if as_bytes else file.path, file.frames) for file in files]
    video = embed_video(parts, fps, 500_000)
    assert video is not None
    assert video.index(b"moov") < video.index(b"mdat")
    with av.open(io.BytesIO(video), "r") as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        assert (context.name, context.pix_fmt, context.width, context.height) == ("h264", "yuv420p", 320, 180)
        assert (context.colorspace, context.color_range) == (1, 1)  # BT.709, limited
        assert stream.average_rate == fps
        shown = list(container.decode(stream))
    assert [number(frame) for frame in shown] == list(range(20))
    assert [frame.time for frame in shown] == pytest.approx([float(k / fps) for k in range(20)], abs=1e-4)


def test_fast_films_lose_every_other_frame(tmp_path: Path) -> None:
    files = encode_parts(tmp_path, resolve_settings((320, 180), Fraction(60)), [9, 6])
    video = embed_video([(file.path, file.frames) for file in files], Fraction(60), 500_000)
    assert video is not None
    shown = frames_of(video)
    assert [number(frame) for frame in shown] == list(range(0, 15, 2))
    assert [frame.time for frame in shown] == pytest.approx([k / 30 for k in range(8)], abs=1e-4)


@pytest.fixture(scope="module")
def hard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One second of what can't be compressed, 640x360."""
    path = tmp_path_factory.mktemp("hard") / "noise.mp4"
    encode_segment(path, resolve_settings((640, 360), Fraction(10), crf=30), 10, noise)
    return path


@settings(max_examples=12, deadline=None)
@given(budget=st.integers(1_000, 400_000), seconds=st.integers(1, 4))
def test_the_budget_is_kept(hard: Path, budget: int, seconds: int) -> None:
    video = embed_video([(hard, 10)] * seconds, Fraction(10), budget)
    bit_rate = budget * 8 / seconds
    if bit_rate * 0.85 < 60_000:
        assert video is None
    if bit_rate > 300_000:
        assert video is not None
    if video is not None:
        assert len(video) <= budget
        assert len(frames_of(video)) == 10 * seconds


def test_size_and_quality_follow_the_budget(hard: Path, tmp_path: Path) -> None:
    budgets = (37_500, 45_000, 750_000)
    videos = [embed_video([(hard, 10)] * 3, Fraction(10), budget) for budget in budgets]
    widths = [frames_of(video)[0].width for video in videos if video is not None]
    assert widths[0] < widths[1] < widths[2] == 640
    (easy,) = encode_parts(tmp_path, resolve_settings((640, 360), Fraction(10)), [10])
    small = embed_video([(easy.path, 10)], Fraction(10), 2_000_000)
    assert small is not None
    assert len(small) < 60_000


@pytest.mark.parametrize("codec", ["aac", "opus"])
def test_sound_is_in_time_where_it_fits(tmp_path: Path, codec: SoundCodec) -> None:
    wav = write_wav(tmp_path / "click.wav", click(96_000, at=60_000))
    track = tmp_path / "track"
    encode_track([Sound(str(wav))], Fraction(2), track, codec)
    (part,) = encode_parts(tmp_path, resolve_settings((320, 180), Fraction(10)), [20])
    parts = [(part.path, 20)]
    video = embed_video(parts, Fraction(10), 200_000, track)
    assert video is not None
    with av.open(io.BytesIO(video), "r") as container:
        (stream,) = container.streams.audio
        mono = AudioResampler("flt", "mono", 48_000)
        heard = np.concatenate(
            [block.to_ndarray()[0] for frame in container.decode(stream) for block in mono.resample(frame)]
        )
        assert float((stream.duration or 0) * (stream.time_base or 0)) == pytest.approx(2, abs=0.03)
    assert np.abs(heard).argmax() == pytest.approx(60_000, abs=48)  # a millisecond
    silent = embed_video(parts, Fraction(10), 30_000, track)
    assert silent is not None
    with av.open(io.BytesIO(silent)) as container:
        assert not container.streams.audio


def test_damaged_parts_are_told(hard: Path) -> None:
    with pytest.raises(EncodeError, match="part 1 should hold 11 frames, got 10"):
        embed_video([(hard, 10), (hard, 11)], Fraction(10), 300_000)
    with pytest.raises(EncodeError, match="could not read the part"):
        embed_video([(b"no video", 10)], Fraction(10), 300_000)
    with pytest.raises(EncodeError, match="at least one part"):
        embed_video([], Fraction(10), 300_000)

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        embed_video([(hard, 10)], Fraction(10), 300_000, on_frame=stop)
