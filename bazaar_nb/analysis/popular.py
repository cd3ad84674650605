"""What people render most."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bazaar_nb.analysis.arguments import check_whole
from bazaar_nb.analysis.groups import By, Groups, check_by, group, needs
from bazaar_nb.analysis.intervals import ratio
from bazaar_nb.analysis.source import amounts, is_status, take_renders
from bazaar_nb.errors import InvalidValueError

OTHERS = "others"
"""The row of all that is not among the first."""

_COLUMNS = ("status", "duration_s", "size_bytes")


def popular(
    renders: pd.DataFrame | None = None, *, by: By = "format", top: int | None = None
) -> pd.DataFrame:
    """Count renders by format, codec, quality, resolution, project or whatever else they share.

    Parameters
    ----------
    renders : DataFrame, optional
        As `history` gives; those of the default workspace if not given.
    by : str or sequence of str
        What to count by, see `KEYS`.
    top : int, optional
        Give only so many rows, and one of all ``others``; with one key.

    Returns
    -------
    DataFrame
        The most frequent first: ``renders`` that were asked for, whatever became of them, and
        their ``share`` of all, 0 to 1; of those that ``succeeded``: ``duration_s``, the seconds
        of film, and ``size_bytes``.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> table = bz.analysis.popular(by="codec")
    """
    keys = check_by(by)
    if top is not None:
        check_whole("top", top, 1)
        if len(keys) > 1:
            raise InvalidValueError(f"`top` goes with one key, got by={list(keys)}")
    frame = take_renders(renders, (*_COLUMNS, *needs(keys)))
    groups = group(frame, keys)
    order = np.argsort(-groups.sizes(), kind="stable")
    if top is not None and top < groups.count:
        groups, order = _merge(groups, order, keys[0], top)
    done = is_status(frame, "succeeded")
    counts = groups.sizes()
    table = groups.table(
        renders=counts,
        share=ratio(counts, np.full(groups.count, len(frame))),
        succeeded=groups.sizes(done),
        duration_s=groups.sums(np.where(done, amounts(frame, "duration_s"), 0)),
        size_bytes=groups.sums(np.where(done, amounts(frame, "size_bytes"), 0)).astype(np.int64),
    )
    return table.take(order).reset_index(drop=True)


def _merge(groups: Groups, order: np.ndarray, key: str, top: int) -> tuple[Groups, np.ndarray]:
    place = np.empty(groups.count, np.intp)
    place[order] = np.minimum(np.arange(groups.count), top)
    names = [*groups.labels[key].take(order[:top]).astype("str"), OTHERS]
    labels = pd.DataFrame({key: pd.Categorical(names, categories=list(dict.fromkeys(names)))})
    return Groups(place[groups.codes], labels), np.arange(top + 1)
