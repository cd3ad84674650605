"""Servers of files on this machine: one that does what servers do, and one that does what they shouldn't."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FileServer:
    """Serves files from memory, and counts who asked for what.

    Attributes
    ----------
    files : dict of str to (bytes, dict)
        Contents and headers by path.
    moved : dict of str to str
        Where paths lead.
    status : dict of str to list of int
        What a path answers before it gives its file.
    asked : list of str
        Paths, in order.
    """

    def __init__(self) -> None:
        self.files: dict[str, tuple[bytes, dict[str, str]]] = {}
        self.moved: dict[str, str] = {}
        self.status: dict[str, list[int]] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append(self.path)
                server.headers.append(dict(self.headers))
                path = self.path.partition("?")[0]
                if server.status.get(path):
                    self.send_error(server.status[path].pop(0))
                elif path in server.moved:
                    self.send_response(302)
                    self.send_header("Location", server.moved[path])
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                elif path in server.files:
                    data, headers = server.files[path]
                    self.send_response(200)
                    for name, value in {"Content-Length": str(len(data)), **headers}.items():
                        self.send_header(name, value)
                    self.end_headers()
                    with suppress(OSError):
                        self.wfile.write(data)
                else:
                    self.send_error(404)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def put(self, path: str, data: bytes, **headers: str) -> str:
        """Serve a file, and give its address."""
        self.files[path] = data, {name.replace("_", "-"): value for name, value in headers.items()}
        return self.url + path

    def stop(self) -> None:
        """Be gone."""
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def rude_server(behave: Callable[[socket.socket, threading.Event], None]) -> Iterator[str]:
    """Run a server that does with each connection what it likes; give the address of a picture there."""
    listening = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def serve() -> None:
        while not ended.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=meet, args=(connection,), daemon=True).start()

    def meet(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(65536)
            behave(connection, ended)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/picture.png"
    finally:
        ended.set()
        listening.close()
