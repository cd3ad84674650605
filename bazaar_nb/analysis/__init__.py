"""Answers about all renders: each is a tidy DataFrame, and a picture for a report.

All functions take renders as `bazaar_nb.history` gives them, those of the
default workspace if none are given: ``bz.analysis.outcomes(period="week")``,
``bz.analysis.popular(bz.history(project="sales"), by="codec")``.
"""

from __future__ import annotations

from bazaar_nb.analysis.anomalies import anomalies as anomalies
from bazaar_nb.analysis.cache import cache as cache
from bazaar_nb.analysis.costs import COST_KEYS as COST_KEYS
from bazaar_nb.analysis.costs import costs as costs
from bazaar_nb.analysis.failures import errors as errors
from bazaar_nb.analysis.groups import KEYS as KEYS
from bazaar_nb.analysis.outcomes import outcomes as outcomes
from bazaar_nb.analysis.popular import popular as popular
from bazaar_nb.analysis.prices import Prices as Prices
from bazaar_nb.analysis.prometheus import prometheus as prometheus
from bazaar_nb.analysis.speed import speed as speed
from bazaar_nb.analysis.stages import stages as stages
from bazaar_nb.analysis.summary import summary as summary
from bazaar_nb.analysis.watching import WATCHING_KEYS as WATCHING_KEYS
from bazaar_nb.analysis.watching import engagement as engagement
from bazaar_nb.analysis.watching import retention as retention

__all__ = [
    "COST_KEYS",
    "KEYS",
    "WATCHING_KEYS",
    "Prices",
    "anomalies",
    "cache",
    "costs",
    "engagement",
    "errors",
    "outcomes",
    "popular",
    "prometheus",
    "retention",
    "speed",
    "stages",
    "summary",
]
