"""Answers about all renders: each is a tidy DataFrame, and a picture for a report.

All functions take renders as `bazaar_nb.history` gives them, those of the
default workspace if none are given: ``bz.analysis.outcomes(period="week")``,
``bz.analysis.popular(bz.history(project="sales"), by="codec")``.
"""

from __future__ import annotations

from bazaar_nb.analysis.anomalies import anomalies as anomalies
from bazaar_nb.analysis.cache_savings import cache as cache
from bazaar_nb.analysis.costs import COST_KEYS as COST_KEYS
from bazaar_nb.analysis.costs import costs as costs
from bazaar_nb.analysis.engagement import WATCHING_KEYS as WATCHING_KEYS
from bazaar_nb.analysis.engagement import engagement as engagement
from bazaar_nb.analysis.engagement import retention as retention
from bazaar_nb.analysis.failures import errors as errors
from bazaar_nb.analysis.groups import KEYS as KEYS
from bazaar_nb.analysis.outcomes import outcomes as outcomes
from bazaar_nb.analysis.plots.bars import plot_costs as plot_costs
from bazaar_nb.analysis.plots.bars import plot_engagement as plot_engagement
from bazaar_nb.analysis.plots.bars import plot_errors as plot_errors
from bazaar_nb.analysis.plots.bars import plot_popular as plot_popular
from bazaar_nb.analysis.plots.bars import plot_stages as plot_stages
from bazaar_nb.analysis.plots.over_time import plot_cache as plot_cache
from bazaar_nb.analysis.plots.over_time import plot_outcomes as plot_outcomes
from bazaar_nb.analysis.plots.over_time import plot_success_rate as plot_success_rate
from bazaar_nb.analysis.plots.scatter import plot_anomalies as plot_anomalies
from bazaar_nb.analysis.plots.scatter import plot_retention as plot_retention
from bazaar_nb.analysis.plots.scatter import plot_speed as plot_speed
from bazaar_nb.analysis.popular import popular as popular
from bazaar_nb.analysis.prometheus import prometheus as prometheus
from bazaar_nb.analysis.speed import speed as speed
from bazaar_nb.analysis.stages import stages as stages
from bazaar_nb.analysis.summary import summary as summary
from bazaar_nb.jobs.prices import Prices as Prices

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
    "plot_anomalies",
    "plot_cache",
    "plot_costs",
    "plot_engagement",
    "plot_errors",
    "plot_outcomes",
    "plot_popular",
    "plot_retention",
    "plot_speed",
    "plot_stages",
    "plot_success_rate",
    "popular",
    "prometheus",
    "retention",
    "speed",
    "stages",
    "summary",
]
