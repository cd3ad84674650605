"""A finished render: where the movie is, and what it took."""

from __future__ import annotations

import datetime as dt
import html
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bazaar_nb.history.movie_engagement import MovieEngagement
from bazaar_nb.media.picture_names import is_named_so
from bazaar_nb.media.settings import Settings
from bazaar_nb.render.frame_costs import FrameCost
from bazaar_nb.scene.time import format_fps
from bazaar_nb.store.folder_writing import writing_folder
from bazaar_nb.store.store import Store

if TYPE_CHECKING:
    import pandas as pd

_SLOW_COLUMNS = {
    "frame": "int64", "time_s": "float64", "total_s": "float64", "scene": "string", "scene_frame": "int64",
    "evaluate_s": "float64", "draw_s": "float64", "element": "string", "element_s": "float64",
}  # fmt: skip
_UNITS = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


@dataclass(frozen=True)
class Render:
    """A movie that was rendered, or the pictures of one: a folder of them, or a ZIP file.

    Attributes
    ----------
    id : str
        Of the render; its row in the history has it as ``render_id``.
    store : Store
        What keeps the movie.
    key : str
        The movie's key there.
    frames : int
    size_bytes : int
        Of the movie's file; of a folder's pictures together.
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
    frame_costs : tuple of FrameCost
        The frames that took longest, the slowest first; see `slowest_frames`.
    movie_engagement : MovieEngagement or None
        Tells the history what people do with the movie; None if nobody is to.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> film = bz.Composition([bz.Scene(lambda frame: bz.Fill("navy"), duration=1)], width=320, height=180)
    >>> render = film.export("./review.mp4", progress=False)
    >>> render.frames, render.path.name
    (30, 'review.mp4')
    """

    id: str
    store: Store
    key: str
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
    frame_costs: tuple[FrameCost, ...] = ()
    movie_engagement: MovieEngagement | None = field(default=None, compare=False)

    @property
    def name(self) -> str:
        """The movie's file name."""
        return self.key.rpartition("/")[2]

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder of pictures, not a file."""
        return self.settings.is_sequence and not self.key.lower().endswith(self.settings.suffix)

    @property
    def location(self) -> str:
        """Where the movie is: a path, or an ``s3://`` URL."""
        return self.store.location(self.key)

    @property
    def path(self) -> Path:
        """A file with the movie; of one in a bucket a copy on this machine, fetched now if need be.

        The copy is in a cache, for an hour at least: `download` makes one that lasts. Of a sequence it is
        the folder of its pictures, or the ZIP file.
        """
        if self.is_folder:
            return Path(self.location)
        return self.store.local(self.key)

    @property
    def duration(self) -> Fraction:
        """How long the movie is, in seconds."""
        return Fraction(self.frames) / self.settings.fps

    @property
    def slowest_frames(self) -> pd.DataFrame:
        """The ten frames that took longest to evaluate and draw, the slowest first.

        A frame a row: ``frame`` (of the film, at the movie's frame rate), ``time_s`` (when it is shown),
        ``total_s``, ``scene``, ``scene_frame``, ``evaluate_s`` (the scenes' functions), ``draw_s``,
        ``element`` (the one that took longest to draw, with its place in the frame's tree) and
        ``element_s``. Frames that were in the store already are not among them. A detached render has
        none here: `History.segments` tells the slowest frame of each of its segments.
        """
        import pandas as pd

        rows = [
            (
                cost.frame, float(cost.frame / self.settings.fps), cost.total_s, cost.scene, cost.scene_frame,
                cost.evaluate_s, cost.draw_s, cost.element, cost.element_s,
            )
            for cost in self.frame_costs
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=list(_SLOW_COLUMNS)).astype(_SLOW_COLUMNS)

    def link(
        self, expires: str | float | dt.timedelta | None = None, download_name: str | None = None
    ) -> str:
        """Give an address at which the movie can be fetched, for the moment: it is kept nowhere.

        For a movie in a bucket it is a presigned link, which whoever has it can
        use until it expires; or the public address, if the store has one and
        nothing is given here. For a file it is its address on the Jupyter
        server, or else its path; for a folder of pictures its path.

        Parameters
        ----------
        expires : str, number or timedelta, optional
            ``"15m"``, ``"1h"`` (the default), ``"7d"`` at most, or seconds.
        download_name : str, optional
            The browser saves the movie under this name; else it plays it.
        """
        if self.is_folder:
            return self.location
        link = self.store.link(self.key, expires=expires, download_name=download_name)
        if self.movie_engagement is not None:
            self.movie_engagement.note("link", "code")
        return link

    def download(self, path: str | os.PathLike[str] = ".", *, progress: bool = True) -> Path:
        """Copy the movie to a file or into a folder, with a progress bar; give the file.

        It appears whole or not at all. After a fault or an interrupt the same
        call goes on where it stopped. A folder of pictures becomes a folder there.
        """
        if self.is_folder:
            return self._copy_folder(Path(path))
        with _ByteBar(self.size_bytes, self.name, shown=progress) as bar:
            file = self.store.download(self.key, path, on_bytes=bar.show)
        if self.movie_engagement is not None:
            self.movie_engagement.note("download", "code")
        return file

    def __repr__(self) -> str:
        settings = self.settings
        if settings.is_sequence:
            return (
                f"<Render {self.name!r}: {self.frames} pictures, {settings.width}x{settings.height}, "
                f"{settings.codec}, {format_bytes(self.size_bytes)}, rendered in {self.render_s:.1f} s>"
            )
        if settings.is_sound:
            return (
                f"<Render {self.name!r}: {float(self.duration):.2f} s of sound, {settings.codec}, "
                f"{format_bytes(self.size_bytes)}, made in {self.render_s:.1f} s>"
            )
        return (
            f"<Render {self.name!r}: {float(self.duration):.2f} s, {settings.width}x{settings.height} "
            f"at {format_fps(settings.fps)} fps, {settings.codec}, {format_bytes(self.size_bytes)}, "
            f"rendered in {self.render_s:.1f} s>"
        )

    def _repr_html_(self) -> str:
        """Show the movie with a caption; the notebook holds where it is, not its bytes, no signed link."""
        settings = self.settings
        source, address = self._source()
        address = html.escape(address, quote=True)
        width = min(settings.width, 640)
        if not address:
            shown = ""
        elif settings.is_image or settings.is_sequence:
            shown = f'<img src="{address}" width="{width}" alt="{html.escape(self.name, quote=True)}">'
        elif settings.is_sound:
            shown = f'<audio src="{address}" controls></audio>'
        else:
            shown = f'<video src="{address}" width="{width}" controls loop></video>'
        parts = [source, f"{float(self.duration):.2f} s"]
        if settings.is_sequence:
            parts = [source, f"{self.frames} pictures"]
        if not settings.is_sound:
            parts.append(f"{settings.width}×{settings.height}")
        if not settings.is_sound and not settings.is_sequence:
            parts.append(f"{format_fps(settings.fps)} fps")
        parts += [settings.codec, format_bytes(self.size_bytes), f"rendered in {self.render_s:.1f} s"]
        return f"<figure>{shown}<figcaption>{html.escape(' · '.join(parts))}</figcaption></figure>"

    def _source(self) -> tuple[str, str]:
        """Give where the movie is, for people, and an address that may be kept; empty if there is none."""
        if self.store.is_remote:
            public = self.store.storage_options.public_base_url
            return self.location, self.store.link(self.key) if public else ""
        try:
            source = os.path.relpath(self.location)
        except ValueError:  # another drive
            source = self.location
        if not self.settings.is_sequence:
            return source, quote(Path(source).as_posix())
        if not self.is_folder:
            return source, ""  # browsers show no ZIP file
        with suppress(OSError, ValueError):
            return source, quote((Path(source) / min(Path(self.location).iterdir()).name).as_posix())
        return source, ""

    def _copy_folder(self, path: Path) -> Path:
        target = path / self.name if path.is_dir() else path
        names = self.settings.picture_names or ""
        if target.resolve() != Path(self.location).resolve():
            with writing_folder(target, lambda name: is_named_so(names, name)) as folder:
                shutil.copytree(self.location, folder, dirs_exist_ok=True)
        return target


class _ByteBar:
    """A tqdm bar of bytes, told from another thread."""

    def __init__(self, total: int, label: str, *, shown: bool) -> None:
        self._shown = shown
        self._total = total
        self._label = label
        self._bar: Any = None

    def __enter__(self) -> _ByteBar:
        if self._shown:
            from tqdm.auto import tqdm

            self._bar = tqdm(total=self._total, unit="B", unit_scale=True, desc=self._label)
        return self

    def __exit__(self, *exception: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def show(self, done: int, total: int) -> None:
        if self._bar is not None:
            self._bar.total = total
            self._bar.update(done - self._bar.n)


def format_bytes(size: int) -> str:
    """Give a size for people."""
    for unit, name in _UNITS:
        if size >= unit:
            return f"{size / unit:.3g} {name}"
    return f"{size} bytes"
