"""How fast renders were: frames in a second, film in a second."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bazaar_nb.analysis.groups import By, check_by, group, needs
from bazaar_nb.analysis.source import is_status, numbers, take_renders

RENDER = "render"
"""Rows for each render, not for groups."""

_ALIKE = ("format", "codec", "quality", "resolution")
_COLUMNS = (
    *("render_id", "created", "status", "user", "project", "composition", "engine", "workers"),
    *("frames", "frames_cached", "duration_s", "render_s"),
)


def speed(renders: pd.DataFrame | None = None, *, by: By = _ALIKE) -> pd.DataFrame:
    """Tell how fast renders were: the time that they took against the film that came of it.

    Only renders that succeeded and of which at least one frame was rendered
    count: frames that were there already are not counted as rendered.

    Parameters
    ----------
    renders : DataFrame, optional
        As `history` gives; those of the default workspace if not given.
    by : str or sequence of str
        What is alike in a row, see `KEYS`; or ``"render"`` for a row a render, for a scatter plot.

    Returns
    -------
    DataFrame
        For groups, the largest first: ``renders``, ``frames_rendered`` and ``render_s`` (by the
        clock, summed over renders); ``frames_per_s``, the median of rendered frames in a second,
        between the quartiles ``frames_per_s_q1`` and ``frames_per_s_q3``; ``realtime``, the
        median of seconds of film in a second, more than 1 is faster than playing, with
        ``realtime_q1`` and ``realtime_q3``.

        For renders, in their order: ``render_id``, ``created``, ``user``, ``project``,
        ``composition``, ``format``, ``codec``, ``quality``, ``resolution``, ``engine``,
        ``workers``, ``frames``, ``frames_rendered``, ``duration_s`` (of the film),
        ``render_s``, ``frames_per_s`` and ``realtime``.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> table = bz.analysis.speed(by="format")
    """
    single = isinstance(by, str) and by == RENDER
    keys = _ALIKE if single else check_by(by)
    frame = take_renders(renders, (*_COLUMNS, *needs(keys)))
    measured, rendered, frames_per_s, realtime = speeds(frame)
    frame = frame[measured].reset_index(drop=True)
    rendered, frames_per_s, realtime = rendered[measured], frames_per_s[measured], realtime[measured]
    groups = group(frame, keys)
    if single:
        table = groups.labels.take(groups.codes).reset_index(drop=True)
        for place, name in enumerate(("render_id", "created", "user", "project", "composition")):
            table.insert(place, name, frame[name])
        for name in ("engine", "workers", "frames"):
            table[name] = frame[name]
        return table.assign(
            frames_rendered=rendered.astype(np.int64),
            duration_s=numbers(frame, "duration_s"),
            render_s=numbers(frame, "render_s"),
            frames_per_s=frames_per_s,
            realtime=realtime,
        )
    first, middle, third = groups.quantiles(frames_per_s, (0.25, 0.5, 0.75))
    slow, usual, fast = groups.quantiles(realtime, (0.25, 0.5, 0.75))
    table = groups.table(
        renders=groups.sizes(),
        frames_rendered=groups.sums(rendered).astype(np.int64),
        render_s=groups.sums(numbers(frame, "render_s")),
        frames_per_s_q1=first,
        frames_per_s=middle,
        frames_per_s_q3=third,
        realtime_q1=slow,
        realtime=usual,
        realtime_q3=fast,
    )
    return table.sort_values("renders", ascending=False, kind="stable", ignore_index=True)


def speeds(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Give of each render whether its speed is known, its rendered frames, frames/s and seconds of film/s."""
    rendered = numbers(frame, "frames") - np.nan_to_num(numbers(frame, "frames_cached"))
    took = numbers(frame, "render_s")
    known = is_status(frame, "succeeded") & (rendered > 0) & (took > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        frames_per_s = rendered / took
        realtime = numbers(frame, "duration_s") * rendered / numbers(frame, "frames") / took
    return known, rendered, frames_per_s, realtime
