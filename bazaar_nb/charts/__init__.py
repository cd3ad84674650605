"""Charts that move: a table in, a film out.

Every chart is a scene (``bz.Composition([bz.charts.BarRace(…)])``, or the last line of a cell) and a part of
others (``chart.at(time)``). All are components: pure functions of data and moment that return elements.
"""

from __future__ import annotations

from bazaar_nb.charts.annotations import CallOut as CallOut
from bazaar_nb.charts.annotations import Event as Event
from bazaar_nb.charts.annotations import Reference as Reference
from bazaar_nb.charts.bars.bars import Bars as Bars
from bazaar_nb.charts.bars.histogram import Histogram as Histogram
from bazaar_nb.charts.chart import Chart as Chart
from bazaar_nb.charts.distributions.box import Box as Box
from bazaar_nb.charts.distributions.ridge import Ridge as Ridge
from bazaar_nb.charts.heat.heatmap import Heatmap as Heatmap
from bazaar_nb.charts.lines.areas import Areas as Areas
from bazaar_nb.charts.lines.lines import Lines as Lines
from bazaar_nb.charts.lines.slope import Slope as Slope
from bazaar_nb.charts.maps.map import Map as Map
from bazaar_nb.charts.maps.projections import EqualEarth as EqualEarth
from bazaar_nb.charts.maps.projections import LambertAzimuthal as LambertAzimuthal
from bazaar_nb.charts.morphs.morphs import Morph as Morph
from bazaar_nb.charts.morphs.morphs import morph as morph
from bazaar_nb.charts.morphs.story import Story as Story
from bazaar_nb.charts.numbers.compare import Compare as Compare
from bazaar_nb.charts.numbers.counter import Counter as Counter
from bazaar_nb.charts.numbers.progress import Progress as Progress
from bazaar_nb.charts.points.scatter import Scatter as Scatter
from bazaar_nb.charts.races.bar_race import BarRace as BarRace
from bazaar_nb.charts.races.line_race import LineRace as LineRace
from bazaar_nb.charts.races.scatter_race import ScatterRace as ScatterRace
from bazaar_nb.charts.shares.share import Share as Share
from bazaar_nb.charts.theme import DARK as DARK
from bazaar_nb.charts.theme import LIGHT as LIGHT
from bazaar_nb.charts.theme import Theme as Theme
from bazaar_nb.charts.theme import use_theme as use_theme
from bazaar_nb.charts.words.data_table import Table as Table
from bazaar_nb.charts.words.timeline import Timeline as Timeline

__all__ = [
    "DARK",
    "LIGHT",
    "Areas",
    "BarRace",
    "Bars",
    "Box",
    "CallOut",
    "Chart",
    "Compare",
    "Counter",
    "EqualEarth",
    "Event",
    "Heatmap",
    "Histogram",
    "LambertAzimuthal",
    "LineRace",
    "Lines",
    "Map",
    "Morph",
    "Progress",
    "Reference",
    "Ridge",
    "Scatter",
    "ScatterRace",
    "Share",
    "Slope",
    "Story",
    "Table",
    "Theme",
    "Timeline",
    "morph",
    "use_theme",
]
