"""Numbers and dates as words, in the manner of a locale (Babel, https://babel.pocoo.org)."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Literal

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scales.number_pattern import (
    compact_pattern,
    currency_pattern,
    decimal_pattern,
    find_locale,
    percent_pattern,
)

NumberStyle = Literal["plain", "compact", "percent", "currency"]
MINUS = "\u2212"
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_TINY, _HUGE = 1e-5, 1e16  # what lies beyond is written with a power of ten
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_MOST_DECIMALS = 15


@dataclass(frozen=True)
class NumberFormat:
    """Writes numbers.

    Parameters
    ----------
    style : str
        ``plain`` (1,234.5), ``compact`` (1.2K), ``percent`` (0.25 is 25%) or ``currency``.
    decimals : int, optional
        As many always; None for as many as the style has: plain numbers have up to 2, or two figures where
        they are below 0.1; compact ones two figures; a currency its own.
    locale : str
        As ``de``, ``pt_BR``.
    currency : str
        ISO 4217 code, for ``currency``.
    prefix, suffix : str
        Before and after the number, as a unit has it.
    sign : bool
        Whether positive numbers have a plus.
    step : float, optional
        Numbers are multiples of it, as ticks are: without `decimals` they get as many as that takes.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.scales.NumberFormat("compact")(1_234_567), bz.scales.NumberFormat(suffix=" °C")(-3.25)
    ('1.2M', '\u22123.25 °C')
    """

    style: NumberStyle = "plain"
    decimals: int | None = None
    locale: str = "en"
    currency: str = "USD"
    prefix: str = ""
    suffix: str = ""
    sign: bool = False
    step: float | None = None

    def __post_init__(self) -> None:
        if self.style not in ("plain", "compact", "percent", "currency"):
            raise InvalidValueError(
                f"`style` must be plain, compact, percent or currency, got {self.style!r} (NumberFormat)"
            )
        if self.decimals is not None and not 0 <= self.decimals <= _MOST_DECIMALS:
            raise InvalidValueError(f"`decimals` must be from 0 to 15, got {self.decimals!r} (NumberFormat)")
        if self.step is not None and not 0 < self.step < math.inf:
            raise InvalidValueError(f"`step` must be above 0, got {self.step!r} (NumberFormat)")
        find_locale(self.locale)

    def __call__(self, value: float) -> str:
        """Write a number; one that is missing is an en dash."""
        number = float(value)
        size = abs(number)
        if not size < math.inf:
            if math.isnan(number):
                return "\u2013"
            return "\u221e" if number > 0 else f"{MINUS}\u221e"
        written = self._written(size)
        if number < 0 and (size >= 1 or any("1" <= digit <= "9" for digit in written)):
            return f"{MINUS}{self.prefix}{written}{self.suffix}"
        if self.sign and number > 0:
            return f"+{self.prefix}{written}{self.suffix}"
        return f"{self.prefix}{written}{self.suffix}" if self.prefix or self.suffix else written

    def for_step(self, step: float) -> NumberFormat:
        """Give the format for multiples of a step, that tells them apart: for the ticks of an axis."""
        return replace(self, step=float(step)) if step > 0 and math.isfinite(step) else self

    def steady(self, values: Iterable[float], *, whole: bool | None = None) -> SteadyFormat:
        """Give the format for numbers that run through these: their decimals don't change on the way.

        Parameters
        ----------
        values : iterable of float
            Some of them, at least the smallest and largest.
        whole : bool, optional
            Whether they count something, and have no decimals below a thousand; by default where all are
            whole.
        """
        sizes = [size for size in (abs(float(value)) for value in values) if 0 < size < math.inf]
        ends: dict[float, tuple[float, float]] = {}
        for size in sizes:
            unit = self._unit(size)
            low, high = ends.get(unit, (math.inf, 0.0))
            ends[unit] = min(low, size / unit), max(high, size / unit)
        whole = all(size.is_integer() for size in sizes) if whole is None else whole
        formats = {}
        for unit, (low, high) in ends.items():
            figures = max(2 - _exponent(high), 1 - max(_exponent(low), -1))
            decimals = 0 if whole and unit == 1 else min(max(0, figures), _MOST_DECIMALS)
            kept = self.decimals is not None or not _TINY * 10 < high * unit < _HUGE
            formats[unit] = self if kept else replace(self, decimals=decimals)
        return SteadyFormat(self, formats)

    def _unit(self, size: float) -> float:
        """Give what a number is divided by before it is written."""
        if self.style == "percent":
            return 0.01
        found = compact_pattern(self.locale, size) if self.style == "compact" else None
        return 1.0 if found is None else found.divisor

    def _written(self, number: float) -> str:
        places = self.decimals
        if places is None and (number >= _HUGE or 0 < number < _TINY) and self.style in ("plain", "compact"):
            return self._with_power(number)
        if self.style == "compact" and number >= 999.5:
            rounded = round(number, 1 if places is None else places) if number < 1000 else number
            if rounded >= 1000:  # 999.96 is 1K
                return self._compact(rounded)
        if self.style == "percent":
            number, usual, pattern = number * 100, 0, percent_pattern(self.locale)
        elif self.style == "currency":
            pattern, usual = currency_pattern(self.locale, self.currency)
        else:
            pattern, usual = decimal_pattern(self.locale), 2
        if places is not None:
            return pattern.write(number, places, places)
        if self.step is not None:
            places = _decimals_of(self.step * (100 if self.style == "percent" else 1))
            return pattern.write(number, 0 if number == 0 else places, places)
        if self.style == "compact" and number >= 10:
            usual = 1
        elif 0 < number < 0.1 and self.style in ("plain", "compact"):
            usual = 1 - _exponent(number)
        return pattern.write(number, usual if self.style == "currency" else 0, usual)

    def _compact(self, number: float) -> str:
        found = compact_pattern(self.locale, number)
        if found is None:
            return decimal_pattern(self.locale).write(number, 0, 0)
        places = self._compact_places(number, found.divisor)
        if round(number / found.divisor, places) * found.divisor >= found.most:  # 999,999 is 1M, not 1000K
            number = found.most
            found = compact_pattern(self.locale, number) or found
            places = self._compact_places(number, found.divisor)
        lead = number / found.divisor
        least = 0 if self.decimals is None or found.divisor == 1 else places
        pattern = found.forms[0]
        if len(found.forms) > 1:
            pattern = found.form(self.locale, f"{lead:.{places}f}")
        return pattern.write(lead, least, places)

    def _compact_places(self, number: float, divisor: float) -> int:
        if divisor == 1:
            return 0
        if self.decimals is not None:
            return self.decimals
        if self.step is not None:
            return min(3, _decimals_of(self.step / divisor))
        return 1 if number / divisor < 9.95 else 0

    def _with_power(self, number: float) -> str:
        lead, _, power = f"{number:.2e}".partition("e")
        figures = decimal_pattern(self.locale).write(float(lead), 0, 2)
        return f"{figures}×10{str(int(power)).translate(_RAISED)}"


@dataclass(frozen=True)
class SteadyFormat:
    """Writes numbers that change, with as many decimals as all of a size have: see `NumberFormat.steady`.

    Attributes
    ----------
    usual : NumberFormat
        Of numbers that were not told.
    by_unit : dict
        Formats by what a number is divided by before it is written.
    """

    usual: NumberFormat
    by_unit: dict[float, NumberFormat]

    @cached_property
    def only(self) -> NumberFormat | None:
        """The format where there is one alone."""
        return next(iter(self.by_unit.values())) if len(self.by_unit) == 1 else None

    def __call__(self, value: float) -> str:
        """Write a number."""
        if self.only is not None:
            return self.only(value)
        size = abs(float(value))
        return self.by_unit.get(self.usual._unit(size) if size < math.inf else 0.0, self.usual)(value)


def _exponent(number: float) -> int:
    """Give the power of ten of a number's first figure."""
    return math.floor(math.log10(number) + 1e-12)


@lru_cache(maxsize=1024)
def _decimals_of(step: float) -> int:
    """Give the decimals that a step takes, at most three figures of it."""
    most = min(max(0, 2 - _exponent(step)), _MOST_DECIMALS)
    return next((places for places in range(most) if abs(round(step, places) - step) <= 1e-9 * step), most)


@dataclass(frozen=True)
class DateFormat:
    """Writes moments that are days since 1970-01-01 (UTC), as `date_ticks` gives them.

    Parameters
    ----------
    pattern : str
        As ``yyyy``, ``MMM yyyy``, ``d MMM``, ``HH:mm``
        (https://unicode.org/reports/tr35/tr35-dates.html#Date_Format_Patterns).
    locale : str

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> import numpy as np
    >>> import matplotlib.dates as dates
    >>> bz.scales.DateFormat("d MMM yyyy")(dates.date2num(np.datetime64("2026-11-29")))
    '29 Nov 2026'
    """

    pattern: str = "d MMM yyyy"
    locale: str = "en"

    def __post_init__(self) -> None:
        find_locale(self.locale)

    def __call__(self, value: float) -> str:
        """Write a moment."""
        return _written_date(float(value), self.pattern, self.locale)

    @classmethod
    def for_span(cls, low: float, high: float, locale: str = "en") -> DateFormat:
        """Give the format that tells moments apart in a span of days."""
        days = high - low
        for limit, pattern in ((1, "HH:mm"), (5, "d MMM HH:mm"), (120, "d MMM"), (1500, "MMM yyyy")):
            if days < limit:
                return cls(pattern, locale)
        return cls("yyyy", locale)


@lru_cache(maxsize=8192)
def _written_date(days: float, pattern: str, locale: str) -> str:
    from babel.dates import format_datetime

    moment = _EPOCH + datetime.timedelta(days=days)
    return str(format_datetime(moment, pattern, tzinfo=datetime.UTC, locale=find_locale(locale)))
