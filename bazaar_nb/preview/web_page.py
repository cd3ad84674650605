"""A film as a web page of its own: one file, opened from anywhere."""

from __future__ import annotations

import base64
import errno
import functools
import html
import io
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from bazaar_nb.errors import InvalidValueError, StoreError
from bazaar_nb.media.sizes import MIN_SIDE
from bazaar_nb.preview.poster import data_uri, describe_film, poster_jpeg
from bazaar_nb.scene.film import Film
from bazaar_nb.store.paths import read_path
from bazaar_nb.store.temporary import temporary_name
from bazaar_nb.values.number import whole_number

_BLOCK_BYTES = 3 << 18  # a multiple of three: base64 in pieces reads like base64 in one

# The film is in the page as text. It is played from a Blob, not from a data: address: those are
# limited to 32 MB in Firefox, and Safari does not play videos from them.
Export = Callable[[Path, tuple[int, int]], object]
"""Writes a movie to a path, at a width and height in pixels."""

_HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; media-src blob:; style-src 'unsafe-inline'; \
script-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
:root {{ --paper: #f6f7f9; --ink: #1c2230; --quiet: #667085; --edge: #0000001f; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --paper: #101319; --ink: #e8ebf1; --quiet: #98a1b3; --edge: #ffffff24; }}
}}
* {{ box-sizing: border-box; }}
body {{
  margin: 0; min-height: 100vh; padding: 4vmin; display: grid; place-content: center;
  background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif;
}}
main {{ width: min({width}px, 92vw, calc((100vh - 9rem) * {aspect})); min-width: min(280px, 92vw); }}
video {{
  display: block; width: 100%; aspect-ratio: {aspect}; background: #000; border-radius: 10px;
  box-shadow: 0 0 0 1px var(--edge), 0 18px 48px -16px #0007;
}}
video:focus-visible {{ outline: 3px solid #6366f1; outline-offset: 3px; }}
h1 {{ margin: 1.1rem 0 0; font-size: 1.25rem; font-weight: 650; overflow-wrap: anywhere; }}
p {{ margin: .15rem 0 0; color: var(--quiet); font-size: .9rem; }}
</style>
</head>
<body>
<main>
<video controls playsinline aria-label="{title}"{poster}></video>
<h1>{title}</h1>
<p>{facts}</p>
<noscript><p>This page needs JavaScript to play its film.</p></noscript>
</main>
<script type="text/plain" id="film">"""

_TAIL = """</script>
<script>
const text = document.getElementById("film").textContent, blocks = [];
for (let at = 0; at < text.length; at += 1 << 20) {
  blocks.push(Uint8Array.from(atob(text.slice(at, at + (1 << 20))), (one) => one.charCodeAt(0)));
}
document.querySelector("video").src = URL.createObjectURL(new Blob(blocks, { type: "video/mp4" }));
</script>
</body>
</html>
"""


def film_page(film: Film, path: str | os.PathLike[str] | None, *, width: int, export: Export) -> str | None:
    """Export a film and make a page of it; see `Composition.to_html`.

    Parameters
    ----------
    film : Film
        Frozen: the poster is of what is played.
    export : callable
        Writes the movie to a path, at a width and height.
    """
    side = whole_number(width)
    if side is None or side < MIN_SIDE:
        raise InvalidValueError(f"`width` must be a whole number of pixels from {MIN_SIDE}, got {width!r}")
    target = None if path is None else _checked(read_path(path, "path"))
    size = _size(film, side)
    poster = poster_jpeg(film, max_width=size[0])
    with tempfile.TemporaryDirectory(prefix="bazaar-page-") as folder:
        movie = Path(folder) / "film.mp4"
        export(movie, size)
        write = functools.partial(
            _write_page, movie=movie, size=size, title=film.name, facts=describe_film(film),
            poster=None if poster is None else data_uri("image/jpeg", poster),
        )  # fmt: skip
        if target is None:
            text = io.StringIO()
            write(text)
            return text.getvalue()
        temporary = target.with_name(temporary_name(target.name))
        try:
            with temporary.open("w", encoding="utf-8", errors="replace") as file:
                write(file)
            temporary.replace(target)
        except OSError as error:
            what = f"could not write the page: {error.strerror}"
            raise StoreError(error.errno, what, str(target)) from error
        finally:
            temporary.unlink(missing_ok=True)
    return None


def _write_page(
    target: TextIO, *, movie: Path, size: tuple[int, int], title: str, facts: str, poster: str | None
) -> None:
    """Write a page that plays an MP4, without holding it in memory; title and facts are any text."""
    target.write(
        _HEAD.format(
            title=html.escape(title, quote=True),
            facts=html.escape(facts, quote=True),
            poster="" if poster is None else f' poster="{poster}"',
            width=size[0],
            aspect=f"{size[0] / size[1]:.5f}",
        )
    )
    with movie.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            target.write(base64.b64encode(block).decode())
    target.write(_TAIL)


def _checked(path: Path) -> Path:
    """Say before anything is rendered that a page can't be written there."""
    if path.is_dir() or not path.parent.is_dir():
        what = "is a folder" if path.is_dir() else "is in a folder that does not exist"
        raise StoreError(errno.ENOENT, f"the page goes into a file, and this one {what}", str(path))
    return path


def _size(film: Film, width: int) -> tuple[int, int]:
    """Give a size in the film's shape with even sides, no wider than the film."""
    wide = max(MIN_SIDE, min(width, film.width) // 2 * 2)
    return wide, max(MIN_SIDE, 2 * round(wide * film.height / film.width / 2))
