"""Names as they are shown: without what can't be seen but turns the letters around it."""

from __future__ import annotations

# Embeddings, overrides and isolates (Unicode's UAX 9): with one of them ``gpm.exe`` looks like ``exe.mpg``,
# and the rest of the line is turned, too. Letters that are written from right to left need none in a name.
_TURNING = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_CONTROLS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " ")


def plain(name: str) -> str:
    r"""Give a name on one line, with its letters in the order in which they are read.

    Examples
    --------
    >>> plain("\u202egpm.exe")
    'gpm.exe'
    """
    return name.translate(_TURNING | _CONTROLS)
