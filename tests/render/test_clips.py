"""Clips in films: their pictures and their sound where they belong, in movies and in players."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import bazaar_nb as bz
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.media.sound_mix import mix_sound
from bazaar_nb.preview.drawing import FrameDrawer
from bazaar_nb.preview.film_parts import FilmParts, PartCache
from bazaar_nb.render.film_sounds import film_sounds
from tests.media.clip_files import CLICK, HEIGHT, WIDTH, make_clip
from tests.media.films import lumas, read_number
from tests.media.sound_files import decode_with_ffmpeg

_RATE = 48_000


@pytest.fixture(scope="session")
def clip_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give 10 s whose pictures show the half of their number, with a click at each full second."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    arguments = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-bf", "2", "-g", "40", "-c:a", "aac")
    sound = ("-f", "lavfi", "-i", f"{CLICK}10")
    return str(make_clip(path, *arguments, frames=250, before=sound))


def clicks(path: Path) -> list[float]:
    """Give when clicks are heard, in seconds."""
    signal = np.abs(decode_with_ffmpeg(path)[:, 0])
    loud = np.flatnonzero(signal > 0.15)
    first = [at for number, at in enumerate(loud) if number == 0 or at - loud[number - 1] > _RATE // 20]
    return [float(at) / _RATE for at in first]


def near(found: list[float], wanted: list[float]) -> bool:
    return len(found) == len(wanted) and all(
        abs(one - other) < 0.001 for one, other in zip(found, wanted, strict=True)
    )


def numbers(path: Path) -> list[int]:
    return [read_number(luma) for luma in lumas(path)]


def test_a_clip_is_a_scene_of_its_own_length(clip_file: str, local: bz.Workspace, tmp_path: Path) -> None:
    film = bz.Composition(
        [bz.Clip(clip_file, trim=(1, 4)), bz.Clip(clip_file, trim=(6, 8), speed=2)],
        width=WIDTH, height=HEIGHT, fps=25,
    )  # fmt: skip
    assert film.duration == 4
    film.export(tmp_path / "film.mp4", workspace=local, progress=False)
    assert numbers(tmp_path / "film.mp4") == [*range(25, 100), *range(150, 200, 2)]
    assert near(clicks(tmp_path / "film.mp4"), [0, 1, 2, 3, 3.5])


def test_a_part_of_a_film_is_that_part(clip_file: str, inline: bz.Workspace, tmp_path: Path) -> None:
    film = bz.Composition([bz.Clip(clip_file)], width=WIDTH, height=HEIGHT, fps=25)
    film.export(tmp_path / "part.mp4", workspace=inline, progress=False, frame_range=(40, 90))
    assert numbers(tmp_path / "part.mp4") == list(range(40, 90))
    assert near(clicks(tmp_path / "part.mp4"), [0.4, 1.4])


@bz.scene(duration=6)
def coming_and_going(frame: bz.Frame, file: str) -> Any:
    if 30 <= frame.index < 36:  # too short to be found by looking here and there
        return bz.Clip(file, start=1.2, trim=(2, 9))
    if frame.index >= 75:
        looped = bz.Clip(file, start=3.5, trim=(4, 5), loop=True, volume=0.5)
        return bz.Group((looped, bz.Clip(file, freeze=1)))
    return None


def test_clips_that_come_and_go_are_heard_while_they_are_seen(
    clip_file: str, local: bz.Workspace, tmp_path: Path
) -> None:
    film = bz.Composition([coming_and_going(clip_file)], width=WIDTH, height=HEIGHT, fps=25)
    film.export(tmp_path / "film.mp4", workspace=local, progress=False)
    assert near(clicks(tmp_path / "film.mp4"), [1.2, 3.5, 4.5, 5.5])
    film.export(tmp_path / "again.mp4", workspace=local, progress=False)
    assert (tmp_path / "film.mp4").read_bytes() == (tmp_path / "again.mp4").read_bytes()


def test_a_clip_that_nothing_tells_of_is_heard(clip_file: str, inline: bz.Workspace, tmp_path: Path) -> None:
    @bz.scene(duration=2)
    def hidden(frame: bz.Frame) -> Any:
        return getattr(bz, "Clip"[::-1][::-1])(clip_file, trim=(2, 5))

    film = bz.Composition([hidden()], width=WIDTH, height=HEIGHT, fps=25)
    assert film_sounds(film) == ()
    film.export(tmp_path / "film.mp4", workspace=inline, progress=False)
    assert near(clicks(tmp_path / "film.mp4"), [0, 1])


def test_players_learn_of_clips_that_come_and_go(clip_file: str, tmp_path: Path) -> None:
    film = bz.Composition([coming_and_going(clip_file)], width=WIDTH, height=HEIGHT, fps=25)
    told: list[str | None] = []
    parts = FilmParts(film.frozen(), 1.0, on_sound=lambda: told.append(parts.sound_name))
    known = parts.sound_name

    drawer, cache = FrameDrawer(), PartCache()
    for _ in range(2):
        for part in range(parts.parts):
            parts.make(part, "h264", drawer, cache, tmp_path, lambda: None)
    assert told[-1] == parts.sound_name
    assert known is None


@bz.scene(duration=2)
def fading(frame: bz.Frame, file: str) -> Any:
    blurred = bz.Clip(file, width="100%", blur=9)
    return [blurred, bz.Clip(file, volume=frame.progress), bz.Clip(file, time=frame.time)]


def test_a_clip_that_is_seen_twice_is_heard_once(clip_file: str) -> None:
    film = bz.Composition([fading(clip_file)], width=WIDTH, height=HEIGHT, fps=25)
    (sound,) = film_sounds(film)
    assert (sound.start, sound.end, sound.levels) == (0, 2, ())


@bz.scene(duration=2)
def swelling(frame: bz.Frame, file: str) -> Any:
    return bz.Clip(file, volume=frame.time / 2)


def test_a_volume_may_change(clip_file: str, inline: bz.Workspace, tmp_path: Path) -> None:
    film = bz.Composition([swelling(clip_file)], width=WIDTH, height=HEIGHT, fps=25)
    film.export(tmp_path / "film.mp4", workspace=inline, progress=False)
    signal: NDArray[np.float32] = np.abs(decode_with_ffmpeg(tmp_path / "film.mp4")[:, 0])
    assert signal[: _RATE // 2].max() < 0.02
    assert 0.25 < signal[_RATE - 500 : _RATE + 500].max() < 0.55


def test_ten_minutes_later_it_is_in_sync(tmp_path: Path) -> None:
    path = make_clip(
        tmp_path / "clip.mkv", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "flac", frames=60,
        before=("-f", "lavfi", "-i", f"{CLICK}2.4"), fps=25,
    )  # fmt: skip
    film = bz.Composition([looping(str(path))], width=WIDTH, height=HEIGHT, fps=Fraction(30_000, 1001))
    (sound,) = film_sounds(film)
    begin = Fraction(601)
    mixed = np.concatenate(list(mix_sound([sound], film.duration, begin_s=begin, end_s=begin + 3)))
    loud = np.flatnonzero(np.abs(mixed[:, 0]) > 0.3)[0]
    length = 2.4 / 1.1  # at 1.1 times its speed, clicks are at 0, 1 and 2 s of 2.4
    heard = float(begin) + loud / _RATE
    turns = heard % length * 1.1
    assert min(abs(turns - click) for click in (0, 1, 2, 2.4)) < 0.00015  # a sixth of a millisecond


@bz.scene(duration=610)
def looping(frame: bz.Frame, file: str) -> Any:
    return bz.Clip(file, loop=True, speed=1.1)


def test_what_is_wrong_with_a_clip_is_said_before_anything_is_drawn(
    clip_file: str, inline: bz.Workspace, tmp_path: Path
) -> None:
    for clip, said in (
        (bz.Clip("nowhere.mp4"), r"clip 'nowhere.mp4' is not there \(Composition 'film'\)"),
        (bz.Clip(clip_file, trim=(11, 12)), r"`trim` of Clip .* lasts 10 s, got 11 s \(Composition 'film'\)"),
        (bz.Clip(clip_file, loop=True), r"`loop` of Clip .*: a clip without an end can't be a scene"),
    ):
        with pytest.raises(InvalidValueError, match=said):
            bz.Composition([clip])


def test_in_json_clips_play_and_sound_as_in_the_film(clip_file: str) -> None:
    film = bz.Composition([coming_and_going(clip_file)], width=WIDTH, height=HEIGHT, fps=25)
    again = bz.Composition.from_json(film.to_json())
    assert again.frame(100) == film.frame(100)
    for sound in film_sounds(film)[-1], film_sounds(again.at_fps(50))[-1]:
        assert sound.loop
        assert sound.start - sound.offset == pytest.approx(3.5)
