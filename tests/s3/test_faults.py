"""Networks and servers that fail: exports complete, or end with one clear error; nothing is half there."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import bazaar_nb as bz
from bazaar_nb.errors import StoreError
from bazaar_nb.history.engagement_collector import collector
from bazaar_nb.store.faults import MissingObjectError
from bazaar_nb.store.store import Store
from tests.render.films import counting_film, numbers_in
from tests.s3.bad_network import BadNetwork, refusal
from tests.s3.server import Server
from tests.s3.test_store import PART, objects_in


@pytest.fixture
def fragile(tmp_path_factory: pytest.TempPathFactory, server: Server) -> Iterator[Server]:
    """Give a server of a test's own, to be killed."""
    fragile = Server(tmp_path_factory.mktemp("fragile"))
    fragile.start()
    fragile.client().create_bucket(Bucket="films")
    yield fragile
    fragile.remove()


def options_of(server: Server, **more: Any) -> dict[str, Any]:
    return {"endpoint_url": server.url, "key": server.owner[0], "secret": server.owner[1], **more}


@pytest.mark.parametrize("seed", [1, 2])
def test_an_export_over_a_bad_network(bucket: str, server: Server, tmp_path: Path, seed: int) -> None:
    """A fifth of all requests is dropped, cut, late or refused; workers and this process both suffer it."""
    with BadNetwork(server.url, seed=seed) as network:
        options = {**options_of(server), "endpoint_url": network.url, "attempts": 10}
        where = bz.Workspace(f"s3://{bucket}/team", storage_options=options, workers=2, user="tester")
        film = counting_film(1, 1, 1, 1, fps=10)
        for number in range(2):
            render = film.export(f"{number}.mp4", workspace=where, progress=False)
            assert numbers_in(render.download(tmp_path / "out.mp4", progress=False)) == list(range(40))
        assert collector.flush(120)
        rows, pieces, downloads = where.history(), where.history.segments(), where.history.engagement()
        where.close()
    assert sum(network.seen.values()) - network.seen["fine"] >= 6
    assert rows["status"].tolist() == ["succeeded", "succeeded"]
    assert rows["render_id"].is_unique
    assert rows["segments_cached"].tolist() == [0, 4]
    assert len(pieces) == len(pieces.drop_duplicates(["render_id", "number"])) == 8
    assert downloads["render_id"].tolist() == rows["render_id"].tolist()
    names = objects_in(server, where.store)
    assert len([name for name in names if "/history/renders/" in name]) <= 6
    assert [name for name in names if "/scratch/" in name] == []
    assert len([name for name in names if name.startswith("team/segments/")]) == 4


def test_a_read_that_breaks_off_goes_on(store: Store, server: Server, bucket: str, tmp_path: Path) -> None:
    content = os.urandom(3 * 2**20)
    store.write_bytes("projects/p/r/film.mp4", content)
    with BadNetwork(server.url, share=0.7, faults=("half",), seed=3) as network:
        cut = Store(f"s3://{bucket}/team", {**options_of(server), "endpoint_url": network.url})
        assert cut.read_bytes("projects/p/r/film.mp4") == content
        assert cut.download("projects/p/r/film.mp4", tmp_path / "film.mp4").read_bytes() == content
        assert network.seen["half"] > 3


REFUSALS: list[tuple[bytes, str]] = [
    (
        refusal(400, "AuthorizationHeaderMalformed", "<Region>eu-west-3</Region>"),
        r"the bucket is in region eu-west-3; give storage_options=\{'region': 'eu-west-3'\}",
    ),
    (
        refusal(301, "PermanentRedirect", headers="x-amz-bucket-region: eu-north-1\r\n"),
        r"the bucket is in region eu-north-1; give",
    ),
    (refusal(400, "ExpiredToken"), r"the session token has expired .*; sign in again"),
    (refusal(400, "InvalidToken"), r"the session token is wrong"),
    (refusal(403, "RequestTimeTooSkewed"), r"this machine's clock is wrong"),
    (refusal(503, "SlowDown"), r"the service is busy .* said SlowDown\); try again later"),
    (refusal(400, "NoIdea", "<Key>AKIA1234567890ABCDEF</Key>"), r"said NoIdea: No, because of NoIdea\."),
    (b"", r"no answer from http://127\.0\.0\.1:\d+ \(.*\), tried 2 times; check the network"),
]


@pytest.mark.parametrize(("answer", "message"), REFUSALS)
def test_refusals_say_what_to_do(answer: bytes, message: str) -> None:
    with BadNetwork("http://127.0.0.1:1", canned=answer) as network:
        options = {
            "endpoint_url": network.url,
            "key": "AKIAKEYKEYKEYKEY",
            "secret": "the-secret",
            "attempts": 2,
        }
        store = Store("s3://films/team", options)
        asks: list[tuple[str, Callable[[], object]]] = [
            ("write to s3://films/team/a", lambda: store.write_bytes("a", b"x")),
            ("read s3://films/team/a", lambda: store.read_bytes("a")),
            ("look through s3://films/team/", lambda: list(store.list())),
        ]
        for what, ask in asks:
            with pytest.raises(StoreError, match=message) as caught:
                ask()
            assert f"can't {what}" in str(caught.value)
            check_clean(caught.value, "the-secret", "AKIAKEYKEYKEYKEY")


def check_clean(error: BaseException, *secrets: str) -> None:
    """Check that an error has no secret in it, nor in what it drags along."""
    assert error.__cause__ is None
    assert error.__context__ is None
    for secret in secrets:
        assert secret not in repr(error) + str(error)


def asks_of(store: Store) -> list[Callable[[], object]]:
    """Give all that can be asked of a store."""
    return [
        lambda: store.exists("a"), lambda: store.size("a"), lambda: store.read_bytes("a"),
        lambda: store.write_bytes("b", b"x"), lambda: list(store.list()), lambda: store.link("a"),
        lambda: store.local("a"), lambda: store.claim(["a"]), lambda: store.clean("1d"),
    ]  # fmt: skip


def test_wrong_keys_and_missing_permissions(bucket: str, server: Server, store: Store) -> None:
    store.write_bytes("a", b"x")
    key, secret = server.owner
    stranger_key, stranger_secret = server.stranger
    for keys, message in (
        ((key, "wrong-secret"), "the access key or secret key is wrong .*; check 'key' and 'secret'"),
        (("wrong-key", secret), "the access key or secret key is wrong"),
        ((stranger_key, stranger_secret), "access denied .*; ask the bucket's owner"),
    ):
        given = {**options_of(server), "key": keys[0], "secret": keys[1]}
        for ask in asks_of(Store(f"s3://{bucket}/team", given)):
            with pytest.raises(StoreError, match=message) as caught:
                ask()
            check_clean(caught.value, *keys)
    assert list(store.list()) == ["a"]


def test_a_bucket_that_is_not_there(server: Server) -> None:
    store = Store("s3://no-such-bucket/team", options_of(server))
    for ask in (lambda: store.write_bytes("a", b"x"), lambda: list(store.list()), lambda: store.local("a")):
        with pytest.raises(StoreError, match=r"there is no bucket 'no-such-bucket' at http.*; create it"):
            ask()
    where = bz.Workspace(store.url, storage_options=options_of(server), engine="inline")
    with pytest.raises(bz.StoreError, match="there is no bucket"):
        counting_film(0.1).export(workspace=where, progress=False)


def test_no_keys_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, server: Server) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(StoreError, match="no keys were found; set AWS_PROFILE or"):
        Store("s3://films", {"endpoint_url": server.url, "concurrency": 3}).exists("a")
    with pytest.raises(StoreError, match=r"there is no such profile in ~/\.aws"):
        Store("s3://films", {"endpoint_url": server.url, "profile": "nobody"}).exists("a")


@contextmanager
def doing(work: Callable[[], object]) -> Iterator[list[BaseException]]:
    """Do something in a thread meanwhile, and wait for its end; give what it raises."""
    raised: list[BaseException] = []

    def whole() -> None:
        try:
            work()
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=whole)
    thread.start()
    yield raised
    thread.join(120)
    assert not thread.is_alive()


@pytest.mark.parametrize("restarted", [True, False])
def test_a_server_killed_in_the_middle_of_an_upload(fragile: Server, restarted: bool) -> None:
    """Restarted soon, the upload completes; else it ends with an error, and nothing is half there."""
    store = Store(
        "s3://films/team", options_of(fragile, part_bytes=PART, concurrency=1, attempts=7 if restarted else 2)
    )
    store.write_bytes("projects/p/r/film.mp4", b"the one before")
    store.write_bytes("segments/ab/abcdef01.mp4", b"acknowledged")
    content = os.urandom(6 * PART)
    begun = threading.Event()

    def write() -> None:
        with store.writing("projects/p/r/film.mp4", on_bytes=lambda done, _: begun.set()) as path:
            path.write_bytes(content)

    with doing(write) as raised:
        assert begun.wait(180)
        fragile.kill()
        if restarted:
            fragile.start()
    if restarted:
        assert raised == []
        assert store.read_bytes("projects/p/r/film.mp4") == content
    else:
        (error,) = raised
        assert isinstance(error, StoreError)
        assert "no answer from" in str(error)
        fragile.start()
        assert store.read_bytes("projects/p/r/film.mp4") == b"the one before"
    assert store.read_bytes("segments/ab/abcdef01.mp4") == b"acknowledged"


def test_a_server_killed_in_the_middle_of_an_export(fragile: Server, tmp_path: Path) -> None:
    where = bz.Workspace("s3://films/team", storage_options=options_of(fragile, attempts=8), workers=2)
    film = counting_film(*[0.5] * 12, width=320, height=180)

    def kill_and_restart() -> None:
        while not list(where.store.list("segments/")):
            time.sleep(0.05)
        fragile.kill()
        fragile.start()

    film.export("first.mp4", workspace=where, progress=False, frame_range=(0, 1))  # workers are there
    with doing(kill_and_restart) as raised:
        render = film.export("film.mp4", workspace=where, progress=False)
    where.close()
    assert raised == []
    assert numbers_in(render.path) == list(range(180))
    assert where.history()["status"].tolist() == ["succeeded", "succeeded"]
    assert [name for name in objects_in(fragile, where.store) if "/scratch/" in name] == []
    for key in where.store.list("segments/"):
        assert where.store.local(key).stat().st_size == where.store.size(key)


def test_a_segment_that_is_removed_while_it_is_used(bucket: str, server: Server, tmp_path: Path) -> None:
    where = bz.Workspace(f"s3://{bucket}", storage_options=options_of(server), engine="inline")
    film = counting_film(1, 1, fps=10)
    first = film.export(workspace=where, progress=False)
    for path in (tmp_path / "cache").rglob("*"):
        if path.is_file():
            path.unlink()  # as on another machine
    segment = next(iter(where.store.list("segments/")))
    there = where.store.claim
    lied: list[str] = []

    def claim(keys: Any) -> set[str]:
        found = there(keys)
        if segment in keys and not lied:
            lied.append(segment)
            where.store.remove(segment)  # just after it was found
        return found

    where.store.claim = claim  # type: ignore[method-assign]
    again = film.export(workspace=where, progress=False)
    assert lied == [segment]
    assert again.path.read_bytes() == first.path.read_bytes()
    assert (again.segments, again.segments_cached) == (2, 1)
    with pytest.raises(MissingObjectError):
        where.store.local("segments/ab/abcdef01.mp4")
