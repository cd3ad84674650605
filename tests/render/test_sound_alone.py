"""A film's sound as a file of its own: heard as in the movie, and no frame is drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

import bazaar_nb as bz
from bazaar_nb.draw.renderer import Renderer
from bazaar_nb.workspace import Workspace

RATE = 48_000


@bz.scene(duration=3)
def silent_picture(frame: bz.Frame) -> list[bz.Element]:
    return [bz.Fill("navy")]


def film(**more: Any) -> bz.Composition:
    """Give three seconds with a tone of 440 Hz from 1 to 2."""
    sound = [bz.Sound(bz.tone(440, duration=1.0), start=1.0)]
    return bz.Composition([silent_picture()], width=64, height=64, fps=20, name="talk", sound=sound, **more)


@pytest.fixture
def where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    def refused(*_: Any) -> None:
        raise AssertionError("a frame is drawn")

    monkeypatch.setattr(Renderer, "redraw", refused)
    return Workspace(tmp_path / "root", engine="inline")


def heard(path: Path) -> NDArray[np.float32]:
    """Decode the left channel, as players do: without what encoders put before and after."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler("fltp", "stereo", RATE)
        frames = [made for frame in container.decode(audio=0) for made in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray()[0] for frame in frames])


@pytest.mark.parametrize(("suffix", "codec"), [("wav", "pcm"), ("m4a", "aac"), ("mp3", "mp3")])
def test_it_is_the_films_sound(where: Workspace, tmp_path: Path, suffix: str, codec: str) -> None:
    target = tmp_path / f"talk.{suffix}"
    render = film().export(target, workspace=where, progress=False, metadata={"artist": "Ada"})
    samples = heard(target)
    assert abs(len(samples) - 3 * RATE) <= (0 if suffix == "wav" else 2400)
    loud = np.abs(samples) > 0.01
    assert abs(np.argmax(loud) - RATE) < 100
    assert abs(len(loud) - np.argmax(loud[::-1]) - 2 * RATE) < 1500
    spectrum = np.abs(np.fft.rfft(samples[RATE : 2 * RATE]))
    assert np.argmax(spectrum) == 440
    with av.open(str(target)) as container:
        assert not container.streams.video
        assert container.metadata["title"] == "talk"
        assert container.metadata["artist"] == "Ada"
    row = where.history().iloc[0]
    assert (row["status"], row["format"], row["codec"]) == ("succeeded", suffix, codec)
    assert (row["frames_drawn"], row["duration_s"], row["has_sound"]) == (0, 3.0, True)
    assert "of sound" in repr(render)
    assert "<audio" in render._repr_html_()


def test_a_range_a_rate_and_limits(where: Workspace, tmp_path: Path) -> None:
    render = film().export("part.wav", workspace=where, progress=False, frame_range=(20, 30))
    assert np.abs(samples := heard(render.path)).max() > 0.1
    assert len(samples) == RATE // 2
    sizes = {}
    for bitrate in ("64k", "high"):
        name = f"{bitrate}.m4a"
        sizes[bitrate] = film().export(name, workspace=where, progress=False, bitrate=bitrate).size_bytes
    assert sizes["64k"] < sizes["high"]
    told = film().estimate("part.wav", workspace=where)
    assert told.size_bytes.likely == 3 * RATE * 4
    assert told.segments == 0
    strict = Workspace(tmp_path / "strict", engine="inline", limits=bz.Limits(formats=("mp4",)))
    with pytest.raises(bz.LimitError, match="formats"):
        film().export("talk.mp3", workspace=strict, progress=False)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mute": True}, "m4a is sound alone and has no mute=True"),
        ({"resolution": "720p", "crf": 20}, "no crf=20 or resolution='720p'"),
        ({"codec": "h264"}, "no codec='h264'"),
        ({"quality": "low", "bitrate": "64k"}, "give one of `quality` and `bitrate`"),
        ({"bitrate": "500k"}, "between 32k and 320k"),
        ({"captions": [(0, 1, "Hello")]}, "no subtitle track"),
    ],
)
def test_what_has_no_meaning_is_refused(where: Workspace, options: Any, message: str) -> None:
    with pytest.raises(bz.BazaarError, match=message):
        film().export("talk.m4a", workspace=where, progress=False, **options)
    with pytest.raises(bz.SettingsError, match="it has no `quality` and no `bitrate`"):
        film().export("talk.wav", workspace=where, progress=False, quality="low")


def test_a_silent_film_is_refused(where: Workspace) -> None:
    silent = bz.Composition([silent_picture()], width=64, height=64, fps=20, name="silence")
    with pytest.raises(bz.SettingsError, match="'silence' has no sound"):
        silent.export("talk.m4a", workspace=where, progress=False)
    assert where.history().empty


def test_a_clip_that_only_frames_tell_of_is_heard(where: Workspace, tmp_path: Path) -> None:
    movie = tmp_path / "tone.mp4"
    with av.open(str(movie), "w") as container:
        video = container.add_stream("libx264", rate=20)
        video.width = video.height = 64
        video.pix_fmt = "yuv420p"
        sound = container.add_stream("aac", rate=RATE, layout="stereo")
        for _ in range(60):
            container.mux(video.encode(av.VideoFrame(64, 64, "yuv420p")))
        tone = np.sin(np.arange(3 * RATE) * 2 * np.pi * 440 / RATE).astype(np.float32) / 2
        frame = av.AudioFrame.from_ndarray(np.stack([tone, tone]), format="fltp", layout="stereo")
        frame.sample_rate = RATE
        container.mux(sound.encode(frame))
        container.mux([*video.encode(None), *sound.encode(None)])

    @bz.scene(duration=3)
    def shows_it_shortly(frame: bz.Frame) -> list[bz.Element]:
        return [bz.Clip(str(movie), width=64, height=64)] if 25 <= frame.index < 29 else []

    clips = bz.Composition([shows_it_shortly()], width=64, height=64, fps=20, name="clips")
    render = clips.export("clips.wav", workspace=where, progress=False)
    loud = np.flatnonzero(np.abs(heard(render.path)) > 0.05) / RATE
    assert loud[0] == pytest.approx(1.25, abs=0.03)
    assert loud[-1] == pytest.approx(1.45, abs=0.03)


def test_beside_movies_and_cancelled(tmp_path: Path) -> None:
    where = Workspace(tmp_path, engine="inline")
    movie, sound, other = film().export(["a.mp4", "a.wav", "a.webm"], workspace=where, progress=False)
    assert (movie.frames_cached < 60, sound.frames_cached, other.frames_cached) == (True, 0, 60)
    where.queue.pause()
    job = film().submit("gone.m4a", workspace=where)
    job.cancel()
    where.queue.resume()
    assert job.wait(60)
    assert job.status == "cancelled"
    assert not [*tmp_path.rglob("gone.m4a")]
