"""Numbers and dates as words, in the manner of a locale (Babel, https://babel.pocoo.org)."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from bazaar_nb.errors import InvalidValueError

NumberStyle = Literal["plain", "compact", "percent", "currency"]
MINUS = "\u2212"
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True)
class NumberFormat:
    """Writes numbers.

    Parameters
    ----------
    style : str
        ``plain`` (1,234.5), ``compact`` (1.2K), ``percent`` (0.25 is 25%) or ``currency``.
    decimals : int, optional
        As many always; None for as many as the style has: up to 2, for compact numbers two figures.
    locale : str
        As ``de``, ``pt_BR``.
    currency : str
        ISO 4217 code, for ``currency``.
    prefix, suffix : str
        Before and after the number, as a unit has it.
    sign : bool
        Whether positive numbers have a plus.
    """

    style: NumberStyle = "plain"
    decimals: int | None = None
    locale: str = "en"
    currency: str = "USD"
    prefix: str = ""
    suffix: str = ""
    sign: bool = False

    def __post_init__(self) -> None:
        if self.style not in ("plain", "compact", "percent", "currency"):
            raise InvalidValueError(
                f"`style` must be plain, compact, percent or currency, got {self.style!r} (NumberFormat)"
            )
        if self.decimals is not None and not 0 <= self.decimals <= 15:
            raise InvalidValueError(f"`decimals` must be from 0 to 15, got {self.decimals!r} (NumberFormat)")
        _locale(self.locale)

    def __call__(self, value: float) -> str:
        """Write a number; one that is missing is an en dash."""
        number = float(value)
        if math.isnan(number):
            return "\u2013"
        if math.isinf(number):
            return "\u221e" if number > 0 else f"{MINUS}\u221e"
        written = self._written(abs(number))
        if number < 0 and any(digit.isdigit() and digit != "0" for digit in written):
            return f"{MINUS}{self.prefix}{written}{self.suffix}"
        sign = "+" if self.sign and number > 0 else ""
        return f"{sign}{self.prefix}{written}{self.suffix}"

    def _written(self, number: float) -> str:
        from babel import numbers

        places, locale = self.decimals, _locale(self.locale)
        if self.style == "compact" and number >= 1000:
            digits = places if places is not None else _compact_digits(number)
            return str(numbers.format_compact_decimal(number, locale=locale, fraction_digits=digits))
        if self.style == "compact" and places is None:
            places = 0 if number == round(number) else (1 if number >= 10 else 2)
        pattern = "#,##0" + ("." + "0" * places if places else "") if places is not None else "#,##0.##"
        if self.style == "percent":
            pattern = (
                "#,##0" + ("." + "0" * places if places else "") if places is not None else "#,##0"
            ) + "%"
            return str(numbers.format_percent(number, format=pattern, locale=locale))
        if self.style == "currency":
            if places is None:
                return str(numbers.format_currency(number, self.currency, locale=locale))
            return str(
                numbers.format_currency(
                    number, self.currency, format=locale.currency_formats["standard"].pattern.replace(
                        ".00", "." + "0" * places if places else ""
                    ).split(";")[0],
                    locale=locale, currency_digits=False,
                )
            )  # fmt: skip
        return str(numbers.format_decimal(number, format=pattern, locale=locale))


def _compact_digits(number: float) -> int:
    """Give one digit after the point where there is one before it: 1.2M, 12M, 123M."""
    lead = number / 10 ** (3 * math.floor(math.log10(number) / 3 + 1e-12))
    return 1 if lead < 9.95 else 0


@dataclass(frozen=True)
class DateFormat:
    """Writes moments that are days since 1970-01-01 (UTC), as `date_ticks` gives them.

    Parameters
    ----------
    pattern : str
        As ``yyyy``, ``MMM yyyy``, ``d MMM``, ``HH:mm``
        (https://unicode.org/reports/tr35/tr35-dates.html#Date_Format_Patterns).
    locale : str
    """

    pattern: str = "d MMM yyyy"
    locale: str = "en"

    def __post_init__(self) -> None:
        _locale(self.locale)

    def __call__(self, value: float) -> str:
        """Write a moment."""
        from babel.dates import format_datetime

        moment = _EPOCH + datetime.timedelta(days=float(value))
        return str(format_datetime(moment, self.pattern, tzinfo=datetime.UTC, locale=_locale(self.locale)))

    @classmethod
    def for_span(cls, low: float, high: float, locale: str = "en") -> DateFormat:
        """Give the format that tells moments apart in a span of days."""
        days = high - low
        for limit, pattern in ((1, "HH:mm"), (5, "d MMM HH:mm"), (120, "d MMM"), (1500, "MMM yyyy")):
            if days < limit:
                return cls(pattern, locale)
        return cls("yyyy", locale)


@lru_cache(maxsize=32)
def _locale(name: str) -> Any:
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        raise InvalidValueError(f"`locale` must be one such as en, de or pt_BR, got {name!r}") from None
