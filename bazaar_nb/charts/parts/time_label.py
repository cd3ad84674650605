"""The moment that a race shows, large in a corner."""

from __future__ import annotations

from dataclasses import dataclass

from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.parts.table import Moments
from bazaar_nb.scales.formats import DateFormat
from bazaar_nb.scene.elements import Anchor, AnyElement

_SHARE = 0.15  # of the shorter side
_WEIGHT = 800


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
    last : float
        The last moment.
    """

    kind: str
    names: tuple[str, ...]
    decimals: int
    date: DateFormat
    last: float

    @classmethod
    def for_moments(cls, moments: Moments, locale: str) -> TimeLabel:
        """Give the words that tell a column's moments apart."""
        values = moments.values
        whole = all(float(value).is_integer() for value in values.tolist())
        span = (float(values.min()), float(values.max()))
        return cls(
            moments.kind, moments.names, 0 if whole else 1, DateFormat.for_span(*span, locale), span[1]
        )

    def words(self, moment: float) -> str:
        """Write a moment: between two, the earlier one."""
        if self.kind == "date":
            return self.date(moment + 1e-9)
        if self.kind == "step":
            return self.names[min(max(0, int(moment + 1e-9)), len(self.names) - 1)]
        return f"{int(moment + 1e-9)}" if self.decimals == 0 else f"{moment:.1f}"

    def size(self, room: Room, area: Area) -> float:
        """Give the size of letters in pixels: one for all moments, so that none jumps."""
        longest = max(self.names, key=len) if self.names else self.words(self.last)
        size = (_SHARE if len(longest) <= 5 else 0.085) * room.side
        width = room.width_of(longest, size, _WEIGHT)
        return max(room.label_size, size * min(1.0, 0.85 * area.width / max(1.0, width)))

    def draw(self, room: Room, area: Area, moment: float, *, at_top: bool = False) -> list[AnyElement]:
        """Put the moment at the area's bottom right, or at its top right; its digits stand still."""
        words, size = self.words(moment), self.size(room, area)
        if self.names:
            words = room.shorten(words, size, area.width, _WEIGHT)
        anchor: Anchor = "top-right" if at_top else "bottom-right"
        return [
            room.text(
                words, size, room.theme.faint, weight=_WEIGHT, x=area.right,
                y=area.top if at_top else area.bottom, anchor=anchor, line_height=1.0,
                tabular=all(letter.isdigit() or letter in ".,-:+" for letter in words),
            )
        ]  # fmt: skip
