"""How a film is cut and encoded for a player: known before any frame is evaluated."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Literal

from bazaar_nb.media.codecs import PREVIEW_CODECS, FormatName
from bazaar_nb.media.settings import Settings
from bazaar_nb.render.plan import cut_evenly
from bazaar_nb.scene.film import Film

VideoCodec = Literal["h264", "vp9"]
"""As a front end names what it can play."""
SoundCodec = Literal["aac", "opus"]

PART_S = Fraction(1)
"""How long a preview segment is, at most."""
FIRST_PART_S = Fraction(1, 5)
"""How long the film's first one is, at most: it is there soon."""
MAX_SIDE = 2560
_MIN_SIDE = 16
# Bytes are cheap between a kernel and its browser, and a preview stands next to the export it promises.
_CRF: dict[VideoCodec, float] = {"h264": 20.0, "vp9": 24.0}

_FORMATS: dict[VideoCodec, FormatName] = {"h264": "mp4", "vp9": "webm"}
VIDEO_MIME: dict[VideoCodec, str] = {
    # Constrained baseline (42, E0) at level 5.2 (34): RFC 6381, section 3.3.
    "h264": 'video/mp4; codecs="avc1.42E034"',
    # Profile 0, level 5.1, 8 bits: VP Codec ISO Media File Format Binding, section "Codecs Parameter String".
    "vp9": 'video/webm; codecs="vp09.00.51.08"',
}
SOUND_MIME: dict[SoundCodec, str] = {
    "aac": 'audio/mp4; codecs="mp4a.40.2"',
    "opus": 'audio/webm; codecs="opus"',
}


def preview_size(width: int, height: int, scale: float) -> tuple[int, int]:
    """Give the size of a preview: even sides, in the composition's shape.

    Parameters
    ----------
    scale : float
        Of the composition's size; less where that would be more than `MAX_SIDE`.
    """
    scale = min(scale, MAX_SIDE / max(width, height))
    return _even(width * scale), _even(height * scale)


def preview_settings(film: Film, size: tuple[int, int], codec: VideoCodec) -> Settings:
    """Give what a film's preview segments are encoded with."""
    kind = PREVIEW_CODECS[f"{codec}-preview"]
    return Settings(
        format=_FORMATS[codec],
        codec=kind.name,
        width=size[0],
        height=size[1],
        fps_num=film.fps.numerator,
        fps_den=film.fps.denominator,
        crf=_CRF[codec],
    )


def preview_edges(film: Film) -> tuple[int, ...]:
    """Give where a film is cut: from 0 to its number of frames, at every change of scenes and between.

    The cuts depend on the scenes' lengths alone, so an edit of what a scene
    shows leaves them as they are.
    """
    edges = [0]
    for span in film.timeline.spans:
        begin = span.start
        first = min(span.stop, math.ceil(FIRST_PART_S * film.fps))
        if begin == 0 and first < span.stop:
            edges.append(first)
            begin = first
        parts = math.ceil((span.stop - begin) / max(1, math.floor(PART_S * film.fps)))
        edges += [stop for _, stop in cut_evenly(begin, span.stop, parts)]
    return tuple(edges)


def _even(value: float) -> int:
    return max(_MIN_SIDE, 2 * round(value / 2))
