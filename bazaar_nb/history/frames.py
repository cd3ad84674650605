"""From what was read to DataFrames with the dtypes of `describe_history`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bazaar_nb.history.columns import ROW_STATUSES, Column

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from bazaar_nb.history.newest import Numbers


def to_frame(table: pa.Table, rows: Numbers, columns: Sequence[Column]) -> pd.DataFrame:
    """Give some rows and columns of a table as a DataFrame, in this order."""
    import pandas as pd

    # One column after the other, and each let go: twice the whole would be twice the memory.
    arrays = {column.name: table[column.name] for column in columns}
    del table
    series = {
        column.name: _to_series(arrays.pop(column.name).combine_chunks().take(rows), column)
        for column in columns
    }
    return pd.DataFrame(series)


def status_dtype(said: set[str]) -> pd.CategoricalDtype:
    """Give the dtype of the status; what a later version may say is kept as it is."""
    import pandas as pd

    return pd.CategoricalDtype([*ROW_STATUSES, *sorted(said - set(ROW_STATUSES))])


def _to_series(array: pa.Array, column: Column) -> Any:
    import numpy as np
    import pandas as pd

    if column.dtype == "category":
        values = array.to_pandas()
        said = set(values.cat.categories[np.unique(values.cat.codes[values.notna()])])
        if column.name == "status":
            return values.cat.set_categories(status_dtype(said).categories)
        return values.cat.set_categories(sorted(said))
    extensions = {"string": pd.StringDtype, "Int64": pd.Int64Dtype, "boolean": pd.BooleanDtype}
    if column.dtype not in extensions:
        return array.to_pandas()
    return pd.Series(extensions[column.dtype]().__from_arrow__(array), copy=False)
