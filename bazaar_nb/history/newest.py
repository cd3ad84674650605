"""Which of a render's events is its newest, and the order of rows: row numbers of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bazaar_nb.history.render_event import ENDED

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Numbers = NDArray[Any]

_STAGES = {"queued": 0, **dict.fromkeys(ENDED, 2)}
_OTHER_STAGE = 1


def newest_of_each(table: pa.Table) -> Numbers:
    """Give the row of each render's newest event: by stage of life first, by time within a stage.

    The table has its status as a dictionary.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    ids = table["render_id"].combine_chunks()
    several = _maybe_several(ids)
    if not len(several):
        return np.arange(table.num_rows)
    renders = _codes(ids.take(several))
    some = table.select(["event_time", "event_id", "status"]).take(several)
    keys = {
        "render": pa.array(renders),
        "stage": pa.array(_stages(some["status"])),
        "time": some["event_time"],
        "id": some["event_id"],
    }
    order = pc.sort_indices(pa.table(keys), sort_keys=[(name, "ascending") for name in keys]).to_numpy()
    last = np.append(np.diff(renders[order]) != 0, True)
    alone = np.ones(table.num_rows, bool)
    alone[several] = False
    return np.sort(np.concatenate([np.flatnonzero(alone), several[order[last]]]))


def sort_rows(table: pa.Table, rows: Numbers, *names: str) -> Numbers:
    """Sort rows by some columns; those without a value come last."""
    import pyarrow.compute as pc

    keys = table.select(names).combine_chunks().take(rows)
    order: Numbers = pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in names]).to_numpy()
    return rows[order]


def first_of_each(table: pa.Table) -> Numbers:
    """Give the rows of all events, each once, in the order of the table."""
    import numpy as np

    ids = table["event_id"].combine_chunks()
    several = _maybe_several(ids)
    if not len(several):
        return np.arange(table.num_rows)
    alone = np.ones(table.num_rows, bool)
    alone[several] = False
    first = np.unique(_codes(ids.take(several)), return_index=True)[1]
    return np.sort(np.concatenate([np.flatnonzero(alone), several[first]]))


def _maybe_several(ids: pa.StringArray) -> Numbers:
    """Give all rows whose id comes more than once, and perhaps a few others.

    By a hash of ids that are equally long, as they mostly are: several times
    quicker than telling which are equal.
    """
    import numpy as np

    if not len(ids):
        return np.arange(0)
    edges = np.frombuffer(ids.buffers()[1], np.int32)[ids.offset : ids.offset + len(ids) + 1]
    lengths = np.diff(edges)
    if not lengths[0] or (lengths != lengths[0]).any():
        return np.arange(len(ids))
    letters = np.frombuffer(ids.buffers()[2], np.uint8)[edges[0] : edges[-1]].reshape(len(ids), -1)
    words = np.zeros((len(ids), -(-letters.shape[1] // 8) * 8), np.uint8)
    words[:, : letters.shape[1]] = letters
    hashes = np.zeros(len(ids), np.uint64)
    for word in words.view(np.uint64).T:
        hashes = (hashes ^ word) * np.uint64(0x9E3779B97F4A7C15)
        hashes ^= hashes >> np.uint64(29)
    ordered = np.sort(hashes)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    # By sorting: numpy 2.0's table of all that may be there doesn't take hashes from 2**63 on.
    return np.flatnonzero(np.isin(hashes, twice, kind="sort")) if len(twice) else twice.astype(np.int64)


def _codes(ids: pa.StringArray) -> Numbers:
    codes: Numbers = ids.dictionary_encode().indices.to_numpy()
    return codes


def _stages(status: pa.ChunkedArray) -> Numbers:
    import numpy as np

    coded = status.unify_dictionaries().combine_chunks()
    stages = np.array([_STAGES.get(name, _OTHER_STAGE) for name in coded.dictionary.to_pylist()], np.int8)
    found: Numbers = stages[coded.indices.to_numpy()]
    return found
