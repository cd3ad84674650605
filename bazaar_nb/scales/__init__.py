"""Scales, ticks and formats: from data to pixels and to words, for charts and for those who build their own.

Ticks come from matplotlib's locators, words from Babel's locales: both as libraries, nothing is drawn here.

Examples
--------
>>> import bazaar_nb as bz
>>> x = bz.scales.Linear((0, 50), (100, 1100))
>>> float(x(25))
600.0
>>> bz.scales.nice_ticks(0, 50, 6)
array([ 0., 10., 20., 30., 40., 50.])
>>> bz.scales.NumberFormat("compact")(1_234_567)
'1.2M'
"""

from __future__ import annotations

from bazaar_nb.scales.formats import DateFormat as DateFormat
from bazaar_nb.scales.formats import NumberFormat as NumberFormat
from bazaar_nb.scales.scales import Band as Band
from bazaar_nb.scales.scales import Linear as Linear
from bazaar_nb.scales.scales import Log as Log
from bazaar_nb.scales.ticks import date_ticks as date_ticks
from bazaar_nb.scales.ticks import log_ticks as log_ticks
from bazaar_nb.scales.ticks import nice_domain as nice_domain
from bazaar_nb.scales.ticks import nice_ticks as nice_ticks

__all__ = [
    "Band",
    "DateFormat",
    "Linear",
    "Log",
    "NumberFormat",
    "date_ticks",
    "log_ticks",
    "nice_domain",
    "nice_ticks",
]
