"""Walk through notebooks in a real JupyterLab, and keep what is seen: ``python -m tests.lab.walk FOLDER``.

Each of the repository's notebooks (or those that are named) is run cell by cell, in the light theme and
in the dark one; a picture of each cell with its output is in ``FOLDER/<theme>/<notebook>``. What took
how long, and what failed, is printed. ``--pictures`` makes those screenshots anew that notebooks and the
documentation show.
"""

from __future__ import annotations

import argparse
import io
import shutil
import tempfile
import time
from pathlib import Path

from PIL import Image as PilImage
from playwright.sync_api import Browser, Page, ViewportSize

from tests.headless import NOTEBOOKS
from tests.lab.jupyter import Lab, Server, chromium, write_notebook

THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
SIZE: ViewportSize = {"width": 1180, "height": 1800}
_SETTLE_MS = 900  # for posters and pictures to have come

_FILM = """import bazaar_nb as bz

@bz.scene(duration=3)
def title(frame, words="Hello, data"):
    sky = bz.LinearGradient(["#1e1b4b", "#7c3aed", "#f472b6"], angle=30)
    text = bz.Text(words, size=150, weight=800)
    return [bz.Fill(sky), bz.words.rise(text, frame)]

people = {
    "country": ["Nigeria", "Brazil", "Indonesia", "India"],
    "people": [206e6, 213e6, 274e6, 1380e6],
}
bars = bz.charts.Bars(people, name="country", title="People")
fade = bz.fade(0.5)
scenes = [title(), fade, bars, fade, title("Thanks")]
bz.Composition(scenes, width=1280, height=720)"""

_FAILS = """@bz.scene(duration=3)
def title(frame, words="Hello, data"):
    sky = bz.LinearGradient(["#1e1b4b", "#7c3aed", "#f472b6"], angle=30)
    return [bz.Fill(sky), bz.Text(words, size=-150, weight=800)]

bz.Composition([title()], width=1280, height=420)"""


def walk(browser: Browser, out: Path, names: list[str], theme: str) -> None:
    """Run notebooks, and keep a picture of each cell."""
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder) / "notebooks"
        shutil.copytree(NOTEBOOKS, room, ignore=shutil.ignore_patterns("bazaar", "*.executed.ipynb"))
        server = Server(room)
        try:
            context = browser.new_context(viewport=SIZE)
            page = context.new_page()
            for name in names:
                _walk_one(page, server, room / f"{name}.ipynb", out / theme / name, theme)
            context.close()
        finally:
            server.close()


def _walk_one(page: Page, server: Server, notebook: Path, out: Path, theme: str) -> None:
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    lab = Lab(page, server, notebook)
    lab.command("apputils:change-theme", theme=THEMES[theme])
    lab.command("application:toggle-left-area") if page.locator("#jp-left-stack:visible").count() else None
    count: int = page.evaluate("jupyterapp.shell.currentWidget.content.widgets.length")
    began = time.perf_counter()
    took: list[tuple[float, int]] = []
    for cell in range(count):
        before = time.perf_counter()
        lab.run(cell)
        took.append((time.perf_counter() - before, cell))
        shown = lab.cell(cell)
        shown.scroll_into_view_if_needed()
        page.wait_for_timeout(_SETTLE_MS)
        shown.screenshot(path=out / f"{cell:02}.png")
        if shown.locator("[data-mime-type='application/vnd.jupyter.error']").count():
            print(f"  cell {cell} failed: {lab.text(cell)[-300:]}")
    seconds = time.perf_counter() - began - count * _SETTLE_MS / 1000
    slow = ", ".join(f"cell {cell} {s:.0f} s" for s, cell in sorted(took, reverse=True)[:3] if s > 2)
    print(
        f"{notebook.name}, {theme}: {count} cells, {seconds:.0f} s; {slow}; {lab.errors or 'no errors'}",
        flush=True,
    )
    lab.shut_down()


def make_pictures(browser: Browser) -> None:
    """Make the screenshots of a player, as it plays and with an error."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        try:
            context = browser.new_context(viewport={"width": 1020, "height": 1000}, device_scale_factor=1.5)
            page = context.new_page()
            lab = Lab(page, server, write_notebook(Path(folder) / "film.ipynb", _FILM, _FAILS))
            lab.run(0)
            player = lab.player(0)
            page.wait_for_timeout(5000)
            player.scroll_into_view_if_needed()
            line = player.locator("[role=slider]").first
            box = line.bounding_box()
            assert box is not None
            page.mouse.click(box["x"] + 0.53 * box["width"], box["y"] + box["height"] / 2)
            page.mouse.move(box["x"] + 0.42 * box["width"], box["y"] + box["height"] / 2)
            page.wait_for_timeout(4000)
            _keep(lab.cell(0).screenshot(), "player.jpg")
            lab.run(1)
            lab.cell(1).scroll_into_view_if_needed()
            page.wait_for_timeout(4000)
            _keep(lab.player(1).screenshot(), "error.jpg")
            lab.shut_down()
            context.close()
        finally:
            server.close()


def _keep(shot: bytes, name: str) -> None:
    picture = PilImage.open(io.BytesIO(shot)).convert("RGB")
    picture.save(NOTEBOOKS / "images" / name, quality=86, optimize=True)
    print(NOTEBOOKS / "images" / name, picture.size)


def main() -> None:
    """Walk, or make pictures, as the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.lab.walk", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("names", nargs="*", help="as 01_quickstart")
    parser.add_argument("--theme", choices=THEMES, action="append")
    parser.add_argument("--pictures", action="store_true")
    args = parser.parse_args()
    there = sorted(path.stem for path in NOTEBOOKS.glob("[0-9]*.ipynb") if "executed" not in path.name)
    if unknown := sorted(set(args.names) - set(there)):
        parser.error(f"there is no notebook {', '.join(unknown)}; there are {', '.join(there)}")
    if args.folder is None and not args.pictures:
        parser.error("give a folder for what is seen, or --pictures")
    with chromium() as browser:
        if args.pictures:
            make_pictures(browser)
        for theme in (args.theme or list(THEMES)) if args.folder else ():
            walk(browser, args.folder.absolute(), args.names or there, theme)


if __name__ == "__main__":
    main()
