"""Charts that move: a table in, a film out.

Every chart is a scene (``bz.Composition([bz.charts.BarRace(…)])``, or the last line of a cell) and a part of
others (``chart.at(time)``). All are components: pure functions of data and moment that return elements.
"""

from __future__ import annotations

from bazaar_nb.charts.annotations import CallOut as CallOut
from bazaar_nb.charts.annotations import Event as Event
from bazaar_nb.charts.annotations import Reference as Reference
from bazaar_nb.charts.bar_race import BarRace as BarRace
from bazaar_nb.charts.bars import Bars as Bars
from bazaar_nb.charts.chart import Chart as Chart
from bazaar_nb.charts.compare import Compare as Compare
from bazaar_nb.charts.counter import Counter as Counter
from bazaar_nb.charts.data_table import Table as Table
from bazaar_nb.charts.histogram import Histogram as Histogram
from bazaar_nb.charts.line_race import LineRace as LineRace
from bazaar_nb.charts.map import Map as Map
from bazaar_nb.charts.morphs import Morph as Morph
from bazaar_nb.charts.morphs import morph as morph
from bazaar_nb.charts.progress import Progress as Progress
from bazaar_nb.charts.projections import EqualEarth as EqualEarth
from bazaar_nb.charts.projections import LambertAzimuthal as LambertAzimuthal
from bazaar_nb.charts.scatter_race import ScatterRace as ScatterRace
from bazaar_nb.charts.share import Share as Share
from bazaar_nb.charts.story import Story as Story
from bazaar_nb.charts.theme import DARK as DARK
from bazaar_nb.charts.theme import LIGHT as LIGHT
from bazaar_nb.charts.theme import Theme as Theme
from bazaar_nb.charts.theme import use_theme as use_theme
from bazaar_nb.charts.timeline import Timeline as Timeline

__all__ = [
    "DARK",
    "LIGHT",
    "BarRace",
    "Bars",
    "CallOut",
    "Chart",
    "Compare",
    "Counter",
    "EqualEarth",
    "Event",
    "Histogram",
    "LambertAzimuthal",
    "LineRace",
    "Map",
    "Morph",
    "Progress",
    "Reference",
    "ScatterRace",
    "Share",
    "Story",
    "Table",
    "Theme",
    "Timeline",
    "morph",
    "use_theme",
]
