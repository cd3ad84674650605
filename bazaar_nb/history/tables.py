"""The history's tables: renders, segments and engagement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.history.columns import Column, columns
from bazaar_nb.history.engagement_event import EngagementEvent
from bazaar_nb.history.event import Event
from bazaar_nb.history.render_event import RenderEvent
from bazaar_nb.history.segment_event import SegmentEvent

if TYPE_CHECKING:
    import pandas as pd

TABLES: dict[str, type[Event]] = {kind.table: kind for kind in (RenderEvent, SegmentEvent, EngagementEvent)}
"""What a row is, by the table's name."""


def find_table(name: str) -> type[Event]:
    """Give what a row of the table of this name is.

    Raises
    ------
    InvalidValueError
        If there is none.
    """
    if name not in TABLES:
        raise InvalidValueError(f"`table` must be one of {', '.join(TABLES)}, got {name!r}")
    return TABLES[name]


def describe_history(table: str = "renders") -> pd.DataFrame:
    """Give the columns of a table of the history as a table: dtype, unit and meaning by name.

    Parameters
    ----------
    table : {"renders", "segments", "engagement"}

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.describe_history().loc["render_s", "unit"]
    's'
    """
    import pandas as pd

    return pd.DataFrame(columns(find_table(table)), columns=Column._fields).set_index("name")
