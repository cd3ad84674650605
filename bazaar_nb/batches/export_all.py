"""`bz.export_all`: a table becomes films, one a row."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Unpack, get_args

from bazaar_nb.batches.batch import Batch
from bazaar_nb.batches.checking import check_rows
from bazaar_nb.batches.earlier_movies import EarlierMovies
from bazaar_nb.batches.films import RowFilms
from bazaar_nb.batches.movie_names import NameTemplate
from bazaar_nb.batches.outcome import MemorySink, report_file
from bazaar_nb.batches.progress import BatchBar
from bazaar_nb.batches.rows import read_rows
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.jobs.export_request import ExportOptions
from bazaar_nb.store.paths import read_path
from bazaar_nb.workspace import Workspace, default_workspace

if TYPE_CHECKING:
    import pandas as pd

OnBadRows = Literal["raise", "skip"]


def export_all(
    film_function: Callable[..., Any],
    table: Any,
    name: str,
    *,
    on_bad_rows: OnBadRows = "raise",
    check_films: bool = True,
    again: bool = False,
    report: str | os.PathLike[str] | None = None,
    progress: bool = True,
    workspace: Workspace | None = None,
    **options: Unpack[ExportOptions],
) -> pd.DataFrame:
    """Make a film of each row of a table, and give the table with what became of each.

    All rows are checked before anything is drawn. Then films are rendered side by side, as many as keep
    the workers busy, and what several of them show is drawn once. A film that fails stops no other. The
    same call again renders only what is missing: a movie is left as it is if it would look and sound the
    same, whatever in the function or the table has changed.

    Parameters
    ----------
    film_function : callable
        One made by `film`: columns are its parameters, by name; an empty cell, or no column, is the
        default, other columns are left alone. Or any function that takes a row (``row["city"]`` or
        ``row.city``) and gives a `Composition`.
    table : table, list or iterator
        A DataFrame or table of pandas, polars or pyarrow; a list of dicts; or an iterator of rows, or of
        tables of some rows each, such as ``pandas.read_csv(…, chunksize=1000)``: its rows are kept in a
        temporary file, not in memory.
    name : str
        Template of the movies' names: ``"{id}-{city}.mp4"``, also with formats as ``"{day:%Y-%m-%d}.mp4"``;
        ``{row}`` is the row's number. With a folder in it (``"out/{id}.mp4"``) that is where movies go;
        else into the workspace, as for `Composition.export`.
    on_bad_rows : {"raise", "skip"}
        What happens if rows are wrong: nothing is made, or the films of the other rows.
    check_films : bool
        Whether the function is called for each row when rows are checked, and once more when its turn
        comes. Where it takes long, False checks typed parameters and names alone.
    again : bool
        Render also what is there already.
    report : str or path, optional
        A parquet file for the result, written piece by piece. What is returned then has only the rows
        without a movie, so that a million rows need not be in memory.
    progress : bool
        Whether to show how far it is: a panel in a notebook, a bar elsewhere.
    workspace : Workspace, optional
        Where movies and history go, and who renders.
    **options
        All that `Composition.export` takes, from ``format`` to ``captions``, for all films.

    Returns
    -------
    DataFrame
        The rows, and beside them ``movie`` (its name), ``status`` (succeeded, failed, cancelled, refused:
        the row is wrong, or not begun), ``kept`` (it was there already), ``location``, ``frames``,
        ``duration_s``, ``size_bytes``, ``render_s`` and the seconds of each stage, ``error_class``,
        ``error`` and ``render_id``. Where the table has such a column, ``film_`` goes before the name.
        `links` makes addresses of it.

    Raises
    ------
    BadRowsError
        With all that is wrong with all rows, before anything is drawn.
    AccessError
        When the project is not yours.
    InvalidValueError
        When the table is none, or the names' template asks for a column that isn't there.
    KeyboardInterrupt
        After all films at work were stopped; those that are finished stay, and the next call goes on.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> quotes = [{"id": 1, "text": "Less, but better."}, {"id": 2, "text": "Stay curious."}]
    >>> bz.export_all(bz.templates.quote_card, quotes, name="{id}.mp4")  # doctest: +SKIP
    """
    if on_bad_rows not in get_args(OnBadRows):
        raise InvalidValueError(
            f'`on_bad_rows` must be "raise" or "skip", got {on_bad_rows!r:.60} (export_all)'
        )
    unknown = sorted(set(options) - set(ExportOptions.__annotations__))
    if unknown:
        raise TypeError(
            f"there is no {', '.join(unknown)}; export_all takes {', '.join(ExportOptions.__annotations__)}"
        )
    where = workspace or default_workspace()
    path = None if report is None else _report_path(report)
    films = RowFilms(film_function, NameTemplate(name), options, where)
    rows = read_rows(table)
    batch = Batch(films.function_name, where)
    kept = MemorySink(rows, only_without=path is not None)
    with _shown(batch) if progress else nullcontext(), _ended(batch):
        checked = check_rows(rows, films, make=check_films, see_kinds=path is not None, check=batch.saw_row)
        batch.saw_rows(checked)
        if checked.whole_columns or (checked.problems and on_bad_rows == "raise"):
            raise checked.error(films.function_name)
        earlier = None if again else EarlierMovies(where.store, where.project)
        interrupt = None
        with report_file(path, checked.kinds, kept) as sink:
            try:
                batch.run(rows, films, earlier, sink)
            except KeyboardInterrupt as error:  # the report tells of all rows all the same
                interrupt = error
        if interrupt is not None:
            raise interrupt
    return kept.table()


@contextmanager
def _ended(batch: Batch) -> Iterator[None]:
    """Have a batch end when this ends: whoever shows it waits for that."""
    try:
        yield
    except BaseException as error:
        batch.end(str(error).partition("\n")[0] or type(error).__name__)
        raise


def _report_path(report: str | os.PathLike[str]) -> Path:
    path = read_path(os.fspath(report), "report")
    if os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises for a name that is too long
        raise InvalidValueError(
            f"`report` must be a file, {os.fspath(report)!r:.80} is a folder (export_all)"
        )
    return Path(os.path.abspath(path))  # noqa: PTH100 - the working directory may change


def _shown(batch: Batch) -> AbstractContextManager[object]:
    """Show how far a batch is: by what the notebook has for it, or else a bar."""
    return nullcontext() if _displayed(batch) else BatchBar(lambda: batch.progress, batch.name)


def _displayed(batch: Batch) -> bool:
    get_ipython = getattr(sys.modules.get("IPython"), "get_ipython", None)
    shell: Any = None if get_ipython is None else get_ipython()
    if getattr(shell, "kernel", None) is None:
        return False
    try:
        shell.display_formatter.ipython_display_formatter.lookup(batch)(batch)
    except (AttributeError, KeyError, NotImplementedError):  # nobody there knows batches
        return False
    return True
