"""Where things go and who runs them."""

from __future__ import annotations

import copy
import getpass
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bazaar_nb.detached.attached import AttachedRender
from bazaar_nb.detached.submission import hand_over_again
from bazaar_nb.errors import InvalidValueError, StoreError
from bazaar_nb.history.history import History
from bazaar_nb.history.movie_engagement import wants_engagement
from bazaar_nb.history.query import Names, When
from bazaar_nb.jobs.limits import Limits
from bazaar_nb.jobs.members import ProjectMembers, read_members, write_members
from bazaar_nb.jobs.notices import Webhook
from bazaar_nb.jobs.queue import Queue, queue_of
from bazaar_nb.jobs.status import RenderStatus, read_status
from bazaar_nb.render.engines.dask import DaskEngine
from bazaar_nb.render.engines.dask_connection import is_cluster
from bazaar_nb.render.engines.engine import Engine, InlineEngine
from bazaar_nb.render.engines.lithops import LithopsEngine
from bazaar_nb.render.engines.local import LocalEngine
from bazaar_nb.sources.filesystems import use_bucket_options
from bazaar_nb.store.options import StorageOptions
from bazaar_nb.store.store import Store

if TYPE_CHECKING:
    import pandas as pd

_ENGINES = ("local", "inline", "dask", "lithops")
_T = TypeVar("_T")


class Workspace:
    """A root for movies, segments and history, and an engine for renders.

    Whatever is not given comes from ``BAZAAR_ROOT``, ``BAZAAR_USER``,
    ``BAZAAR_PROJECT``, ``BAZAAR_ENGINE`` and ``BAZAAR_WORKERS``, else from the
    defaults below. Nothing is created before the first render.

    Parameters
    ----------
    root : str or path, optional
        A folder, a ``file://`` URL or ``s3://bucket/prefix``; ``./bazaar`` by default.
    storage_options : mapping, optional
        For a bucket: ``endpoint_url``, ``region``, ``profile``, ``key`` and
        ``secret``, ``sse``, ``storage_class``, ``public_base_url`` and more, see
        `StorageOptions`. Keys that are not given here come from the usual chain
        (environment, ``~/.aws``, the machine's role).
    user : str, optional
        Who renders; the login name by default.
    project : str, optional
        What the movies belong to; ``default`` by default.
    engine : Engine, Dask client, cluster or address, or {"local", "inline", "dask", "lithops"}, optional
        ``local``, this machine's cores, by default; ``inline`` is this process. A `distributed.Client`, a
        cluster (LocalCluster, dask-jobqueue, dask-kubernetes, Coiled …) and a scheduler's address
        (``"tcp://host:8786"``) are `DaskEngine` with its defaults; ``dask`` is the scheduler of
        ``DASK_SCHEDULER_ADDRESS``. ``lithops`` is a `LithopsEngine`, functions in a cloud, with the
        configuration that lithops finds.
    workers : int, optional
        How many of this machine's cores to use; all by default. Of ``lithops``: how many functions.
    limits : Limits, optional
        What renders may take, beside what ``limits.toml`` in the root says.
    notices : Webhook, optional
        Who is told when a render ends; by default what ``notices.toml`` in the root says.
    engagement : bool
        Whether the history is told of plays, parts seen, downloads and links of exported movies, with
        the user's name and nothing else about a person; ``BAZAAR_ENGAGEMENT=0`` says no for all.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> team = bz.Workspace("films", user="ada", project="sales", engine="inline")
    >>> team.project
    'sales'
    """

    def __init__(
        self,
        root: str | os.PathLike[str] | None = None,
        *,
        storage_options: Mapping[str, Any] | StorageOptions | None = None,
        user: str | None = None,
        project: str | None = None,
        engine: Any = None,
        workers: int | None = None,
        limits: Limits | None = None,
        notices: Webhook | None = None,
        engagement: bool = True,
    ) -> None:
        self.store = Store(root, storage_options)
        self.user = _name("user", user or os.environ.get("BAZAAR_USER") or _login())
        self.project = _name("project", project or os.environ.get("BAZAAR_PROJECT") or "default")
        self.engine = _make_engine(engine, workers)
        self.limits = _of_kind("limits", limits, Limits)
        self.notices = _of_kind("notices", notices, Webhook)
        if not isinstance(engagement, bool):
            raise InvalidValueError(f"`engagement` must be True or False, got {engagement!r:.60} (Workspace)")
        self.engagement = wants_engagement(engagement)

    @property
    def history(self) -> History:
        """All renders of this root: ``history()`` gives them as a DataFrame, one row each."""
        return History(self.store)

    @property
    def queue(self) -> Queue:
        """The jobs of this process that run where those of this workspace do."""
        return queue_of(self.engine)

    def project_members(self, project: str | None = None) -> ProjectMembers:
        """Tell who may render into a project; the workspace's own if not given.

        A project that has no owners is open to all who can write to the root.
        """
        return read_members(self.store, project or self.project)

    def set_project_members(
        self, *, owners: Sequence[str] = (), members: Sequence[str] = (), project: str | None = None
    ) -> ProjectMembers:
        """Set who may render into a project: owners, who may also change this, and members.

        On a root that others can write to this is a courtesy, see `python -m bazaar_nb policy` for a lock.
        Without any owner the project is open again.

        Raises
        ------
        AccessError
            If the project has owners, and this workspace's user is none of them.
        """
        people = ProjectMembers(owners=tuple(owners), members=tuple(members))
        write_members(self.store, project or self.project, people, self.user)
        return people

    def of_project(self, project: str) -> Workspace:
        """Give this workspace with another project: the same root, engine and queue."""
        other = copy.copy(self)
        other.project = _name("project", project)
        return other

    @property
    def root(self) -> Path:
        """The folder that holds everything.

        Raises
        ------
        StoreError
            If it is a bucket: `Store.root` of `store` is its URL.
        """
        if self.store.is_remote:
            raise StoreError(f"{self.store.root} is a bucket, not a folder: use `store.root` for its URL")
        return Path(self.store.root)

    def close(self) -> None:
        """End the workers; the next render starts new ones."""
        self.engine.close()

    def __repr__(self) -> str:
        where = f"user {self.user!r}, project {self.project!r}, {self.engine.name} engine"
        return f"<Workspace {self.store.root!r}: {where}>"


_default: Workspace | None = None


def default_workspace() -> Workspace:
    """Give the workspace that calls without one use, made at the first of them."""
    global _default
    if _default is None:
        _default = Workspace()
        use_bucket_options(_default.store.storage_options)
    return _default


def use(workspace: Workspace) -> Workspace:
    """Make a workspace the one that calls without one use; give it back.

    ``s3://`` pictures, clips and sounds are then fetched with its storage options.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> where = bz.use(bz.Workspace("films"))
    >>> where.root.name
    'films'
    """
    global _default
    if not isinstance(workspace, Workspace):
        raise InvalidValueError(f"expected a Workspace, got {workspace!r:.60}")
    _default = workspace
    use_bucket_options(workspace.store.storage_options)
    return workspace


class DefaultHistory(History):
    """All renders of the default workspace, their segments, and what people did with the movies.

    ``bz.history()`` gives the renders as a DataFrame, ``bz.history.segments()``
    and ``bz.history.engagement()`` the other tables. `Workspace.history` is
    the same of another workspace.
    """

    def __init__(self) -> None:
        pass

    @property
    def store(self) -> Store:
        """Where the history is: what the default workspace has at this moment."""
        return default_workspace().store

    def __call__(
        self,
        workspace: Workspace | None = None,
        *,
        since: When = None,
        until: When = None,
        user: Names = None,
        project: Names = None,
        status: Names = None,
        columns: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """Give renders as a DataFrame, one row each, the oldest first; failed and cancelled ones too.

        `describe_history` tells what the columns mean, with their units.

        Parameters
        ----------
        workspace : Workspace, optional
            Whose renders; those of the default workspace if not given.
        since, until : datetime, date, str or timedelta, optional
            When the renders were asked for: a datetime (also of pandas or
            numpy), a date, ISO text, or a period before now such as ``"30d"``;
            in UTC if no time zone is said. Only files of days are read in
            which they can be.
        user, project, status : str or sequence of str, optional
        columns : sequence of str, optional
            Only these are read: quicker, and less memory.
        """
        of = History(self.store if workspace is None else workspace.store)
        return of(since=since, until=until, user=user, project=project, status=status, columns=columns)


history = DefaultHistory()
"""All renders of the default workspace: call it for a DataFrame."""


def render_status(render_id: str, workspace: Workspace | None = None) -> RenderStatus:
    """Tell how far a render is, whichever notebook, script or machine runs it.

    Parameters
    ----------
    render_id : str
        As `Job.id`, `Render.id` and the history have it.
    workspace : Workspace, optional
        Where it was asked for; the default one if not given.

    Raises
    ------
    UnknownRenderError
        If the history knows nothing of it.
    StoreError
        If the store can't be read.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> film = bz.Composition([bz.Scene(lambda frame: bz.Fill("navy"), duration=1)], width=320, height=180)
    >>> render = film.export("review.mp4", progress=False)
    >>> bz.render_status(render.id).status
    'succeeded'
    """
    return read_status((workspace or default_workspace()).store, render_id)


def attach(render_id: str, workspace: Workspace | None = None) -> AttachedRender:
    """Look at a render from any notebook: how far it is, its movie; a detached one can be cancelled.

    One that was handed to a Dask cluster which is gone is handed to that of the workspace.

    Parameters
    ----------
    render_id : str
        As the history has it, and what ``film.submit(…, detach=True)`` gave has as ``id``.
    workspace : Workspace, optional
        Where it was asked for; the default one if not given.

    Raises
    ------
    UnknownRenderError
        If the history knows nothing of it.
    StoreError
        If the store can't be read.

    Examples
    --------
    >>> bz.attach("20261128-153012-k3f9q2").result()  # doctest: +SKIP
    """
    where = workspace or default_workspace()
    attached = AttachedRender(where, render_id)
    if not attached.has_ended:
        hand_over_again(where, render_id)
    return attached


def _make_engine(engine: Any, workers: int | None) -> Engine:
    wanted = engine or os.environ.get("BAZAAR_ENGINE") or "local"
    if isinstance(wanted, str) and wanted == "lithops":
        return LithopsEngine(workers=workers)
    if isinstance(wanted, str) and wanted not in _ENGINES and "://" not in wanted:
        names = ", ".join(_ENGINES)
        raise InvalidValueError(
            f"`engine` must be one of {names} or an address as 'tcp://host:8786', got {wanted!r} (Workspace)"
        )
    if wanted not in ("local", "inline"):
        if workers is not None:
            raise InvalidValueError(
                f"`workers` goes with engine='local' or 'lithops', got {workers!r:.20} with {wanted!r:.60}, "
                "which brings its own (Workspace)"
            )
        return _make_other(wanted)
    if wanted == "inline":
        if workers is not None:
            raise InvalidValueError(
                f"`workers` goes with engine='local', got {workers!r:.20} with 'inline' of one (Workspace)"
            )
        return InlineEngine()
    given = os.environ.get("BAZAAR_WORKERS")
    if workers is None and given:
        if not (given.isascii() and given.isdigit() and len(given) < 6):
            raise InvalidValueError(f"BAZAAR_WORKERS must be a whole number, at least 1, got {given!r}")
        workers = int(given)
    return LocalEngine(workers)


def _make_other(wanted: Any) -> Engine:
    """Give an engine that was given, or that of a Dask cluster."""
    if wanted == "dask":
        wanted = os.environ.get("DASK_SCHEDULER_ADDRESS")
        if not wanted:
            raise InvalidValueError(
                "engine='dask' is the scheduler of DASK_SCHEDULER_ADDRESS, which is not set: set it to an "
                "address as tcp://host:8786, or give `engine` an address, a client or a cluster (Workspace)"
            )
    if isinstance(wanted, Engine):
        return wanted
    if isinstance(wanted, str) or is_cluster(wanted):
        return DaskEngine(wanted)
    raise InvalidValueError(
        "`engine` must be an engine, a Dask client, cluster or address, or one of "
        f"{', '.join(_ENGINES)}, got {wanted!r:.60} (Workspace)"
    )


def _name(field: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidValueError(f"`{field}` must be text, got {value!r} (Workspace)")
    return value


def _of_kind(field: str, value: _T | None, kind: type[_T]) -> _T | None:
    if value is not None and not isinstance(value, kind):
        raise InvalidValueError(f"`{field}` must be {kind.__name__}(…), got {value!r:.60} (Workspace)")
    return value


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "unknown"  # a container whose user id has no name
