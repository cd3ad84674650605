"""What ``bazaar simulate`` asks for, as a prediction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.history.history import History
from bazaar_nb.scene.time import as_fps
from bazaar_nb.simulation.figures import Figures, figures_of
from bazaar_nb.simulation.film_shape import read_film
from bazaar_nb.simulation.machines import Machines
from bazaar_nb.simulation.scaling import Scaling, predict
from bazaar_nb.store.store import Store, default_root


@dataclass(frozen=True, kw_only=True)
class SimulationOptions:
    """What the command takes, as it is given.

    Attributes
    ----------
    film : str
        ``2h@4k``.
    workers : sequence of int
    cores, quota : int or None
        That all workers share; how many run at the same time.
    cold_start : float or None
        Seconds.
    stragglers : float
        A share of the segments.
    store_mb_s, join_mb_s : float or None
    folder : bool
        Whether the root is one.
    like : str or None
        A composition of the history.
    """

    film: str
    fps: str
    silent: bool
    workers: Sequence[int]
    cores: int | None
    quota: int | None
    cold_start: float | None
    stragglers: float
    store_mb_s: float | None
    join_mb_s: float | None
    folder: bool
    like: str | None
    seed: int
    root: str | None


def prediction(options: SimulationOptions) -> Scaling:
    """Give what the options of the command ask for.

    Raises
    ------
    InvalidValueError
        For a film, a number or a share that can't be, or a history that tells too little.
    """
    film = read_film(options.film, fps=as_fps(options.fps), has_sound=not options.silent)
    if not 0 <= options.stragglers <= 1:
        raise InvalidValueError(f"`--stragglers` is a share from 0 to 1, got {options.stragglers!r}")
    machines = Machines(
        workers=1, cores=options.cores, most_at_once=options.quota, straggler_share=options.stragglers,
        is_remote=not options.folder,
    )  # fmt: skip
    figures = _given(options, _measured(options.root, options.like))
    return predict(film, machines, figures, options.workers, options.seed)


def _measured(root: str | None, like: str | None) -> Figures:
    """Give the history's figures: those of a root that is named, or that is there by itself."""
    base = Figures()
    there = root is not None or like is not None or Path(default_root()).is_dir()
    if not there:
        return base
    history = History(Store(root))
    segments = history.segments()
    where = f"the history of {history.store.root}"
    if like is not None:
        renders = history(columns=["render_id", "composition"])
        named = renders.loc[renders["composition"] == like, "render_id"]
        segments = segments[segments["render_id"].isin(named)]
        where = f"{where}, of {like!r}"
    try:
        return figures_of(segments, where, base)
    except InvalidValueError:
        if root is None and like is None:
            return base  # nobody has asked for this one
        raise


def _given(options: SimulationOptions, figures: Figures) -> Figures:
    said = {
        "start_s": ("--cold-start", options.cold_start, 1.0),
        "store_bytes_s": ("--store-mb-s", options.store_mb_s, 1e6),
        "join_bytes_s": ("--join-mb-s", options.join_mb_s, 1e6),
    }
    for name, (option, value, unit) in said.items():
        if value is None:
            continue
        if value <= 0:
            raise InvalidValueError(f"`{option}` must be more than 0, got {value!r}")
        sources = {**figures.sources, name: f"given by {option}"}
        given: dict[str, Any] = {name: value * unit}
        figures = replace(figures, sources=sources, **given)
    return figures
