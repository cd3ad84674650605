from __future__ import annotations

import base64
import builtins
import io
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import av
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from PIL import Image as PilImage
from playwright.sync_api import Browser

import bazaar_nb as bz
from bazaar_nb.preview.poster import fallback_bundle, poster_png
from bazaar_nb.scene.cell_definitions import follow_cells
from bazaar_nb.widgets import notebook_cells as live
from bazaar_nb.widgets.display import register_displays

HOSTILE = "\"'><img src=x onerror=alert(1)></script><style>*{}</style>&amp;"


@bz.scene(duration=1)
def rises(frame: bz.Frame) -> object:
    """Black at first, white in the middle."""
    return bz.Fill("white" if frame.index >= 10 else "black")


@bz.scene(duration=1)
def broken(frame: bz.Frame) -> object:
    raise KeyError("sales")


class Parsed(HTMLParser):
    """What a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self.open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open = tag

    def handle_data(self, data: str) -> None:
        self.texts[self.open] = self.texts.get(self.open, "") + data

    def one(self, tag: str) -> dict[str, str | None]:
        (found,) = (attributes for name, attributes in self.tags if name == tag)
        return found

    def names(self) -> set[str]:
        return {name for name, _ in self.tags}


def bytes_of(address: str | None) -> tuple[str, bytes]:
    mime, data = str(address).removeprefix("data:").split(";base64,")
    return mime, base64.b64decode(data, validate=True)


def test_a_poster_shows_the_film_and_fits() -> None:
    film = bz.Composition([rises(), broken()], width=1280, height=720, fps=30)
    poster = poster_png(film)
    assert poster is not None
    image = PilImage.open(io.BytesIO(poster))
    assert (image.format, image.size) == ("PNG", (640, 360))
    assert np.asarray(image).min() == 255
    first = poster_png(film, frame=0, max_width=64)
    assert first is not None
    small = PilImage.open(io.BytesIO(first))
    assert (small.size, np.asarray(small).max()) == ((64, 36), 0)
    assert poster_png(film, frame=-1) is None
    assert poster_png(bz.Composition([broken()])) is None


@pytest.mark.parametrize("video", [None, b"an mp4"])
def test_the_fallback_holds_all_that_it_shows(video: bytes | None) -> None:
    film = bz.Composition([rises()], width=1280, height=720, name=HOSTILE)
    poster = poster_png(film)
    bundle = fallback_bundle(film, "0af", poster, video, note="<b>")
    assert base64.b64decode(bundle["image/png"]) == poster
    page = Parsed(bundle["text/html"])
    assert page.one("div") == {"class": "bazaar-fallback bazaar-fallback-0af"}
    assert page.names() == {"div", "style", "p", "img" if video is None else "video"}
    assert page.texts["p"] == "<b>"
    shown = page.one("img" if video is None else "video")
    assert str(shown["alt" if video is None else "aria-label"]).startswith(HOSTILE + " · 1 s · 1280×720")
    mime, picture = bytes_of(shown["src" if video is None else "poster"])
    assert (mime, PilImage.open(io.BytesIO(picture)).size) == ("image/jpeg", (640, 360))
    if video is not None:
        assert bytes_of(shown["src"]) == ("video/mp4", video)
    assert set(shown) <= {"src", "poster", "alt", "aria-label", "style", "controls"}


def test_without_a_poster_the_fallback_says_what_it_is() -> None:
    film = bz.Composition([broken()], name="review")
    bundle = fallback_bundle(film, "0af", None)
    assert "image/png" not in bundle
    assert Parsed(bundle["text/html"]).texts["p"] == "review · 1 s · 1920×1080 · 30 fps"
    with pytest.raises(ValueError, match="letters and digits"):
        fallback_bundle(film, "a b", None)


@pytest.fixture
def place(tmp_path: Path) -> bz.Workspace:
    return bz.Workspace(tmp_path / "store", engine=bz.InlineEngine())


def test_a_page_holds_the_movie(tmp_path: Path, place: bz.Workspace) -> None:
    film = bz.Composition([rises()], width=640, height=360, fps=30, name=HOSTILE)
    text = film.to_html(width=320, progress=False, workspace=place)
    assert text is not None
    page = Parsed(text)
    assert page.texts["title"].strip() == page.texts["h1"].strip() == HOSTILE
    assert "img" not in page.names()
    assert not re.search(r"https?:|//[a-z]", re.sub(r"[A-Za-z0-9+/=]{200,}", "", text))
    mime, poster = bytes_of(page.one("video")["poster"])
    assert (mime, PilImage.open(io.BytesIO(poster)).size) == ("image/jpeg", (320, 180))
    held = text.split('id="film">')[1].split("</script>")[0]
    with av.open(io.BytesIO(base64.b64decode(held, validate=True)), "r") as movie:
        frames = [frame.to_ndarray(format="gray") for frame in movie.decode(video=0)]
    assert [frame.shape for frame in frames] == [(180, 320)] * 30
    assert [frame.mean() > 128 for frame in frames] == [False] * 10 + [True] * 20
    path = tmp_path / "page.html"
    assert film.to_html(path, width=320, progress=False, workspace=place) is None
    assert path.read_text(encoding="utf-8") == text
    assert bz.history(place).status.tolist() == ["succeeded"] * 2


def test_a_title_that_is_no_text_is_written_all_the_same(tmp_path: Path, place: bz.Workspace) -> None:
    film = bz.Composition([rises()], width=64, height=36, fps=30, name="half \ud800 a letter")
    film.to_html(tmp_path / "page.html", width=32, progress=False, workspace=place)
    assert "<title>half ? a letter</title>" in (tmp_path / "page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 1200), ("light", 320)])
def test_a_page_plays_from_disk(
    tmp_path: Path, place: bz.Workspace, chromium: Browser, scheme: Literal["light", "dark"], width: int
) -> None:
    path = tmp_path / "the page.html"
    film = bz.Composition([rises()], width=640, height=360, fps=30, name=HOSTILE)
    film.to_html(path, width=320, progress=False, workspace=place)
    context = chromium.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 700}, offline=True
    )
    page = context.new_page()
    problems: list[object] = []
    page.on("pageerror", lambda error: problems.append(error))
    page.on("console", lambda message: problems.append(message.text))
    page.on("dialog", lambda dialog: problems.append(dialog.message))
    page.goto(path.as_uri())
    page.wait_for_function("document.querySelector('video').readyState >= 3")
    seen = page.evaluate("""async () => {
        const video = document.querySelector("video");
        video.muted = true;
        video.currentTime = 0.9;
        await new Promise((done) => video.addEventListener("seeked", done, { once: true }));
        const box = video.getBoundingClientRect();
        return {
            size: [video.videoWidth, video.videoHeight], duration: video.duration, at: video.currentTime,
            inside: box.left >= 0 && box.right <= innerWidth && document.body.scrollWidth <= innerWidth,
            paper: getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)[0],
        };
    }""")
    context.close()
    assert problems == []
    assert (seen["size"], seen["at"], seen["inside"]) == ([320, 180], 0.9, True)
    assert seen["duration"] == pytest.approx(1, abs=0.01)
    assert (seen["paper"] > 128) == (scheme == "light")


def test_a_page_appears_whole_or_not_at_all(
    tmp_path: Path, place: bz.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "page.html"
    path.write_text("before")
    with pytest.raises(bz.SceneError):
        bz.Composition([broken()], width=64, height=36).to_html(path, progress=False, workspace=place)
    film = bz.Composition([rises()], width=64, height=36)
    monkeypatch.setattr("bazaar_nb.preview.web_page._TAIL", object())
    with pytest.raises(TypeError):
        film.to_html(path, progress=False, workspace=place)
    assert path.read_text() == "before"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["page.html", "store"]
    for bad, said in (
        (tmp_path, "is a folder"),
        (tmp_path / "none" / "a.html", "folder that does not exist"),
    ):
        with pytest.raises(bz.StoreError, match=said):
            film.to_html(bad)
    with pytest.raises(bz.InvalidValueError, match="`width` must be a whole number of pixels from 16, got 3"):
        film.to_html(path, width=3)


@pytest.fixture
def shell() -> Iterator[Any]:
    InteractiveShell.clear_instance()
    shell: Any = InteractiveShell.instance()
    shell.user_ns["film"] = bz.Composition([rises()], width=64, height=36)
    live.watch_cells()
    register_displays()
    yield shell
    InteractiveShell.clear_instance()
    follow_cells(None)


def test_a_terminal_shows_text(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run_cell("film").raise_error()
    assert capsys.readouterr().out == f"Out[0]: {shell.user_ns['film']!r}\n"


def test_a_notebook_shows_one_player_a_cell(shell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    log: list[str] = []

    class Player:
        def __init__(self, film: object) -> None:
            self.film = film

        def _ipython_display_(self) -> None:
            log.append("shown")

        def close(self) -> None:
            log.append("closed")

    shell.kernel = SimpleNamespace()
    monkeypatch.setitem(sys.modules, "bazaar_nb.widgets.player.widget", SimpleNamespace(Player=Player))
    shell.run_cell("film", cell_id="a").raise_error()
    shell.run_cell("film", cell_id="b").raise_error()
    shell.run_cell("film", cell_id="a").raise_error()
    assert log == ["shown", "shown", "closed", "shown"]


def test_a_chart_that_ends_a_cell_plays(shell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    films: list[bz.Composition] = []

    class Player:
        def __init__(self, film: bz.Composition) -> None:
            films.append(film)

        def _ipython_display_(self) -> None: ...

        def close(self) -> None: ...

    chart = bz.charts.BarRace({"year": [1, 2], "A": [1, 2]}, time="year", title="A grows", duration=2)
    shell.user_ns["chart"] = chart
    shell.run_cell("chart").raise_error()
    assert films == []  # a terminal shows text
    shell.kernel = SimpleNamespace()
    monkeypatch.setitem(sys.modules, "bazaar_nb.widgets.player.widget", SimpleNamespace(Player=Player))
    shell.run_cell("chart").raise_error()
    assert [film.frames for film in films] == [60]


def test_without_the_libraries_of_widgets_a_notebook_shows_the_poster(
    shell: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    published: list[dict[str, str]] = []
    shell.kernel = SimpleNamespace()
    shell.display_pub.publish = lambda data, metadata=None, **more: published.append(data)
    original = builtins.__import__

    def without_anywidget(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "anywidget":
            raise ModuleNotFoundError("No module named 'anywidget'", name="anywidget")
        return original(name, *args, **kwargs)

    monkeypatch.delitem(sys.modules, "bazaar_nb.widgets.player.widget", raising=False)
    monkeypatch.setattr(builtins, "__import__", without_anywidget)
    shell.run_cell("film").raise_error()
    (bundle,) = published
    assert "anywidget is missing: `pip install anywidget ipywidgets`" in bundle["text/html"]
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
