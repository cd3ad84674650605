"""What is told of movies that are played: by the browser, and by the kernel to the history."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser

import bazaar_nb as bz
from bazaar_nb.history.collector import collector
from bazaar_nb.widgets import desk
from bazaar_nb.widgets.attention import MOST_A_MINUTE
from bazaar_nb.widgets.job_view import JobView
from bazaar_nb.widgets.jobs_widget import JobsWidget
from bazaar_nb.widgets.panel import ExportPanel
from bazaar_nb.widgets.player import Player
from tests.render.films import counting_film
from tests.widgets import media
from tests.widgets.bench import Bench
from tests.widgets.screen import WAIT_S, Screen
from tests.widgets.test_panel_view import asked, job, movie, show

SHOWING = "0123456789ab"


@pytest.fixture
def where(tmp_path: Path) -> bz.Workspace:
    return bz.Workspace(tmp_path, engine="inline", user="ann", project="q3")


def told(where: bz.Workspace) -> pd.DataFrame:
    """Give what the history was told."""
    assert collector.flush(WAIT_S)
    return where.history.engagement()


def see(widget: JobsWidget) -> Screen:
    screen = Screen(widget)
    assert screen.ask("open").kind == "reply"
    return screen


def test_a_panel_tells_the_history(where: bz.Workspace) -> None:
    film = counting_film(1)
    panel = ExportPanel(film, where)
    render = film.export("film.mp4", workspace=where, progress=False)
    made = next(job for job in where.queue.ended if job.id == render.id)
    view = JobView(made)
    for widget in (panel, view):
        screen = see(widget)
        for what, seen_s in (("play", 0.0), ("watch", 0.25), ("watch", 99.0), ("download", 0.0)):
            fields = {"job": render.id, "what": what, "showing": SHOWING, "seen_s": seen_s}
            assert screen.ask("engaged", **fields).kind == "reply"
        screen.ask("file", job=render.id, offset=0)
        screen.ask("link", job=render.id, use="play")
        screen.ask("link", job=render.id, use="share")  # refused: it is a file that nobody serves
    rows = told(where)
    for surface, some in rows.groupby("surface", observed=True):
        assert surface in ("panel", "job")
        assert some["kind"].tolist() == ["play", "watch", "watch", "download"]
        assert some["watched_s"].dropna().tolist() == [0.25, 1.0]
        assert some["watched_fraction"].dropna().tolist() == [0.25, 1.0]
        assert (some["view"] == SHOWING).all()
        assert (some["render_id"] == render.id).all()
        assert (some["user"] == "ann").all()
    assert len(rows) == 8
    panel.close()
    view.close()


def test_the_last_word_of_a_view_that_closes_is_heard(where: bz.Workspace) -> None:
    """Even while all who answer slower questions are busy."""
    film = counting_film(0.2)
    panel = ExportPanel(film, where)
    render = film.export("film.mp4", workspace=where, progress=False)
    screen = see(panel)
    go = threading.Event()
    for _ in range(8):
        desk._hands.submit(go.wait, WAIT_S)
    try:
        fields = {"job": render.id, "what": "watch", "showing": SHOWING, "seen_s": 0.1}
        screen.post({"id": 1, "kind": "engaged", "view": screen.name, **fields})
        screen.post({"id": 2, "kind": "close", "view": screen.name})
    finally:
        go.set()
    panel.close()
    assert told(where)["watched_s"].tolist() == [0.1]


def test_a_link_that_is_copied_is_one_and_one_that_is_played_is_none(
    where: bz.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = counting_film(0.2)
    panel = ExportPanel(film, where)
    render = film.export("film.mp4", workspace=where, progress=False)
    monkeypatch.setattr(type(where.store), "link", lambda *_, **__: "https://films.example.org/secret")
    screen = see(panel)
    for use in ("play", "download", "share"):
        assert screen.ask("link", job=render.id, use=use).kind == "reply"
    panel.close()
    rows = told(where)
    assert rows[["kind", "surface"]].to_dict("records") == [{"kind": "link", "surface": "panel"}]
    assert "secret" not in rows.to_csv()


def test_a_page_gone_wild_is_not_believed(where: bz.Workspace) -> None:
    film = counting_film(0.2)
    panel = ExportPanel(film, where)
    render = film.export("film.mp4", workspace=where, progress=False)
    screen = see(panel)
    good = {"job": render.id, "what": "watch", "showing": SHOWING, "seen_s": 0.1}
    for wrong in (
        {"what": "link"}, {"seen_s": -1}, {"seen_s": float("nan")}, {"seen_s": 1e9}, {"seen_s": "1"},
        {"showing": "<img>"}, {"showing": "a" * 65}, {"user": "bob"}, {"job": "../x"},
    ):  # fmt: skip
        assert screen.ask("engaged", **good | wrong).content["problem"]["code"] == "invalid"
    missing = screen.ask("engaged", **good | {"job": "20260101-000000-abcdef"})
    assert missing.content["problem"]["code"] == "refused"
    for number in range(3 * MOST_A_MINUTE):
        assert screen.ask("engaged", **good | {"showing": f"showing-{number}"}).kind == "reply"
    panel.close()
    assert len(told(where)) == MOST_A_MINUTE


def test_a_player_tells_of_the_movie_that_was_exported_last(where: bz.Workspace) -> None:
    film = counting_film(1)
    player = Player(film)
    screen = Screen(player)
    screen.open()
    watched = {"what": "watch", "showing": SHOWING, "seen_s": 0.5}
    assert screen.ask("engaged", **watched).kind == "reply"  # nothing was exported yet
    film.export("part.mp4", workspace=where, progress=False, frame_range=(0, 10))
    screen.ask("engaged", **watched)  # nor all of it
    film.export("first.mp4", workspace=where, progress=False)
    render = film.export("slow.mp4", workspace=where, progress=False, fps=15)
    screen.ask("engaged", **watched | {"what": "play", "seen_s": 0})
    screen.ask("engaged", **watched)
    player.film = counting_film(1)  # another film, though it looks the same
    screen.ask("engaged", **watched)
    player.close()
    rows = told(where)
    assert rows[["render_id", "kind", "surface"]].to_dict("records") == [
        {"render_id": render.id, "kind": kind, "surface": "player"} for kind in ("play", "watch")
    ]
    assert rows["watched_fraction"].tolist()[1:] == [0.5]


def test_a_film_that_was_edited_since_is_another(where: bz.Workspace) -> None:
    film = counting_film(0.2)
    render = film.export("film.mp4", workspace=where, progress=False)
    order = next(job.order for job in where.queue.ended if job.id == render.id)
    assert order.film.shows_the_same(film)
    film.width = 128
    assert not order.film.shows_the_same(film)


@pytest.fixture
def panel_page(chromium: Browser, address: str) -> Iterator[Bench]:
    context = chromium.new_context(viewport={"width": 900, "height": 900})
    bench = Bench(context.new_page())
    bench.page.goto(f"{address}/page/panel.html")
    bench.page.wait_for_function("() => window.bench !== undefined")
    yield bench
    context.close()
    assert bench.errors == []


def play_to(bench: Bench, second: float, begin: float | None = None) -> float:
    """Play the panel's movie up to a second, and pause; give where it stands."""
    bench.js(
        """async ([second, begin]) => {
            const video = document.querySelector("video");
            if (begin !== null) video.currentTime = begin;
            await video.play();
            while (video.currentTime < second) await new Promise((resolve) => setTimeout(resolve, 20));
            video.pause();
        }""",
        [second, begin],
    )
    return float(bench.js("() => document.querySelector('video').currentTime"))


def test_the_panel_watches_what_it_plays(panel_page: Bench, where: bz.Workspace) -> None:
    """A movie of five seconds in a real browser; what the page says is then said to a kernel."""
    bench = panel_page
    size = bench.js("() => bench.load('/segment?look=0&start=0&stop=150&codec=h264')")
    film = counting_film(5)
    render = film.export("film.mp4", workspace=where, progress=False)
    done = job(status="succeeded", stage="done", frames=150, total=150, movie=movie(size)) | {"id": render.id}
    root = show(bench, done)
    root.get_by_role("button", name="Play").click()
    root.locator("video").wait_for()
    assert asked(bench, "engaged") == []  # it is there, and nobody has played it
    first = play_to(bench, 1.5)
    bench.until("() => bench.kernel.log.filter((one) => one.kind === 'engaged').length === 2")
    second = play_to(bench, 3.5, begin=3.0) - 3.0
    bench.until("() => bench.kernel.log.filter((one) => one.kind === 'engaged').length === 3")
    assert play_to(bench, 0.4, begin=0.0) < first  # seen before, however late a page hears of it
    bench.js("() => document.querySelector('video').play()")
    bench.until("first => document.querySelector('video').currentTime > first + 0.3", first)
    bench.js("() => document.dispatchEvent(new Event('visibilitychange'))")  # as when the page is hidden
    bench.until("() => bench.kernel.log.filter((one) => one.kind === 'engaged').length === 4")
    bench.until("first => document.querySelector('video').currentTime > first + 0.6", first)
    bench.js("() => bench.close()")
    bench.until("() => bench.kernel.log.some((one) => one.kind === 'close')")
    said = asked(bench, "engaged")
    assert [one["what"] for one in said] == ["play", "watch", "watch", "watch", "watch"]
    seen = [one["seen_s"] for one in said]
    assert seen == sorted(seen)
    assert seen[1] == pytest.approx(first, abs=0.1)
    assert seen[2] == pytest.approx(first + second, abs=0.15)
    assert seen[4] > first + second + 0.5
    assert len({one["showing"] for one in said}) == 1

    panel = ExportPanel(film, where)
    screen = see(panel)
    for one in said:
        assert screen.ask(**one).kind == "reply"
    panel.close()
    rows = told(where)
    assert rows["kind"].tolist() == ["play", *["watch"] * 4]
    assert rows["watched_fraction"].tolist()[-1] == pytest.approx(seen[-1] / 5)


def test_an_image_is_shown_and_a_download_is_one(panel_page: Bench) -> None:
    bench = panel_page
    size = bench.js("() => bench.load('/still?look=0&frame=3&width=320&format=png')")
    done = job(status="succeeded", stage="done", movie=movie(size, mime="image/gif"), name="review.gif")
    root = show(bench, done)
    root.get_by_role("button", name="Play").click()
    root.locator("img.bzp-movie").wait_for()
    bench.until("() => bench.kernel.log.some((one) => one.kind === 'engaged')")
    root.get_by_role("button", name="Download").click()
    root.get_by_text("is downloaded").wait_for()
    bench.js("() => bench.close()")
    bench.until("() => bench.kernel.log.some((one) => one.kind === 'close')")
    assert [(one["what"], one["seen_s"]) for one in asked(bench, "engaged")] == [("play", 0), ("download", 0)]


def test_the_player_watches_what_it_plays(bench: Bench) -> None:
    bench.show()
    bench.wait_buffered()
    bench.page.locator(".bz-big-play, .bazaar-player").first.press("Space")
    # In the page itself: whoever looks from outside may come too late.
    bench.js(
        """async () => {
            while (!(bench.root(0).dataset.frame >= 20)) await new Promise(requestAnimationFrame);
            bench.models[0].outside('playing', false);
        }"""
    )
    bench.until("() => bench.kernel(0).asked('event').at(-1).name === 'pause'")
    frame = int(bench.js("() => Number(bench.root(0).dataset.frame)"))
    begun, *_, watched = bench.asked("engaged")
    before = len(bench.asked("engaged"))
    assert (begun["what"], watched["what"]) == ("play", "watch")
    assert watched["seen_s"] == pytest.approx((frame + 1) / media.FPS, abs=0.1)
    # Over the end: what is played then is another showing.
    bench.seek(media.FRAMES - 10)
    bench.js("() => bench.models[0].outside('playing', true)")
    bench.until("() => bench.kernel(0).asked('event').some(({ name }) => name === 'ended')")
    bench.until("before => bench.kernel(0).asked('engaged').length > before", before)
    last = bench.asked("engaged")[-1]
    assert last["showing"] == begun["showing"]
    assert last["seen_s"] == pytest.approx(watched["seen_s"] + 10 / media.FPS, abs=0.1)
    before = len(bench.asked("engaged"))
    bench.js("() => bench.models[0].outside('playing', true)")
    bench.until("before => bench.kernel(0).asked('engaged').length > before", before)
    again = bench.asked("engaged")[before]
    assert (again["what"], again["showing"] == begun["showing"]) == ("play", False)
