"""Charts that move: a table in, a film out.

Every chart is a scene (``bz.Composition([bz.charts.BarRace(…)])``, or the last line of a cell) and a part of
others (``chart.at(time)``). All are components: pure functions of data and moment that return elements.
"""

from __future__ import annotations

from bazaar_nb.charts.annotations import CallOut as CallOut
from bazaar_nb.charts.annotations import Event as Event
from bazaar_nb.charts.annotations import Reference as Reference
from bazaar_nb.charts.areas import Areas as Areas
from bazaar_nb.charts.bar_race import BarRace as BarRace
from bazaar_nb.charts.box import Box as Box
from bazaar_nb.charts.chart import Chart as Chart
from bazaar_nb.charts.heatmap import Heatmap as Heatmap
from bazaar_nb.charts.line_race import LineRace as LineRace
from bazaar_nb.charts.lines import Lines as Lines
from bazaar_nb.charts.ridge import Ridge as Ridge
from bazaar_nb.charts.scatter import Scatter as Scatter
from bazaar_nb.charts.scatter_race import ScatterRace as ScatterRace
from bazaar_nb.charts.slope import Slope as Slope
from bazaar_nb.charts.theme import DARK as DARK
from bazaar_nb.charts.theme import LIGHT as LIGHT
from bazaar_nb.charts.theme import Theme as Theme
from bazaar_nb.charts.theme import use_theme as use_theme

__all__ = [
    "DARK",
    "LIGHT",
    "Areas",
    "BarRace",
    "Box",
    "CallOut",
    "Chart",
    "Event",
    "Heatmap",
    "LineRace",
    "Lines",
    "Reference",
    "Ridge",
    "Scatter",
    "ScatterRace",
    "Slope",
    "Theme",
    "use_theme",
]
