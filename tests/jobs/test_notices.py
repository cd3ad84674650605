"""Webhooks are told, signed and a few times at most; renders don't notice them."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import bazaar_nb as bz
from bazaar_nb.jobs import notices
from bazaar_nb.jobs.notices import sign
from bazaar_nb.store.store import Store
from tests.render.films import counting_film, ends, numbers_in
from tests.render.gates import gate, until
from tests.texts import refused_or_read, texts

pytestmark = pytest.mark.usefixtures("own_queue")

SECRET = "a secret"
GOOD = 'url = "https://x.y/z"\non = ["failed"]\n[data]\nchannel = "a"\n'


class Receiver:
    """A server that answers as it is told, and keeps what it got."""

    def __init__(self, answer: Callable[[BaseHTTPRequestHandler, int], None]) -> None:
        got = self.got = list[tuple[str, dict[str, str], bytes]]()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                got.append((self.path, dict(self.headers), body))
                answer(self, len(got))

            def do_GET(self) -> None:
                got.append((self.path, dict(self.headers), b""))
                self.send_error(200)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/told?token=hidden"

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, _, body in self.got]


@contextmanager
def receiving(answer: Callable[[BaseHTTPRequestHandler, int], None] | int = 204) -> Iterator[Receiver]:
    def send(request: BaseHTTPRequestHandler, _: int) -> None:
        assert isinstance(answer, int)
        request.send_response(answer)
        request.end_headers()

    receiver = Receiver(answer if callable(answer) else send)
    thread = threading.Thread(target=receiver.server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield receiver
    finally:
        receiver.server.shutdown()
        receiver.server.server_close()
        thread.join()


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(notices, "_PAUSES_S", (0.01, 0.02, 0.03))
    monkeypatch.delenv(notices.SECRET_VARIABLE, raising=False)
    yield
    until(lambda: not notices._sending)


def telling(where: bz.Workspace, url: str, **more: Any) -> bz.Workspace:
    hook = bz.Webhook(url=url, **more)
    return bz.Workspace(where.root, user="ada", project="q3", engine=where.engine, notices=hook)


def sent() -> None:
    until(lambda: not notices._sending)


def test_a_success_and_a_failure_are_told(inline: bz.Workspace) -> None:
    @bz.scene(duration=0.1)
    def broken(frame: bz.Frame) -> Any:
        raise KeyError("colour <img onerror>")

    with receiving() as receiver:
        where = telling(inline, receiver.url, secret=SECRET, data={"channel": "#films"})
        render = counting_film(0.1).export("film.mp4", workspace=where, progress=False)
        sent()
        failed = bz.Composition([broken()]).submit(workspace=where)
        failed.wait(180)
        with gate() as held:
            cancelled = held.film.submit(workspace=where)
            cancelled.cancel()
        cancelled.wait(180)
        sent()
    good, bad = receiver.bodies
    assert (good["render_id"], good["status"], good["location"]) == (render.id, "succeeded", render.location)
    assert (good["user"], good["project"], good["frames"], good["data"]) == (
        "ada",
        "q3",
        3,
        {"channel": "#films"},
    )
    assert good["finished"] <= good["sent"]
    assert (bad["render_id"], bad["status"], bad["error_class"]) == (failed.id, "failed", "SceneError")
    assert "<img onerror>" in bad["error_message"]
    assert good["delivery"] != bad["delivery"]
    for path, headers, body in receiver.got:
        assert path == "/told?token=hidden"
        assert headers["Content-Type"] == "application/json"
        expected = hmac.new(SECRET.encode(), body, hashlib.sha512).hexdigest()
        assert headers["X-Bazaar-Signature"] == f"sha512={expected}"
        assert bz.verify_signature(body, headers["X-Bazaar-Signature"], SECRET)
        assert not bz.verify_signature(body + b" ", headers["X-Bazaar-Signature"], SECRET)
        assert SECRET.encode() not in body


def test_nobody_is_told_of_what_was_not_let_in(inline: bz.Workspace) -> None:
    with receiving() as receiver:
        hook = bz.Webhook(url=receiver.url)
        where = bz.Workspace(inline.root, engine="inline", limits=bz.Limits(fps=1), notices=hook)
        for call in (counting_film(0.1).export, counting_film(0.1).submit):
            with pytest.raises(bz.LimitError):
                call(workspace=where)
        sent()
    assert receiver.got == []


def test_a_server_that_fails_is_asked_again(inline: bz.Workspace) -> None:
    def answer(request: BaseHTTPRequestHandler, number: int) -> None:
        request.send_response(503 if number < 3 else 200)
        request.end_headers()

    with receiving(answer) as receiver:
        counting_film(0.1).export(workspace=telling(inline, receiver.url), progress=False)
        sent()
    first, second, third = receiver.got
    assert first[2] == second[2] == third[2]
    assert "X-Bazaar-Signature" not in first[1]


@pytest.mark.parametrize(("code", "times"), [(500, 4), (429, 4), (400, 1), (404, 1), (301, 1)])
def test_tries_are_few(inline: bz.Workspace, caplog: pytest.LogCaptureFixture, code: int, times: int) -> None:
    with receiving(code) as receiver:
        render = counting_film(0.1).export(workspace=telling(inline, receiver.url), progress=False)
        sent()
    assert len(receiver.got) == times
    (said,) = caplog.messages
    assert said == f"the webhook at 127.0.0.1 was not told of render {render.id}: it answered {code}"
    assert caplog.records[0].levelno == logging.WARNING
    assert ends(inline) == [("succeeded", None)]


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(inline: bz.Workspace, code: int) -> None:
    with receiving() as elsewhere:

        def answer(request: BaseHTTPRequestHandler, number: int) -> None:
            request.send_response(code)
            request.send_header("Location", elsewhere.url.replace("127.0.0.1", "localhost"))
            request.end_headers()

        with receiving(answer) as receiver:
            counting_film(0.1).export(workspace=telling(inline, receiver.url, secret=SECRET), progress=False)
            sent()
    assert len(receiver.got) == 1
    assert elsewhere.got == []


def test_a_server_that_hangs(
    inline: bz.Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The render has ended, and others go on, while it hangs."""
    monkeypatch.setattr(notices, "_TIMEOUT_S", 0.5)
    go_on = threading.Event()
    with receiving(lambda request, number: (go_on.wait(180), None)[1]) as receiver:
        where = telling(inline, receiver.url)
        try:
            render = counting_film(0.1).export(workspace=where, progress=False)
            until(lambda: receiver.got)
            assert notices._sending
            counting_film(0.1).export("next.mp4", workspace=where, progress=False)
            assert numbers_in(render.path) == [0, 1, 2]
            assert ends(inline) == [("succeeded", None)] * 2
            sent()
            until(lambda: len(receiver.got) == 8)
        finally:
            go_on.set()
    assert {said.rpartition(": ")[2] for said in caplog.messages} == {"TimeoutError"}


@pytest.mark.parametrize(
    ("host", "known_as"),
    [("169.254.169.254", None), ("[fe80::1]", None), ("innocent.example", "::ffff:169.254.169.254")],
)
def test_no_notice_goes_to_where_clouds_hand_out_keys(
    inline: bz.Workspace,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    host: str,
    known_as: str | None,
) -> None:
    def connect(*_: object, **__: object) -> None:
        raise AssertionError("it was sent")

    monkeypatch.setattr(socket, "create_connection", connect)
    if known_as:
        there = [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", (known_as, 80, 0, 0))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: there)
    counting_film(0.1).export(workspace=telling(inline, f"http://{host}/latest?hidden"), progress=False)
    sent()
    (said,) = caplog.messages
    assert said.endswith("its address is a link-local one")
    assert ends(inline) == [("succeeded", None)]


def test_a_server_that_talks_nonsense(inline: bz.Workspace, caplog: pytest.LogCaptureFixture) -> None:
    def answer(request: BaseHTTPRequestHandler, number: int) -> None:
        request.wfile.write(b"what?\r\n\r\n")

    with receiving(answer) as receiver:
        counting_film(0.1).export(workspace=telling(inline, receiver.url), progress=False)
        sent()
    assert len(receiver.got) == 4
    (said,) = caplog.messages
    assert "it can't be reached: BadStatusLine" in said
    assert "hidden" not in said


def test_nobody_there(inline: bz.Workspace, caplog: pytest.LogCaptureFixture) -> None:
    with receiving() as receiver:
        url = receiver.url
    counting_film(0.1).export(workspace=telling(inline, url), progress=False)
    counting_film(0.1).export(workspace=telling(inline, "http://no.invalid/?k=hidden"), progress=False)
    sent()
    assert len(caplog.messages) == 2
    assert all("it can't be reached" in said and "hidden" not in said for said in caplog.messages)
    assert ends(inline) == [("succeeded", None)] * 2


def test_a_script_that_ends_at_once_still_tells(tmp_path: Path) -> None:
    def answer(request: BaseHTTPRequestHandler, number: int) -> None:
        threading.Event().wait(0.5)
        request.send_response(500 if number == 1 else 200)
        request.end_headers()

    code = """
import sys
import bazaar_nb as bz

@bz.scene(duration=0.1)
def scene(frame):
    return bz.Fill("red")

where = bz.Workspace(sys.argv[1], engine="inline", notices=bz.Webhook(url=sys.argv[2]))
bz.Composition([scene()], width=64, height=36).export(workspace=where, progress=False)
"""
    with receiving(answer) as receiver:
        subprocess.run([sys.executable, "-c", code, str(tmp_path), receiver.url], check=True, timeout=300)
    assert [body["status"] for body in receiver.bodies] == ["succeeded"] * 2


def test_the_webhook_of_the_root(inline: bz.Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(notices.SECRET_VARIABLE, SECRET)
    film = counting_film(0.1)
    with receiving() as receiver:
        config = f'url = "{receiver.url}"\non = ["cancelled"]\n[data]\nteam = "films"\n'
        inline.store.write_bytes("notices.toml", config.encode())
        film.export(workspace=inline, progress=False)
        with gate() as held:
            job = held.film.submit(workspace=inline)
            job.cancel()
        job.wait(180)
        sent()
        ((_, headers, body),) = receiver.got
        assert json.loads(body)["data"] == {"team": "films"}
        assert bz.verify_signature(body, headers["X-Bazaar-Signature"], SECRET)
        for bad, problem in (
            (b"url = 3", "Expected `str`"),
            (b'url = "ftp://host/"', "`url` must be an http"),
            (b'url = "http://host/"\nsecret = "x"', "has a secret, which others can read there"),
            (b'url = "http://host/"\nwho = "x"', "unknown field `who`"),
        ):
            inline.store.write_bytes("notices.toml", bad)
            with pytest.warns(UserWarning, match=problem):
                film.export(workspace=inline, progress=False)
    assert len(receiver.got) == 1


@given(body=st.binary(), secret=st.text(min_size=1), header=st.text())
def test_only_the_right_signature_is_one(body: bytes, secret: str, header: str) -> None:
    secret = secret.encode("utf-8", "replace").decode()
    right = sign(body, secret)
    assert bz.verify_signature(body, right, secret)
    assert not bz.verify_signature(body, right, secret + "x")
    assert bz.verify_signature(body, header, secret) == (header.strip() == right)
    assert not bz.verify_signature(body, right[:-1], secret)
    assert not bz.verify_signature(body, None, secret)
    assert not bz.verify_signature(body, sign(body, ""), "")


@pytest.mark.parametrize(
    "wanted",
    [
        {"url": "file:///etc/passwd"},
        {"url": "host/path"},
        {"url": "https://"},
        {"url": "http://[host/"},
        {"url": "http://host:port/"},
        {"url": "http://host/\r\nX-Evil: 1"},
        {"url": 3},
        {"url": "https://host", "on": "failed"},
        {"url": "https://host", "on": ["started"]},
        {"url": "https://host", "data": {"what": object()}},
    ],
)
def test_webhooks_that_can_not_be(wanted: dict[str, Any]) -> None:
    with pytest.raises(bz.InvalidValueError):
        bz.Webhook(**wanted)


def test_no_secret_is_shown() -> None:
    hook = bz.Webhook(url="https://user:hidden@host/hidden?hidden", secret="hidden")
    assert repr(hook) == "Webhook(host='host', on=('succeeded', 'failed'))"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(texts(GOOD, "https://x.y:80/z", "failed", "sha512=00"))
@example("on = " + "[" * 5000)
@example("http://[::1")
@example("\ud800")
def test_any_text_is_a_notice_or_an_error(tmp_path: Path, text: str) -> None:
    store = Store(tmp_path)
    store.write_bytes(notices.NOTICES_KEY, text.encode("utf-8", "surrogatepass"))
    refused_or_read(lambda: repr(notices.read_webhook(store)))
    refused_or_read(lambda: repr(bz.Webhook(url=text)))
    refused_or_read(lambda: bz.Webhook(url="https://x.y", on=(text,), secret=text))
    refused_or_read(lambda: bz.Webhook(url="https://x.y", data={"a": text, text: 1}))
    assert notices.verify_signature(b"{}", text, "secret") is False
    assert notices.verify_signature(b"{}", sign(b"{}", text), text) is bool(text)
