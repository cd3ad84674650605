"""Where things go and who runs them."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

import pandas as pd

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.history.reader import read_history
from bazaar_nb.render.engine import Engine, InlineEngine
from bazaar_nb.render.local import LocalEngine
from bazaar_nb.store.store import Store

_ENGINES = ("local", "inline")


class Workspace:
    """A root for movies, segments and history, and an engine for renders.

    Whatever is not given comes from ``BAZAAR_ROOT``, ``BAZAAR_USER``,
    ``BAZAAR_PROJECT``, ``BAZAAR_ENGINE`` and ``BAZAAR_WORKERS``, else from the
    defaults below. Nothing is created before the first render.

    Parameters
    ----------
    root : str or path, optional
        A folder or a ``file://`` URL; ``./bazaar`` by default.
    user : str, optional
        Who renders; the login name by default.
    project : str, optional
        What the movies belong to; ``default`` by default.
    engine : Engine or {"local", "inline"}, optional
        ``local``, this machine's cores, by default; ``inline`` is this process.
    workers : int, optional
        How many of this machine's cores to use; all by default.
    """

    def __init__(
        self,
        root: str | os.PathLike[str] | None = None,
        *,
        user: str | None = None,
        project: str | None = None,
        engine: Engine | str | None = None,
        workers: int | None = None,
    ) -> None:
        self.store = Store(root)
        self.user = _name("user", user or os.environ.get("BAZAAR_USER") or _login())
        self.project = _name("project", project or os.environ.get("BAZAAR_PROJECT") or "default")
        self.engine = _make_engine(engine, workers)

    def history(self) -> pd.DataFrame:
        """Give all renders of this root as a DataFrame, one row each."""
        return read_history(self.store)

    @property
    def root(self) -> Path:
        """The folder that holds everything."""
        return Path(self.store.location("history")).parent

    def close(self) -> None:
        """End the workers; the next render starts new ones."""
        self.engine.close()

    def __repr__(self) -> str:
        where = f"user {self.user!r}, project {self.project!r}, {self.engine.name} engine"
        return f"<Workspace {str(self.root)!r}: {where}>"


_default: Workspace | None = None


def default_workspace() -> Workspace:
    """Give the workspace that calls without one use, made at the first of them."""
    global _default
    if _default is None:
        _default = Workspace()
    return _default


def use(workspace: Workspace) -> Workspace:
    """Make a workspace the one that calls without one use; give it back."""
    global _default
    if not isinstance(workspace, Workspace):
        raise InvalidValueError(f"expected a Workspace, got {workspace!r:.60}")
    _default = workspace
    return workspace


def _make_engine(engine: Engine | str | None, workers: int | None) -> Engine:
    wanted = engine or os.environ.get("BAZAAR_ENGINE") or "local"
    if not isinstance(wanted, str):
        if not isinstance(wanted, Engine):
            raise InvalidValueError(f"`engine` must be an engine or one of {_ENGINES}, got {wanted!r:.60}")
        if workers is not None:
            raise InvalidValueError("`workers` goes with engine='local'; an engine brings its own")
        return wanted
    if wanted not in _ENGINES:
        raise InvalidValueError(f"`engine` must be one of {', '.join(_ENGINES)}, got {wanted!r} (Workspace)")
    if wanted == "inline":
        if workers is not None:
            raise InvalidValueError("`workers` goes with engine='local'; inline has one")
        return InlineEngine()
    given = os.environ.get("BAZAAR_WORKERS")
    if workers is None and given:
        if not given.isdigit():
            raise InvalidValueError(f"BAZAAR_WORKERS must be a whole number, at least 1, got {given!r}")
        workers = int(given)
    return LocalEngine(workers)


def _name(field: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidValueError(f"`{field}` must be text, got {value!r} (Workspace)")
    return value


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "unknown"  # a container whose user id has no name
