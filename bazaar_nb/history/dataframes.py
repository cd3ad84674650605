"""From what was read to DataFrames with the dtypes of `describe_history`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from bazaar_nb.history.columns import ROW_STATUSES, Column

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

    from bazaar_nb.history.newest import Numbers


class Rows:
    """Some rows of a table, in an order of their own.

    Parameters
    ----------
    numbers : array of int
        Which rows.
    """

    def __init__(self, table: pa.Table, numbers: Numbers) -> None:
        self._columns = dict(zip(table.column_names, table.columns, strict=True))
        self._numbers = numbers

    def __len__(self) -> int:
        return len(self._numbers)

    def only(self, wanted: NDArray[np.bool_]) -> None:
        """Keep those of the rows that are wanted."""
        self._numbers = self._numbers[wanted]

    def column(self, name: str) -> pa.Array:
        """Give the rows' values of a column."""
        return self._columns[name].combine_chunks().take(self._numbers)

    def part(self, schema: pa.Schema, start: int, stop: int) -> pa.Table:
        """Give some of the rows as a table."""
        import pyarrow as pa

        numbers = self._numbers[start:stop]
        arrays = [self._columns[field.name].take(numbers).cast(field.type) for field in schema]
        return pa.Table.from_arrays(arrays, schema=schema)

    def to_frame(self, columns: Iterable[Column]) -> pd.DataFrame:
        """Give some columns as a DataFrame; once, as the rows are let go of."""
        import pandas as pd

        # One column after the other: twice the whole would be twice the memory.
        wanted = list(columns)
        self._columns = {column.name: self._columns[column.name] for column in wanted}
        series = {}
        for column in wanted:
            array = self.column(column.name)
            del self._columns[column.name]
            series[column.name] = _to_series(array, column)
        return pd.DataFrame(series, copy=False)


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
