"""Ready films: each is a function with parameters (`bz.film`), and worth using as it is."""

from __future__ import annotations

from bazaar_nb.templates.bar_race_film import bar_race_film
from bazaar_nb.templates.countdown import Countdown, countdown
from bazaar_nb.templates.data_story import data_story
from bazaar_nb.templates.lower_third import LowerThird, lower_third
from bazaar_nb.templates.quote_card import QuoteCard, quote_card
from bazaar_nb.templates.slideshow import Slide, slideshow
from bazaar_nb.templates.title_card import PointsCard, TitleCard

__all__ = [
    "Countdown",
    "LowerThird",
    "PointsCard",
    "QuoteCard",
    "Slide",
    "TitleCard",
    "bar_race_film",
    "countdown",
    "data_story",
    "lower_third",
    "quote_card",
    "slideshow",
]
