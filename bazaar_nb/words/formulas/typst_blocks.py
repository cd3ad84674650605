"""`Typst` and `Table`: a page of text with formulas, and a table of them, set by Typst."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import Anchor, AnyElement, Group
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.shapes import Length
from bazaar_nb.values.color import Color, parse_color
from bazaar_nb.values.number import is_missing, plain_number
from bazaar_nb.words.formulas.parts import joined
from bazaar_nb.words.formulas.typeset import EM, RULE, Typeset
from bazaar_nb.words.formulas.typst_setting import check_markup, compile_typst, quoted
from bazaar_nb.words.staggering import staggered

Align = Literal["left", "center", "right"]
_ALIGNS = ("left", "center", "right")
_SHARE = 0.84  # of the frame: what a block without a size takes at most
_LARGEST = 1 / 16  # of the frame's shorter side
_MOST_LETTERS, _MOST_CELLS = 20_000, 2_000
_THIN, _THICK = 1.6, 4.0  # lines between rows, in letters of EM pixels


class _Block:
    """Something set by Typst, which stands in a frame."""

    def __init__(
        self, typeset: Typeset, colors: Sequence[Color], size: float | None, x: Any, y: Any, anchor: Anchor
    ) -> None:
        if size is not None and not 0 < size <= 5000:
            raise InvalidValueError(f"`size` must be pixels above 0, got {size!r} ({type(self).__name__})")
        self.typeset, self.colors = typeset, tuple(colors)
        self.size, self.x, self.y, self.anchor = size, x, y, anchor

    def show(self, frame: Frame) -> Group:
        """Give all of it, as large as fits into the frame unless it has a size."""
        return self._group(joined(self.typeset, self.colors), frame)

    def _group(self, elements: Sequence[AnyElement], frame: Frame) -> Group:
        whole = self.typeset
        across = _SHARE * frame.width / max(whole.width, 1.0)
        down = _SHARE * frame.height / max(whole.height, 1.0)
        scale = min(_LARGEST * min(frame.width, frame.height) / EM, across, down)
        if self.size is not None:
            scale = self.size / EM
        inner = Group(tuple(elements), x=0, y=0, width=0, height=0, scale=scale, anchor="top-left")
        return Group(
            (inner,), width=whole.width * scale, height=whole.height * scale,
            x=self.x, y=self.y, anchor=self.anchor,
        )  # fmt: skip


class Typst(_Block):
    r"""Text with formulas, lists and headings in it, set by Typst (the extra ``bazaar_nb[typst]``).

    Parameters
    ----------
    source : str
        Typst's markup: ``*strong*``, ``_emphasis_``, ``= Heading``, ``- item``, ``$x^2$``. Code, which begins
        with ``#``, is refused: it could read files, or never end. A sign is written ``\#``.
    width : float
        Of the lines, as a multiple of the letters' size.
    size : float, optional
        Of the letters, in pixels; by default as large as fits, at most 1/16 of the frame's shorter side.
    color : colour
    x, y : float or str, optional
        Where its anchor is put; in the middle by default.
    anchor : str

    Raises
    ------
    InvalidValueError
        When it doesn't compile, or holds code.
    MissingLibraryError
        When the package typst isn't there.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> proof = bz.words.Typst("Let $a < b$. Then\n$ integral_a^b f(x) dif x = F(b) - F(a) . $")
    >>> @bz.scene(duration=4)
    ... def lesson(frame):
    ...     return proof.show(frame)
    """

    def __init__(
        self,
        source: str,
        *,
        width: float = 24.0,
        size: float | None = None,
        color: Color = "white",
        x: Length | None = None,
        y: Length | None = None,
        anchor: Anchor = "center",
    ) -> None:
        if not isinstance(source, str) or not source.strip():
            raise InvalidValueError(f"a block of Typst is text, got {source!r:.60} (Typst)")
        if len(source) > _MOST_LETTERS:
            raise InvalidValueError(f"at most {_MOST_LETTERS:,} letters are set, got {len(source):,} (Typst)")
        if not 1 <= width <= 1000:
            raise InvalidValueError(f"`width` is 1 to 1000 times the letters' size, got {width!r} (Typst)")
        parse_color(color)
        check_markup(source, "Typst")
        self.source = source
        body = f'#set page(width: {width * EM:g}pt)\n#eval({quoted(source)}, mode: "markup")'
        typeset = compile_typst(body, "Typst")
        super().__init__(typeset, (color,) * len(typeset.glyphs), size, x, y, anchor)


class Table(_Block):
    """A table whose cells may hold formulas, set by Typst (the extra ``bazaar_nb[typst]``).

    Parameters
    ----------
    rows : list of lists, dict of columns, or table of any library
        Cells are Typst's markup without code: text, ``$x^2$``, ``*strong*``; numbers are written out, what is
        missing is empty.
    header : bool
        Whether the first row, or the columns' names, is one of headings.
    align : sequence of str, optional
        Of each column: ``left``, ``center``, ``right``; by default numbers are right, the rest left.
    size : float, optional
        Of the letters, in pixels; by default as large as fits, at most 1/16 of the frame's shorter side.
    color, line_color : colour
    x, y : float or str, optional
        Where its anchor is put; in the middle by default.
    anchor : str

    Raises
    ------
    InvalidValueError
        For rows of different lengths; for a cell that doesn't compile or holds code, by row and column.
    MissingLibraryError
        When the package typst isn't there.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> table = bz.words.Table([["function", "derivative"], ["$x^n$", "$n x^(n-1)$"], ["$sin x$", "$cos x$"]])
    >>> @bz.scene(duration=4)
    ... def lesson(frame):
    ...     return table.write(frame)
    """

    def __init__(
        self,
        rows: object,
        *,
        header: bool = True,
        align: Sequence[Align] | None = None,
        size: float | None = None,
        color: Color = "white",
        line_color: Color = "#64748b",
        x: Length | None = None,
        y: Length | None = None,
        anchor: Anchor = "center",
    ) -> None:
        parse_color(color), parse_color(line_color)
        cells = _cells(rows, header=header)
        sides = _sides(cells, align, header=header)
        texts = [[_written(cell) for cell in row] for row in cells]
        for number, row in enumerate(texts, 1):
            for column, text in enumerate(row, 1):
                check_markup(text, f"Table, row {number}, column {column}")
        try:
            typeset = compile_typst(_table(texts, sides, header=header), "Table")
        except InvalidValueError:
            _blame(texts)
            raise
        colors = [line_color if glyph.key == RULE and _is_line(glyph.box, typeset) else color
                  for glyph in typeset.glyphs]  # fmt: skip
        super().__init__(typeset, colors, size, x, y, anchor)
        self._rows = self._find_rows(line_color)

    def write(self, frame: Frame, *, start: float = 0.0, each: float = 0.25, duration: float = 0.5) -> Group:
        """Have the rows come in one after the other.

        Parameters
        ----------
        start : float
            When the first begins, in seconds.
        each : float
            How much later each next row begins.
        duration : float
            How long each takes.
        """
        progress = staggered(len(self._rows), frame.time, start=start, each=each, duration=duration)
        elements: list[AnyElement] = []
        for numbers, share in zip(self._rows, progress.tolist(), strict=True):
            if share <= 0.0:
                continue
            part = Typeset(
                self.typeset.width, self.typeset.height, tuple(self.typeset.glyphs[n] for n in numbers)
            )
            paths = joined(part, tuple(self.colors[n] for n in numbers))
            lowered = 0.35 * EM * (1.0 - share)
            elements.append(
                Group(paths, x=0, y=lowered, width=0, height=0, anchor="top-left", opacity=min(1.0, share))
            )
        return self._group(elements, frame)

    def _find_rows(self, line_color: Color) -> list[list[int]]:
        """Give the glyphs of each row, with the line below it."""
        glyphs = self.typeset.glyphs
        lines = sorted(
            (glyph.box[1] + glyph.box[3]) / 2
            for glyph, color in zip(glyphs, self.colors, strict=True)
            if glyph.key == RULE and color == line_color and _is_line(glyph.box, self.typeset)
        )
        rows: list[list[int]] = [[] for _ in range(len(lines) + 1)]
        for number, glyph in enumerate(glyphs):
            middle = (glyph.box[1] + glyph.box[3]) / 2
            rows[sum(line < middle - 1e-6 for line in lines)].append(number)
        return [row for row in rows if row]


def _cells(rows: object, *, header: bool) -> list[list[Any]]:
    """Take rows, or a table with columns, as a list of rows, the names of columns first."""
    if isinstance(rows, Sequence) and not isinstance(rows, str | bytes):
        cells = []
        for number, row in enumerate(rows, 1):
            if not isinstance(row, Sequence) or isinstance(row, str | bytes):
                raise InvalidValueError(f"a row is a list of cells, got {row!r:.60} (Table, row {number})")
            cells.append(list(row))
    else:
        columns = _columns(rows)
        lengths = {len(column) for column in columns.values()}
        if len(lengths) > 1:
            raise InvalidValueError(f"columns have as many rows each, got {sorted(lengths)} (Table)")
        cells = ([list(columns)] if header else []) + [
            list(row) for row in zip(*columns.values(), strict=True)
        ]
    if not cells or not cells[0]:
        raise InvalidValueError("a table has a row and a column at least (Table)")
    for number, row in enumerate(cells, 1):
        if len(row) != len(cells[0]):
            raise InvalidValueError(
                f"row {number} has {len(row)} cells, the first has {len(cells[0])} (Table)"
            )
    if len(cells) * len(cells[0]) > _MOST_CELLS:
        raise InvalidValueError(
            f"a table has at most {_MOST_CELLS:,} cells, got {len(cells) * len(cells[0]):,} (Table)"
        )
    return cells


def _columns(rows: object) -> dict[str, list[Any]]:
    import narwhals.stable.v1 as nw

    if isinstance(rows, Mapping):
        return {str(name): list(column) for name, column in rows.items()}
    try:
        frame: Any = nw.from_native(rows, eager_only=True)
    except TypeError:
        raise InvalidValueError(
            f"a table is a list of rows, a dict of columns or a DataFrame, got {rows!r:.60} (Table)"
        ) from None
    return {str(name): frame[name].to_list() for name in frame.columns}


def _sides(cells: list[list[Any]], align: Sequence[Align] | None, *, header: bool) -> list[str]:
    if align is None:
        body = cells[1:] if header and len(cells) > 1 else cells
        numbers = [
            all(plain_number(row[column]) is not None or _is_empty(row[column]) for row in body)
            for column in range(len(cells[0]))
        ]
        return ["right" if is_number else "left" for is_number in numbers]
    if isinstance(align, str) or len(align) != len(cells[0]) or any(side not in _ALIGNS for side in align):
        raise InvalidValueError(
            f"`align` has left, center or right for each of the {len(cells[0])} columns, "
            f"got {align!r:.60} (Table)"
        )
    return list(align)


def _is_empty(cell: Any) -> bool:
    return cell is None or cell == "" or is_missing(cell)


def _written(cell: Any) -> str:
    if _is_empty(cell):
        return ""
    if isinstance(cell, str):
        return cell
    number = plain_number(cell)
    return str(cell) if number is None else f"{number}".replace("-", "−")


def _table(texts: list[list[str]], sides: list[str], *, header: bool) -> str:
    """Give a table in Typst's language: lines between the rows, none around it."""
    lines = []
    for number, row in enumerate(texts):
        if number:
            width = _THICK if header and number == 1 else _THIN
            lines.append(f"table.hline(stroke: {width}pt)")
        strong = header and number == 0
        for text in row:
            cell = f'eval({quoted(text)}, mode: "markup")' if text else "[]"
            lines.append(f"strong({cell})" if strong else cell)
    return (
        "#set text(top-edge: 1em, bottom-edge: -0.45em)\n"  # so much as a small fraction needs
        f"#table(columns: {len(sides)}, stroke: none, align: ({', '.join(sides)},), "
        f"inset: (x: {0.6 * EM:g}pt, y: {0.24 * EM:g}pt),\n" + ",\n".join(lines) + ")"
    )


def _is_line(box: tuple[float, float, float, float], whole: Typeset) -> bool:
    """Tell a line between rows from a fraction's: it goes all the way."""
    return box[2] - box[0] > 0.98 * whole.width


def _blame(texts: list[list[str]]) -> None:
    """Find the cell that doesn't compile.

    Raises
    ------
    InvalidValueError
        With its row and column.
    """
    for number, row in enumerate(texts, 1):
        for column, text in enumerate(row, 1):
            if text:
                where = f"Table, row {number}, column {column}"
                compile_typst(f'#eval({quoted(text)}, mode: "markup")', where)
