"""The moment that a race shows, large in a corner."""

from __future__ import annotations

from dataclasses import dataclass

from bazaar_nb.charts.room import Area, Room
from bazaar_nb.charts.table import Moments
from bazaar_nb.scales.formats import DateFormat
from bazaar_nb.scene.elements import AnyElement

_SHARE = 0.15  # of the shorter side


@dataclass(frozen=True)
class TimeLabel:
    """Writes moments.

    Attributes
    ----------
    kind : str
        ``number``, ``date`` or ``step``.
    names : tuple of str
        Of steps.
    decimals : int
        Of numbers.
    date : DateFormat
    """

    kind: str
    names: tuple[str, ...]
    decimals: int
    date: DateFormat

    @classmethod
    def for_moments(cls, moments: Moments, locale: str) -> TimeLabel:
        """Give the words that tell a column's moments apart."""
        values = moments.values
        whole = all(float(value).is_integer() for value in values.tolist())
        span = (float(values.min()), float(values.max()))
        return cls(moments.kind, moments.names, 0 if whole else 1, DateFormat.for_span(*span, locale))

    def words(self, moment: float) -> str:
        """Write a moment: between two, the earlier one."""
        if self.kind == "date":
            return self.date(moment + 1e-9)
        if self.kind == "step":
            return self.names[min(max(0, int(moment + 1e-9)), len(self.names) - 1)]
        return f"{int(moment + 1e-9)}" if self.decimals == 0 else f"{moment:.1f}"

    def draw(self, room: Room, area: Area, moment: float) -> list[AnyElement]:
        """Put the moment at the area's bottom right; its digits stand still."""
        words = self.words(moment)
        size = _SHARE * room.side if len(words) <= 5 else 0.085 * room.side
        return [
            room.text(
                words, size, room.theme.faint, weight=800, x=area.right, y=area.bottom, anchor="bottom-right",
                tabular=all(letter.isdigit() or letter in ".,-:+" for letter in words), line_height=1.0,
            )
        ]  # fmt: skip
