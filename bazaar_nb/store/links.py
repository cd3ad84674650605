"""Links that can be given to people, and what is said with a file that is fetched through one."""

from __future__ import annotations

import datetime as dt
import re
from contextlib import suppress
from pathlib import PurePosixPath
from urllib.parse import quote, urlsplit, urlunsplit

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.store.names import safe_name

LONGEST = dt.timedelta(days=7)
_A_THOUSAND_YEARS = dt.timedelta(days=365_000)
"""How long a presigned link can be good: what AWS Signature Version 4 allows."""

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_PERIOD = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([smhd])\s*")

# Written down: what `mimetypes` says depends on the machine, and a browser plays by the type.
_TYPES = {
    "mp4": "video/mp4",
    "webm": "video/webm",
    "mov": "video/quicktime",
    "gif": "image/gif",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "apng": "image/apng",
    "m4a": "audio/mp4",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "zip": "application/zip",
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}


class Link(str):
    """An address; shown without what gives access, so that a notebook's output doesn't keep it.

    It is a plain `str` for all that uses it: ``print(link)`` shows the whole.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        try:
            url = urlsplit(self)
        except ValueError:  # a host like [1: no server has it, and it gives no access
            return str.__repr__(self)
        if not url.query:
            return str.__repr__(self)
        return f"<Link {urlunsplit((url.scheme, url.netloc, url.path, '…', ''))}: print() shows all of it>"


def read_period(given: str | float | dt.timedelta, name: str) -> dt.timedelta:
    """Give a length of time: ``"90s"``, ``"15m"``, ``"1h"``, ``"7d"``, a number of seconds, or a timedelta.

    Raises
    ------
    InvalidValueError
        If it is none of these, not more than nothing, or more than a thousand years.
    """
    period = None
    if isinstance(given, dt.timedelta):
        period = given
    elif isinstance(given, int | float) and not isinstance(given, bool):
        period = dt.timedelta(seconds=given) if 0 < given < 1e9 else None
    elif isinstance(given, str) and (found := _PERIOD.fullmatch(given)):
        with suppress(OverflowError):
            period = dt.timedelta(**{_UNITS[found[2]]: float(found[1])})
    if period is None or period <= dt.timedelta(0):
        raise InvalidValueError(
            f"`{name}` must be a time like '15m', '1h' or '7d', or a number of seconds, got {given!r}"
        )
    if period > _A_THOUSAND_YEARS:  # what lies so long before now may have no date
        raise InvalidValueError(f"`{name}` must be at most 365000d, a thousand years, got {given!r}")
    return period


def check_expiry(given: str | float | dt.timedelta) -> dt.timedelta:
    """Give how long a presigned link is to be good: a second to a week."""
    period = read_period(given, "expires")
    if not dt.timedelta(seconds=1) <= period <= LONGEST:
        raise InvalidValueError(f"`expires` must be 1 second to 7 days (S3 allows no more), got {given!r}")
    return period


def content_type(key: str) -> str:
    """Give the media type of what lies under a key, by its extension."""
    return _TYPES.get(PurePosixPath(key).suffix.removeprefix(".").lower(), "application/octet-stream")


def content_disposition(name: str, *, attachment: bool) -> str:
    """Give the header that names a file for the browser (RFC 6266), whatever letters it has."""
    name = safe_name(name)
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    kind = "attachment" if attachment else "inline"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
