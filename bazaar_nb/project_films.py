"""The films that projects hold: listed, opened, rendered by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from bazaar_nb.composition.composition import Composition
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.jobs.export_request import ExportOptions
from bazaar_nb.jobs.job import Job
from bazaar_nb.jobs.members import check_member
from bazaar_nb.saved_films.deletion import DeletedFilm, delete_versions
from bazaar_nb.saved_films.film_document import FilmVersion
from bazaar_nb.saved_films.film_versions import check_film_name, find_version, read_content, read_versions
from bazaar_nb.saved_films.saved_film import FilmContent, SavedFilm
from bazaar_nb.store.key_layout import saved_film_prefix
from bazaar_nb.values.number import whole_number
from bazaar_nb.workspace import Workspace, default_workspace

if TYPE_CHECKING:
    import pandas as pd


class OpenedFilm(SavedFilm, Composition):
    """A saved film, to be played and exported as any other.

    It has the frames that were saved, and none between them: it can be exported at any size, and at its
    own frame rate or a lower one.

    Attributes
    ----------
    saved : FilmVersion
        Which version of which film it is.
    """

    def __init__(self, content: FilmContent, saved: FilmVersion) -> None:
        super().__init__(content)
        self.saved = saved


def films(
    project: str | None = None, *, versions: bool = False, workspace: Workspace | None = None
) -> pd.DataFrame:
    """Give the saved films as a DataFrame, a row each.

    Parameters
    ----------
    project : str, optional
        Only this project's; all by default.
    versions : bool
        Whether there is a row for each version; the newest of each film by default.
    workspace : Workspace, optional
        Whose root; the default one's if not given.

    Returns
    -------
    DataFrame
        ``project``, ``name``, ``version``, ``saved`` (in UTC), ``user``, ``duration`` (timedelta), ``size``
        (as ``1920x1080``), ``fps``, ``frames`` and ``bytes`` (of all that the version needs; versions share
        what is the same).

    Raises
    ------
    StoreError
        When the store, or one of the films' records, can't be read.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> film = bz.Composition([bz.Scene(lambda frame: bz.Fill("navy"), duration=1)], width=320, height=180)
    >>> version = film.save("review")
    >>> list(bz.films()["name"])
    ['review']
    """
    import pandas as pd

    if project is not None and (not isinstance(project, str) or not project.strip()):
        raise InvalidValueError(f"`project` must be text, got {project!r:.60} (films)")
    store = (workspace or default_workspace()).store
    rows = [
        {
            "project": one.project,
            "name": one.name,
            "version": one.version,
            "saved": one.saved,
            "user": one.user,
            "duration": pd.Timedelta(seconds=one.duration_s),
            "size": f"{one.width}x{one.height}",
            "fps": one.fps,
            "frames": one.frames,
            "bytes": one.size_bytes,
        }
        for one in read_versions(store, project, all_versions=versions)
    ]
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)


_COLUMNS = {
    **dict.fromkeys(("project", "name"), "string"),
    "version": "int64",
    "saved": "datetime64[us, UTC]",
    "user": "string",
    "duration": "timedelta64[us]",
    "size": "string",
    "fps": "float64",
    **dict.fromkeys(("frames", "bytes"), "int64"),
}


def open_film(
    name: str, *, version: int | None = None, project: str | None = None, workspace: Workspace | None = None
) -> OpenedFilm:
    """Give a film that was saved, on whatever machine: to be played, looked at and exported.

    An export at the frame rate that it was saved with has the same bytes as one of the film that was saved,
    and takes what is rendered already. A figure that a function drew is pixels now: its segments are made
    anew, with the same bytes at the composition's own size, and with enlarged pixels at a larger one.

    Parameters
    ----------
    name : str
        ``"review"``, or ``"project/review"`` with its project.
    version : int, optional
        The newest by default.
    project : str, optional
        The workspace's by default.
    workspace : Workspace, optional
        Whose root; the default one's if not given.

    Raises
    ------
    UnknownFilmError
        When there is no such film or version.
    StoreError
        When something of it is missing, damaged, or was saved by a newer version of this package.

    Examples
    --------
    >>> film.save("review")  # doctest: +SKIP
    >>> bz.open_film("review").export("review.mp4")  # doctest: +SKIP
    """
    where = workspace or default_workspace()
    project, name = _place(name, project, where)
    record = find_version(where.store, project, name, _version(version))
    return OpenedFilm(read_content(where.store, saved_film_prefix(project, name), record), record)


def start_render(
    name: str,
    path_or_name: str | None = None,
    *,
    version: int | None = None,
    project: str | None = None,
    priority: int = 0,
    workspace: Workspace | None = None,
    **options: Unpack[ExportOptions],
) -> Job:
    """Render a saved film by its project and name, while the notebook goes on.

    The movie goes into the film's project. All is checked before anything is rendered: that the film is
    there and whole, the settings, that the project is yours to render into, and its limits.

    Parameters
    ----------
    name : str
        ``"project/review"``; without a project it is the workspace's.
    path_or_name : str, optional
        Of the movie, as for `Composition.export`; the film's name by default.
    version, project, workspace
        As for `open_film`.
    priority, **options
        As for `Composition.submit`.

    Returns
    -------
    Job
        To look at, wait for or cancel.

    Raises
    ------
    UnknownFilmError, StoreError
        As `open_film` does.
    SettingsError, AccessError, LimitError
        As `Composition.submit` does.

    Examples
    --------
    >>> bz.start_render("project/review", format="webm", quality="high")  # doctest: +SKIP
    """
    where = workspace or default_workspace()
    film = open_film(name, version=version, project=project, workspace=where)
    return film.submit(
        film.saved.name if path_or_name is None else path_or_name,
        priority=priority,
        workspace=where.of_project(film.saved.project),
        **options,
    )


def delete_film(
    name: str, *, version: int | None = None, project: str | None = None, workspace: Workspace | None = None
) -> DeletedFilm:
    """Delete a saved film, or one of its versions; movies that were rendered from it stay.

    It can't be taken back. What other versions need stays with them.

    Parameters
    ----------
    name : str
        ``"review"``, or ``"project/review"`` with its project.
    version : int, optional
        All of them by default.
    project : str, optional
        The workspace's by default.
    workspace : Workspace, optional
        Whose root, and who deletes; the default one if not given.

    Returns
    -------
    DeletedFilm
        Which versions are gone, and how many files and bytes.

    Raises
    ------
    UnknownFilmError
        When there is no such film or version.
    AccessError
        When the project is not yours.
    StoreError
        When the store can't be written to.

    Examples
    --------
    >>> bz.delete_film("project/review", version=1)  # doctest: +SKIP
    """
    where = workspace or default_workspace()
    project, name = _place(name, project, where)
    check_member(where.project_members(project), project, where.user)
    return delete_versions(where.store, project, name, _version(version))


def _version(version: int | None) -> int | None:
    if version is None:
        return None
    number = whole_number(version)
    if number is None or number < 1:
        raise InvalidValueError(f"`version` must be a whole number, at least 1, got {version!r:.60}")
    return number


def _place(name: object, project: str | None, workspace: Workspace) -> tuple[str, str]:
    if isinstance(name, str) and "/" in name:
        if project is not None:
            raise InvalidValueError(f"the project is given twice, in {name!r:.80} and as {project!r:.60}")
        project, _, name = name.rpartition("/")
    if project is not None and (not isinstance(project, str) or not project.strip()):
        raise InvalidValueError(f"`project` must be text, got {project!r:.60}")
    return project or workspace.project, check_film_name(name)
