"""What a notebook shows of a film where no kernel runs: a picture, or a small video, saved with it."""

from __future__ import annotations

import base64
import html
import io

from PIL import Image as PilImage

from bazaar_nb.errors import BazaarError
from bazaar_nb.preview.checkerboard import on_checkerboard
from bazaar_nb.render.still import draw_still
from bazaar_nb.scene.film import Film
from bazaar_nb.scene.time import format_fps

MAX_WIDTH = 640
"""Pixels; how wide a poster is at most."""

_WAIT_S = 2.0  # for what is fetched: a notebook waits for its poster
_PNG_LEVEL = 2  # of 9: a notebook waits for it
_JPEG_QUALITY = 85
# JupyterLab and Notebook put what a cell displays into elements in a row. Where no live player
# follows, the next one has no element in it, only a text: that a widget is missing, or loads.
HIDE_MISSING = (
    ".jp-OutputArea-child:has(.bazaar-fallback) + .jp-OutputArea-child:not(:has(.jp-OutputArea-output *))"
    " { display: none; }"
)


def poster_png(film: Film, frame: int | None = None, max_width: int = MAX_WIDTH) -> bytes | None:
    """Draw a frame that stands for the film.

    Parameters
    ----------
    film : composition
    frame : int, optional
        0-based; the middle of the first scene by default, when it has come in.
    max_width : int
        Pixels; never wider than the film.

    Returns
    -------
    bytes or None
        A PNG; None when the frame can't be made.
    """
    image = _draw(film, frame, max_width)
    return None if image is None else _encode(image, "PNG", compress_level=_PNG_LEVEL)


def poster_jpeg(film: Film, frame: int | None = None, max_width: int = MAX_WIDTH) -> bytes | None:
    """Draw the same as a JPEG."""
    image = _draw(film, frame, max_width)
    return None if image is None else _encode(image, "JPEG", quality=_JPEG_QUALITY)


def fallback_bundle(
    film: Film, token: str, poster: bytes | None, video: bytes | None = None, note: str = ""
) -> dict[str, str]:
    """Give what to publish before a live player: it is seen until that one shows itself.

    Parameters
    ----------
    token : str
        Letters and digits; the player hides ``.bazaar-fallback-<token>``.
    poster : bytes or None
        A PNG.
    video : bytes, optional
        An MP4.
    note : str
        Said below the picture.

    Returns
    -------
    dict of str to str
        MIME types to data: ``text/html``, ``text/plain``, and ``image/png`` in base64 if there is a poster.
    """
    bundle = {"text/html": _fallback_html(film, token, poster, video, note), "text/plain": repr(film)}
    if poster is not None:
        bundle["image/png"] = base64.b64encode(poster).decode()
    return bundle


def describe_film(film: Film) -> str:
    """Give a film's length and size for people."""
    seconds = f"{float(film.duration):.2f}".rstrip("0").rstrip(".")
    return f"{seconds} s · {film.width}×{film.height} · {format_fps(film.fps)} fps"


def data_uri(mime: str, data: bytes) -> str:
    """Give bytes as an address that holds them."""
    return f"data:{mime};base64,{base64.b64encode(data).decode()}"


def _draw(film: Film, frame: int | None, max_width: int) -> PilImage.Image | None:
    try:
        if frame is None:
            mark = film.marks[0]
            frame = (mark.start + mark.stop) // 2
        image = draw_still(film, film.check_frame(frame), min(1.0, max_width / film.width), _WAIT_S)
        return on_checkerboard(image)
    except BazaarError:
        return None


def _encode(image: PilImage.Image, kind: str, **options: int) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def _fallback_html(film: Film, token: str, poster: bytes | None, video: bytes | None, note: str) -> str:
    if not token.isalnum() or not token.isascii():
        raise ValueError(f"`token` is letters and digits, got {token!r}")
    label = html.escape(f"{film.name} · {describe_film(film)}", quote=True)
    width = min(film.width, MAX_WIDTH)
    style = f"width: {width}px; max-width: 100%; height: auto; display: block; border-radius: 4px"
    # The notebook holds the PNG already, for those who show no HTML.
    picture = ""
    if poster is not None:
        image = PilImage.open(io.BytesIO(poster))
        picture = data_uri("image/jpeg", _encode(image, "JPEG", quality=_JPEG_QUALITY))
    if video is not None:
        still = f' poster="{picture}"' if picture else ""
        address = data_uri("video/mp4", video)
        shown = f'<video controls{still} src="{address}" aria-label="{label}" style="{style}"></video>'
    elif picture:
        shown = f'<img src="{picture}" alt="{label}" style="{style}">'
    else:
        shown = f"<p>{label}</p>"
    said = f"<p>{html.escape(note)}</p>" if note else ""
    return (
        f'<div class="bazaar-fallback bazaar-fallback-{token}">'
        f"<style>{HIDE_MISSING}</style>{shown}{said}</div>"
    )
