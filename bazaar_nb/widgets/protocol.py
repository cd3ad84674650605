"""What all requests of all widgets have in common.

Requests are plain JSON with a number; each has exactly one final reply, errors
too. Bytes travel in binary buffers alone.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from bazaar_nb.preview.problem import Problem

MAX_REQUEST_ID = 2**53 - 1
"""The largest number that JavaScript counts to exactly."""

RequestId = Annotated[int, Meta(ge=1, le=MAX_REQUEST_ID)]
ViewId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]{1,64}$")]
FrameIndex = Annotated[int, Meta(ge=0, le=2**31)]
SeenSeconds = Annotated[float, Meta(ge=0.0, le=1e6)]


class Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """What every request has.

    Attributes
    ----------
    id : int
        Counts the view's requests.
    view : str
        Which view asks.
    """

    id: RequestId
    view: ViewId


def request_id(content: object) -> int | None:
    """Give the number of a request that is no good otherwise, so that it can be answered."""
    number = content.get("id") if isinstance(content, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def error_reply(number: int | None, view: object, problem: Problem) -> dict[str, Any]:
    """Make the final answer to a request that can't be met."""
    name = view if isinstance(view, str) else None
    return {"kind": "error", "id": number, "view": name, "problem": msgspec.to_builtins(problem)}
