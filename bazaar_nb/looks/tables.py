"""Tables of colours, LUTs, as grading tools write them."""

from __future__ import annotations

import os

import numpy as np

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.looks.filters import check_amount, filtered
from bazaar_nb.scene.elements import Filter
from bazaar_nb.scene.filter_steps import ColorCube, ColorCurves


def lut(elements: object, table: object, amount: float = 1.0) -> Filter:
    """Look colours up in a table.

    Parameters
    ----------
    elements : element or sequence of elements
    table : str, path or array of shape (n, n, n, 3) or (n, 3)
        A ``.cube`` file of one dimension or three. An array's sides are blue, green and red, in this order,
        as in such a file; its colours are red, green and blue from 0 to 1. n is at most 65 in three
        dimensions.
    amount : float
        How much of it is seen, 0 to 1.

    Raises
    ------
    InvalidValueError
        For an array of another shape. What is wrong with a file is said when the frame is drawn.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.looks.lut(bz.Image("beach.jpg"), "film.cube", 0.7).steps
    (ColorCube(source='film.cube', amount=0.7),)
    """
    share = check_amount(amount, "amount", "lut")
    if isinstance(table, str | os.PathLike):
        return filtered(elements, ColorCube(os.fspath(table), amount=share))
    try:
        array = np.asarray(table, np.float32)
    except (TypeError, ValueError):
        raise InvalidValueError(f"a table is a .cube file or an array, got {table!r:.60} (lut)") from None
    if array.ndim == 4 and len({*array.shape[:3]}) == 1 and array.shape[3] == 3:
        return filtered(elements, ColorCube(values=array.reshape(-1, 3), amount=share))
    if array.ndim == 2 and array.shape[1] == 3 and len(array) >= 2:
        plain = np.linspace(0, 1, len(array))[:, np.newaxis]
        return filtered(elements, ColorCurves(plain + (array - plain) * share))
    raise InvalidValueError(f"a table has shape (n, n, n, 3) or (n, 3), got {array.shape} (lut)")
