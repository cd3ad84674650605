"""The export panel: choose, press, watch, get the file."""

from __future__ import annotations

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.film import Film
from bazaar_nb.widgets.display_names import plain
from bazaar_nb.widgets.panel.export_form import ExportForm
from bazaar_nb.widgets.panel.jobs_widget import JobsWidget
from bazaar_nb.workspace import Workspace, default_workspace


class ExportPanel(JobsWidget):
    """Exports a composition from a notebook: what can be chosen, how it goes on, and the movie.

    The jobs of this session are listed below it, whichever panel or call asked for them.

    Parameters
    ----------
    film : Composition
    workspace : Workspace, optional
        Where movies and history go, and who renders; the default one if not given.

    Raises
    ------
    InvalidValueError
        If it is no composition, or no workspace.

    Examples
    --------
    >>> bz.ExportPanel(film)  # doctest: +SKIP
    """

    def __init__(self, film: Film, workspace: Workspace | None = None) -> None:
        _check_film(film)
        if workspace is not None and not isinstance(workspace, Workspace):
            raise InvalidValueError(f"`workspace` must be a Workspace, got {workspace!r:.60} (ExportPanel)")
        where = workspace or default_workspace()
        self._form = ExportForm(film, where)
        super().__init__(f"Export of {film.name}", where.queue, form=self._form)

    @property
    def film(self) -> Film:
        """The composition that is exported; may be set."""
        return self._form.film

    @film.setter
    def film(self, film: Film) -> None:
        _check_film(film)
        self._form.film = film
        self._form.range = None
        self.title = plain(f"Export of {film.name}")

    def begin_with(self, frames: tuple[int, int] | None) -> None:
        """Have views that open from now on begin with a half-open range of frames; None is all of them."""
        self._form.range = frames

    def __repr__(self) -> str:
        return f"<ExportPanel of {self._form.film!r} into {self._form.where!r}>"


def _check_film(film: object) -> None:
    if not isinstance(film, Film):
        raise InvalidValueError(f"expected a Composition to export, got {film!r:.60} (ExportPanel)")
