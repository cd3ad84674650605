"""What a composition, a chart or a job that ends a cell does: it shows its player or its view, one a cell.

Films, charts, jobs and batches know nothing of notebooks: IPython and marimo are told here what shows them.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from bazaar_nb.widgets.notebook_cells import has_notebook, ipython_shell, keep_displayed, watch_cells

if TYPE_CHECKING:
    from bazaar_nb.batches.batch import Batch
    from bazaar_nb.charts.chart import Chart
    from bazaar_nb.detached.attached import AttachedRender
    from bazaar_nb.jobs.job import Job
    from bazaar_nb.scene.film import Film
    from bazaar_nb.widgets.message_widget import MessageWidget

_WIDGETS = ("anywidget", "ipywidgets")


def register_displays() -> None:
    """Have the notebook that runs, if any, show films, charts and jobs that end a cell. Once is enough."""
    shell = ipython_shell()
    formatter = getattr(getattr(shell, "display_formatter", None), "ipython_display_formatter", None)
    if formatter is not None:
        # By name: the classes are imported when somebody uses them.
        formatter.for_type_by_name("bazaar_nb.composition.composition", "Composition", show_film)
        formatter.for_type_by_name("bazaar_nb.charts.chart", "Chart", show_chart)
        formatter.for_type_by_name("bazaar_nb.jobs.job", "Job", show_job)
        formatter.for_type_by_name("bazaar_nb.detached.attached", "AttachedRender", show_job)
        formatter.for_type_by_name("bazaar_nb.batches.batch", "Batch", show_batch)
    if "marimo" in sys.modules:
        from bazaar_nb.batches.batch import Batch
        from bazaar_nb.charts.chart import Chart
        from bazaar_nb.composition.composition import Composition
        from bazaar_nb.detached.attached import AttachedRender
        from bazaar_nb.jobs.job import Job

        # It has no register of displays that is public: it asks each object for this method.
        Composition._display_ = _player_of  # type: ignore[attr-defined]
        Chart._display_ = _player_of_chart  # type: ignore[attr-defined]
        Job._display_ = _view_of_job  # type: ignore[attr-defined]
        AttachedRender._display_ = _view_of_job  # type: ignore[attr-defined]
        Batch._display_ = _view_of_batch  # type: ignore[attr-defined]


def _player_of(film: Film) -> object:
    from bazaar_nb.widgets.player.widget import Player

    return Player(film)


def _player_of_chart(chart: Chart[Any]) -> object:
    return _player_of(_film_of(chart))


def _view_of_job(job: Job | AttachedRender) -> object:
    from bazaar_nb.widgets.panel.widget import JobView

    return JobView(job)


def _view_of_batch(batch: Batch) -> object:
    from bazaar_nb.widgets.batch.widget import BatchView

    return BatchView(batch)


def _film_of(chart: Chart[Any]) -> Film:
    """Give a chart as a film."""
    from bazaar_nb.composition.composition import Composition

    return Composition([chart])


def show_chart(chart: Chart[Any]) -> None:
    """Display a chart's player, as that of a film which is the chart alone.

    Raises
    ------
    NotImplementedError
        Outside of a notebook; IPython then shows the chart's text.
    """
    if not has_notebook():
        raise NotImplementedError("there is no notebook to play in")
    show_film(_film_of(chart))


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

        from bazaar_nb.preview.poster import fallback_bundle, poster_png

        note = f"{error.name} is missing: `pip install {' '.join(_WIDGETS)}` to play the film here."
        bundle = fallback_bundle(film, "poster", poster_png(film), note=note)
        display(bundle, raw=True)  # type: ignore[no-untyped-call]
        return
    player = Player(film)
    keep_displayed(player)
    player._ipython_display_()


def show_job(job: Job | AttachedRender) -> None:
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
        from bazaar_nb.widgets.panel.widget import JobView
    except ModuleNotFoundError as error:
        if error.name not in _WIDGETS:
            raise
        raise NotImplementedError(f"{error.name} is missing") from error
    _display(JobView(job))


def show_batch(batch: Batch) -> None:
    """Display how far a batch is.

    Raises
    ------
    NotImplementedError
        Outside of a notebook, or without the libraries of widgets: a bar then has to do.
    """
    if not has_notebook():
        raise NotImplementedError("there is no notebook to show it in")
    watch_cells()
    try:
        from bazaar_nb.widgets.batch.widget import BatchView
    except ModuleNotFoundError as error:
        if error.name not in _WIDGETS:
            raise
        raise NotImplementedError(f"{error.name} is missing") from error
    _display(BatchView(batch))


def _display(view: MessageWidget) -> None:
    keep_displayed(view)
    view._ipython_display_()
