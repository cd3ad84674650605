"""What views of a dashboard may ask, checked; the browser's twin is ``widgets/src/dashboard/protocol.ts``.

Requests are plain JSON with a number; each has exactly one final reply, errors
too. A movie is asked for with the words of the export panel. What is pushed
goes to all views: they show the same renders.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from bazaar_nb.widgets.panel.protocol import Alive as Alive
from bazaar_nb.widgets.panel.protocol import Asked, JobId
from bazaar_nb.widgets.panel.protocol import Close as Close
from bazaar_nb.widgets.panel.protocol import Engaged as Engaged
from bazaar_nb.widgets.panel.protocol import File as File
from bazaar_nb.widgets.panel.protocol import Link as Link
from bazaar_nb.widgets.panel.protocol import Open as Open

PUSHES = ("counts", "selection", "trouble")
"""What the kernel sends unasked: all figures and charts, the renders of a bar, and why there are none."""

CHARTS = ("outcomes", "format", "codec", "quality", "resolution", "error", "speed")
"""The charts whose bars have renders to show."""

ROWS_AT_ONCE = 20
"""Renders of a list, in one reply."""

Text = Annotated[str, Meta(max_length=1000)]
Moment = Annotated[str, Meta(min_length=1, max_length=40)]
Place = Annotated[int, Meta(ge=0, le=2**53 - 1)]


class Filters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which renders are shown; None is all of them.

    Attributes
    ----------
    since, until : str or None
        ``"24h"`` or ``"30d"`` (ago), a date, or a time with its zone; a date is the whole of it.
    """

    since: Moment | None = None
    until: Moment | None = None
    project: Text | None = None
    user: Text | None = None
    status: Text | None = None


class Bar(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A bar of a chart.

    Attributes
    ----------
    key : str
        Which bar, as the chart names it.
    series : str or None
        The part of a stacked bar: a status.
    """

    chart: Literal["outcomes", "format", "codec", "quality", "resolution", "error", "speed"]
    key: Text
    series: Text | None


class Filter(Asked, tag="filter", frozen=True):
    """Show other renders."""

    filters: Filters


class Refresh(Asked, tag="refresh", frozen=True):
    """Read the history again."""


class Select(Asked, tag="select", frozen=True):
    """List the renders of a bar; None is all that are shown."""

    bar: Bar | None


class Rows(Asked, tag="rows", frozen=True):
    """More of the selected renders, from a place in their list on."""

    offset: Place


class Details(Asked, tag="details", frozen=True):
    """All that is known of a render."""

    job: JobId


Request = Open | Alive | Close | Filter | Refresh | Select | Rows | Details | File | Link | Engaged

REQUESTS = (
    "open", "alive", "close", "filter", "refresh", "select", "rows", "details", "file", "link", "engaged",
)  # fmt: skip


def read_request(content: object) -> Request:
    """Check what came from a browser.

    Raises
    ------
    msgspec.ValidationError
        For anything that is no request.
    """
    request: Request = msgspec.convert(content, Request)
    return request
