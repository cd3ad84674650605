"""How the pictures look, wherever they are made: nothing of a user's own style is read or changed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from bazaar_nb.errors import InvalidValueError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.legend import Legend
    from matplotlib.text import Text

# Masataka Okabe and Kei Ito, "Color Universal Design" (2008), https://jfly.uni-koeln.de/color/:
# told apart by people who see no red or no green.
BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PURPLE, SKY, YELLOW = "#CC79A7", "#56B4E9", "#F0E442"
SERIES = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION)
INK, FAINT, GRID, GREY = "#1f2328", "#59636e", "#e4e7eb", "#b1b8c0"

MOST_LETTERS = 50
_MOST_OF_ONE, _MOST_OF_TWO, _MOST_OF_MORE = 34, 23, 14
WIDTH = 8.0
_KEY_PAD, _KEY_ABOVE, _KEY_LINE = 28, 5, 15  # points
_FEW = 2
_FONT = "DejaVu Sans"  # comes with matplotlib
_BOX = "\N{WHITE SQUARE}"  # of which matplotlib doesn't say that it lacks a letter
_families: list[str] = []  # fonts that were needed in this process
_STYLE = {
    "font.family": _FONT, "font.size": 10.5, "text.color": INK, "axes.labelcolor": FAINT,
    "axes.edgecolor": GREY, "axes.labelsize": 10.5, "axes.titlesize": 12.5, "axes.titleweight": "bold",
    "figure.dpi": 110, "axes.unicode_minus": True,
}  # fmt: skip


@contextlib.contextmanager
def canvas(ax: Axes | None, title: str, height: float = 4.2, *, key: bool = False) -> Iterator[Axes]:
    """Give axes to draw on, in the style of a report; new ones, in a figure of their own, for None.

    Parameters
    ----------
    ax : matplotlib.axes.Axes, optional
    title : str
    height : float
        Of a new figure, in inches.
    key : bool
        Whether the space above is needed for what the colours mean, see `name_colours`.
    """
    import matplotlib.pyplot as plt

    if ax is not None and not hasattr(ax, "get_xlim"):
        raise InvalidValueError(f"`ax` must be matplotlib axes, got {ax!r:.60}")
    with plt.style.context(["default", _STYLE]):
        if ax is None:
            _, ax = plt.subplots(figsize=(WIDTH, height), layout="constrained", facecolor="white")
        ax.set_facecolor("white")
        heading = ax.set_title(title, loc="left", pad=_KEY_PAD if key else 10, color=INK)
        for side in ("top", "right", "left"):
            ax.spines[side].set_visible(False)
        ax.spines["bottom"].set_color(GREY)
        for text in (heading, ax.xaxis.label, ax.yaxis.label):
            text.set_fontfamily(_FONT)  # of axes that were given, these are there already
        for text in (ax.xaxis.label, ax.yaxis.label):
            text.set(color=FAINT, fontsize=10.5)
        # Ticks are made when they are first drawn, when this style is no longer set.
        ax.tick_params(length=0, labelsize=10, labelcolor=FAINT, labelfontfamily=_FONT, pad=5)
        ax.set_axisbelow(True)
        yield ax
        _let_letters_be_drawn(ax)
        _flush_left(ax, heading)


def _let_letters_be_drawn(ax: Axes) -> None:
    """Let texts go on to the fonts that were found for letters which matplotlib's own one lacks."""
    if not _families:
        return
    from bazaar_nb.draw.figure_fonts import fall_back

    ax.tick_params(labelfontfamily=[_FONT, *_families])
    fall_back(ax, _families)


def _flush_left(ax: Axes, heading: Text) -> None:
    """Let the title and what is under it begin where the names of rows do, as they may need all the width."""
    from matplotlib.figure import SubFigure
    from matplotlib.transforms import ScaledTranslation

    figure = ax.get_figure()
    while isinstance(figure, SubFigure):  # `get_figure(root=True)` is matplotlib 3.10's
        figure = figure.figure
    for _ in range(2):  # where they begin has a part in where the rest is
        if figure is not None:
            figure.draw_without_rendering()  # now it is known where things are
        bounds = ax.yaxis.get_tightbbox()
        left = 0.0
        if bounds is not None:
            left = min(left, float(ax.transAxes.inverted().transform((bounds.x0, 0))[0]))
        heading.set_x(left)
        key = ax.get_legend()
        if key is not None and figure is not None:
            room = figure.bbox.x1 - ax.transAxes.transform((left, 0))[0]
            if key.get_window_extent().width > room and len(key.legend_handles) > _FEW:
                key = _place_key(ax, key.legend_handles, -(-len(key.legend_handles) // 2))
                ax.set_title(heading.get_text(), loc="left", pad=_KEY_PAD + _KEY_LINE, x=left)
            above = ScaledTranslation(0, _KEY_ABOVE / 72, figure.dpi_scale_trans)
            key.set_bbox_to_anchor((left, 1.0), transform=ax.transAxes + above)


def say_empty(ax: Axes, text: str) -> None:
    """Say in the middle of the axes that there is nothing to show, instead of a scale of nothing."""
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines["bottom"].set_visible(False)
    ax.text(0.5, 0.5, text, transform=ax.transAxes, ha="center", va="center", color=FAINT, fontsize=12)


def name_colours(ax: Axes, names: Sequence[tuple[str, str]]) -> None:
    """Say above the axes what colours mean."""
    from matplotlib.patches import Patch

    patches = [Patch(facecolor=colour, label=named(name)) for name, colour in names]
    _place_key(ax, patches, len(patches))


def _place_key(ax: Axes, patches: Sequence[Any], columns: int) -> Legend:
    key = ax.legend(
        handles=patches, loc="lower left", ncols=columns, frameon=False,
        handlelength=0.8, handleheight=0.8, handletextpad=0.4, columnspacing=1.2, borderaxespad=0,
        borderpad=0, prop={"family": _FONT, "size": 10}, labelcolor=FAINT,
    )  # fmt: skip
    key.set_in_layout(False)  # the title leaves room for it
    return key


def label_ends(ax: Axes, ends: Sequence[tuple[float, float, str, str]], least: float) -> None:
    """Write names beside the ends of lines, apart from each other by a least distance.

    Parameters
    ----------
    ends : sequence of (x, y, name, colour)
    least : float
        In the units of y.
    """
    free = -least / 2  # not on the line at nothing
    for x, y, name, colour in sorted(ends, key=lambda end: end[1]):
        free = max(y, free + least)
        ax.annotate(
            named(name), (x, free), xytext=(8, 0), textcoords="offset points", va="center", color=colour,
            fontsize=10, fontweight="bold", annotation_clip=False,
        )  # fmt: skip


def label_bar(ax: Axes, x: float, y: float, text: str) -> None:
    """Write what a horizontal bar says beside its end."""
    ax.annotate(
        text, (x, y), xytext=(6, 0), textcoords="offset points", va="center", color=INK, fontsize=10,
        annotation_clip=False,
    )  # fmt: skip


def name_rows(ax: Axes, names: Sequence[str]) -> None:
    """Name horizontal bars, the first at the top."""
    ax.set_yticks(range(len(names)), [named(name) for name in names])
    ax.tick_params(axis="y", labelcolor=INK)
    ax.set_ylim(len(names) - 0.4, -0.6)


def row_height(rows: int) -> float:
    """Give how high a figure of so many horizontal bars must be, in inches."""
    return 1.5 + 0.34 * max(rows, 1)


def row_names(table: pd.DataFrame, keys: Sequence[str]) -> list[str]:
    """Give the name of each row of a table: its keys, side by side."""
    if not keys:
        return ["all renders"] * len(table)
    most = _MOST_OF_ONE if len(keys) < 2 else _MOST_OF_TWO if len(keys) < 3 else _MOST_OF_MORE
    columns = [[cut(name, most) for name in _said(table[key])] for key in keys]
    return [" · ".join(row) for row in zip(*columns, strict=True)]


def _said(values: pd.Series[Any]) -> list[str]:
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return [f"{time:%-d %b %Y}" for time in values]
    return [str(value) for value in values.astype("object").where(values.notna(), "unknown")]


def cut(text: str, most: int) -> str:
    """Give a text as one line that isn't too long."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def named(text: str) -> str:
    """Give a user's text as it can be drawn: one line, not too long, its dollar signs no formulas.

    Fonts are looked for if matplotlib's own one lacks a letter. What no font has
    is a box, which is said once.
    """
    line = cut(text, MOST_LETTERS).replace("$", r"\$")
    if line.isascii():
        return line
    # Imported here: looking for fonts takes skia.
    from bazaar_nb.draw.figure_fonts import family_of, figure_faces, say_missing

    faces, missing = figure_faces("".join(sorted(set(line))))
    for face in faces:
        family = family_of(face.path, face.number)
        if family not in _families:
            _families.append(family)
    say_missing(missing)
    return line.translate(dict.fromkeys(map(ord, missing), _BOX))


def percent(share: float) -> str:
    """Give a share of one for people; of little, not nothing."""
    if np.isnan(share):
        return "–"
    return "<1%" if 0 < share < 0.005 else f"{share:.0%}"


def as_percents(ax: Axes, axis: str) -> None:
    """Write an axis of shares in percent, all of it."""
    from matplotlib.ticker import PercentFormatter

    getattr(ax, f"{axis}axis").set_major_formatter(PercentFormatter(1.0))
    getattr(ax, f"set_{axis}lim")(0, 1.02)
    getattr(ax, f"set_{axis}ticks")([0, 0.25, 0.5, 0.75, 1])


def as_counts(ax: Axes, axis: str) -> None:
    """Write an axis in whole numbers."""
    from matplotlib.ticker import MaxNLocator, StrMethodFormatter

    which = getattr(ax, f"{axis}axis")
    which.set_major_locator(MaxNLocator(nbins=6, integer=True))
    which.set_major_formatter(StrMethodFormatter("{x:,.0f}"))


def plain_numbers(ax: Axes, axis: str) -> None:
    """Write an axis in numbers without powers of ten, also a logarithmic one."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    which = getattr(ax, f"{axis}axis")
    which.set_major_formatter(FuncFormatter(lambda value, _: short_number(value)))
    which.set_minor_formatter(NullFormatter())


def short_number(value: float) -> str:
    """Give a number with three digits or so."""
    if not np.isfinite(value) or value == 0:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def grid(ax: Axes, axis: Literal["both", "x", "y"]) -> None:
    """Draw lines across, along one axis or both."""
    ax.grid(axis=axis, color=GRID, linewidth=0.8)


def checked(table: object, function: str, columns: Sequence[str]) -> pd.DataFrame:
    """Give the table that a picture is of.

    Raises
    ------
    InvalidValueError
        If it isn't what that function gives.
    """
    missing = [name for name in columns if name not in getattr(table, "columns", ())]
    if not isinstance(table, pd.DataFrame) or missing:
        lacks = f"it lacks {', '.join(missing)}" if isinstance(table, pd.DataFrame) else f"got {table!r:.60}"
        raise InvalidValueError(f"`table` must be what `{function}` gives: {lacks}")
    return table.reset_index(drop=True)


def finite(values: ArrayLike) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Give numbers with nothing for those that aren't known."""
    return np.nan_to_num(np.asarray(values, np.float64))
