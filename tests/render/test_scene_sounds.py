"""The sound of scenes: faded by transitions, backwards and held with their scenes, ducked under clips."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bazaar_nb as bz
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.media.sound_file import Samples
from bazaar_nb.media.sound_mix import mix_sound
from bazaar_nb.render.film_sounds import are_same, expected_clips, film_sounds, heard_sounds
from bazaar_nb.scene.clip_sounds import ClipSounds, joined
from tests.media.clip_files import CLICK, HEIGHT, WIDTH, make_clip
from tests.media.sound_files import decode_with_ffmpeg

RATE = 48_000
FPS = 25


def tone_clip(path: Path, hertz: int, seconds: int = 4) -> str:
    sound = ("-f", "lavfi", "-i", f"aevalsrc=0.3*sin({hertz}*2*PI*t):s=48000:d={seconds}")
    arguments = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "flac")
    return str(make_clip(path, *arguments, frames=seconds * FPS, before=sound))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tones")


@pytest.fixture(scope="module")
def low(folder: Path) -> str:
    return tone_clip(folder / "low.mkv", 500)


@pytest.fixture(scope="module")
def high(folder: Path) -> str:
    return tone_clip(folder / "high.mkv", 3000)


@pytest.fixture(scope="module")
def counting(folder: Path) -> str:
    """Give 4 s with clicks at 0.25, 1.25, 2.25 and 3.25 s."""
    sound = ("-f", "lavfi", "-i", f"{CLICK}4".replace("mod(t,1)", "mod(t+0.75,1)"))
    arguments = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "flac")
    return str(make_clip(folder / "counting.mkv", *arguments, frames=100, before=sound))


def film_of(scenes: list[Any], **options: Any) -> bz.Composition:
    return bz.Composition(scenes, width=WIDTH, height=HEIGHT, fps=FPS, **options)


def seen(film: bz.Composition) -> ClipSounds:
    """Give what all frames show, as a render notes it."""
    heard = ClipSounds(film.fps)
    for index in range(film.frames):
        heard.saw(index, film.frame(index).elements)
    return heard


def mixed(film: bz.Composition) -> Samples:
    """Mix what frames show, having made sure that it was known before they were evaluated."""
    runs = joined(seen(film).runs())
    assert are_same(runs, expected_clips(film))
    sounds = heard_sounds(film, runs)
    return np.concatenate(list(mix_sound(sounds, film.duration, loudness=film.loudness)))


def amplitude(signal: Samples, at_s: float, hertz: int) -> float:
    """Give how strong a tone is in the 40 ms around a moment."""
    start = round((at_s - 0.02) * RATE)
    part = signal[start : start + RATE // 25, 0]
    turns = np.exp(-2j * np.pi * hertz * np.arange(len(part)) / RATE)
    return float(2 * abs((part * turns).mean()))


def clicks(signal: Samples) -> list[float]:
    loud = np.flatnonzero(np.abs(signal[:, 0]) > 0.3)
    first = [at for number, at in enumerate(loud) if number == 0 or at - loud[number - 1] > RATE // 20]
    return [round(float(at) / RATE, 3) for at in first]


def test_clips_are_cross_faded_with_equal_power(low: str, high: str) -> None:
    film = film_of([bz.fade(1), bz.Clip(low), bz.fade(2), bz.Clip(high), bz.fade(1)])
    signal = mixed(film)  # the cross-fade is from 2 to 4 s
    for at_s, of_low, of_high in (
        (0.5, 0.71, 0),
        (1.5, 1, 0),
        (3, 0.71, 0.71),
        (3.5, 0.38, 0.92),
        (4.5, 0, 1),
    ):
        assert amplitude(signal, at_s, 500) == pytest.approx(0.3 * of_low, abs=0.012)
        assert amplitude(signal, at_s, 3000) == pytest.approx(0.3 * of_high, abs=0.012)
    assert np.abs(signal[-RATE // 50 :]).max() < 0.02
    # A cut fades nothing, and what a film in JSON sounds like is the same.
    plain = mixed(film_of([bz.Clip(low), bz.Clip(high)]))
    assert amplitude(plain, 3.9, 500) == pytest.approx(0.3, abs=0.01)
    again = bz.Composition.from_json(film.to_json())
    np.testing.assert_array_equal(mixed(again), signal)
    assert clips_fade(mixed(again.at_fps(50)), signal)


def clips_fade(signal: Samples, like: Samples) -> bool:
    """Tell whether two mixes are as loud as one another."""
    return bool(np.abs(signal.std(axis=0) - like.std(axis=0)).max() < 0.002)


def test_scenes_of_scenes_are_cross_faded_too(
    low: str, high: str, inline: bz.Workspace, tmp_path: Path
) -> None:
    inner = bz.sequence(placed(low), bz.fade(1), placed(high))
    film = film_of([inner, bz.fade(1), placed(low)])
    film.export(tmp_path / "film.mp4", workspace=inline, progress=False)
    signal = decode_with_ffmpeg(tmp_path / "film.mp4")
    for at_s, of_low, of_high in ((1.5, 1, 0), (2.5, 0.71, 0.71), (3.5, 0, 1), (4.5, 0.71, 0.71), (6, 1, 0)):
        assert amplitude(signal, at_s, 500) == pytest.approx(0.3 * of_low, abs=0.03)
        assert amplitude(signal, at_s, 3000) == pytest.approx(0.3 * of_high, abs=0.03)


@bz.scene(duration=3)
def placed(frame: bz.Frame, file: str) -> Any:
    return bz.Clip(file, width="100%")


def test_a_scene_backwards_sounds_backwards(counting: str) -> None:
    # From 3 s of the clip back to its beginning, a second later.
    film = film_of([placed(counting, duration=1), bz.reverse(placed(counting))])
    assert clicks(mixed(film)) == pytest.approx([0.25, 1 + 3 - 2.25, 1 + 3 - 1.25, 1 + 3 - 0.25], abs=0.003)
    (_, sound) = film_sounds(film)
    assert sound.reverse


def test_a_scene_backwards_is_silent_after_its_clips_end_and_loops_backwards(counting: str) -> None:
    longer = film_of([bz.reverse(placed(counting, duration=5))])  # its last second shows the last picture
    assert clicks(mixed(longer)) == pytest.approx([5 - 3.25, 5 - 2.25, 5 - 1.25, 5 - 0.25], abs=0.003)
    film = film_of([bz.reverse(looped(counting))])
    assert clicks(mixed(film)) == pytest.approx([0.75, 1.75, 2.75], abs=0.003)
    twice = film_of([bz.reverse(bz.reverse(placed(counting)))])
    assert clicks(mixed(twice)) == pytest.approx([0.25, 1.25, 2.25], abs=0.003)


@bz.scene(duration=3)
def looped(frame: bz.Frame, file: str) -> Any:
    return bz.Clip(file, trim=(1, 2), loop=True)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("start", [2.25, 3.25, 4.25]),
        ("end", [0.25, 1.25, 2.25]),
        (1, [0.25, 3.25, 4.25]),
    ],
)
def test_a_scene_that_is_held_is_silent_while_it_stands(
    counting: str, at: Any, expected: list[float]
) -> None:
    film = film_of([bz.hold(placed(counting), 2, at=at)])
    assert film.duration == 5
    assert clicks(mixed(film)) == pytest.approx(expected, abs=0.003)


def test_a_clip_of_a_frame_is_heard(low: str) -> None:
    @bz.scene(duration=2)
    def flashes(frame: bz.Frame) -> Any:
        return bz.Clip(low) if frame.index in (10, 30, 31) else None

    signal = np.abs(np.concatenate(list(mix_sound(
        heard_sounds(film_of([flashes()]), seen(film_of([flashes()])).runs()), Fraction(2)
    )))[:, 0])  # fmt: skip
    heard = np.flatnonzero(signal > 0.05) / RATE
    assert heard.min() == pytest.approx(10 / FPS, abs=0.006)
    assert ((heard > 11 / FPS) & (heard < 30 / FPS)).sum() == 0
    assert heard.max() == pytest.approx(32 / FPS, abs=0.006)


def test_segments_tell_the_same_of_scenes_that_run_backwards_or_stand(counting: str) -> None:
    film = film_of([bz.reverse(placed(counting)), bz.hold(placed(counting), 2, at=1)])
    whole = joined(seen(film).runs())
    for length in (7, 24, 50):
        runs = []
        for first in range(0, film.frames, length):
            heard = ClipSounds(film.fps)
            for index in range(first, min(first + length, film.frames)):
                heard.saw(index, film.frame(index).elements)
            runs += heard.runs()
        assert are_same(joined(runs), whole)
        assert joined(joined(runs)) == joined(runs)


def test_music_goes_down_under_clips_in_saved_films_too(
    low: str, inline: bz.Workspace, tmp_path: Path
) -> None:
    music = bz.Sound(bz.tone(3000, 12, volume=0.3), duck=bz.Duck("clips", by_db=20))
    film = film_of([empty(), bz.fade(1), placed(low), bz.fade(1), empty()], sound=[music], loudness=-20)
    film.save("ducked", workspace=inline, progress=False)
    film.export(tmp_path / "film.mp4", workspace=inline, progress=False)
    opened = bz.open_film("ducked", workspace=inline)
    opened.export(tmp_path / "opened.mp4", workspace=inline, progress=False)
    assert opened.loudness == -20
    signal = decode_with_ffmpeg(tmp_path / "film.mp4")
    alone, under = amplitude(signal, 1, 3000), amplitude(signal, 4.5, 3000)
    assert 20 * np.log10(alone / under) == pytest.approx(20, abs=1)
    np.testing.assert_array_equal(signal, decode_with_ffmpeg(tmp_path / "opened.mp4"))
    assert bz.Composition.from_json(film.to_json()).sound == film.sound


@bz.scene(duration=4)
def empty(frame: bz.Frame) -> Any:
    return None


def test_a_sound_during_a_scene_fades_with_its_transitions() -> None:
    music = bz.tone(1000, 20, volume=0.3)
    film = film_of(
        [empty(name="one"), bz.fade(1), empty(name="two"), bz.fade(2), empty(name="three")],
        sound=[bz.Sound(music, during="two"), bz.Sound(music, during="three", start=3)],
    )
    first, second = film.sound
    assert (first.start, first.end, first.fade_in, first.fade_out) == (3, 7, 1, 2)
    assert (second.start, second.end, second.fade_in, second.fade_out) == (8, 9, 0, 0)
    with pytest.raises(InvalidValueError, match=r"no scene 'tow': did you mean 'two'\?"):
        film_of([empty(name="two")], sound=[bz.Sound(music, during="tow")])
    with pytest.raises(InvalidValueError, match="2 are called 'empty'"):
        film_of([empty(), empty()], sound=[bz.Sound(music, during="empty")])
    with pytest.raises(InvalidValueError, match="within the scene 'empty', which lasts 4 s, got 5 s"):
        film_of([empty()], sound=[bz.Sound(music, during="empty", start=5)])


def test_what_a_sound_goes_down_under_must_be_there() -> None:
    sound = bz.tone(440, 1)
    with pytest.raises(
        InvalidValueError, match=r"got 'voice': there are 'Voice' \(Sound .*Composition 'film'"
    ):
        film_of([empty()], sound=[bz.Sound(sound, duck="voice"), bz.Sound(sound, name="Voice")])
    with pytest.raises(InvalidValueError, match="none has a name"):
        film_of([empty()], sound=[bz.Sound(sound, duck="voice")])
    with pytest.raises(InvalidValueError, match="must name another sound"):
        film_of([empty()], sound=[bz.Sound(sound, duck="voice", name="voice")])
    with pytest.raises(InvalidValueError, match="`loudness` must be -60 to 0 LUFS, got 'loud'"):
        film_of([empty()], loudness="loud")


def test_an_hours_film_is_in_sync_at_its_end(counting: str, tmp_path: Path) -> None:
    """A clip that begins at the last seconds of an hour at an NTSC rate, after scenes of odd lengths."""
    film = bz.Composition(
        [empty(duration=1799.3), empty(duration=1797.1), placed(counting)],
        width=WIDTH, height=HEIGHT, fps=29.97,
    )  # fmt: skip
    begin = Fraction(film.timeline.placements[-1].start) / film.fps
    sounds = heard_sounds(film, expected_clips(film))
    part = np.concatenate(list(mix_sound(sounds, film.duration, begin_s=begin)))
    assert clicks(part) == pytest.approx([0.25, 1.25, 2.25], abs=0.001)
