"""Flashes and clicks: what is heard of a clip comes with its pictures, to 1 ms, after an hour too."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import bazaar_nb as bz
from bazaar_nb.media.sound_mix import mix_sound
from bazaar_nb.preview.drawing import FrameDrawer
from bazaar_nb.render.film_sounds import film_sounds
from tests.media.clip_files import CLICK, convert_clip

_RATE = 48_000
_FPS = 25
_H264 = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-bf", "2", "-g", "40", "-preset", "ultrafast")


def flashing(path: Path, *arguments: str, seconds: int = 5, every: int = 1, fps: int = _FPS) -> Path:
    """Have ffmpeg make a dark film with a white picture and a click at the same times."""
    picture = f"color=black:s=64x36:r={fps}:d={seconds}"
    picture += f",geq=lum='if(lt(mod(N,{every * fps}),1),235,16)':cb=128:cr=128"
    sound = CLICK.replace("mod(t,1)", f"mod(t,{every})") + str(seconds)
    command = ["ffmpeg", "-y", "-v", "error", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound]
    subprocess.run([*command, *arguments, str(path)], check=True)
    return path


def plain(folder: Path) -> Path:
    return flashing(folder / "plain.mp4", *_H264, "-c:a", "aac", "-b:a", "256k")


def late_start(folder: Path) -> Path:
    return convert_clip(plain(folder), folder / "late.mkv", "-c", "copy", "-output_ts_offset", "7.32")


def edit_list(folder: Path) -> Path:
    """Both streams begin within what is hidden."""
    return convert_clip(plain(folder), folder / "cut.mp4", "-c", "copy", before=("-ss", "0.88"))


def _offset(folder: Path, name: str, picture_s: str, sound_s: str) -> Path:
    """Put pictures and sound, without their first second, into one file at other times."""
    whole, parts, path = plain(folder), [], folder / name
    for kind, codec, at in (("v", _H264, picture_s), ("a", ("-c:a", "flac"), sound_s)):
        part = folder / f"{kind}.mkv"
        cut = ["-ss", "1"] if at == "1" else []
        subprocess.run(
            ["ffmpeg", "-y", "-v", "error", *cut, "-i", str(whole), "-map", f"0:{kind}", *codec, str(part)],
            check=True,
        )
        parts += ["-itsoffset", at, "-i", str(part)]
    command = ["ffmpeg", "-y", "-v", "error", *parts, "-map", "0", "-map", "1", "-c", "copy", str(path)]
    subprocess.run(command, check=True)
    return path


def sound_begins_later(folder: Path) -> Path:
    return _offset(folder, "later.mkv", "0", "1")


def pictures_begin_later(folder: Path) -> Path:
    return _offset(folder, "earlier.mkv", "1", "0")


def variable_rate(folder: Path) -> Path:
    kept = "select='lt(mod(n,25),3)+not(mod(n,7))'"
    return flashing(folder / "vfr.mp4", "-vf", kept, "-vsync", "vfr", *_H264, "-c:a", "aac", "-b:a", "256k")


def transport_stream(folder: Path) -> Path:
    return flashing(folder / "stream.ts", *_H264, "-c:a", "mp2", "-b:a", "384k")


def flashes(film: bz.Composition, first: int, stop: int) -> list[Fraction]:
    """Give when pictures get bright, in seconds, among frames; the film's very first may be one."""
    drawer, times, before = FrameDrawer(), [], False
    for index in range(first, stop):
        pixels = drawer.pixels(film, index, drawer.tree(film, index), (64, 36))
        bright = bool(pixels[:, :, 1].mean() > 128)
        if bright and not before:
            times.append(index / film.fps)
        before = bright
    return times


def clicks(film: bz.Composition, begin_s: Fraction, end_s: Fraction) -> list[float]:
    """Give when clicks begin, in seconds."""
    blocks = mix_sound(film_sounds(film), film.duration, begin_s=begin_s, end_s=end_s)
    loud = np.flatnonzero(np.abs(np.concatenate(list(blocks))[:, 0]) > 0.15)
    starts = [at for number, at in enumerate(loud) if number == 0 or at - loud[number - 1] > _RATE // 20]
    return [float(begin_s) + at / _RATE for at in starts]


@pytest.mark.parametrize(
    ("make", "silent"),
    [
        (plain, 0), (late_start, 0), (edit_list, 0), (sound_begins_later, 1), (pictures_begin_later, 0),
        (variable_rate, 0), (transport_stream, 0),
    ],
)  # fmt: skip
@pytest.mark.parametrize("trim", [None, (0.92, 3.6)])
def test_clicks_come_with_flashes(
    tmp_path: Path, make: Callable[[Path], Path], silent: int, trim: tuple[float, float] | None
) -> None:
    clip = bz.Clip(str(make(tmp_path)), trim=trim)
    film = bz.Composition([clip], width=64, height=36, fps=_FPS)
    seen = flashes(film, 0, film.frames)
    heard = clicks(film, Fraction(0), film.duration)
    assert len(seen) >= 3
    if make is pictures_begin_later and trim is None:
        heard = heard[len(heard) - len(seen) :]  # before the first picture
    if trim is None:
        seen = seen[silent:]
    assert len(heard) == len(seen)
    for flash, click in zip(seen, heard, strict=True):
        assert abs(float(flash) - click) < 0.001


def test_an_hour_later_it_is_in_sync(tmp_path: Path) -> None:
    minute = flashing(
        tmp_path / "minute.mov", *_H264, "-c:a", "pcm_s16le", "-ar", "8000", seconds=60, every=20, fps=5
    )
    hour = tmp_path / "hour.mov"
    command = [
        "ffmpeg",
        "-y",
        "-v",
        "error",
        "-stream_loop",
        "59",
        "-i",
        str(minute),
        "-c",
        "copy",
        str(hour),
    ]
    subprocess.run(command, check=True)
    for fps in (Fraction(25), Fraction(30_000, 1001)):
        film = bz.Composition([bz.Clip(str(hour))], width=64, height=36, fps=fps)
        assert abs(film.duration - 3600) < Fraction(1, 10)
        for second in (20, 3580):
            index = int((second - Fraction(1, 5)) * fps)
            (flash,) = flashes(film, index, index + 12)
            (click,) = clicks(film, Fraction(second) - Fraction(1, 2), Fraction(second) + Fraction(1, 2))
            assert abs(click - second) < 0.001
            assert 0 <= flash - second < 1 / fps  # the first frame that begins with the flash, or after it
