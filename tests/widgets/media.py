"""Films whose pictures say which frame they show, made without the package: what a player must play."""

import io
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any, cast

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

WIDTH, HEIGHT, FPS, FRAMES = 320, 180, 30, 150
EDGES = [0, 6, 30, 60, 90, 120, 150]
MARKS = [["Title", 0, 60], ["Chart", 60, 110], ["Thanks", 110, 150]]
MIMES = {"h264": 'video/mp4; codecs="avc1.42E034"', "vp9": 'video/webm; codecs="vp09.00.51.08"'}
SOUND_MIME = 'audio/mp4; codecs="mp4a.40.2"'

BITS, LOOK_BITS = 9, 3
_BLOCK, _LEFT, _TOP = 24, 14, 20
_COLOURS = [(38, 52, 92), (20, 90, 70), (110, 40, 60), (90, 80, 20), (60, 30, 100), (30, 90, 110)]


def film_info(**more: Any) -> dict[str, Any]:
    """What the kernel says of the film; `more` takes the place of what is in it."""
    info = {
        "generation": 1,
        "name": "Counting",
        "frames": FRAMES,
        "fps": [FPS, 1],
        "width": 2 * WIDTH,
        "height": 2 * HEIGHT,
        "preview": [WIDTH, HEIGHT],
        "marks": MARKS,
        "edges": EDGES,
        "video_mime": MIMES["h264"],
        "sound_mime": None,
        "sound_key": None,
    }
    return info | more


@lru_cache(maxsize=512)
def picture(look: int, frame: int) -> NDArray[np.uint8]:
    """A frame, RGB: its number in white and black blocks, then its look's."""
    pixels = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    shade = np.linspace(0.7, 1.3, WIDTH)[None, :, None]
    pixels[:] = np.clip(np.array(_COLOURS[look % len(_COLOURS)])[None, None] * shade, 0, 255)
    for place, bit in enumerate(_bits(frame, BITS) + _bits(look, LOOK_BITS)):
        x = _LEFT + place * _BLOCK
        pixels[_TOP : _TOP + _BLOCK, x : x + _BLOCK] = 235 if bit else 16
    x = round((WIDTH - 40) * frame / FRAMES)
    pixels[110:150, x : x + 40] = (240, 180, 60)
    return pixels


def read(screenshot: bytes) -> tuple[int, int]:
    """The frame and the look that a screenshot of the picture shows."""
    image = Image.open(io.BytesIO(screenshot)).convert("L").resize((WIDTH, HEIGHT))
    places = [(_LEFT + _BLOCK * k + _BLOCK // 2, _TOP + _BLOCK // 2) for k in range(BITS + LOOK_BITS)]
    bits = [cast(int, image.getpixel(place)) > 127 for place in places]
    return _number(bits[:BITS]), _number(bits[BITS:])


@lru_cache(maxsize=256)
def segment(look: int, start: int, stop: int, codec: str) -> bytes:
    """Frames from `start` up to `stop` as a file that begins at time 0; "junk" is none."""
    if codec == "junk":
        return b"This is no film." * 64
    target = io.BytesIO()
    fragmented = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
    kind, options = ("mp4", fragmented) if codec == "h264" else ("webm", {})
    with av.open(target, "w", format=kind, container_options=options) as container:
        if codec == "h264":
            stream = container.add_stream("libx264", rate=FPS)
            stream.options = {
                "preset": "ultrafast",
                "tune": "zerolatency",
                "profile": "baseline",
                "crf": "18",
            }
        else:
            stream = container.add_stream("libvpx-vp9", rate=FPS)
            stream.options = {"deadline": "realtime", "cpu-used": "8", "crf": "20", "lag-in-frames": "0"}
            stream.bit_rate = 0
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.gop_size = stop - start
        stream.time_base = stream.codec_context.time_base = Fraction(1, FPS)
        for index in range(start, stop):
            frame = av.VideoFrame.from_ndarray(picture(look, index), format="rgb24")
            frame.pts, frame.time_base = index - start, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target.getvalue()


@lru_cache(maxsize=256)
def still(look: int, frame: int, width: int, kind: str) -> bytes:
    """A frame as an image of this width."""
    size = width, round(width * HEIGHT / WIDTH)
    image = Image.fromarray(picture(look, frame)).resize(size, Image.Resampling.NEAREST)
    target = io.BytesIO()
    image.save(target, kind.upper())
    return target.getvalue()


@cache
def sound() -> tuple[tuple[float, bytes], ...]:
    """The film's sound in two pieces, each with the second at which it begins."""
    rate, priming, cut = 48_000, 1024, 100
    t = np.arange(rate * FRAMES // FPS) / rate
    samples = (0.1 * np.sin(2 * np.pi * 440 * t)).astype(np.float32)
    with av.open(io.BytesIO(), "w", format="mp4") as never:
        encoder = never.add_stream("aac", rate=rate, layout="mono")
        never.start_encoding()  # else the pieces lack what decoders need to know
        packets = []
        for first in range(0, len(samples), 1024):
            block = samples[None, first : first + 1024]
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="mono")
            frame.sample_rate, frame.pts = rate, first
            packets += encoder.encode(frame)
        packets += [packet for packet in encoder.encode(None) if packet.size]
        pieces = []
        for piece in (packets[:cut], packets[cut:]):
            target = io.BytesIO()
            first_pts = piece[0].pts or 0
            movflags = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
            with av.open(target, "w", format="mp4", container_options=movflags) as container:
                stream = container.add_stream_from_template(encoder)
                for packet in piece:
                    packet.pts = packet.dts = (packet.pts or 0) - first_pts
                    packet.stream = stream
                    container.mux_one(packet)
            pieces.append((first_pts / rate, target.getvalue()))
    assert pieces[0][0] == -priming / rate
    return tuple(pieces)


def _bits(number: int, count: int) -> list[bool]:
    return [bool(number >> place & 1) for place in range(count)]


def _number(bits: list[bool]) -> int:
    return sum(bit << place for place, bit in enumerate(bits))
