from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from bazaar_nb.errors import AssetError, InvalidValueError
from bazaar_nb.media.sound_file import check_sound, probe_sound, read_sound
from bazaar_nb.scene.sound import Sound
from tests.media.sound_files import Signal, click, convert, loudest, write_wav
from tests.texts import refused_or_read, texts

FORMATS = {
    "sound.wav": (),
    "sound.flac": (),
    "sound.mp3": ("-c:a", "libmp3lame"),
    "sound.m4a": ("-c:a", "aac"),
    "sound.aac": ("-c:a", "aac"),
    "sound.opus": ("-c:a", "libopus", "-ar", "48000"),
    "sound.ogg": ("-c:a", "libvorbis"),
    "sound.webm": ("-c:a", "libopus", "-ar", "48000"),
    "fragmented.mp4": ("-c:a", "aac", "-movflags", "frag_keyframe+empty_moov"),
    "sound.mkv": ("-c:a", "aac"),
}


def read(path: Path, first: int = 0, last: int | None = None) -> Signal:
    return np.concatenate([np.zeros((0, 2), np.float32), *read_sound(path, first, last)])


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_a_click_is_at_its_true_time(tmp_path: Path, name: str, rate: int) -> None:
    original = write_wav(tmp_path / "original.wav", click(rate * 3, rate * 3 // 2), rate)
    path = convert(original, tmp_path / name, *FORMATS[name])
    signal = read(path)
    assert abs(loudest(signal) - 72_000) <= 1
    padding = 2048 if name in ("sound.aac", "sound.mkv") else 2  # these don't say where the sound ends
    assert 0 <= len(signal) - 144_000 <= padding
    info = probe_sound(path)
    assert info.duration_s == pytest.approx(3, abs=0.1)
    assert info.channels == 1


@pytest.mark.parametrize("container", ["film.mp4", "film.mkv", "film.ts"])
@pytest.mark.parametrize("delay_s", [0, 0.5])
def test_sound_of_a_film_keeps_its_time_to_the_picture(
    tmp_path: Path, container: str, delay_s: float
) -> None:
    original = write_wav(tmp_path / "original.wav", click(96_000, 48_000))
    path = tmp_path / container
    late = ("-itsoffset", str(delay_s), "-i", str(original))
    picture = ("-f", "lavfi", "-i", "color=size=64x48:rate=25:duration=3")
    convert(original, path, *late, *picture, "-map", "1:a", "-map", "2:v", "-c:a", "aac")
    assert abs(loudest(read(path)) - 48_000 * (1 + delay_s)) <= 48


def test_mono_is_as_loud_on_both_channels(tmp_path: Path) -> None:
    signal = read(write_wav(tmp_path / "mono.wav", np.full(4800, 0.5)))
    assert signal.shape == (4800, 2)
    np.testing.assert_allclose(signal, 0.5, atol=1e-4)


def test_more_channels_are_mixed_down(tmp_path: Path) -> None:
    columns = np.zeros((48_000, 6))
    columns[:, 2] = 0.5  # the centre of 5.1
    source = write_wav(tmp_path / "columns.wav", columns)
    path = convert(source, tmp_path / "surround.flac", "-af", "channelmap=channel_layout=5.1")
    assert probe_sound(path).channels == 6
    np.testing.assert_allclose(read(path), 0.5 * 0.5**0.5, atol=1e-3)


@pytest.mark.parametrize("name", FORMATS)
def test_a_part_is_the_same_as_in_the_whole(tmp_path: Path, name: str) -> None:
    noise = np.random.default_rng(4).uniform(-0.3, 0.3, (48_000 * 16, 2))
    path = convert(write_wav(tmp_path / "noise.wav", noise), tmp_path / name, *FORMATS[name])
    first, last = 48_000 * 13 + 7, 48_000 * 14
    np.testing.assert_allclose(read(path, first, last), read(path)[first:last], atol=2e-4)


def test_blocks_are_short_and_end_at_the_end_of_the_file(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", np.full(100_000, 0.5))
    lengths = [len(block) for block in read_sound(path, 10, 200_000)]
    assert sum(lengths) == 99_990
    assert max(lengths) <= 48_000


def test_infinite_samples_are_silence(tmp_path: Path) -> None:
    original = write_wav(tmp_path / "a.wav", np.full(48_000, 0.25))
    path = convert(original, tmp_path / "float.wav", "-c:a", "pcm_f32le")
    data = bytearray(path.read_bytes())
    data[-40_000:-39_992] = np.array([np.nan, np.inf], "<f4").tobytes()
    path.write_bytes(data)
    signal = read(path)
    assert np.isfinite(signal).all()
    assert np.count_nonzero(signal[:, 0] == 0) == 2


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("text.wav", b"not a sound at all\n" * 100, "must be a readable sound file"),
        ("empty.wav", b"", "must be a readable sound file"),
        ("noise.mp3", np.random.default_rng(1).bytes(50_000), "sound file|broken"),
        ("missing.wav", None, "there is no file"),
    ],
)
def test_what_is_no_sound_file_is_named(tmp_path: Path, name: str, content: bytes | None, says: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(AssetError, match=rf"(?s)`source` .*({says}).*Sound '.*{name}' at 3 s"):
        check_sound(Sound(path, start=3))


def test_files_without_sound_are_named(tmp_path: Path) -> None:
    film = tmp_path / "silent.mp4"
    header = write_wav(tmp_path / "header.wav", np.zeros(0))
    source = write_wav(tmp_path / "a.wav", np.zeros(100))
    convert(source, film, "-f", "lavfi", "-i", "color=size=64x48:duration=1", "-map", "1:v")
    with pytest.raises(AssetError, match="without a sound stream"):
        probe_sound(film)
    with pytest.raises(AssetError, match="empty stream"):
        probe_sound(header)
    with pytest.raises(AssetError, match="there is no file"):
        probe_sound(tmp_path)


def test_a_trim_beyond_the_end_is_refused(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "voice.wav", np.zeros(96_000))
    assert check_sound(Sound(path, trim_start=1.5, trim_end=2)).duration_s == 2
    with pytest.raises(InvalidValueError, match=r"`trim_end` must be .* lasts 2 s, got 3 s .*voice.wav"):
        check_sound(Sound(path, trim_end=3))
    with pytest.raises(InvalidValueError, match="`trim_start` must be within the file"):
        check_sound(Sound(path, trim_start=2))


def test_a_file_that_breaks_in_the_middle_is_named_when_it_is_read(tmp_path: Path) -> None:
    noise = np.random.default_rng(4).uniform(-0.3, 0.3, 48_000 * 4)
    path = convert(write_wav(tmp_path / "noise.wav", noise), tmp_path / "broken.m4a", "-c:a", "aac")
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 9000] = np.random.default_rng(1).bytes(9000)
    path.write_bytes(data)
    with pytest.raises(AssetError, match=r"`source` is broken at \d\.\d\d s: .*broken\.m4a"):
        read(path)


@given(texts("voice.wav", "/tmp", "file:a.wav"))
def test_any_text_is_a_sound_file_or_an_error(text: str) -> None:
    refused_or_read(lambda: probe_sound(text))
