"""Movies that are sent while they are joined: the bytes of a file, and nothing half there."""

from __future__ import annotations

import logging
import os
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import bazaar_nb as bz
from bazaar_nb.errors import EncodeError, LimitError, RenderCancelledError, StoreError
from bazaar_nb.media.export_options import resolve_settings
from bazaar_nb.media.join import join_movie
from bazaar_nb.media.packet_spool import PacketSpool
from bazaar_nb.media.segment import encode_segment
from bazaar_nb.media.segment_packets import SegmentPart
from bazaar_nb.media.settings import Settings
from bazaar_nb.media.sound_track import encode_track
from bazaar_nb.render.joining import MoviePlan, StreamedJoin, begin_stream
from bazaar_nb.render.segment_files import UnusableSegmentError
from bazaar_nb.render.sound import ComingTrack
from bazaar_nb.store.faults import MissingObjectError
from bazaar_nb.store.part_upload import PartUpload
from bazaar_nb.store.store import Store
from tests.render.films import counting_film, numbers_in
from tests.s3.server import Server
from tests.s3.test_part_upload import begun_uploads

MB = 2**20
MOVIE = "projects/p/r/film.mp4"
LENGTHS = (60, 3, 58)


@pytest.fixture
def small_parts(bucket: str, options: dict[str, Any]) -> Store:
    return Store(f"s3://{bucket}/team", {**options, "part_bytes": 5 * MB})


@pytest.fixture(scope="module")
def noisy(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[SegmentPart]]:
    """Give segments of pictures that nobody can compress: two of them have more than 10 MB."""
    made: dict[str, list[SegmentPart]] = {}
    for codec in ("h264", "vp8"):
        settings, folder = settings_of(codec), tmp_path_factory.mktemp(codec)
        chance = np.random.default_rng(1)

        def draw(_: int, pixels: NDArray[np.uint8], chance: np.random.Generator = chance) -> bool:
            pixels[...] = chance.integers(0, 256, pixels.shape, np.uint8)
            return True

        for number, frames in enumerate(LENGTHS):
            path = folder / f"{number}{settings.segment_suffix}"
            encode_segment(path, settings, frames, draw)
            made.setdefault(codec, []).append(SegmentPart(str(path), frames))
    return made


def settings_of(codec: str) -> Settings:
    level: dict[str, Any] = (
        {"bitrate": "100M", "preset": 8} if codec == "vp8" else {"crf": 1, "preset": "ultrafast"}
    )
    return resolve_settings((480, 270), Fraction(25), codec=codec, **level)


def put(store: Store, codec: str, parts: list[SegmentPart]) -> list[str]:
    """Put segments into a store; give their keys."""
    suffix = settings_of(codec).segment_suffix
    keys = [f"segments/ab/{number:040x}{suffix}" for number in range(len(parts))]
    for key, part in zip(keys, parts, strict=True):
        store.write_bytes(key, Path(part.path).read_bytes())
    return keys


def elsewhere(store: Store, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Give the store as another machine has it: without copies of what this one has written."""
    monkeypatch.setenv("BAZAAR_CACHE", str(cache))
    return Store(store.url, store.storage_options)


class Joined:
    """A movie of some segments, sent into a bucket."""

    def __init__(self, store: Store, codec: str, keys: list[str], sound: Path | None = None) -> None:
        self.store, self.keys = store, keys
        self.settings = settings_of(codec)
        self.most_bytes = 2**40
        self.error: Exception | None = None
        self.plan = MoviePlan(
            segments=store, store=store, key=MOVIE, settings=self.settings, metadata={"title": "Noise"},
            check=self._check, check_size=self._check_size,
        )  # fmt: skip
        self.track: ComingTrack | None = None
        if sound is not None:
            self.track = ComingTrack(Future(), PacketSpool())
            self.track.future.set_result((sound, 0.0))

    def begin(self) -> StreamedJoin:
        stream = begin_stream(self.plan, self.track)
        assert stream is not None
        return stream

    def __call__(self) -> bytes:
        stream = self.begin()
        try:
            for key, frames in zip(self.keys, LENGTHS, strict=True):
                stream.offer(key, frames)
            movie = stream.finish(lambda: None)
            assert (movie.key, movie.size_bytes) == (MOVIE, self.store.size(MOVIE))
        finally:
            stream.abandon()
        return self.store.read_bytes(MOVIE)

    def _check(self) -> None:
        if self.error is not None:
            raise self.error

    def _check_size(self, size: int) -> None:
        if size > self.most_bytes:
            raise LimitError("too large", limit="size_bytes", allowed=self.most_bytes, used=size)


@pytest.mark.parametrize("cached", [True, False])
@pytest.mark.parametrize(("codec", "sounds"), [("h264", False), ("h264", True), ("vp8", True)])
def test_a_sent_movie_has_the_bytes_of_a_file(
    small_parts: Store, noisy: Any, tmp_path: Path, codec: str, sounds: bool, cached: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    parts = noisy[codec]
    sound = None
    if sounds:
        sound = tmp_path / "track"
        kind = settings_of(codec).sound_codec
        assert kind is not None
        encode_track([], Fraction(sum(LENGTHS), 25), sound, kind)
    keys = put(small_parts, codec, parts)
    store = small_parts if cached else elsewhere(small_parts, tmp_path / "another", monkeypatch)
    joined = Joined(store, codec, keys, sound)
    copied: list[int] = []
    real = PartUpload.finish

    def finish(self: PartUpload, front: bytes) -> None:
        real(self, front)
        copied.append(self.copied_bytes)

    monkeypatch.setattr(PartUpload, "finish", finish)
    target = tmp_path / "file"
    join_movie(parts, target, joined.settings, sound, metadata={"title": "Noise"})
    assert joined() == target.read_bytes()
    assert (copied[0] > 5 * MB) is (not sounds)


@pytest.mark.parametrize("codec", ["h264", "vp8"])
def test_a_movie_begins_before_its_sound_is_whole(
    small_parts: Store, noisy: Any, bucket: str, server: Server, tmp_path: Path, codec: str
) -> None:
    joined = Joined(small_parts, codec, put(small_parts, codec, noisy[codec]))
    kind = joined.settings.sound_codec
    assert kind is not None
    seconds, sound, more = Fraction(sum(LENGTHS), 25), tmp_path / "track", threading.Event()
    blocks: list[None] = []

    def hold() -> None:
        blocks.append(None)
        assert len(blocks) < 5 or more.wait(60)

    with ThreadPoolExecutor(1) as beside:

        def encode(spool: PacketSpool) -> tuple[Path, float]:
            encode_track([], seconds, sound, kind, on_block=hold, spool=spool)
            spool.end()
            return sound, 0.0

        spool = PacketSpool()
        spool.open(tmp_path)
        joined.track = ComingTrack(beside.submit(encode, spool), spool)
        stream = joined.begin()
        try:
            for key, frames in zip(joined.keys, LENGTHS, strict=True):
                stream.offer(key, frames)
            while not stream._upload.size_bytes:
                assert not stream._movie.done()
                time.sleep(0.02)
            assert not joined.track.future.done()
            more.set()
            stream.finish(lambda: None)
        finally:
            more.set()
            stream.abandon()
    join_movie(noisy[codec], tmp_path / "file", joined.settings, sound, metadata={"title": "Noise"})
    assert small_parts.read_bytes(MOVIE) == (tmp_path / "file").read_bytes()

    failing = PacketSpool()
    failing.open(tmp_path)
    encode_track([], Fraction(1), sound, kind, spool=failing)
    joined.track = ComingTrack(Future(), failing)
    small_parts.remove(MOVIE)
    stream = joined.begin()
    stream.offer(joined.keys[0], LENGTHS[0])
    failing.end(failed=True)
    with pytest.raises(EncodeError, match="sound track could not be made"):
        stream.finish(lambda: None)
    stream.abandon()
    assert begun_uploads(server, bucket) == []
    assert not small_parts.exists(MOVIE)


def test_a_damaged_segment_and_a_missing_one(
    small_parts: Store, noisy: Any, bucket: str, server: Server, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    keys = put(small_parts, "h264", noisy["h264"])
    key, whole = keys[2], small_parts.read_bytes(keys[2])
    for number, damaged in enumerate((whole[:-1000], os.urandom(len(whole)), whole[:100], b"x")):
        small_parts.write_bytes(key, damaged)
        joined = Joined(elsewhere(small_parts, tmp_path / f"{number}", monkeypatch), "h264", keys)
        with pytest.raises(UnusableSegmentError) as caught:
            joined()
        assert caught.value.key == key
    small_parts.remove(key)
    joined = Joined(elsewhere(small_parts, tmp_path / "gone", monkeypatch), "h264", keys)
    with pytest.raises(MissingObjectError):
        joined()
    assert begun_uploads(server, bucket) == []
    assert not small_parts.exists(MOVIE)


def test_a_join_that_is_stopped_leaves_nothing(
    small_parts: Store, noisy: Any, bucket: str, server: Server
) -> None:
    joined = Joined(small_parts, "h264", put(small_parts, "h264", noisy["h264"]))
    stream = joined.begin()
    for key, frames in zip(joined.keys, LENGTHS, strict=True):
        stream.offer(key, frames)
    while not begun_uploads(server, bucket):
        time.sleep(0.02)
    stream.abandon()
    assert begun_uploads(server, bucket) == []

    joined.error = RenderCancelledError("enough")
    with pytest.raises(RenderCancelledError, match="enough"):
        joined()
    joined.error = None
    joined.most_bytes = 20 * MB
    with pytest.raises(LimitError):
        joined()

    joined.most_bytes = 2**40
    late = joined.begin()
    for key, frames in zip(joined.keys, LENGTHS, strict=True):
        late.offer(key, frames)
    late.finish(lambda: None)
    late._given = False  # as if the cancel had come in the last moment
    late.abandon()
    assert begun_uploads(server, bucket) == []
    assert not small_parts.exists(MOVIE)


def test_where_it_can_not_be_sent_it_is_joined_in_a_file(
    bucket: str, options: dict[str, Any], server: Server, caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def refuse(self: PartUpload, front: bytes) -> None:
        raise StoreError("can't write to the bucket: parts must be of equal size")

    where = bz.Workspace(f"s3://{bucket}/team", storage_options=options, engine="inline")
    film = counting_film(1, 1, fps=10)
    sent = film.export("film.mp4", workspace=where, progress=False)
    monkeypatch.setattr(PartUpload, "finish", refuse)
    with caplog.at_level(logging.WARNING):
        render = film.export("film.mp4", workspace=where, progress=False)
    assert "film.mp4 could not be sent while it was joined, and is joined in a file" in caplog.text
    assert "parts must be of equal size" in caplog.text
    assert numbers_in(render.path) == list(range(20))
    assert render.path.read_bytes() == sent.path.read_bytes()
    assert begun_uploads(server, bucket) == []


def test_a_movie_of_its_own_address(
    store: Store, bucket: str, options: dict[str, Any], tmp_path: Path
) -> None:
    """Wherever the segments are: in the same bucket, under another root, or in a folder."""
    film = counting_film(1, fps=10)
    film.export(tmp_path / "film.mp4", workspace=bz.Workspace(tmp_path / "here"), progress=False)
    remote = bz.Workspace(f"s3://{bucket}/team", storage_options=options, engine="inline")
    render = film.export(f"s3://{bucket}/shown/in here/film", workspace=remote, progress=False)
    assert render.location == f"s3://{bucket}/shown/in here/film.mp4"
    there = Store(f"s3://{bucket}/shown/in here", options)
    assert there.read_bytes("film.mp4") == (tmp_path / "film.mp4").read_bytes()
    assert list(remote.history()["location"]) == [render.location]
    job = film.submit(f"s3://{bucket}/shown/job.webm", workspace=remote)
    assert job.result().location == f"s3://{bucket}/shown/job.webm"
    with pytest.raises(bz.SettingsError, match=r"expected s3://bucket/films/review\.mp4"):
        film.export("s3://film.mp4", workspace=remote)
    with pytest.raises(bz.SettingsError, match="the movie can't go there"):
        film.export(f"s3://{bucket}/../film.mp4", workspace=remote)


def test_a_bucket_for_the_movies_of_a_folder(
    bucket: str, options: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", options["endpoint_url"])
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", options["key"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", options["secret"])
    where = bz.Workspace(tmp_path / "root", engine="inline")
    film = counting_film(1, fps=10)
    render = film.export(f"s3://{bucket}/shown/film.mp4", workspace=where, progress=False)
    film.export(tmp_path / "film.mp4", workspace=where, progress=False)
    assert render.store.read_bytes(render.key) == (tmp_path / "film.mp4").read_bytes()
    assert list((tmp_path / "root" / "segments").rglob("*.mp4"))


def test_a_films_sound_alone_is_put_into_the_bucket(
    bucket: str, options: dict[str, Any], tmp_path: Path
) -> None:
    spoken = bz.Composition(
        [bz.Scene(lambda frame: bz.Fill("navy"), duration=1)], width=64, height=64, name="spoken",
        sound=[bz.Sound(bz.tone(440, duration=1.0))],
    )  # fmt: skip
    there = bz.Workspace(f"s3://{bucket}/team", engine="inline", storage_options=options)
    here = bz.Workspace(tmp_path / "root", engine="inline")
    sent = spoken.export("spoken.mp3", workspace=there, progress=False)
    kept = spoken.export("spoken.mp3", workspace=here, progress=False)
    assert sent.store.read_bytes(sent.key) == kept.path.read_bytes()


def test_a_films_pictures_are_put_into_the_bucket_in_one_file(
    bucket: str, options: dict[str, Any], tmp_path: Path
) -> None:
    there = bz.Workspace(f"s3://{bucket}/team", engine="inline", storage_options=options)
    sent = counting_film(1, fps=10).export("frames.zip", workspace=there, progress=False)
    kept = counting_film(1, fps=10).export(tmp_path / "frames.zip", workspace=there, progress=False)
    assert sent.store.read_bytes(sent.key) == kept.path.read_bytes()
    assert sent.link(download_name="frames.zip").startswith("http")
    with pytest.raises(bz.SettingsError, match="a bucket gets a film's pictures in one file"):
        counting_film(1).export(f"s3://{bucket}/frames/%04d.png", workspace=there, progress=False)
