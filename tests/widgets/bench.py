"""A real browser with players in it, whose kernel side is played by the page."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, TimeoutError

from tests.widgets import media

_PAGE = Path(__file__).parent / "page"
_STATIC = Path(__file__).parents[2] / "bazaar_nb" / "static"
_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}
WAIT_MS = 180_000


class Bench:
    """A page, with one player on it or more."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self._hear(message.type, message.text))
        page.set_default_timeout(WAIT_MS)

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.errors.append(text)

    def show(
        self,
        *,
        wait: bool = True,
        style: str = "width: 640px",
        film: dict[str, Any] | None = None,
        **options: Any,
    ) -> int:
        """Open a player; `options` are the kernel's, and `traits`."""
        model = self.js(
            "([film, options]) => bench.model(film, options)", [film or media.film_info(), options]
        )
        return self.view(int(model), wait=wait, style=style)

    def view(
        self, model: int = 0, *, wait: bool = True, style: str = "width: 640px", shadow: bool = False
    ) -> int:
        """Open another view of a player."""
        view = int(self.js("(options) => bench.show(...options)", [model, style, shadow]))
        if wait:
            self.until("view => bench.root(view).dataset.frame !== undefined", view)
        return view

    def js(self, function: str, argument: Any = None) -> Any:
        return self.page.evaluate(function, argument)

    def until(self, function: str, argument: Any = None) -> None:
        """Wait until a function of the page gives something true."""
        try:
            self.page.wait_for_function(function, arg=argument)
        except TimeoutError as error:
            players = self.js("() => bench.views.map(({ root }) => ({ ...root.dataset }))")
            raise AssertionError(
                f"waited in vain for {function} {argument}; players are {players}"
            ) from error

    def state(self, view: int = 0) -> str:
        return str(self.js("view => bench.root(view).dataset.state", view))

    def wait_state(self, *states: str, view: int = 0) -> None:
        self.until(
            "([view, states]) => states.includes(bench.root(view).dataset.state)", [view, list(states)]
        )

    def wait_frame(self, frame: int, view: int = 0) -> None:
        """Wait until the player says that it shows this frame."""
        self.until("([view, frame]) => bench.root(view).dataset.frame === String(frame)", [view, frame])

    def wait_buffered(self, stop: int = media.FRAMES, view: int = 0) -> None:
        """Wait until the scrubber tells of all frames up to `stop`, in one piece."""
        self.until(
            """([view, stop]) => {
                const runs = bench.root(view).querySelectorAll('.bz-buffered > i');
                return runs.length === 1 && Number(runs[0].dataset.stop) >= stop;
            }""",
            [view, stop],
        )

    def wait_shot(self, wanted: Callable[[tuple[int, int]], bool], view: int = 0) -> None:
        """Wait until the frame and the look on the screen are as wanted."""
        deadline = time.monotonic() + WAIT_MS / 1000
        while not wanted(seen := self.shot(view)):
            assert time.monotonic() < deadline, seen

    def wait_shows(self, frame: int, look: int = 0, view: int = 0) -> None:
        """Wait until this frame can be seen: a busy browser may show it a little after the player says so."""
        self.wait_shot(lambda seen: seen == (frame, look), view)

    def shot(self, view: int = 0) -> tuple[int, int]:
        """The frame and the look that can be seen on the screen."""
        return media.read(self.page.locator(".bz-stage").nth(view).screenshot())

    def seek(self, frame: int, model: int = 0) -> None:
        """Move the playhead from Python."""
        self.js("([model, frame]) => bench.models[model].outside('frame', frame)", [model, frame])

    def asked(self, kind: str, model: int = 0) -> list[dict[str, Any]]:
        """What the view has asked the kernel."""
        asked: list[dict[str, Any]] = self.js(
            "([model, kind]) => bench.kernel(model).asked(kind)", [model, kind]
        )
        return asked

    def trait(self, name: str, model: int = 0) -> Any:
        return self.js("([model, name]) => bench.models[model].get(name)", [model, name])


def stop_clock(page: Page) -> None:
    """Have a page's clock, which was installed, go on only as far as it is told."""
    page.clock.pause_at(page.evaluate("() => Date.now()") / 1000 + 60)


@contextmanager
def serving() -> Iterator[str]:
    """Serve the page, the bundle and the films; gives the address."""
    server = _Server(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of pages that were closed before they had what they asked for."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        kind, body = self._find(url.path, query)
        self.send_response(200 if kind else 404)
        self.send_header("Content-Type", kind or "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _find(self, path: str, query: dict[str, str]) -> tuple[str | None, bytes]:
        match path.strip("/").split("/"):
            case ["page", name] if (_PAGE / name).is_file():
                return _TYPES[Path(name).suffix], (_PAGE / name).read_bytes()
            case ["static", name] if (_STATIC / name).is_file():
                return _TYPES[Path(name).suffix], (_STATIC / name).read_bytes()
            case ["segment"]:
                look, start, stop = (int(query[name]) for name in ("look", "start", "stop"))
                return "video/mp4", media.segment(look, start, stop, query["codec"])
            case ["still"]:
                look, frame, width = (int(query[name]) for name in ("look", "frame", "width"))
                return "image/any", media.still(look, frame, width, query["format"])
            case ["sound"]:
                return "application/json", json.dumps(
                    [{"offset_s": offset} for offset, _ in media.sound()]
                ).encode()
            case ["sound", index]:
                return "audio/mp4", media.sound()[int(index)][1]
            case ["favicon.ico"]:
                return "image/x-icon", b""
        return None, b""

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
