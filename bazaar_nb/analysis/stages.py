"""Where the time of renders goes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bazaar_nb.analysis.groups import By, check_by, group, needs
from bazaar_nb.analysis.intervals import ratio
from bazaar_nb.analysis.source import numbers, take_renders

STAGES = ("plan", "draw", "convert", "encode", "sound", "join", "store")
"""The stages of a render, in order; each is a column of the history, as ``draw_s``."""

STAGE_COLUMNS = tuple(f"{stage}_s" for stage in STAGES)


def stages(renders: pd.DataFrame | None = None, *, by: By | None = None) -> pd.DataFrame:
    """Tell how the work of renders is spread over their stages.

    All renders count, also those that failed on the way. Drawing, converting,
    encoding and storing are seconds of work, summed over workers; planning,
    sound and joining are seconds by the clock.

    Parameters
    ----------
    renders : DataFrame, optional
        As `history` gives; those of the default workspace if not given.
    by : str or sequence of str, optional
        Rows for each of these: ``"codec"``, ``"resolution"``, ``"month"`` and others, see `KEYS`.

    Returns
    -------
    DataFrame
        A row for each stage (of each group), in their order: ``stage``; ``renders`` of which its
        time is known; ``work_s``, the sum over them; ``share`` of the work of all stages, 0 to 1
        (NaN if there was none); ``mean_s`` and ``median_s`` of a render.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> table = bz.analysis.stages()
    """
    keys = () if by is None else check_by(by)
    frame = take_renders(renders, (*STAGE_COLUMNS, *needs(keys)))
    groups = group(frame, keys)
    values = [numbers(frame, column) for column in STAGE_COLUMNS]
    work = np.stack([groups.sums(np.nan_to_num(value)) for value in values], axis=1)
    known = np.stack([groups.sizes(~np.isnan(value)) for value in values], axis=1)
    middle = np.stack([groups.quantiles(value, (0.5,))[0] for value in values], axis=1)
    names = pd.Categorical(STAGES * groups.count, categories=STAGES, ordered=True)
    table = groups.labels.loc[np.repeat(np.arange(groups.count), len(STAGES))].reset_index(drop=True)
    return table.assign(
        stage=names,
        renders=known.reshape(-1),
        work_s=work.reshape(-1),
        share=ratio(work, work.sum(axis=1, keepdims=True)).reshape(-1),
        mean_s=ratio(work, known).reshape(-1),
        median_s=middle.reshape(-1),
    )
