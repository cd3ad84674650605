"""A clip in a real browser, in the player and as a movie in a page: scrubbed, and played to its end."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PilImage
from playwright.sync_api import Browser, Locator, Page, expect

import bazaar_nb as bz
from bazaar_nb.scene.clip import Clip
from bazaar_nb.widgets.web.comms import CommHub
from bazaar_nb.widgets.web.server import WidgetServer
from tests.lab.films import eventually, psnr
from tests.media.clip_files import CLICK, FPS, HEIGHT, WIDTH, make_clip
from tests.media.films import read_number
from tests.widgets.bench import WAIT_MS

_SEEK = """async time => {
    const video = document.querySelector("video");
    video.controls = false;
    video.currentTime = time;
    await new Promise(done => video.addEventListener("seeked", done, { once: true }));
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""
_PLAY = """async () => {
    const video = document.querySelector("video");
    video.muted = true;
    const ended = new Promise(done => video.addEventListener("ended", done, { once: true }));
    await video.play();
    await ended;
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""


def picture_in(place: Locator) -> NDArray[np.uint8]:
    """Give what is seen there, as small as the clip is, without what lies over its edges."""
    picture = PilImage.open(io.BytesIO(place.screenshot())).convert("RGB")
    return np.asarray(picture.resize((WIDTH, HEIGHT)))[HEIGHT // 4 : HEIGHT * 3 // 4]


def shown(page: Page) -> int:
    """Read the number that the movie shows."""
    return read_number(picture_in(page.locator("video"))[:, :, 1])


@contextmanager
def served(film: bz.Composition) -> Iterator[tuple[bz.Player, str]]:
    """Give a player of a film, and the address of a page that shows it."""
    hub = CommHub()
    with hub.serving():
        server = WidgetServer(hub)
        server.start()
        player = bz.Player(film, scale=1.0, embed_bytes=0)
        hub.tell_page(model=player.model_id, source="film")
        try:
            yield player, server.url
        finally:
            player.close()
            server.stop()


def test_a_clip_in_the_player_shows_the_frames_of_the_film(tmp_path: Path, chromium: Browser) -> None:
    arguments = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-bf", "2", "-g", "40", "-c:a", "aac")
    sound = ("-f", "lavfi", "-i", f"{CLICK}4")
    file = str(make_clip(tmp_path / "clip.mp4", *arguments, frames=100, before=sound))
    parts = [bz.Clip(file, trim=(1, 3), speed=2), bz.Clip(file, trim=(0, 2), reverse=True)]
    film = bz.Composition(parts, width=WIDTH * 4, height=HEIGHT * 4, fps=FPS)
    page = chromium.new_page(viewport={"width": 900, "height": 700})
    page.set_default_timeout(WAIT_MS)
    expect.set_options(timeout=WAIT_MS)
    root, stage = page.locator(".bazaar-player"), page.locator(".bz-stage")

    def check(frame: int) -> None:
        """See that the picture is the clip's that this frame of the film has, as a still shows it."""
        expect(root).to_have_attribute("data-frame", str(frame))
        is_first = frame < 25
        part, played = (parts[0], frame) if is_first else (parts[1], frame - 25)
        number = 25 + 2 * played if is_first else 49 - played
        (clip,) = (element for element in film.frame(frame).elements if isinstance(element, Clip))
        assert (clip.source, clip.trim, clip.played) == (file, part.trim, played / FPS)
        still = np.asarray(film.still(frame).resize((WIDTH, HEIGHT)))[HEIGHT // 4 : HEIGHT * 3 // 4]
        eventually(lambda: read_number(picture_in(stage)[:, :, 1]) == number)
        eventually(lambda: psnr(picture_in(stage), still) > 30)

    with served(film) as (player, url):
        page.goto(url)
        expect(root).to_have_attribute("data-state", "ready")
        for frame in (20, 3, 60, 24, 41, 0):
            player.frame = frame
            check(frame)
        box = page.locator(".bz-track").bounding_box()
        assert box is not None
        y = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + 0.9 * box["width"], y)
        page.mouse.down()
        for share in (0.7, 0.2, 0.5, 0.31):
            page.mouse.move(box["x"] + share * box["width"], y)
        page.mouse.up()
        page.mouse.move(0, 0)  # the picture over the bar goes
        eventually(lambda: 20 <= int(root.get_attribute("data-frame") or -1) <= 26)
        check(int(root.get_attribute("data-frame") or -1))
        root.focus()
        page.keyboard.press("Space")
        expect(root).to_have_attribute("data-state", "playing")
        expect(root).to_have_attribute("data-frame", "74")
        expect(root).to_have_attribute("data-state", "ready")
        check(74)
        assert page.evaluate("document.querySelector('video').webkitAudioDecodedByteCount") > 0
    page.close()


def test_a_clip_in_a_page_is_scrubbed_and_played(tmp_path: Path, chromium: Browser) -> None:
    arguments = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-bf", "2", "-g", "40")
    clip = bz.Clip(str(make_clip(tmp_path / "clip.mp4", *arguments, frames=100)), trim=(1, 3), speed=2)
    film = bz.Composition([clip], width=WIDTH * 4, height=HEIGHT * 4, fps=FPS)
    path = tmp_path / "page.html"
    workspace = bz.Workspace(tmp_path / "store", engine="inline")
    film.to_html(path, width=WIDTH * 2, progress=False, workspace=workspace)
    page = chromium.new_page(viewport={"width": 800, "height": 600})
    page.goto(path.as_uri())
    page.wait_for_function("document.querySelector('video').readyState >= 3")
    for frame in (20, 3, 24, 11, 0):
        page.evaluate(_SEEK, (frame + 0.5) / FPS)
        assert shown(page) == 25 + 2 * frame
    page.evaluate(_PLAY)
    assert shown(page) == 73
    page.close()
