"""How much may be fetched from an address, and how long that may take."""

from __future__ import annotations

import os
from typing import Annotated, Any

import msgspec

from bazaar_nb.errors import InvalidValueError

_Seconds = Annotated[float, msgspec.Meta(gt=0, le=86_400)]


class FetchLimits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be fetched from one address.

    Attributes
    ----------
    size_bytes : int
        The largest file, also unpacked, if a server sends it packed: 2 GB.
    seconds : float
        From the first try to the last byte, pauses included: ten minutes.
    stall_s : float
        How long a server may send nothing at all: 15 seconds.
    redirects : int
        How many are followed: 5.
    attempts : int
        How often it is tried, with growing pauses, while a server says that it has trouble, or breaks off: 3.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> careful = bz.FetchLimits(size_bytes=50_000_000, seconds=30)
    """

    size_bytes: Annotated[int, msgspec.Meta(ge=1)] = 2_000_000_000
    seconds: _Seconds = 600.0
    stall_s: _Seconds = 15.0
    redirects: Annotated[int, msgspec.Meta(ge=0, le=20)] = 5
    attempts: Annotated[int, msgspec.Meta(ge=1, le=20)] = 3


_chosen: FetchLimits | None = None


def fetch_limits() -> FetchLimits:
    """Give the limits that hold now: of `use_fetch_limits`, else ``BAZAAR_FETCH_BYTES`` and ``_SECONDS``.

    Raises
    ------
    InvalidValueError
        For a variable that says no number.
    """
    return _chosen if _chosen is not None else _from_environment()


def use_fetch_limits(**limits: Any) -> FetchLimits:
    """Say what may be fetched from an address from now on; what is not given is as by default.

    Parameters
    ----------
    **limits
        The fields of `FetchLimits`: ``size_bytes``, ``seconds``, ``stall_s``, ``redirects``, ``attempts``.

    Raises
    ------
    InvalidValueError
        For a limit that there isn't, or a value that can't be.

    Examples
    --------
    >>> use_fetch_limits(seconds=30).seconds
    30.0
    """
    global _chosen
    try:
        _chosen = msgspec.convert(limits, FetchLimits) if limits else None
    except msgspec.ValidationError as error:
        raise InvalidValueError(f"{error} (use_fetch_limits)") from None
    return fetch_limits()


def _from_environment() -> FetchLimits:
    given: dict[str, float] = {}
    for field, variable in (("size_bytes", "BAZAAR_FETCH_BYTES"), ("seconds", "BAZAAR_FETCH_SECONDS")):
        text = os.environ.get(variable)
        if text:
            try:
                given[field] = int(text) if field == "size_bytes" else float(text)
            except ValueError:
                raise InvalidValueError(f"{variable} must be a number, got {text!r}") from None
    try:
        return msgspec.convert(given, FetchLimits)
    except msgspec.ValidationError as error:
        raise InvalidValueError(f"BAZAAR_FETCH_BYTES or BAZAAR_FETCH_SECONDS: {error}") from None
