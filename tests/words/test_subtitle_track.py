"""Captions as a track of a movie: its pictures and sound stay as they were."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

import av
import pytest

import bazaar_nb as bz

SAID = [(0.2, 1.0, "Grüße {alle}"), (0.6, 1.4, "zwei\nZeilen"), (1.6, 1.9, "日本")]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "tone.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(b"\0\x10" * 96_000)
    return path


def packets(path: Path, kind: str) -> list[tuple[Any, ...]]:
    with av.open(str(path)) as movie:
        (stream,) = [stream for stream in movie.streams if stream.type == kind]
        return [
            (float((packet.pts or 0) * packet.time_base), bytes(packet))
            for packet in movie.demux(stream)
            if packet.size
        ]


@pytest.mark.parametrize(
    "options", [{"format": "mp4"}, {"format": "mp4", "codec": "h265"}, {"format": "webm"}]
)
def test_a_track_stands_beside_what_was_there(tmp_path: Path, sound: Path, options: Any) -> None:
    film = bz.Composition(
        [bz.scene(duration=2)(lambda frame: bz.Rect(width=9, x=frame.index))()],
        width=64, height=36, fps=10, sound=[bz.Sound(sound)],
    )  # fmt: skip
    workspace = bz.Workspace(root=str(tmp_path / "root"), engine=bz.InlineEngine())
    path = (tmp_path / f"film.{options['format']}").resolve()
    film.export(path, workspace=workspace, **options)
    before = [packets(path, kind) for kind in ("video", "audio")]
    assert bz.words.Captions(SAID).add_to(path, language="deu") == path
    assert [packets(path, kind) for kind in ("video", "audio")] == before
    texts = [(at, data.decode(errors="replace").lstrip("\0")) for at, data in packets(path, "subtitle")]
    said = [(round(at, 3), text[1:] if options["format"] == "mp4" else text) for at, text in texts if text]
    assert said == [
        (0.2, "Grüße (alle)"), (0.6, "Grüße (alle)\nzwei\nZeilen"), (1.0, "zwei\nZeilen"), (1.6, "日本"),
    ]  # fmt: skip
    with av.open(str(path)) as movie:
        assert movie.streams.subtitles[0].metadata["language"] in ("deu", "ger")
        assert (movie.duration or 0) / 1e6 == pytest.approx(2, abs=0.1)
    assert [file.name for file in tmp_path.iterdir() if file.suffix == path.suffix] == [path.name]


def test_what_has_no_place_for_a_track_stays_as_it_is(tmp_path: Path) -> None:
    captions = bz.words.Captions(SAID)
    (tmp_path / "film.gif").write_bytes(b"GIF89a")
    with pytest.raises(bz.SettingsError, match=r"a \.gif has no subtitle track"):
        captions.add_to(tmp_path / "film.gif")
    (tmp_path / "film.mp4").write_bytes(b"no movie")
    with pytest.raises(bz.BazaarError, match=r"film\.mp4"):
        captions.add_to(tmp_path / "film.mp4")
    with pytest.raises(bz.StoreError, match="there is no movie"):
        captions.add_to(tmp_path / "other.mp4")
    with pytest.raises(bz.InvalidValueError, match="three letters"):
        captions.add_to(tmp_path / "film.mp4", language="de")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "film.gif": b"GIF89a", "film.mp4": b"no movie",
    }  # fmt: skip


@pytest.mark.parametrize("suffix", ["mp4", "webm"])
def test_an_export_has_the_track_of_what_it_shows(tmp_path: Path, suffix: str) -> None:
    film = bz.Composition(
        [bz.scene(duration=2)(lambda frame: bz.Rect(width=9, x=frame.index))()], width=64, height=36, fps=10
    )
    workspace = bz.Workspace(root=str(tmp_path / "root"), engine=bz.InlineEngine())
    captions: Any = {"deu": bz.words.Captions(SAID)}
    plain = film.export(f"film.{suffix}", workspace=workspace)
    render = film.export(f"film.{suffix}", frame_range=(5, 18), captions=captions, workspace=workspace)
    path = Path(str(render.location))
    said = [(round(at, 3), data) for at, data in packets(path, "subtitle") if len(data) > 2]
    assert [at for at, _ in said] == [0.0, 0.1, 0.5, 1.1], "seconds of the movie, not of the film"
    assert len(packets(path, "video")) == 13
    with av.open(str(path)) as movie:
        assert movie.streams.subtitles[0].metadata["language"] in ("deu", "ger")
    assert render.size_bytes == path.stat().st_size
    with av.open(str(plain.location)) as movie:
        assert not movie.streams.subtitles
    after = film.export(
        f"film.{suffix}", frame_range=(0, 5), captions=[(1.0, 1.5, "later")], workspace=workspace
    )
    with av.open(str(after.location)) as movie:
        assert not movie.streams.subtitles, "nothing is said in what it shows"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"format": "gif", "captions": SAID}, "a gif has no subtitle track"),
        ({"captions": "talk.srt"}, r"`captions` are bz.words.Captions"),
        ({"captions": [(0, 1)]}, r"a caption is \(start, end, text\)"),
        ({"captions": [(0, float("nan"), "x")]}, r"a caption is \(start, end, text\)"),
        ({"captions": []}, "`captions` has no words"),
        ({"captions": {"de": SAID}}, "`language` has three letters"),
        ({"captions": {"deu": SAID, "eng": SAID}}, "`captions` are of one language"),
    ],
)
def test_captions_that_can_not_be_a_track_are_refused_before_the_render(
    tmp_path: Path, options: dict[str, Any], said: str
) -> None:
    film = bz.Composition([bz.scene(duration=1)(lambda frame: bz.Fill("red"))()], width=64, height=36)
    workspace = bz.Workspace(root=str(tmp_path / "root"), engine=bz.InlineEngine())
    with pytest.raises(bz.InvalidValueError, match=said):
        film.export("film", workspace=workspace, **options)
    assert not (tmp_path / "root" / "projects").exists()
