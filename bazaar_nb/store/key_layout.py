"""Where things lie in a store: the only place that knows the shape of its keys.

::

    projects/<project>/<render_id>/<name>         movies, posters, render.json
    projects/<project>/films/<name>/v<number>.json    versions of a saved film
    projects/<project>/films/<name>/content/<digest>.<ext>
    segments/<aa>/<key>.<ext>                     <aa>: the first two letters of the key
    assets/<digest>.<ext>
    assets/addresses/<digest of the address>.json    which asset an address had
    scratch/<render_id>/                          gone when the render ends
    detached/<render_id>/                         a render that waits for a worker, or is with one
    workers/<name>.json                           who takes detached renders
    history/<table>/day=<YYYY-MM-DD>/<event>.parquet
    history/<table>/day=<YYYY-MM-DD>/merged-<digest>.parquet

Keys are ``/``-separated and relative to the root. Everything here is a pure
function; names that people chose pass through `safe_name`.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import PurePath

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.store.names import safe_name

MOVIES = "projects/"
"""Prefix of the keys of all movies, and of what lies beside them."""

FILMS = "films/"
"""What the keys of a project's saved films begin with, after the project."""

CONTENT = "content/"
"""Where the parts of a saved film are, named by their bytes: no cleaning takes them."""

SEGMENTS = "segments/"
"""Prefix of the keys of all segments."""

ASSETS = "assets/"
"""Prefix of the keys of all assets."""

ADDRESSES = "assets/addresses/"
"""Prefix of the keys of notes which asset an address had."""

HISTORY = "history/"
"""Prefix of the keys of all history."""

MERGED = "merged-"
"""How the names of merged files of the history begin."""

SCRATCH = "scratch/"
"""Prefix of the keys of what renders need only while they run."""

DETACHED = "detached/"
"""Prefix of the keys of detached renders that have not ended."""

WORKERS = "workers/"
"""Prefix of the keys of those who take them."""

RAW_PIXELS = "raw"
"""Extension of pixels that one render made: rows from the top, one byte a channel."""

_HEX = re.compile(r"[0-9a-f]{8,128}")
_EXTENSION = re.compile(r"[a-z0-9]{1,8}")


def movie_key(project: str, render_id: str, name: str) -> str:
    """Give the key of a movie, or of what lies beside it (its poster, ``render.json``)."""
    return f"{MOVIES}{safe_name(project)}/{safe_name(render_id)}/{safe_name(name)}"


def saved_films_prefix(project: str) -> str:
    """Give the prefix of a project's saved films."""
    return f"{MOVIES}{safe_name(project)}/{FILMS}"


def saved_film_prefix(project: str, name: str) -> str:
    """Give the prefix of all versions of a saved film, and of what they are made of."""
    return f"{saved_films_prefix(project)}{safe_name(name)}/"


def film_content_key(prefix: str, digest: str, ext: str) -> str:
    """Give the key of a part of a saved film, from its prefix and the digest of the part's bytes."""
    return f"{prefix}{CONTENT}{_hex(digest, 'digest')}.{_extension(ext)}"


def segment_key_name(key: str, ext: str) -> str:
    """Give the key under which a segment lies.

    Parameters
    ----------
    key : str
        The segment's own key: the hash of what it draws, in lower-case hex.
    ext : str
        Its file extension without a dot, ``"mp4"`` or ``"webm"``.
    """
    return f"{SEGMENTS}{_hex(key, 'segment key')[:2]}/{key}.{_extension(ext)}"


def asset_key(digest: str, ext: str) -> str:
    """Give the key of an asset from the digest of its content and its extension without a dot."""
    return f"{ASSETS}{_hex(digest, 'digest')}.{_extension(ext)}"


def address_key(digest: str) -> str:
    """Give the key of the note which asset an address had, from the address's digest."""
    return f"{ADDRESSES}{_hex(digest, 'digest')}.json"


def named_asset_key(name: str, scratch: str) -> str:
    """Give the key of an asset from its name in a tree.

    Parameters
    ----------
    name : str
        ``asset:<digest>.<ext>``; with the extension ``raw`` it is pixels that
        one render made and no other needs.
    scratch : str
        Prefix of the keys of that render's pixels.
    """
    digest, _, ext = name.removeprefix("asset:").partition(".")
    if ext == RAW_PIXELS:
        return f"{scratch}{_hex(digest, 'digest')}.{RAW_PIXELS}"
    return asset_key(digest, ext)


def scratch_prefix(render_id: str) -> str:
    """Give the prefix of what a render needs only while it runs."""
    return f"{SCRATCH}{safe_name(render_id)}/"


def detached_prefix(render_id: str) -> str:
    """Give the prefix of the keys of a detached render."""
    return f"{DETACHED}{safe_name(render_id)}/"


def order_key(render_id: str) -> str:
    """Give the key of what a detached render is to make; it is there until the render has ended."""
    return f"{detached_prefix(render_id)}order.json"


def is_lasting(key: str) -> bool:
    """Tell whether a key always means the same bytes: named by its content, or written once."""
    if key.startswith(SCRATCH):
        return key.endswith(f".{RAW_PIXELS}")
    if key.startswith(HISTORY):
        return key.endswith(".parquet")
    if key.startswith(ADDRESSES):
        return False  # it may be fetched again
    return key.startswith((SEGMENTS, ASSETS)) or f"/{CONTENT}" in key


def asset_extension(path: str | PurePath) -> str:
    """Give the extension that an asset keeps in the store: lower case, ``bin`` for odd ones."""
    ext = PurePath(path).suffix.removeprefix(".").lower()
    return ext if _EXTENSION.fullmatch(ext) else "bin"


def table_prefix(table: str) -> str:
    """Give the prefix of all files of a table of the history."""
    return f"{HISTORY}{table}/"


def event_key(table: str, event_id: str, event_time: dt.datetime) -> str:
    """Give the key of an event of a table; its day is the event's day in UTC."""
    day = event_time.astimezone(dt.UTC).date()
    return f"{table_prefix(table)}day={day:%Y-%m-%d}/{safe_name(event_id)}.parquet"


def merged_events_key(table: str, day: dt.date, digest: str) -> str:
    """Give the key of a file of a day's events, from the digest of which events they are."""
    return f"{table_prefix(table)}day={day:%Y-%m-%d}/{MERGED}{_hex(digest, 'digest')}.parquet"


def _hex(text: str, name: str) -> str:
    if not _HEX.fullmatch(text):
        raise InvalidValueError(f"`{name}` must be lower-case hex of 8 to 128 digits, got {text!r}")
    return text


def _extension(text: str) -> str:
    if not _EXTENSION.fullmatch(text):
        raise InvalidValueError(
            f"`ext` must be 1 to 8 lower-case letters or digits without a dot, got {text!r}"
        )
    return text
