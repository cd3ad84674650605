"""A film as one small MP4 within a budget of bytes: what a notebook can hold."""

from __future__ import annotations

import io
import math
import tempfile
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
from av.audio.frame import AudioFrame
from av.container import InputContainer, OutputContainer
from av.video.frame import PictureType
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, VideoReformatter
from av.video.stream import VideoStream

from bazaar_nb.errors import EncodeError
from bazaar_nb.media.sound_file import SAMPLE_RATE
from bazaar_nb.media.writing import abandoned_on_failure, writing

EmbedPart = tuple[str | Path | bytes, int]
"""An encoded segment, as a file or its bytes, and how many frames it holds."""

_WIDTHS = (640, 560, 480, 400, 320, 240)
_BITS_A_PIXEL = 0.05  # below, x264's pictures fall into blocks: a smaller one looks better
_MIN_BIT_RATE = 60_000
_SOUND_BIT_RATE = 64_000
_MIN_BESIDE_SOUND = 100_000  # bits a second of video below which the sound is left out
_SHARE = 0.85  # of the budget that is planned for: containers and the encoder's freedom take the rest
_CRF = 23
_MAX_FPS = 30
_KEYFRAME_S = 5
_TRIES = 2


class _Plan(NamedTuple):
    """How the small film is encoded; `step` is every how many-th frame is kept."""

    width: int
    height: int
    step: int
    bit_rate: int
    has_sound: bool


def embed_video(
    parts: Sequence[EmbedPart],
    fps: Fraction,
    budget_bytes: int,
    sound: Path | None = None,
    on_frame: Callable[[], None] | None = None,
) -> bytes | None:
    """Encode segments anew as one H.264 MP4 that is no larger than a budget.

    Memory holds a few pictures and the result, however long the film is.

    Parameters
    ----------
    parts : sequence of (path or bytes, int)
        In the order of the film; each is a playable file of the same size.
    fps : Fraction
        Of the parts. Above 30, every second, third, … frame is kept.
    budget_bytes : int
        What comes back is never larger.
    sound : Path, optional
        The sound track, in any codec; left out where the picture needs its bits.
    on_frame : callable, optional
        Called for each frame; what it raises passes through.

    Returns
    -------
    bytes or None
        None when the budget isn't enough for 60 kbit/s.

    Raises
    ------
    EncodeError
        If a part can't be read or lacks frames.
    """
    if not parts:
        raise EncodeError("a video is made of at least one part, got none")
    duration_s = sum(frames for _, frames in parts) / fps
    with tempfile.TemporaryDirectory(prefix="bazaar-embed-") as folder:
        target = Path(folder) / "film.mp4"
        bit_rate = budget_bytes * 8 * _SHARE / float(duration_s)
        for _ in range(_TRIES):
            plan = _plan(_source_size(parts[0]), fps, bit_rate, sound is not None)
            if plan is None:
                return None
            _encode(target, parts, fps, plan, sound if plan.has_sound else None, on_frame)
            size = target.stat().st_size
            if size <= budget_bytes:
                return target.read_bytes()
            bit_rate *= 0.9 * budget_bytes / size
    return None


def _plan(source: tuple[int, int], fps: Fraction, bit_rate: float, has_sound: bool) -> _Plan | None:
    """Choose size and bit rates; None if there are too few bits."""
    has_sound = has_sound and bit_rate - _SOUND_BIT_RATE >= _MIN_BESIDE_SOUND
    bits = bit_rate - (_SOUND_BIT_RATE if has_sound else 0)
    if bits < _MIN_BIT_RATE:
        return None
    step = math.ceil(fps / _MAX_FPS)
    sizes = [_even(width, source) for width in _WIDTHS if width <= source[0]] or [_even(source[0], source)]
    good = (size for size in sizes if bits >= _BITS_A_PIXEL * size[0] * size[1] * fps / step)
    width, height = next(good, sizes[-1])
    return _Plan(width, height, step, int(bits), has_sound)


def _even(width: int, source: tuple[int, int]) -> tuple[int, int]:
    return max(2, width // 2 * 2), max(2, round(width * source[1] / source[0] / 2) * 2)


def _encode(
    target: Path,
    parts: Sequence[EmbedPart],
    fps: Fraction,
    plan: _Plan,
    sound: Path | None,
    on_frame: Callable[[], None] | None,
) -> None:
    with writing("video", target):
        movie = av.open(str(target), "w", container_options={"movflags": "+faststart", "fflags": "+bitexact"})
    with abandoned_on_failure(movie):
        with writing("video", target):
            video = _add_video(movie, plan, fps / plan.step)
            voice = None if sound is None else _Voice(movie, sound)
        to_size = VideoReformatter()
        for index, picture in enumerate(_pictures(parts)):
            if on_frame is not None:
                on_frame()
            if index % plan.step:
                continue
            small = to_size.reformat(picture, plan.width, plan.height, "yuv420p", interpolation="AREA")
            # What a decoder says of its pictures would force the encoder's choice.
            small.pict_type = PictureType.NONE
            small.pts, small.time_base = index // plan.step, plan.step / fps
            with writing("video", target):
                movie.mux(video.encode(small))
                if voice is not None:
                    voice.write_until((index + 1) / fps)
        with writing("video", target):
            movie.mux(video.encode(None))
            if voice is not None:
                voice.close()
            movie.close()


def _add_video(movie: OutputContainer, plan: _Plan, fps: Fraction) -> VideoStream:
    # Constant quality, below a ceiling: a film that is easy to encode takes less than its budget.
    # What the ceiling lets pass in any second is what it says of one, and one second's more at the start.
    bits = str(plan.bit_rate)
    options = {"preset": "fast", "crf": str(_CRF), "maxrate": bits, "bufsize": bits}
    stream = movie.add_stream("libx264", rate=fps, options=options)
    context = stream.codec_context
    context.width, context.height, context.pix_fmt = plan.width, plan.height, "yuv420p"
    context.time_base = 1 / fps
    context.gop_size = math.ceil(_KEYFRAME_S * fps)
    context.thread_count = 1  # it runs beside what people wait for
    context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
    context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
    return stream


class _Voice:
    """The sound of the small film, written beside its pictures."""

    def __init__(self, movie: OutputContainer, sound: Path) -> None:
        self._movie = movie
        self._source = _open(sound)
        self._blocks = self._source.decode(audio=0)
        self._stream = movie.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
        self._stream.bit_rate = _SOUND_BIT_RATE
        self._samples = 0

    def write_until(self, time_s: Fraction) -> None:
        """Write what is heard before a time."""
        while self._samples < time_s * SAMPLE_RATE:
            block: AudioFrame | None = next(self._blocks, None)
            if block is None:
                return
            block.pts, block.time_base = self._samples, Fraction(1, block.sample_rate)
            self._samples += block.samples
            self._movie.mux(self._stream.encode(block))

    def close(self) -> None:
        """Write what the encoder still holds."""
        self._movie.mux(self._stream.encode(None))
        self._source.close()


def _pictures(parts: Sequence[EmbedPart]) -> Iterator[av.VideoFrame]:
    for number, (part, frames) in enumerate(parts):
        shown = 0
        with _open(part) as container:
            try:
                for picture in container.decode(video=0):
                    shown += 1
                    yield picture
            except av.FFmpegError as error:
                raise EncodeError(f"could not read part {number}: {error}") from error
        if shown != frames:
            raise EncodeError(f"part {number} should hold {frames} frames, got {shown}")


def _source_size(part: EmbedPart) -> tuple[int, int]:
    with _open(part[0]) as container:
        if not container.streams.video:
            raise EncodeError("part 0 holds no video")
        context = container.streams.video[0].codec_context
        return context.width, context.height


def _open(source: str | Path | bytes) -> InputContainer:
    try:
        return av.open(io.BytesIO(source) if isinstance(source, bytes) else f"file:{source}", "r")
    except (av.FFmpegError, OSError) as error:
        name = "part" if isinstance(source, bytes) else str(source)
        raise EncodeError(f"could not read the {name}: {error}") from error
