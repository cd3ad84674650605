"""A clip in a real browser: scrubbed, and played to its end."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image as PilImage
from playwright.sync_api import Browser, Page

import bazaar_nb as bz
from tests.media.clip_files import FPS, HEIGHT, WIDTH, make_clip
from tests.media.films import read_number

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


def shown(page: Page) -> int:
    """Read the number that the movie shows from a screenshot."""
    picture = PilImage.open(io.BytesIO(page.locator("video").screenshot())).convert("L")
    return read_number(np.asarray(picture.resize((WIDTH, HEIGHT)))[HEIGHT // 4 : HEIGHT * 3 // 4])


def test_a_clip_is_scrubbed_and_played(tmp_path: Path, chromium: Browser) -> None:
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
