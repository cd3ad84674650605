"""Which of a render's events is its newest, and the order of rows: row numbers of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bazaar_nb.history.event import ENDED

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

    renders = _codes(table["render_id"])
    alone = np.bincount(renders, minlength=1)[renders] == 1
    if alone.all():
        return np.arange(table.num_rows)
    several = np.flatnonzero(~alone)
    some = table.select(["event_time", "event_id", "status"]).take(several)
    keys = {
        "render": pa.array(renders[several]),
        "stage": pa.array(_stages(some["status"])),
        "time": some["event_time"],
        "id": some["event_id"],
    }
    order = pc.sort_indices(pa.table(keys), sort_keys=[(name, "ascending") for name in keys]).to_numpy()
    sorted_renders = renders[several][order]
    last = np.append(sorted_renders[1:] != sorted_renders[:-1], True)
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

    return np.sort(np.unique(_codes(table["event_id"]), return_index=True)[1])


def _codes(column: pa.ChunkedArray) -> Numbers:
    codes: Numbers = column.combine_chunks().dictionary_encode().indices.to_numpy()
    return codes


def _stages(status: pa.ChunkedArray) -> Numbers:
    import numpy as np

    coded = status.unify_dictionaries().combine_chunks()
    stages = np.array([_STAGES.get(name, _OTHER_STAGE) for name in coded.dictionary.to_pylist()], np.int8)
    found: Numbers = stages[coded.indices.to_numpy()]
    return found
