"""How large a GIF will be, told before it is made: from a few of its frames, drawn and encoded.

A GIF holds of each frame what has changed since the one before. So pairs of
frames that follow one another are drawn at a few places of the film; what the
second adds to the first is what a frame takes.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PilImage

from bazaar_nb.errors import BazaarError
from bazaar_nb.jobs.estimate import Estimate, Range
from bazaar_nb.media.gif import write_gif
from bazaar_nb.media.segment import encode_segment
from bazaar_nb.media.segment_packets import SegmentPart
from bazaar_nb.media.settings import Settings
from bazaar_nb.render.request import RenderRequest
from bazaar_nb.render.result import format_bytes
from bazaar_nb.render.still import draw_still

HUGE_BYTES = 25_000_000
"""From here on it is told: chats, mail and pages refuse such a file or choke on it."""
SPREAD = 0.35
"""Standard deviation of the logarithm of what is expected: other frames change more, or less."""

_PAIRS = 4
_SMALL = 20_000_000  # pixels of all frames together: no GIF of so few is huge


def expected_gif_bytes(request: RenderRequest) -> int | None:
    """Give how large a GIF will probably be; None where its frames can't be made, which the render will tell.

    Frames are evaluated and drawn for it: eight of them, at the GIF's size.
    """
    settings, film = request.settings, request.film
    places = range(request.first, request.stop)
    pairs = [places[(2 * number + 1) * len(places) // (2 * _PAIRS)] for number in range(_PAIRS)]
    whole, more = 0, 0
    try:
        for index in pairs:
            other = index + 1 if index + 1 < request.stop else index
            scale = settings.width / film.width
            drawn = [draw_still(film, frame, scale) for frame in (index, other)]
            first, both = _gif_bytes(drawn[:1], settings), _gif_bytes(drawn, settings)
            whole += first
            more += max(0, both - first)
    except BazaarError:
        return None
    return round(whole / _PAIRS + (request.frames - 1) * more / _PAIRS)


def with_gif_size(told: Estimate, request: RenderRequest) -> Estimate:
    """Give an estimate of a GIF with the size that its frames say, unless earlier renders say it better."""
    if request.settings.format != "gif" or (told.renders and told.size_bytes.spread <= SPREAD):
        return told
    size = expected_gif_bytes(request)
    return told if size is None else replace(told, size_bytes=Range.around(size, SPREAD), exact_size=True)


def tell_of_huge_gif(request: RenderRequest) -> None:
    """Say how large a GIF will be, if it will be huge."""
    settings = request.settings
    if settings.format != "gif" or settings.width * settings.height * request.frames < _SMALL:
        return
    size = expected_gif_bytes(request)
    if size is not None and size > HUGE_BYTES:
        warnings.warn(
            f"{request.name} will have about {format_bytes(int(float(f'{size:.2g}')))}: a smaller "
            "`resolution`, fewer `fps`, quality='low' or a `frame_range` make a GIF smaller, and an mp4 or "
            "webm of the same picture is a small part of it",
            stacklevel=4,
        )


def _gif_bytes(images: list[PilImage.Image], settings: Settings) -> int:
    """Give how large a GIF of some frames is."""
    form, size = "RGBa" if settings.alpha else "RGBX", (settings.width, settings.height)
    pictures = [np.asarray(image.resize(size).convert(form)) for image in images]

    def draw(index: int, pixels: NDArray[np.uint8]) -> bool:
        pixels[:] = pictures[index][..., [2, 1, 0, 3]]
        return True

    with TemporaryDirectory(prefix="bazaar-gif-") as folder:
        segment, movie = Path(folder) / f"frames{settings.segment_suffix}", Path(folder) / "frames.gif"
        encode_segment(segment, settings, len(pictures), draw)
        write_gif([SegmentPart(str(segment), len(pictures))], movie, settings)
        return movie.stat().st_size
