"""What views of controls may ask, checked; the browser's twin is ``widgets/src/controls/protocol.ts``.

Requests are plain JSON with a number; each has exactly one final reply, errors
too. What is pushed goes to all views.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from bazaar_nb.widgets.protocol import Asked

PUSHES = ("controls",)
"""What the kernel sends unasked: the controls that have changed."""


class Open(Asked, tag="open", frozen=True):
    """A view appears: it wants all controls."""


class Alive(Asked, tag="alive", frozen=True):
    """The view is still there."""


class Close(Asked, tag="close", frozen=True):
    """The view is gone."""


class Change(Asked, tag="change", frozen=True):
    """A control was put to something.

    Attributes
    ----------
    name : str
        Of the parameter.
    value : bool, int, float or str
        A choice by its place in the list, dates and times as ISO 8601 has them.
    """

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    value: bool | int | float | Annotated[str, Meta(max_length=200_000)]


Request = Open | Alive | Close | Change

REQUESTS = ("open", "alive", "close", "change")


def read_request(content: object) -> Request:
    """Check what came from a browser.

    Raises
    ------
    msgspec.ValidationError
        For anything that is no request.
    """
    request: Request = msgspec.convert(content, Request)
    return request
