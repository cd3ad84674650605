"""Tables that read well in a terminal and in a README: Markdown with aligned columns."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Table:
    """Rows of text under a title.

    Attributes
    ----------
    header : list of str
        One a column; the first column is aligned to the left, the others to the right.
    """

    title: str
    header: list[str]
    rows: list[tuple[str, ...]] = field(default_factory=list)

    def add(self, *cells: str) -> None:
        """Add a row."""
        if len(cells) != len(self.header):
            raise ValueError(f"{self.title}: {len(cells)} cells for {len(self.header)} columns")
        self.rows.append(cells)

    def __str__(self) -> str:
        lines = [tuple(self.header), *self.rows]
        widths = [max(3, *(len(line[column]) for line in lines)) for column in range(len(self.header))]
        rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
        shown = [_row(line, widths) for line in lines]
        shown.insert(1, f"| {' | '.join(rule)} |")
        return "\n".join([self.title, "", *shown])


def mark(good: bool) -> str:
    """Say whether a target was met."""
    return "ok" if good else "over"


def _row(cells: tuple[str, ...], widths: list[int]) -> str:
    first, *rest = (
        cell.ljust(width) if number == 0 else cell.rjust(width)
        for number, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return f"| {' | '.join([first, *rest])} |"
