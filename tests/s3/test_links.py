"""Links: what they open, for whom and how long; and that neither they nor keys are kept anywhere."""

from __future__ import annotations

import json
import logging
import os
import pickle
import re
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import numpy as np
import pytest

import bazaar_nb as bz
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.store.links import Link
from bazaar_nb.store.store import Store
from tests.media.sound_files import write_wav
from tests.render.films import counting_film, numbers_in
from tests.s3.server import Server

MOVIE = "projects/p/r/Übersicht.mp4"


@pytest.fixture(autouse=True)
def movie(store: Store) -> bytes:
    content = os.urandom(50_000)
    store.write_bytes(MOVIE, content)
    return content


def fetch(link: str) -> tuple[int, Any, bytes]:
    try:
        with urllib.request.urlopen(str(link)) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def changed(link: str, **fields: str) -> str:
    url = urlsplit(link)
    query = {
        **dict(parse_qsl(url.query)),
        **{name.replace("_", "-"): value for name, value in fields.items()},
    }
    return urlunsplit(url._replace(query=urlencode(query)))


def test_a_link_opens_the_movie(store: Store, movie: bytes) -> None:
    status, headers, body = fetch(store.link(MOVIE))
    assert (status, body) == (200, movie)
    assert headers["Content-Type"] == "video/mp4"
    assert headers["Content-Disposition"].startswith("inline;")
    _, headers, _ = fetch(store.link(MOVIE, download_name='Q3 "review"\r\nX-Evil: 1.mp4', expires="7d"))
    assert headers["X-Evil"] is None
    assert re.match(
        r'attachment; filename="Q3 -review-X-Evil- 1-[0-9a-f]{6}\.mp4"', headers["Content-Disposition"]
    )
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in str(store.link(MOVIE))
    assert "X-Amz-Expires=900" in str(store.link(MOVIE, expires="15m"))


def test_links_that_are_refused(store: Store, server: Server, bucket: str) -> None:
    short = store.link(MOVIE, expires="1s")
    time.sleep(2.5)
    assert fetch(short)[0] == 403
    link = store.link(MOVIE)
    other = str(link).replace("%C3%9Cbersicht", "other")
    for tampered in (
        changed(link, X_Amz_Expires="604800"), changed(link, X_Amz_Signature="0" * 64),
        changed(link, response_content_type="text/html"), other, str(link).partition("?")[0],
    ):  # fmt: skip
        assert fetch(tampered)[0] == 403
    assert fetch(link)[0] == 200
    key, secret = server.stranger
    client = server.client((key, secret))
    signed = client.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": f"team/{MOVIE}"})
    assert fetch(signed)[0] == 403


@pytest.mark.parametrize("expires", ["8d", 0, "soon", 0.5, "-1h", True])
def test_times_that_can_not_be(store: Store, expires: Any) -> None:
    with pytest.raises(InvalidValueError, match="`expires` must be"):
        store.link(MOVIE, expires=expires)


def test_a_public_address(bucket: str, options: dict[str, Any]) -> None:
    store = Store(f"s3://{bucket}/team", {**options, "public_base_url": "https://films.example.org/t/"})
    assert store.link(MOVIE) == "https://films.example.org/t/projects/p/r/%C3%9Cbersicht.mp4"
    for signed in (store.link(MOVIE, expires="1h"), store.link(MOVIE, download_name="a.mp4")):
        assert fetch(signed)[0] == 200


def test_a_link_is_shown_without_what_gives_access(store: Store) -> None:
    link = store.link(MOVIE)
    assert isinstance(link, Link)
    assert "X-Amz" not in repr(link) + repr([link]) + repr({"link": link})
    assert "X-Amz-Signature" in f"{link}"


@pytest.mark.parametrize("below", [True, False])
def test_a_file_has_its_address_on_the_jupyter_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, below: bool
) -> None:
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    said = {"pid": os.getppid(), "root_dir": str(tmp_path), "base_url": "/user/ada/", "token": "the-token"}
    (runtime / "jpserver-1.json").write_text(json.dumps({**said, "url": "http://localhost:8888/user/ada/"}))
    (runtime / "jpserver-2.json").write_text(json.dumps({**said, "pid": 1, "url": "http://other/"}))
    (runtime / "jpserver-3.json").write_text("{")
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(runtime))
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    store = Store(tmp_path / ("films" if below else ".hidden"))
    store.write_bytes("a/Q3 #1.mp4", b"x")
    assert store.link("a/Q3 #1.mp4") == store.location("a/Q3 #1.mp4")  # no notebook
    monkeypatch.setitem(sys.modules, "ipykernel", sys)
    address = "http://localhost:8888/user/ada/files/films/a/Q3%20%231.mp4"
    assert store.link("a/Q3 #1.mp4") == (address if below else store.location("a/Q3 #1.mp4"))
    if below:
        assert store.link("a/Q3 #1.mp4", download_name="b.mp4") == f"{address}?download=1"
        monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ada/")
        assert store.link("a/Q3 #1.mp4") == "/user/ada/files/films/a/Q3%20%231.mp4"


NOTEBOOK = """
import json, os, bazaar_nb as bz
from tests.render.films import counting_film
root, options = os.environ["TEST_ROOT"], os.environ["TEST_OPTIONS"]
where = bz.Workspace(root, storage_options=json.loads(options), workers=1)
where
---
render = counting_film(0.5).export("film.mp4", workspace=where)
render
---
render.link()
---
[where, where.store, where.store.storage_options, render.store, render.link(download_name="x.mp4")]
---
render.download(os.environ["TEST_FOLDER"])
---
where.history().T
---
wrong = {**json.loads(options), "secret": options[-20:-2]}
bad = bz.Workspace(root, storage_options=wrong, engine="inline")
del wrong, options
try:
    bad.store.read_bytes("a")
except bz.StoreError as error:
    print(error)
---
%xmode Verbose
bad.history()
---
where.store.read_bytes("missing")
---
where.close()
"""


def test_nothing_keeps_keys_or_links(
    bucket: str, options: dict[str, Any], server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A notebook with outputs and tracebacks with variables; all objects of the bucket; the cache."""
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    root = f"s3://{bucket}/team"
    for name, value in {"ROOT": root, "OPTIONS": json.dumps(options), "FOLDER": str(tmp_path)}.items():
        monkeypatch.setenv(f"TEST_{name}", value)
    monkeypatch.setenv("PYTHONPATH", str(Path(bz.__file__).parents[1]))
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in NOTEBOOK.split("---\n")]
    )
    nbclient.NotebookClient(notebook, timeout=180, allow_errors=True).execute()
    failed = [
        output["ename"] for cell in notebook.cells for output in cell.outputs if output.output_type == "error"
    ]
    assert failed == ["StoreError", "MissingObjectError"]
    kept = [nbformat.writes(notebook).encode()]
    client = server.client()
    names = [found["Key"] for found in client.list_objects_v2(Bucket=bucket)["Contents"]]
    assert [name for name in names if "/history/engagement/" in name]  # it was told of links, and has none
    kept += [client.get_object(Bucket=bucket, Key=name)["Body"].read() for name in names]
    kept += [path.read_bytes() for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    key, secret = options["key"], options["secret"]
    assert len(kept) > 8
    assert root.encode() in kept[0]
    for text in kept:
        for never in (key, secret, secret[-15:], "X-Amz-Signature", "X-Amz-Credential"):
            assert never.encode() not in text, (never, text[max(0, text.find(never.encode()) - 500) :][:700])


def test_an_export_with_sound_history_and_link(
    bucket: str, options: dict[str, Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    tone = write_wav(tmp_path / "tone.wav", np.sin(np.arange(96_000) / 17))
    film = bz.Composition(counting_film(1, 1)._items, width=64, height=36, sound=[bz.Sound(tone)])
    where = bz.Workspace(f"s3://{bucket}/team", storage_options=options, workers=2, user="ada", project="q3")
    render = film.export("review.mp4", workspace=where, progress=False)
    assert render.location == f"s3://{bucket}/team/projects/q3/{render.id}/review.mp4"
    assert numbers_in(render.path) == list(range(60))
    status, headers, body = fetch(render.link(download_name="Q3.mp4"))
    assert (status, headers["Content-Disposition"].split(";")[0]) == (200, "attachment")
    assert body == render.path.read_bytes() == render.download(tmp_path, progress=False).read_bytes()
    assert len(body) == render.size_bytes
    (row,) = where.history().to_dict("records")
    assert (row["status"], row["location"], row["has_sound"]) == ("succeeded", render.location, True)
    job = film.submit("review.mp4", workspace=where)
    seen: list[float | None] = []
    job.on_progress(lambda job: seen.append(job.progress.uploaded))
    again = job.result(180)
    assert job.progress.uploaded == 1
    assert [part for part in seen if part is not None] == sorted(part for part in seen if part is not None)
    assert (again.segments_cached, again.path.read_bytes()) == (2, body)
    assert "<video" not in render._repr_html_()  # it has no address that may be kept
    assert f"<figcaption>{render.location} ·" in render._repr_html_()
    assert film.still(3).size == (64, 36)
    with pytest.raises(bz.StoreError, match="is a bucket, not a folder"):
        where.root  # noqa: B018
    assert where.store.url in repr(where)
    said = caplog.text + repr(where) + repr(render) + repr(where.store.storage_options)
    assert options["secret"] not in said
    assert options["key"] not in said
    assert pickle.loads(pickle.dumps(render)).path.read_bytes() == body
    where.close()
