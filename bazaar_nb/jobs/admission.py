"""Whether a render may begin to be: members, limits, and its place in the history, in one step."""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from typing import NamedTuple

from filelock import FileLock

from bazaar_nb.errors import BazaarError, InvalidValueError
from bazaar_nb.history.reader import read_recent
from bazaar_nb.jobs.export_request import ExportRequest, RenderPlace
from bazaar_nb.jobs.limits import (
    CUSTOM,
    LIMITS_KEY,
    Asked,
    Earlier,
    Limits,
    Rule,
    check_asked,
    check_earlier,
    most_bytes,
    read_limits,
    rules_for,
)
from bazaar_nb.jobs.members import ProjectMembers, check_member, read_members
from bazaar_nb.jobs.notices import Webhook, read_webhook
from bazaar_nb.jobs.slots import lock_folder
from bazaar_nb.render.rendering import Rendering
from bazaar_nb.store.store import Store

_DAYS = 3
"""How far back to look for renders that are still under way."""
_WAIT_S = 30.0

_one_at_a_time = threading.Lock()


def admit(rendering: Rendering, request: ExportRequest) -> Webhook | None:
    """Check what a render wants, and count it if renders are counted.

    Counting is exact among the processes of one machine; of two machines that
    ask at the same moment, both may be let in.

    Returns
    -------
    Webhook or None
        Who is to be told of the end.

    Raises
    ------
    AccessError
        If the user is not in the project.
    LimitError
        If it would go beyond a limit; then the history has no row of it.
    InvalidValueError
        If ``limits.toml`` can't be understood.
    """
    asked = _asked(request)
    with _told_by(request.store, request.project, webhook=request.webhook is None) as told:
        rules = _rules(request, asked, told)
        check_asked(asked, rules)
        check_member(told.members(), request.project, request.user)
        rendering.most_bytes = most_bytes(rules)
        webhook = request.webhook or _webhook(told.webhook)
    if any(rule.limits.counts for rule in rules):
        with _counting(request.store):
            check_earlier(asked, rules, _earlier(request.store, request.user), dt.datetime.now(dt.UTC))
            rendering.record_queued()
    return webhook


def would_refuse(request: ExportRequest) -> str | None:
    """Tell why a render would not be let in now; None if it would. Nothing is counted or written."""
    asked = _asked(request)
    try:
        with _told_by(request.store, request.project, webhook=False) as told:
            rules = _rules(request, asked, told)
            check_asked(asked, rules)
            check_member(told.members(), request.project, request.user)
        if any(rule.limits.counts for rule in rules):
            check_earlier(asked, rules, _earlier(request.store, request.user), dt.datetime.now(dt.UTC))
    except BazaarError as error:
        return str(error)
    return None


class Admission:
    """What a root and a workspace let in, read once: for many renders that are to be asked for.

    Parameters
    ----------
    where : RenderPlace
        Where they are to go.

    Raises
    ------
    AccessError
        If the user is not in the project.
    InvalidValueError
        If ``limits.toml`` can't be understood.
    """

    def __init__(self, where: RenderPlace) -> None:
        with _told_by(where.store, where.project, webhook=False) as told:
            check_member(told.members(), where.project, where.user)
            self._sources = _sources(where.store, where.limits, told)

    def check(self, request: ExportRequest) -> None:
        """Check a render alone: what others there are, is asked when it begins.

        Raises
        ------
        LimitError
            If it would go beyond a limit.
        """
        asked = _asked(request)
        check_asked(asked, rules_for(asked.quality, self._sources))


class _Told(NamedTuple):
    """What a root says of renders; each raises what went wrong with it when it is called."""

    limits: Callable[[], Limits | None]
    members: Callable[[], ProjectMembers]
    webhook: Callable[[], Webhook | None]


@contextmanager
def _told_by(store: Store, project: str, *, webhook: bool) -> Iterator[_Told]:
    """Read what a root says when it is asked for; of a bucket all at once, as each takes as long as all."""
    limits, members = partial(read_limits, store), partial(read_members, store, project)
    notices = partial(read_webhook, store)
    if not store.is_remote:
        yield _Told(limits, members, notices)
        return
    with ThreadPoolExecutor(len(_Told._fields), thread_name_prefix="bazaar-admission") as threads:
        yield _Told(
            threads.submit(limits).result,
            threads.submit(members).result,
            threads.submit(notices).result if webhook else notices,
        )


def _rules(request: ExportRequest, asked: Asked, told: _Told) -> list[Rule]:
    return rules_for(asked.quality, _sources(request.store, request.limits, told))


def _sources(store: Store, limits: Limits | None, told: _Told) -> list[tuple[Limits | None, str]]:
    return [(limits, "set by the workspace"), (told.limits(), f"in {store.location(LIMITS_KEY)}")]


def root_webhook(store: Store) -> Webhook | None:
    """Give who is told of the ends of a root's renders; where that can't be understood, say so once."""
    return _webhook(partial(read_webhook, store))


def _webhook(read: Callable[[], Webhook | None]) -> Webhook | None:
    try:
        return read()
    except InvalidValueError as error:
        warnings.warn(f"nobody will be told of renders: {error}", stacklevel=2)
        return None


def _asked(request: ExportRequest) -> Asked:
    settings = request.settings
    bit_rate = settings.bit_rate
    return Asked(
        user=request.user,
        duration_s=request.duration_s,
        width=settings.width,
        height=settings.height,
        fps=float(settings.fps),
        format=settings.format,
        quality=settings.quality or CUSTOM,
        size_bytes=None if bit_rate is None else round(bit_rate / 8 * request.duration_s),
    )


def _earlier(store: Store, user: str) -> list[Earlier]:
    rows = read_recent(store, _DAYS)
    rows = rows[(rows["user"] == user).fillna(False) & rows["created"].notna()]
    return [
        Earlier(created.to_pydatetime(), status, 0.0 if duration_s != duration_s else duration_s, quality)
        for created, status, duration_s, quality in zip(
            rows["created"],
            rows["status"].astype(str),
            rows["duration_s"],
            rows["quality"].astype("object").where(rows["quality"].notna(), CUSTOM),
            strict=True,
        )
    ]


@contextmanager
def _counting(store: Store) -> Iterator[None]:
    """Let nobody else on this machine count and ask in between."""
    with _one_at_a_time:
        lock = None
        with suppress(OSError):  # Timeout is one, too; without locks it is exact in this process alone
            name = hashlib.blake2b(store.url.encode(), digest_size=8).hexdigest()
            lock = FileLock(lock_folder() / f"asking-{name}.lock", thread_local=False, poll_interval=0.005)
            lock.acquire(timeout=_WAIT_S)
        try:
            yield
        finally:
            if lock is not None:
                lock.release()
