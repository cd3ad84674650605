"""``bazaar preview``: a film's player in the browser, without Jupyter, that follows edits of its source."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bazaar_nb.cli.options import make_workspace, pair, root_option, workspace_options
from bazaar_nb.cli.output import print_json_line, say
from bazaar_nb.cli.signals import heeding_termination

if TYPE_CHECKING:
    from bazaar_nb.cli.film_source import LoadedFilm
    from bazaar_nb.composition.composition import Composition
    from bazaar_nb.widgets.player.widget import Player
    from bazaar_nb.widgets.web.comms import CommHub

_LOOK_S = 0.25


@click.command("preview", short_help="Play a film in the browser, and again whenever its source is saved.")
@click.argument("film", metavar="FILM")
@click.option(
    "-p", "--parameter", "parameters", type=pair, multiple=True, metavar="NAME=VALUE",
    help="What a parameter is to be, as for `bazaar render`.",
)  # fmt: skip
@click.option("--version", type=click.IntRange(min=1), help="Of a saved film (the newest).")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="To listen on (one that is free).")
@click.option("--scale", type=click.FloatRange(0.05, 1), default=0.5, help="Of the film's size (0.5).")
@click.option(
    "--watch", "watched", type=click.Path(path_type=Path), multiple=True,
    help="Another file whose edits are followed: a table that the film reads, say.",
)  # fmt: skip
@click.option("--no-browser", is_flag=True, help="Print the address only.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print a JSON object a line, for each thing that happens."
)
@workspace_options
@root_option
def command(
    film: str,
    parameters: tuple[tuple[str, str], ...],
    version: int | None,
    port: int,
    scale: float,
    watched: tuple[Path, ...],
    no_browser: bool,
    as_json: bool,
    root: str | None,
    project: str | None,
    user: str | None,
    engine: str | None,
    workers: int | None,
) -> None:
    """Play FILM in the browser, from the code that draws its export; FILM is named as for `bazaar render`.

    Whenever its file, or a module of yours that it imports, is saved, the film is made again and what is on
    the screen follows; an error is shown over the picture. Until Ctrl+C. The server answers this machine
    alone, to whoever has the address that is printed.
    """
    from bazaar_nb.cli.film_source import read_source

    source = read_source(film)
    where = make_workspace(root, project, user, engine, workers)
    texts: dict[str, list[str]] = {}
    for name, value in parameters:
        texts.setdefault(name, []).append(value)
    first = tuple(path for path in (source.path, *watched) if path is not None)
    live = LiveFilm(lambda: source.load(texts, where, version), film, first, _teller(as_json))
    try:
        with heeding_termination(), ExitStack() as ending:
            url = live.serve(port, scale, ending)
            if as_json:
                print_json_line({"event": "serving", "url": url})
            else:
                print(url, flush=True)
                say(f"playing {film} there; Ctrl+C ends it")
            if not no_browser:
                import webbrowser

                webbrowser.open(url)
            live.follow()
    finally:
        where.close()


class LiveFilm:
    """A film that is made again whenever a file of its is saved, and the player that shows it.

    Parameters
    ----------
    load : callable
        Gives the film as it is now.
    text : str
        How it was named.
    files : sequence of Path
        That are looked at, whatever the film needs beside.
    tell : callable
        Told what happens: ``loaded`` or ``failed``, and a message.
    """

    def __init__(
        self,
        load: Callable[[], LoadedFilm],
        text: str,
        files: Sequence[Path],
        tell: Callable[[str, str], None],
    ) -> None:
        self._load, self._text, self._tell = load, text, tell
        self._always = tuple(files)
        self._files: tuple[Path, ...] = self._always
        self._stamps: dict[Path, tuple[int, int] | None] = {}
        self._stopped = threading.Event()
        self._player: Player | None = None
        self._hub: CommHub | None = None

    def serve(self, port: int, scale: float, ending: ExitStack) -> str:
        """Load the film, and serve its page; give the address. All of it ends with `ending`."""
        from bazaar_nb.widgets.player.widget import Player
        from bazaar_nb.widgets.web.comms import CommHub
        from bazaar_nb.widgets.web.server import WidgetServer

        hub = self._hub = CommHub()
        ending.enter_context(hub.serving())
        server = WidgetServer(hub, port)
        server.start()
        ending.callback(server.stop)
        film, failed = self._made()
        player = self._player = Player(film or _waiting_film(self._text), scale=scale, embed_bytes=0)
        ending.callback(player.close)
        if failed is not None:
            player.show_problem(failed)
        hub.tell_page(model=player.model_id, source=self._text)
        self._report(film, failed)
        return server.url

    def follow(self) -> None:
        """Look at the files, and make the film again when one was saved, until `stop`."""
        while not self._stopped.wait(_LOOK_S):
            now = self._look()
            if now != self._stamps:
                # An editor may still be writing: wait until two looks see the same.
                while not self._stopped.wait(_LOOK_S) and (again := self._look()) != now:
                    now = again
                self.reload()

    def stop(self) -> None:
        """Follow no more."""
        self._stopped.set()

    def reload(self) -> None:
        """Make the film again, and show it, or what is wrong with it."""
        film, failed = self._made()
        assert self._player is not None
        if film is not None:
            self._player.film = film
        elif failed is not None:
            self._player.show_problem(failed)
        self._report(film, failed)

    def _made(self) -> tuple[Composition | None, Exception | None]:
        self._stamps = self._look()  # before: what is saved meanwhile is loaded next
        try:
            film, files = self._load()
        except Exception as error:  # whatever is wrong, the next edit may mend it
            return None, error
        self._files = tuple(dict.fromkeys((*self._always, *files)))
        stamps = self._look()
        # Of files that come with this film only what is saved from now on counts.
        self._stamps = {path: self._stamps.get(path, stamp) for path, stamp in stamps.items()}
        return film, None

    def _look(self) -> dict[Path, tuple[int, int] | None]:
        return {path: _stamp(path) for path in self._files}

    def _report(self, film: Composition | None, failed: Exception | None) -> None:
        at = time.strftime("%H:%M:%S")
        assert self._hub is not None
        if film is not None:
            what = f"{film.frames} frames, {float(film.duration):.2f} s, {film.width}x{film.height}"
            self._hub.tell_page(title=film.name, status=f"made at {at}: {what}")
            self._tell("loaded", f"{film.name}: {what}")
        else:
            self._hub.tell_page(status=f"could not be made at {at}: what is wrong stands over the picture")
            self._tell("failed", str(failed))


def _teller(as_json: bool) -> Callable[[str, str], None]:
    def tell(event: str, message: str) -> None:
        if as_json:
            print_json_line({"event": event, "message": message})
        else:
            say(f"{time.strftime('%H:%M:%S')} {event}: {message}")

    return tell


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _waiting_film(name: str) -> Composition:
    """Give what stands below the words that say what is wrong, where there was no film yet."""
    from bazaar_nb.composition.composition import Composition
    from bazaar_nb.scene.elements import Fill
    from bazaar_nb.scene.scene import Scene

    def nothing(_frame: Any) -> Fill:
        return Fill("#1c2230")

    return Composition([Scene(nothing, (), duration=1, name="waiting")], width=1280, height=720, name=name)
