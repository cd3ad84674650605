"""What a composition or a job that ends a cell does: it shows its player or its view, one a cell."""

from __future__ import annotations

from bazaar_nb.jobs.job import Job
from bazaar_nb.preview.poster import fallback_bundle, poster_png
from bazaar_nb.scene.film import Film
from bazaar_nb.widgets.notebook_cells import has_notebook, keep_displayed, watch_cells

_WIDGETS = ("anywidget", "ipywidgets")


def show_film(film: Film) -> None:
    """Display a film's player, or its poster where the libraries of widgets are missing.

    Raises
    ------
    NotImplementedError
        Outside of a notebook; IPython then shows the film's text.
    """
    if not has_notebook():
        raise NotImplementedError("there is no notebook to play in")
    watch_cells()
    try:
        from bazaar_nb.widgets.player.widget import Player
    except ModuleNotFoundError as error:
        if error.name not in _WIDGETS:
            raise
        from IPython.display import display

        note = f"{error.name} is missing: `pip install {' '.join(_WIDGETS)}` to play the film here."
        bundle = fallback_bundle(film, "poster", poster_png(film), note=note)
        display(bundle, raw=True)  # type: ignore[no-untyped-call]
        return
    player = Player(film)
    keep_displayed(player)
    player._ipython_display_()


def show_job(job: Job) -> None:
    """Display a job's view.

    Raises
    ------
    NotImplementedError
        Outside of a notebook, or without the libraries of widgets; IPython then shows the job's text.
    """
    if not has_notebook():
        raise NotImplementedError("there is no notebook to show it in")
    watch_cells()
    try:
        from bazaar_nb.widgets.panel.job_view import JobView
    except ModuleNotFoundError as error:
        if error.name not in _WIDGETS:
            raise
        raise NotImplementedError(f"{error.name} is missing") from error
    view = JobView(job)
    keep_displayed(view)
    view._ipython_display_()
