from __future__ import annotations

import asyncio
import gzip
import io
import os
import re
import socket
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import fsspec
import pytest
from PIL import Image as PilImage

from bazaar_nb.errors import AssetError, InvalidValueError
from bazaar_nb.sources import web
from bazaar_nb.sources.fetch_limits import FetchLimits, fetch_limits, use_fetch_limits
from bazaar_nb.sources.fetching import StillFetchingError, fetch, fetched_file, forget_fetched
from bazaar_nb.sources.finding import Finder
from tests.sources.servers import FileServer, rude_server

QUICK = FetchLimits(seconds=20, stall_s=1, attempts=1, size_bytes=2_000_000)


def png(color: str = "orange", size: tuple[int, int] = (24, 16)) -> bytes:
    target = io.BytesIO()
    PilImage.new("RGB", size, color).save(target, "PNG")
    return target.getvalue()


def test_an_address_is_asked_once_whoever_wants_it(server: FileServer) -> None:
    address = server.put("/a%20b.png", png())
    with ThreadPoolExecutor(8) as threads:
        paths = set(threads.map(fetch, [address] * 16))
    (path,) = paths
    assert path.read_bytes() == png()
    assert path.suffix == ".png"
    forget_fetched()  # as in another process
    assert fetch(address) == path
    assert server.asked == ["/a%20b.png"]
    server.put("/a%20b.png", png("blue"))
    assert fetch(address, refresh=True).read_bytes() == png("blue")
    assert fetch(address).read_bytes() == png("blue")
    assert len(server.asked) == 2


def test_a_fetch_that_ends_before_it_is_listened_to(
    server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = asyncio.run_coroutine_threadsafe

    def ended(*arguments: Any) -> Any:
        future = begin(*arguments)
        wait([future])
        return future

    monkeypatch.setattr(asyncio, "run_coroutine_threadsafe", ended)
    address = server.put("/a.png", png())
    paths: list[Path] = []
    asking = threading.Thread(target=lambda: paths.append(fetch(address)), daemon=True)
    asking.start()
    asking.join(60)
    assert [path.read_bytes() for path in paths] == [png()]


def test_another_process_asks_nobody(server: FileServer) -> None:
    address = server.put("/a.png", png())
    path = fetch(address)
    code = f"from bazaar_nb.sources.fetching import fetch; print(fetch({address!r}))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == str(path)
    assert len(server.asked) == 1


def test_trouble_is_tried_again_and_a_no_is_not(server: FileServer) -> None:
    address = server.put("/a.png", png())
    server.status["/a.png"] = [503, 429]
    assert fetch(address).read_bytes() == png()
    assert len(server.asked) == 3
    with pytest.raises(AssetError, match=r"b\.png answered 404, it has no such file"):
        fetch(f"{server.url}/b.png")
    assert len(server.asked) == 4
    server.status["/a.png"] = [500] * 9
    with pytest.raises(AssetError, match="answered 500, 2 times"):
        fetch(address, refresh=True, limits=FetchLimits(attempts=2))
    assert fetched_file(address) is not None  # what was there stays


def test_redirects_are_followed_with_a_limit(server: FileServer) -> None:
    other = FileServer()
    try:
        server.moved["/one"] = f"{other.url}/a.png"
        other.put("/a.png", png())
        assert fetch(f"{server.url}/one").read_bytes() == png()
        with_password = server.url.replace("//", "//ann:secret@") + "/one"
        assert fetch(with_password).read_bytes() == png()
        assert "Authorization" in server.headers[-1]
        assert "Authorization" not in other.headers[-1]  # it was for the first host
        server.moved["/loop"] = "/loop"
        with pytest.raises(AssetError, match="more than 5 times"):
            fetch(f"{server.url}/loop")
        server.moved["/file"] = "file:///etc/passwd"
        with pytest.raises(AssetError, match=r"leads to file:///etc/passwd: from http only"):
            fetch(f"{server.url}/file")
    finally:
        other.stop()


def test_link_local_addresses_are_never_asked(server: FileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    named = "http://169.254.169.254/latest/meta-data"
    server.moved["/keys"] = named
    for address in (named, f"{server.url}/keys", "http://[fe80::1]/a.png", "http://[::ffff:169.254.1.1]/a.png",
                    "http://[64:ff9b::a9fe:a9fe]/a.png"):  # fmt: skip
        with pytest.raises(AssetError, match="link-local"):
            fetch(address, limits=QUICK)


def test_no_public_server_leads_into_a_private_network(
    server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.moved["/in"] = f"{server.url}/a.png"
    server.put("/a.png", png())
    real = web._Guard.check

    def first_is_public(guard: Any, numbers: list[str]) -> None:
        real(guard, numbers)
        guard._now_public = guard._now_public or not guard._from_public

    monkeypatch.setattr(web._Guard, "check", first_is_public)
    with pytest.raises(AssetError, match="private network"):
        fetch(f"{server.url}/in")
    assert server.asked == ["/in"]


def test_web_pages_and_nothing_are_no_files(server: FileServer) -> None:
    for body in (b"<!DOCTYPE html><html>Log in", b"\n <!-- a --> <HTML><body>"):
        with pytest.raises(AssetError, match=r"/page\.png is a web page, not a file"):
            fetch(server.put("/page.png", body, Content_Type="image/png"))
    with pytest.raises(AssetError, match=r"/empty\.png is empty"):
        fetch(server.put("/empty.png", b""))
    # What a server says of a picture doesn't count, nor how it is called.
    assert fetch(server.put("/get", png(), Content_Type="text/html")).suffix == ".png"
    svg = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>'
    assert fetch(server.put("/drawing.png", svg)).suffix == ".svg"


def answer(body: bytes, length: int | None = None, *headers: str) -> bytes:
    said = [f"Content-Length: {len(body) if length is None else length}"] if length != -1 else []
    return "\r\n".join(["HTTP/1.1 200 OK", *said, *headers, "Connection: close", "", ""]).encode() + body


def hang(connection: socket.socket, ended: threading.Event) -> None:
    ended.wait(60)


def drip(connection: socket.socket, ended: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while not ended.wait(0.1):
        connection.sendall(b"X-More: 1\r\n")


def never_end(connection: socket.socket, ended: threading.Event) -> None:
    connection.sendall(answer(png(), -1))
    while not ended.is_set():
        connection.sendall(bytes(65536))


def stop_halfway(connection: socket.socket, ended: threading.Event) -> None:
    connection.sendall(answer(png(), 5000))


def stall_halfway(connection: socket.socket, ended: threading.Event) -> None:
    connection.sendall(answer(png(), 5000))
    ended.wait(60)


def boast(connection: socket.socket, ended: threading.Event) -> None:
    connection.sendall(answer(png(), 10**12))


def bomb(connection: socket.socket, ended: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    for _ in range(500):
        connection.sendall(packer.compress(bytes(1_000_000)))


def babble(connection: socket.socket, ended: threading.Event) -> None:
    connection.sendall(b"220 mail.example.org ESMTP\r\n")


def close_at_once(connection: socket.socket, ended: threading.Event) -> None:
    pass


def grow_a_header(connection: socket.socket, ended: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while not ended.is_set():
        connection.sendall(b"a" * 65536)


@pytest.mark.parametrize(
    ("behave", "said", "limits"),
    [
        (hang, "sent nothing for 1 s", QUICK),
        (drip, "was not there within 2 s", FetchLimits(seconds=2, attempts=1)),
        (never_end, "has more, and 2,000,000 may be fetched", QUICK),
        (stop_halfway, "broke off before its end", QUICK),
        (stall_halfway, "sent nothing for 1 s", QUICK),
        (boast, "has 1,000,000,000,000 bytes, and 2,000,000 may be fetched", QUICK),
        (bomb, "has more, and 2,000,000 may be fetched", QUICK),
        (babble, "can't be reached", QUICK),
        (close_at_once, "can't be reached", QUICK),
        (grow_a_header, "can't be reached", QUICK),
    ],
)
def test_whatever_a_server_does_there_is_an_end(
    behave: Callable[[socket.socket, threading.Event], None], said: str, limits: FetchLimits, tmp_path: Path
) -> None:
    with rude_server(behave) as address, pytest.raises(AssetError, match=re.escape(said)) as caught:
        fetch(f"{address}?X-Amz-Signature=secret", limits=limits)
    assert "secret" not in str(caught.value)
    assert "picture.png?…" in str(caught.value)
    left = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert left == []


def test_a_file_shorter_than_said_is_cut_off_and_one_packed_is_unpacked(server: FileServer) -> None:
    address = server.put("/a.png", gzip.compress(png()), Content_Encoding="gzip")
    assert fetch(address).read_bytes() == png()
    cut = server.put("/b.png", gzip.compress(png())[:-9], Content_Encoding="gzip")
    with pytest.raises(AssetError, match="broke off"):
        fetch(cut, limits=QUICK)
    with pytest.raises(AssetError, match="packed as 'br'"):
        fetch(server.put("/c.png", png(), Content_Encoding="br"))


def test_who_shows_pictures_to_people_does_not_wait() -> None:
    with rude_server(hang) as address:
        for _ in range(2):
            with pytest.raises(StillFetchingError, match="is being fetched"):
                fetch(address, limits=QUICK, wait_s=0.01)
        with pytest.raises(AssetError, match="sent nothing"):
            fetch(address, limits=QUICK)
        began = time.process_time()
        with pytest.raises(AssetError, match="sent nothing"):  # known by now: nobody is asked
            fetch(address, limits=QUICK, wait_s=5)
        assert time.process_time() - began < 1


def test_memory_and_other_file_systems(tmp_path: Path) -> None:
    fsspec.filesystem("memory").pipe("/films/a.png", png())
    assert fetch("memory://films/a.png").read_bytes() == png()
    fsspec.filesystem("memory").pipe("/films/large.png", bytes(3_000_000))
    for address, said in (
        ("memory://films/b.png", "is not there"),
        ("memory://films/large.png", "has 3,000,000 bytes, and 2,000,000 may be fetched"),
        ("nobody://films/b.png", "nobody here knows nobody://"),
        ("zip://a.png::memory://films/a.zip", "a file in a file"),
        ("gs://bucket/a.png", "needs a library"),
    ):
        with pytest.raises(AssetError, match=re.escape(said)):
            fetch(address, limits=QUICK)
    here = tmp_path / "a b.png"
    here.write_bytes(png())
    assert Finder()(here.as_uri()) == here
    with pytest.raises(AssetError, match="another machine"):
        Finder()("file://elsewhere/a.png")


def test_limits_can_be_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert use_fetch_limits(seconds=30, size_bytes=5).seconds == 30
    assert fetch_limits().size_bytes == 5
    assert use_fetch_limits() == FetchLimits()
    monkeypatch.setenv("BAZAAR_FETCH_SECONDS", "7.5")
    assert fetch_limits().seconds == 7.5
    for wrong in ("much", "-1"):
        monkeypatch.setenv("BAZAAR_FETCH_SECONDS", wrong)
        with pytest.raises(InvalidValueError, match="BAZAAR_FETCH_SECONDS"):
            fetch_limits()
    monkeypatch.delenv("BAZAAR_FETCH_SECONDS")
    for bad in ({"second": 3}, {"seconds": 0}, {"redirects": "many"}):
        with pytest.raises(InvalidValueError, match="use_fetch_limits"):
            use_fetch_limits(**bad)


def test_memory_stays_small_with_large_files(server: FileServer) -> None:
    """A file of 64 MB, and a bomb of as many, take no more than some megabytes."""
    address = server.put("/a.bin", os.urandom(64_000_000))
    code = f"""
import resource
from bazaar_nb.sources.fetching import fetch
fetch({server.put("/small.bin", b"1234")!r})
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert fetch({address!r}).stat().st_size == 64_000_000
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(said.stdout) < 24
