"""Renders that took longer than others like them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bazaar_nb.analysis.arguments import check_whole, is_number
from bazaar_nb.analysis.groups import group, needs
from bazaar_nb.analysis.source import is_status, numbers, take_renders
from bazaar_nb.errors import InvalidValueError

LEAST_SPREAD = 0.1
"""Renders that differ by a tenth are alike, however small the spread of the others is."""

_ALIKE = ("codec", "quality", "resolution", "sound", "engine", "workers")
_NAMES = ("render_id", "created", "user", "project", "composition")
_COLUMNS = ("status", "frames", "frames_cached", "width", "height", "render_s")
_LENGTHS = np.array([10, 30, 100, 300, 1000, 3000, 10_000, 30_000])
_NORMAL = 0.6744897501960817  # the median absolute deviation of a normal distribution, in standard deviations


def anomalies(renders: pd.DataFrame | None = None, *, least: int = 8, score: float = 3.5) -> pd.DataFrame:
    """Find renders that were slower than their like.

    Alike are renders with the same codec, quality, class of resolution, sound
    or none, engine, workers, and about as many frames to render (what a render
    takes once weighs more in a short one). Of each the seconds for a rendered frame and pixel
    are compared, on a logarithmic scale, with the median of their like; the
    distance is told in robust standard deviations, from the median of all
    distances. Renders of which most was there already are left out.

    Parameters
    ----------
    renders : DataFrame, optional
        As `history` gives; those of the default workspace if not given.
    least : int
        How many must be alike, the slow one included, for a judgement.
    score : float
        How far from its like a render must be, in robust standard deviations.

    Returns
    -------
    DataFrame
        The farthest first: ``render_id``, ``created``, ``user``, ``project``, ``composition``;
        what is alike: ``codec``, ``quality``, ``resolution``, ``sound``, ``engine``,
        ``workers``; ``alike``, how many there are; ``frames_rendered``; ``render_s``, what it
        took, ``expected_s``, what the median of its like would have taken, ``factor``, the
        first over the second; ``score``.

    References
    ----------
    B. Iglewicz and D. C. Hoaglin, "How to Detect and Handle Outliers", ASQC
    Quality Press (1993), pages 11 to 13: the modified z-score, and 3.5 as its limit.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> table = bz.analysis.anomalies(score=4)
    """
    check_whole("least", least, 3)
    if not is_number(score, 0) or score == 0:
        raise InvalidValueError(f"`score` must be a number more than 0, got {score!r:.60}")
    frame = take_renders(renders, (*_NAMES, *_COLUMNS, *needs(_ALIKE)))
    frames, took = numbers(frame, "frames"), numbers(frame, "render_s")
    rendered = frames - np.nan_to_num(numbers(frame, "frames_cached"))
    pixels = numbers(frame, "width") * numbers(frame, "height")
    fit = (
        is_status(frame, "succeeded") & (rendered > 0) & (2 * rendered >= frames) & (took > 0) & (pixels > 0)
    )
    frame, rendered, took = frame[fit].reset_index(drop=True), rendered[fit], took[fit]
    groups = group(frame, _ALIKE)
    work = rendered * pixels[fit]
    like = groups.codes * (len(_LENGTHS) + 1) + np.searchsorted(_LENGTHS, rendered)
    logs = pd.Series(np.log(took / work))
    alike = logs.groupby(like).transform("size").to_numpy()
    usual = logs.groupby(like).transform("median")
    spread = (logs - usual).abs().groupby(like).transform("median").to_numpy() / _NORMAL
    scores = (logs - usual).to_numpy() / np.fmax(spread, LEAST_SPREAD)
    expected = np.exp(usual.to_numpy()) * work
    found = np.flatnonzero((alike >= least) & (scores > score))
    found = found[np.argsort(-scores[found], kind="stable")]
    labels = groups.labels.take(groups.codes[found]).reset_index(drop=True)
    names = frame[list(_NAMES)].take(found).reset_index(drop=True)
    return pd.concat([names, labels], axis=1).assign(
        alike=alike[found].astype(np.int64),
        frames_rendered=rendered[found].astype(np.int64),
        render_s=took[found],
        expected_s=expected[found],
        factor=took[found] / expected[found],
        score=scores[found],
    )
