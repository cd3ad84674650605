"""The composition that people use: pure data that can also be seen and exported."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from PIL import Image as PilImage

from bazaar_nb.encode.settings import resolve_settings
from bazaar_nb.encode.sizes import Resolution
from bazaar_nb.errors import InvalidValueError, SettingsError
from bazaar_nb.render.job import Job
from bazaar_nb.render.progress import ProgressBar
from bazaar_nb.render.result import Render
from bazaar_nb.scene.composition import BaseComposition
from bazaar_nb.scene.time import Seconds, frames_to_seconds, seconds_to_frames
from bazaar_nb.store.names import check_key
from bazaar_nb.workspace import Workspace, default_workspace


class Composition(BaseComposition):  # noqa: D101
    __doc__ = BaseComposition.__doc__

    def still(self, index: int = 0, scale: float = 1.0) -> PilImage.Image:
        """Draw one frame as an image: what the exported frame shows.

        Parameters
        ----------
        index : int
            0-based; negative counts from the end.
        scale : float
            Of the composition's size, more than 0 and at most 4.

        Raises
        ------
        SceneError, ElementError
            When the frame can't be made or drawn.
        """
        from bazaar_nb.render.still import draw_still

        if isinstance(scale, bool) or not isinstance(scale, int | float | np.number) or not 0 < scale <= 4:
            raise InvalidValueError(f"`scale` must be more than 0 and at most 4, got {scale!r} (still)")
        return draw_still(self, self.check_frame(index), float(scale))

    def to_html(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        width: int = 960,
        quality: str | None = None,
        progress: bool = True,
        workspace: Workspace | None = None,
    ) -> str | None:
        """Make a web page that plays the film, all in one file: it needs no server, and no network.

        The film is exported for it, as h264 with its sound.

        Parameters
        ----------
        path : str or path, optional
            Where the page goes; it appears whole or not at all.
        width : int
            Of the film on the page, in pixels; at most the composition's.
        quality, progress, workspace
            As in `export`.

        Returns
        -------
        str or None
            The page's text, if no path was given.

        Raises
        ------
        StoreError
            When the page can't be written.
        BazaarError
            Whatever ended the export.
        """
        from bazaar_nb.widgets.page import film_page

        return film_page(self, path, width=width, quality=quality, progress=progress, workspace=workspace)

    def _ipython_display_(self) -> None:
        """Show the player where a cell ends with the film."""
        from bazaar_nb.widgets.show import show_film

        show_film(self)

    def export(
        self,
        path_or_name: str | os.PathLike[str] | None = None,
        *,
        format: str | None = None,
        codec: str | None = None,
        quality: str | None = None,
        bitrate: str | int | None = None,
        crf: float | None = None,
        preset: str | int | None = None,
        resolution: Resolution | None = None,
        fps: Seconds | None = None,
        frame_range: tuple[int, int] | None = None,
        mute: bool = False,
        loop: int | None = None,
        progress: bool = True,
        workspace: Workspace | None = None,
    ) -> Render:
        """Render the film to a file, with a progress bar; unchanged segments are not rendered again.

        Parameters
        ----------
        path_or_name : str or path, optional
            A path with a folder (``"out/review.mp4"``, ``"./review.mp4"``) is
            where the movie goes. A bare name (``"review.mp4"``) goes into the
            workspace: ``<root>/projects/<project>/<render id>/review.mp4``. The
            composition's name by default.
        format : {"mp4", "webm", "gif"}, optional
            By default what the name ends in, else mp4.
        codec : {"h264", "h265", "vp8", "vp9"}, optional
            h264 or h265 in mp4, vp9 or vp8 in webm; the first of each by default.
        quality : {"low", "medium", "high"}, optional
            What x264's CRF 28, 23 and 18 look like, in every codec; medium by default.
        bitrate : {"low", "medium", "high"}, int or str, optional
            Instead of a quality: bits a second; the words mean 1, 2.5 and 5
            Mbit/s at 720p and 30 fps.
        crf, preset
            The encoder's own numbers and names, taken literally.
        resolution : str or (int, int), optional
            ``"720p"``, ``"1080p"`` or ``"4k"`` are the short side; or width and
            height in the composition's shape.
        fps : number, optional
            Frames a second; scenes are asked for more or fewer frames.
        frame_range : (int, int), optional
            Half-open, in the composition's own frames.
        mute : bool
            Leave the sound out.
        loop : int, optional
            How often a GIF plays; 0 is for ever.
        progress : bool
            Whether to show the bar.
        workspace : Workspace, optional
            Where the movie and the history go, and who renders.

        Returns
        -------
        Render
            Where the movie is, and what it took; it shows itself in a notebook.

        Raises
        ------
        SettingsError
            When the settings don't go together, before anything is rendered.
        BazaarError
            Whatever ended the render. The history has a row of it.

        Examples
        --------
        >>> film.export("review.mp4", quality="high")  # doctest: +SKIP
        """
        where = workspace or default_workspace()
        target, name = _destination(path_or_name, self.name)
        settings = resolve_settings(
            (self.width, self.height), self.fps, name=None if path_or_name is None else name, format=format,
            codec=codec, quality=quality, bitrate=bitrate, crf=crf, preset=preset,
            resolution=resolution, fps_out=fps, mute=mute, loop=loop,
        )  # fmt: skip
        if not name.lower().endswith(settings.suffix):
            name += settings.suffix
            target = None if target is None else target.with_name(name)
        whole = self.frozen()  # an edit of a scene's cell must not change what is half rendered
        film = whole.at_fps(settings.fps)
        first, stop = whole._range(film, frame_range)
        job = Job(
            film, settings, store=where.store, engine=where.engine, user=where.user, project=where.project,
            name=name, target=target, first=first, stop=stop,
        )  # fmt: skip
        if not progress:
            return job.run()
        with ProgressBar(lambda: job.progress, name):
            return job.run()

    def _range(self, film: BaseComposition, frame_range: tuple[int, int] | None) -> tuple[int, int]:
        """Give a range of this composition's frames as one of the export's."""
        if frame_range is None:
            return 0, film.frames
        try:
            first, stop = (int(edge) if int(edge) == edge else edge for edge in frame_range)
        except (TypeError, ValueError, OverflowError):
            first, stop = None, None
        if not isinstance(first, int) or not isinstance(stop, int) or not 0 <= first < stop <= self.frames:
            raise SettingsError(
                f"`frame_range` must be (first, stop) with 0 <= first < stop <= {self.frames}, "
                f"got {frame_range!r}"
            )
        times = (frames_to_seconds(edge, self.fps) for edge in (first, stop))
        edges = [min(film.frames, seconds_to_frames(time, film.fps)) for time in times]
        return edges[0], max(edges[0] + 1, edges[1])


def _destination(path_or_name: str | os.PathLike[str] | None, default: str) -> tuple[Path | None, str]:
    """Give the path that was asked for, if one was, and the movie's name."""
    if path_or_name is None:
        return None, default.replace("/", "-")
    text = os.fspath(path_or_name)
    if not isinstance(text, str) or not text.strip() or "\0" in text:
        raise SettingsError(f"expected a path or a name for the movie, got {path_or_name!r}")
    has_folder = os.sep in text or "/" in text or isinstance(path_or_name, os.PathLike) or text in (".", "..")
    if not has_folder:
        return None, text
    path = Path(text).expanduser()
    # os.path: Path.is_dir raises for a name that is too long, and Path.resolve follows links.
    if text.endswith(("/", os.sep)) or os.path.isdir(path):  # noqa: PTH112
        raise SettingsError(f"expected a file to write the movie to, {text!r} is a folder")
    try:
        check_key(path.name)
    except InvalidValueError as error:
        raise SettingsError(f"the movie can't be called {path.name!r:.80}: {error}") from None
    return Path(os.path.abspath(path)), path.name  # noqa: PTH100
