"""The history of whichever workspace is the default one: `bazaar_nb.history`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bazaar_nb.history.history import History
from bazaar_nb.history.query import Names, When
from bazaar_nb.store.store import Store

if TYPE_CHECKING:
    import pandas as pd

    from bazaar_nb.workspace import Workspace


class DefaultHistory(History):
    """All renders of the default workspace, their segments, and what people did with the movies.

    ``bz.history()`` gives the renders as a DataFrame, ``bz.history.segments()``
    and ``bz.history.engagement()`` the other tables. `Workspace.history` is
    the same of another workspace.
    """

    def __init__(self) -> None:
        pass

    @property
    def store(self) -> Store:
        """Where the history is: what the default workspace has at this moment."""
        from bazaar_nb.workspace import default_workspace

        return default_workspace().store

    def __call__(
        self,
        workspace: Workspace | None = None,
        *,
        since: When = None,
        until: When = None,
        user: Names = None,
        project: Names = None,
        status: Names = None,
        columns: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """Give renders as a DataFrame, one row each, the oldest first; failed and cancelled ones too.

        `describe_history` tells what the columns mean, with their units.

        Parameters
        ----------
        workspace : Workspace, optional
            Whose renders; those of the default workspace if not given.
        since, until : datetime, date, str or timedelta, optional
            When the renders were asked for: a datetime (also of pandas or
            numpy), a date, ISO text, or a period before now such as ``"30d"``;
            in UTC if no time zone is said. Only files of days are read in
            which they can be.
        user, project, status : str or sequence of str, optional
        columns : sequence of str, optional
            Only these are read: quicker, and less memory.
        """
        of = History(self.store if workspace is None else workspace.store)
        return of(since=since, until=until, user=user, project=project, status=status, columns=columns)
