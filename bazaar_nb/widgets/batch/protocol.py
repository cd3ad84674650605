"""What views of a batch may ask, checked; the browser's twin is ``widgets/src/batch/protocol.ts``.

Requests are plain JSON with a number; each has exactly one final reply, errors
too. Bytes travel in binary buffers alone. What is pushed goes to all views.
"""

from __future__ import annotations

import msgspec

from bazaar_nb.widgets.protocol import Asked

PUSHES = ("batch", "picture")
"""What the kernel sends unasked: how far the batch is, a picture of a film that is finished."""


class Open(Asked, tag="open", frozen=True):
    """A view appears: it wants to know how far the batch is, and the pictures."""


class Alive(Asked, tag="alive", frozen=True):
    """The view is still there."""


class Close(Asked, tag="close", frozen=True):
    """The view is gone."""


class Cancel(Asked, tag="cancel", frozen=True):
    """Stop the batch."""


Request = Open | Alive | Close | Cancel

REQUESTS = ("open", "alive", "close", "cancel")


def read_request(content: object) -> Request:
    """Check what came from a browser.

    Raises
    ------
    msgspec.ValidationError
        For anything that is no request.
    """
    request: Request = msgspec.convert(content, Request)
    return request
