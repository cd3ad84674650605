"""A server for pages with widgets, for the browser of this machine alone.

It listens on 127.0.0.1. Its page holds nothing: what a film shows goes over a WebSocket, which opens for who
has the token of this run, and for a page of this server. The token is in the address after the ``#``, which
browsers send to nobody. Requests whose ``Host`` is another name are refused, so that no page of the web can
get in by a name that it has pointed to 127.0.0.1.
"""

from __future__ import annotations

import asyncio
import errno
import hmac
import secrets
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.widgets.bundle import bundled, check_bundle
from bazaar_nb.widgets.web.comms import CommHub

HOST = "127.0.0.1"
_MOST_SENT = 1 << 20  # bytes of a message from a page
_MOST_PAGES = 32
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Preview</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/preview.css">
<script type="module" src="/preview.js"></script>
</head>
<body><noscript>The preview needs JavaScript.</noscript></body>
</html>
"""
_POLICY = (
    "default-src 'none'; script-src 'self' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src blob: data:; connect-src 'self' ws://{host}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class WidgetServer:
    """Serves pages with the widgets of a hub, from a thread of its own.

    Parameters
    ----------
    port : int
        0 for one that is free.

    Attributes
    ----------
    url : str
        Of the page, with the token; known once it has started.
    """

    def __init__(self, hub: CommHub, port: int = 0) -> None:
        check_bundle()
        self._hub = hub
        self._port = port
        self._token = secrets.token_urlsafe(24)
        self._loop = asyncio.new_event_loop()
        self._sockets: set[web.WebSocketResponse] = set()
        self._runner: web.AppRunner | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, name="bazaar-web", daemon=True)
        self.url = ""

    def start(self) -> None:
        """Listen.

        Raises
        ------
        InvalidValueError
            When the port is taken.
        """
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        except OSError as error:
            self.stop()
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            raise InvalidValueError(
                f"`port` {self._port} can't be listened on ({error.strerror}): give another, or 0 for any"
            ) from None

    def stop(self) -> None:
        """Listen no more, and let all pages go."""
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _start(self) -> None:
        app = web.Application(middlewares=[self._guard])
        app.router.add_get("/", self._page)
        app.router.add_get("/preview.js", self._file)
        app.router.add_get("/preview.css", self._file)
        app.router.add_get("/comms", self._comms)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self._port).start()
        self._port = self._runner.addresses[0][1]
        self.url = f"http://{HOST}:{self._port}/#{self._token}"

    async def _stop(self) -> None:
        for socket in list(self._sockets):
            await socket.close(code=WSCloseCode.GOING_AWAY)
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def _hosts(self) -> tuple[str, str]:
        return f"{HOST}:{self._port}", f"localhost:{self._port}"

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        if request.host not in self._hosts:
            raise web.HTTPForbidden(text="this server answers to 127.0.0.1 alone")
        return await handler(request)

    async def _page(self, request: web.Request) -> web.Response:
        policy = {"Content-Security-Policy": _POLICY.format(host=request.host)}
        return web.Response(text=_PAGE, content_type="text/html", headers={**_HEADERS, **policy})

    async def _file(self, request: web.Request) -> web.Response:
        name = request.path.removeprefix("/")
        kind = "text/javascript" if name.endswith(".js") else "text/css"
        return web.Response(text=bundled(name), content_type=kind, headers=_HEADERS)

    async def _comms(self, request: web.Request) -> web.StreamResponse:
        given = request.query.get("token", "")
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            raise web.HTTPForbidden(text="the token is not that of this preview")
        if request.headers.get("Origin") not in [f"http://{host}" for host in self._hosts]:
            raise web.HTTPForbidden(text="only pages of this preview may ask")
        if len(self._sockets) >= _MOST_PAGES:
            raise web.HTTPServiceUnavailable(text=f"{_MOST_PAGES} pages are open already")
        socket = web.WebSocketResponse(max_msg_size=_MOST_SENT, heartbeat=20)
        await socket.prepare(request)
        self._sockets.add(socket)
        waiting: asyncio.Queue[bytes] = asyncio.Queue()
        leave = self._hub.join(lambda data: self._put(waiting, data))
        writing = asyncio.create_task(_write(socket, waiting))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    # Making an export panel reads the store: not in the thread that all pages wait for.
                    await asyncio.to_thread(self._hub.take, message.data)
        finally:
            leave()
            writing.cancel()
            self._sockets.discard(socket)
        return socket

    def _put(self, waiting: asyncio.Queue[bytes], data: bytes) -> None:
        self._loop.call_soon_threadsafe(waiting.put_nowait, data)


async def _write(socket: web.WebSocketResponse, waiting: asyncio.Queue[Any]) -> None:
    while not socket.closed:
        await socket.send_bytes(await waiting.get())
