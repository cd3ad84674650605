"""Rules with which a bucket cleans itself, in the form that S3's ``PutBucketLifecycleConfiguration`` takes.

Where a service has no such rules, `Store.clean` does the same.
"""

from __future__ import annotations

from typing import Any

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.store.key_layout import ASSETS, SCRATCH, SEGMENTS

DEFAULT_DAYS = 30
_SHORTEST_DAYS = 8  # a render that is running, at most a week, keeps what it has found
_SCRATCH_DAYS = 8
_UPLOAD_DAYS = 2


def lifecycle_rules(root: str, days: int = DEFAULT_DAYS) -> dict[str, Any]:
    """Give the rules for a root: movies and history stay for ever.

    Parameters
    ----------
    root : str
        ``s3://bucket/prefix``; the rules are for the prefix only.
    days : int
        After how many days without use segments and assets go. What a render
        finds there it makes young again.
    """
    if not root.startswith("s3://"):
        raise InvalidValueError(f"lifecycle rules are for a root like s3://bucket/team, got {root!r}")
    if days < _SHORTEST_DAYS:
        raise InvalidValueError(f"`days` must be at least {_SHORTEST_DAYS}, got {days}")
    prefix = root.removeprefix("s3://").partition("/")[2].strip("/")
    prefix = f"{prefix}/" if prefix else ""
    kept = {SEGMENTS: days, ASSETS: days, SCRATCH: _SCRATCH_DAYS}
    rules: list[dict[str, Any]] = [
        {
            "ID": f"bazaar: old {name.rstrip('/')} of {prefix or 'this bucket'}",
            "Status": "Enabled",
            "Filter": {"Prefix": f"{prefix}{name}"},
            "Expiration": {"Days": after},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 1},  # of a bucket that keeps versions
        }
        for name, after in kept.items()
    ]
    unfinished = {
        "ID": f"bazaar: unfinished uploads to {prefix or 'this bucket'}",
        "Status": "Enabled",
        "Filter": {"Prefix": prefix},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": _UPLOAD_DAYS},
    }
    return {"Rules": [*rules, unfinished]}
