"""IAM policies for a root in a bucket: the lock, where limits and members are a courtesy.

What protects from what:

- *Limits and members* (``limits.toml``, ``members.json``) keep people from
  taking too much, and from another's project, by accident. They are checked by
  the library, in the process of the person who renders: who changes the
  library, or writes to the bucket without it, goes past them.
- *The policies below* are enforced by the bucket. A viewer can't write. A
  member can't change what the owners set, can't delete movies, and can't
  change or remove what the history says: an event can only be added.
- *Nothing here* keeps members of one root from each other's segments, which
  they share, or from reading all of its history. People who shouldn't see each
  other's films have roots (prefixes) of their own.

Everybody may list names in the bucket: without that permission S3 doesn't tell
a file that isn't there from one that is forbidden, and that is asked all the
time. Where other things are in the bucket, too, whose names are secret, give
the films a bucket of their own.

They are written for Amazon's S3. Another server may not know the condition
``s3:if-none-match``, and then refuses members to write the history: without
that condition it works, but members can write over what the history says.
"""

from __future__ import annotations

import re
from typing import Any, Literal

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.jobs.limits import LIMITS_KEY
from bazaar_nb.jobs.notices import NOTICES_KEY
from bazaar_nb.store.key_layout import ASSETS, DETACHED, HISTORY, MOVIES, SCRATCH, SEGMENTS, WORKERS
from bazaar_nb.store.names import safe_name

Role = Literal["owner", "member", "viewer"]
ROLES: tuple[Role, ...] = ("owner", "member", "viewer")

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"[^*?$\0]*")
_CONFIGURATION = (LIMITS_KEY, NOTICES_KEY)


def role_policy(role: Role, bucket: str, prefix: str = "", project: str | None = None) -> dict[str, Any]:
    """Give the least that a role needs, as an IAM policy.

    Parameters
    ----------
    role : {"owner", "member", "viewer"}
        An owner of the whole root also sets its limits and cleans up; one of a
        project sets who is in it.
    bucket, prefix : str
        Of the root, which is ``s3://<bucket>/<prefix>``.
    project : str, optional
        The only project that it is for; all by default.

    Raises
    ------
    InvalidValueError
        For names that no bucket or prefix has.
    """
    if role not in ROLES:
        raise InvalidValueError(f"`role` must be one of {', '.join(ROLES)}, got {role!r} (policy)")
    if not _BUCKET.fullmatch(bucket):
        raise InvalidValueError(f"`bucket` must be the name of a bucket, got {bucket!r} (policy)")
    if not _PREFIX.fullmatch(prefix):
        raise InvalidValueError(
            f"`prefix` must be without * ? $, which policies read otherwise, got {prefix!r}"
        )
    root = _Root(bucket, prefix.strip("/"), f"{MOVIES}{safe_name(project) if project else '*'}/")
    statements = {"viewer": _viewer, "member": _member, "owner": _owner}[role](root, project is None)
    return {"Version": "2012-10-17", "Statement": statements}


class _Root:
    """Makes resource names under a root."""

    def __init__(self, bucket: str, prefix: str, movies: str) -> None:
        self.bucket = f"arn:aws:s3:::{bucket}"
        self.prefix = f"{prefix}/" if prefix else ""
        self.movies = movies

    def __call__(self, *keys: str) -> list[str]:
        return [f"{self.bucket}/{self.prefix}{key}" for key in keys]

    @property
    def members(self) -> str:
        return f"{self.movies}members.json"


def _viewer(root: _Root, _: bool) -> list[dict[str, Any]]:
    return [
        _list(root),
        _allow(
            "Read",
            ["s3:GetObject"],
            root(f"{root.movies}*", f"{HISTORY}*", f"{SCRATCH}*", f"{DETACHED}*", f"{WORKERS}*"),
        ),
    ]


def _member(root: _Root, _: bool) -> list[dict[str, Any]]:
    shared = [f"{prefix}*" for prefix in (SEGMENTS, SCRATCH, DETACHED, WORKERS)]
    written = root(f"{root.movies}*", f"{ASSETS}*", *shared)
    return [
        _list(root),
        _allow("Read", ["s3:GetObject"], [*written, *root(f"{HISTORY}*", *_CONFIGURATION)]),
        _allow("Write", ["s3:PutObject", "s3:AbortMultipartUpload"], written),
        _allow("AddHistory", ["s3:PutObject"], root(f"{HISTORY}*"), {"Null": {"s3:if-none-match": "false"}}),
        _allow("TidyUp", ["s3:DeleteObject"], root(*shared)),
        {
            "Sid": "LeaveToOwners",
            "Effect": "Deny",
            "Action": ["s3:PutObject", "s3:DeleteObject"],
            "Resource": root(f"{MOVIES}*/members.json", *_CONFIGURATION),
        },
    ]


def _owner(root: _Root, whole: bool) -> list[dict[str, Any]]:
    *allowed, denied = _member(root, whole)
    kept = [f"{root.movies}*"]
    if whole:
        return [
            *allowed,
            _allow("Configure", ["s3:PutObject", "s3:DeleteObject"], root(*_CONFIGURATION)),
            _allow("CleanUp", ["s3:DeleteObject"], root(*kept, f"{ASSETS}*", f"{HISTORY}*")),
            _allow("MergeHistory", ["s3:PutObject"], root(f"{HISTORY}*")),
        ]
    return [
        *allowed,
        _allow("CleanUp", ["s3:DeleteObject"], root(*kept)),
        {**denied, "Resource": root(*_CONFIGURATION)},
    ]


def _list(root: _Root) -> dict[str, Any]:
    # If it exists: a question for one file has no prefix, and needs the permission too.
    condition = {"StringLikeIfExists": {"s3:prefix": f"{root.prefix}*"}}
    return _allow("List", ["s3:ListBucket"], [root.bucket], condition)


def _allow(
    name: str, actions: list[str], resources: list[str], condition: dict[str, Any] | None = None
) -> dict[str, Any]:
    statement: dict[str, Any] = {"Sid": name, "Effect": "Allow", "Action": actions, "Resource": resources}
    return {**statement, "Condition": condition} if condition else statement
