"""The composition that people use: pure data that can also be seen and exported."""

from __future__ import annotations

import os
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from PIL import Image as PilImage

from bazaar_nb.composition.exporting import ExportingFilm
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.jobs.members import check_member
from bazaar_nb.render.preloading import Preloaded, preload_film
from bazaar_nb.render.progress import Progress, ProgressBar
from bazaar_nb.saved_films.film_document import FilmVersion
from bazaar_nb.scene.elements import Clip, Element
from bazaar_nb.scene.film import Film
from bazaar_nb.scene.frame import Size
from bazaar_nb.sources.finding import Finder, finding_with
from bazaar_nb.values.number import plain_number, whole_number
from bazaar_nb.workspace import Workspace, default_workspace


class Composition(ExportingFilm):  # noqa: D101
    __doc__ = Film.__doc__

    def _measure(self, element: Element, width: int, height: int) -> Size:
        from bazaar_nb.render.still import measure_element

        return measure_element(element, width, height)

    def _as_scene(self, item: Any) -> Any:
        if not isinstance(item, Clip):
            return item
        from bazaar_nb.render.clip_scene import clip_scene

        return clip_scene(item, f" (Composition {self.name!r})")

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

        number = plain_number(scale)
        if number is None or isinstance(number, bool) or not 0 < number <= 4:
            raise InvalidValueError(f"`scale` must be more than 0 and at most 4, got {scale!r} (still)")
        return draw_still(self, self.check_frame(index), float(number))

    def contact_sheet(self, *, columns: int = 4, rows: int = 4, width: int = 1600) -> PilImage.Image:
        """Draw frames from all of the film side by side, each with its time.

        Parameters
        ----------
        columns, rows : int
            1 to 20 of each; fewer where the film has fewer frames.
        width : int
            Of the sheet, in pixels: 100 to 8192.

        Raises
        ------
        SceneError, ElementError
            When a frame can't be made or drawn.

        Examples
        --------
        >>> film.contact_sheet(columns=5).save("sheet.png")  # doctest: +SKIP
        """
        from bazaar_nb.preview.checkerboard import on_checkerboard
        from bazaar_nb.preview.contact_sheet import contact_sheet

        for name, value, least, most in (
            ("columns", columns, 1, 20), ("rows", rows, 1, 20), ("width", width, 100, 8192),
        ):  # fmt: skip
            number = whole_number(value)
            if number is None or not least <= number <= most:
                raise InvalidValueError(
                    f"`{name}` must be a whole number from {least} to {most}, got {value!r:.60}"
                )
        scale = min(1.0, width / columns / self.width)
        film = self.frozen()
        return contact_sheet(
            lambda frame: on_checkerboard(film.still(frame, scale)), film.frames, film.fps,
            columns=columns, rows=rows, width=width,
        )  # fmt: skip

    def to_json(self, *, embed: bool = False) -> str:
        """Give the film as JSON: every frame's elements as data, no code.

        Bytes that were handed over for pictures, clips, sounds and fonts are in it, in base64, and arrays of
        `Pixels`; functions of `Figure` elements are not. `json_schema` describes the document.

        Parameters
        ----------
        embed : bool
            Whether files are in it, too, and what addresses have: it then shows and plays the same on every
            machine, also when they are gone.

        Raises
        ------
        SceneError, ElementError
            When a frame can't be made.
        AssetError
            When something that is to be in it can't be had.
        InvalidValueError
            When an address holds what may be a password or a signature, and is not embedded; or for a
            sequence of pictures that is to be.
        """
        from bazaar_nb.sources.embedding import Embedding

        finder = Finder(fetches=self.fetches)
        embedding = Embedding(finder, everything=embed, where=f" (Composition {self.name!r})")
        with finding_with(finder):
            return self._written(embedding.rename, embedding.files)

    def preload(
        self, *, refresh: bool = False, progress: bool = True, workspace: Workspace | None = None
    ) -> Preloaded:
        """Fetch all that the film's addresses have, so that nothing is waited for later.

        All frames are looked at for it. What was fetched is kept on this machine, and in the workspace's
        store by its content: renders there show the same also when the addresses are gone.

        Parameters
        ----------
        refresh : bool
            Ask addresses again that were fetched before: what they have may be another by now.
        progress : bool
            Whether to show a bar.
        workspace : Workspace, optional
            Whose store gets it.

        Returns
        -------
        Preloaded
            How many files that are, and their bytes.

        Raises
        ------
        AssetError
            When some can't be had, or a file is missing: all of them, with the scenes that want them.
        SceneError, ElementError
            When a frame can't be made.

        Examples
        --------
        >>> film.preload()  # doctest: +SKIP
        <preloaded: 12 files, 48.1 MB>
        """
        where = workspace or default_workspace()
        return preload_film(self.frozen(), where.store, refresh=refresh, progress=progress)

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
        from bazaar_nb.preview.web_page import film_page

        film = self.frozen()

        def export(movie: Path, size: tuple[int, int]) -> None:
            film.export(movie, quality=quality, resolution=size, progress=progress, workspace=workspace)

        return film_page(film, path, width=width, export=export)

    def save(
        self,
        name: str | None = None,
        *,
        project: str | None = None,
        progress: bool = True,
        workspace: Workspace | None = None,
    ) -> FilmVersion:
        """Keep the film in its project, as data: what its frames show, pictures, fonts and sound, no code.

        `bz.open_film` gives it back on any machine, `bz.films` lists all. Saving under a name that is there
        makes its next version; the ones before stay. What figures' functions draw is kept as pixels of the
        composition's size. Cleaning the store takes nothing of it.

        Parameters
        ----------
        name : str, optional
            The composition's by default; not with a slash.
        project : str, optional
            The workspace's by default.
        progress : bool
            Whether to show a bar.
        workspace : Workspace, optional
            Where it is kept, and who saves it.

        Returns
        -------
        FilmVersion
            Which version it is, and how large.

        Raises
        ------
        AccessError
            When the project is not yours.
        SceneError, ElementError, AssetError
            For the first frame that can't be made, or a file that can't be read; then no version is made.
        StoreError
            When the store can't be written to.

        Examples
        --------
        >>> film.save("review")  # doctest: +SKIP
        <saved film 'review', version 1, in project 'default': 300 frames, 10.00 s, 0.02 MB>
        """
        from bazaar_nb.saved_films.film_versions import check_film_name, save_version

        where = workspace or default_workspace()
        if project is not None:
            where = where.of_project(project)
        checked = check_film_name(self.name if name is None else name)
        check_member(where.project_members(), where.project, where.user)
        film, seen = self.frozen(), 0

        def on_frame(count: int) -> None:
            nonlocal seen
            seen = count

        def read() -> Progress:
            return Progress(
                seen, film.frames, 0, "done" if seen == film.frames else "evaluating", evaluated=seen
            )

        with ProgressBar(read, checked) if progress else nullcontext():
            return save_version(film, where.store, where.project, checked, where.user, on_frame)
