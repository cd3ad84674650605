"""The history of a store, to ask and to look after: what `Workspace.history` gives."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bazaar_nb.history.compaction import Compacted, compact
from bazaar_nb.history.engagement_event import EngagementEvent
from bazaar_nb.history.export import export_renders
from bazaar_nb.history.query import Names, When, read_query
from bazaar_nb.history.reader import read_renders, read_table
from bazaar_nb.history.render_event import RenderEvent
from bazaar_nb.history.retention import Removed, remove_old
from bazaar_nb.history.segment_event import SegmentEvent
from bazaar_nb.store.store import Store

if TYPE_CHECKING:
    import pandas as pd


class History:
    """All renders of a store, their segments, and what people did with the movies.

    Calling it gives the renders; `describe_history` tells what the columns
    mean, with their units. In questions a time is a datetime (also of pandas or
    numpy), a date (the whole day: `until` includes it), ISO text for one of
    these, or a period before now such as ``"30d"`` or a timedelta. All that
    says no time zone is in UTC, a date too, as are the times in the answers.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def store(self) -> Store:
        """Where the history is."""
        return self._store

    def __call__(
        self,
        *,
        since: When = None,
        until: When = None,
        user: Names = None,
        project: Names = None,
        status: Names = None,
        columns: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """Give renders as a DataFrame, one row each, the oldest first; failed and cancelled ones too.

        Parameters
        ----------
        since, until : datetime, date, str or timedelta, optional
            When the renders were asked for; only files of days are read in
            which they can be.
        user, project, status : str or sequence of str, optional
        columns : sequence of str, optional
            Only these are read: quicker, and less memory.

        Raises
        ------
        InvalidValueError
            For what can't be asked.
        StoreError
            If the store can't be looked through.

        Warns
        -----
        UserWarning
            Once, with their names, if files can't be read; they are skipped.
        """
        query = read_query(
            RenderEvent, since=since, until=until, user=user, project=project, status=status, columns=columns
        )
        return read_renders(self.store, query)

    def segments(
        self,
        *,
        since: When = None,
        until: When = None,
        user: Names = None,
        project: Names = None,
        render_id: Names = None,
        columns: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """Give segments of renders that ended in a time, one row each; those found in the store too."""
        query = read_query(
            SegmentEvent, since=since, until=until, user=user, project=project, render_id=render_id,
            columns=columns,
        )  # fmt: skip
        return read_table(self.store, SegmentEvent, query)

    def engagement(
        self,
        *,
        since: When = None,
        until: When = None,
        user: Names = None,
        project: Names = None,
        kind: Names = None,
        columns: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """Give what people did with movies in a time: plays, watched parts, downloads and links."""
        query = read_query(
            EngagementEvent, since=since, until=until, user=user, project=project, kind=kind, columns=columns
        )
        return read_table(self.store, EngagementEvent, query)

    def compact(self, *, wait: bool = False) -> Compacted:
        """Merge the many small files of each day into one: everything is read more quickly then.

        Safe beside readers, writers and other compactions, and if it is killed:
        no event is lost, and none is read twice. What was merged stays for ten
        seconds at least, as a reader may still need it; the next compaction
        takes it away. Other tools, which read the files as they are, meet its
        events twice until then, with the same `event_id`. A process that
        exports does all of this by itself when there are many.

        Parameters
        ----------
        wait : bool
            Whether to wait these seconds, once, and take away what was merged:
            then each event is in one file.

        Raises
        ------
        StoreError
            If the store can't be read or written; files that could not be
            removed do no harm.

        Warns
        -----
        UserWarning
            Once, with their names, if files can't be read; they stay as they are.
        """
        return compact(self.store, wait=wait)

    def remove(self, *, older_than: str | dt.timedelta) -> Removed:
        """Remove old days of all tables for good; movies stay.

        Parameters
        ----------
        older_than : str or timedelta
            ``"365d"``: days of which every moment is longer ago.
        """
        return remove_old(self.store, older_than)

    def export(self, path: str | os.PathLike[str]) -> Path:
        """Write all renders into one parquet file, which appears whole or not at all; give its path."""
        return export_renders(self.store, path)

    def __repr__(self) -> str:
        return f"<History of {self.store.root!r}: call it for the renders as a DataFrame>"
