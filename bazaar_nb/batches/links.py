"""Links to movies of a table: made for the moment, kept nowhere."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from bazaar_nb.errors import InvalidValueError, StoreError
from bazaar_nb.store.store import Store
from bazaar_nb.workspace import Workspace, default_workspace

if TYPE_CHECKING:
    import pandas as pd


def links(
    table: pd.DataFrame,
    *,
    expires: str | float | dt.timedelta | None = None,
    workspace: Workspace | None = None,
) -> pd.Series[str]:
    """Give an address for each movie of a table, for the moment: a table itself holds no signed link.

    Parameters
    ----------
    table : DataFrame
        What `export_all` gave, or rows of the history.
    expires : str, number or timedelta, optional
        How long a link to a bucket is good: ``"15m"``, ``"1h"`` (the default), ``"7d"`` at most, or seconds.
    workspace : Workspace, optional
        Whose bucket the movies are in; the default one's if not given.

    Returns
    -------
    Series
        Of text, with the table's index: presigned links, or paths; missing where there is no movie.

    Raises
    ------
    InvalidValueError
        When it has no column ``location``.
    StoreError
        When a movie is in another bucket than the workspace's.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> film = bz.Composition([bz.Scene(lambda frame: bz.Fill("navy"), duration=1)], width=320, height=180)
    >>> render = film.export("review.mp4", progress=False)
    >>> addresses = bz.links(bz.history())
    """
    import pandas as pd

    column = next(
        (name for name in ("film_location", "location") if name in getattr(table, "columns", ())), None
    )
    if column is None:
        raise InvalidValueError(f"expected a table with a column `location`, got {table!r:.60} (links)")
    store = (workspace or default_workspace()).store
    made = [None if pd.isna(place) else _link(store, str(place), expires) for place in table[column]]
    return pd.Series(made, index=table.index, name="link", dtype="string")


def _link(store: Store, location: str, expires: str | float | dt.timedelta | None) -> str | None:
    try:
        if "://" not in location:
            path = Path(location)
            return Store(path.parent).link(path.name, expires=expires)
        root = f"{store.root.rstrip('/')}/"
        if not location.startswith(root):
            raise StoreError(f"{location} is not in {root}: give links the workspace that it was made with")
        return store.link(location.removeprefix(root), expires=expires)
    except FileNotFoundError:  # somebody removed the movie
        return None
