"""Ready films: each is a function with parameters (`bz.film`), and worth using as it is."""

from __future__ import annotations

from bazaar_nb.templates.bar_race_film import bar_race_film
from bazaar_nb.templates.countdown import Countdown, countdown
from bazaar_nb.templates.lower_third import LowerThird, lower_third
from bazaar_nb.templates.quote_card import QuoteCard, quote_card
from bazaar_nb.templates.slideshow import Slide, slideshow

__all__ = [
    "Countdown", "LowerThird", "QuoteCard", "Slide", "bar_race_film", "countdown", "lower_third", "quote_card",
    "slideshow",
]  # fmt: skip
