"""A finished render: where the movie is, and what it took."""

from __future__ import annotations

import html
import os
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from urllib.parse import quote

from bazaar_nb.encode.settings import Settings
from bazaar_nb.scene.time import format_fps

_UNITS = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


@dataclass(frozen=True)
class Render:
    """A movie that was rendered.

    Attributes
    ----------
    id : str
        Of the render; its row in the history has it as ``render_id``.
    path : Path
        The movie.
    frames : int
    size_bytes : int
        Of the movie's file.
    render_s : float
        Seconds from the call to the finished movie.
    segments, segments_cached : int
        Of how many segments the movie is made, and how many were there already.
    frames_drawn, frames_held, frames_cached : int
        Frames that were drawn, that repeat the one before, and that came with
        segments that were there already.
    timings : dict of str to float
        Seconds of each stage, as in the history: ``plan_s``, ``draw_s``,
        ``convert_s``, ``encode_s``, ``sound_s``, ``join_s``, ``store_s``. Those
        of workers are summed over all of them.
    peak_memory_bytes : int
        Largest resident memory of any process.
    """

    id: str
    path: Path
    settings: Settings
    frames: int
    size_bytes: int
    render_s: float
    segments: int
    segments_cached: int
    frames_drawn: int
    frames_held: int
    frames_cached: int
    peak_memory_bytes: int
    timings: dict[str, float] = field(default_factory=dict)

    @property
    def duration(self) -> Fraction:
        """How long the movie is, in seconds."""
        return Fraction(self.frames) / self.settings.fps

    def __repr__(self) -> str:
        settings = self.settings
        return (
            f"<Render {self.path.name!r}: {float(self.duration):.2f} s, {settings.width}x{settings.height} "
            f"at {format_fps(settings.fps)} fps, {settings.codec}, {format_bytes(self.size_bytes)}, "
            f"rendered in {self.render_s:.1f} s>"
        )

    def _repr_html_(self) -> str:
        """Show the movie with a caption; the notebook holds its path, not its bytes."""
        settings = self.settings
        try:
            source = os.path.relpath(self.path)
        except ValueError:  # another drive
            source = str(self.path)
        address = html.escape(quote(Path(source).as_posix()), quote=True)
        width = min(settings.width, 640)
        if settings.format == "gif":
            shown = f'<img src="{address}" width="{width}" alt="{html.escape(self.path.name, quote=True)}">'
        else:
            shown = f'<video src="{address}" width="{width}" controls loop></video>'
        caption = html.escape(
            f"{source} · {float(self.duration):.2f} s · {settings.width}×{settings.height} · "
            f"{format_fps(settings.fps)} fps · {settings.codec} · {format_bytes(self.size_bytes)} · "
            f"rendered in {self.render_s:.1f} s"
        )
        return f"<figure>{shown}<figcaption>{caption}</figcaption></figure>"


def format_bytes(size: int) -> str:
    """Give a size for people."""
    for unit, name in _UNITS:
        if size >= unit:
            return f"{size / unit:.3g} {name}"
    return f"{size} bytes"
