"""How a locale writes numbers: its patterns and signs, taken from Babel once, so that writing one is quick.

Babel (https://babel.pocoo.org) reads its pattern again and calculates with decimals for each number: 30 to
80 us. A film writes hundreds of thousands of them; here one takes 1 to 3 us and reads the same.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from bazaar_nb.errors import InvalidValueError

_POWERS = tuple(10.0**power for power in range(20))
_EXACT = 1e14  # floats tell a half apart from its neighbours below this


@dataclass(frozen=True, slots=True)
class NumberPattern:
    """What stands around a number's digits, and between them.

    Attributes
    ----------
    prefix, suffix : str
    point, separator : str
        Of decimals, and of groups.
    groups : (int, int)
        Digits of the first group before the point, and of those before it.
    """

    prefix: str
    suffix: str
    point: str
    separator: str
    groups: tuple[int, int]

    def write(self, number: float, least: int, most: int) -> str:
        """Write a number that is 0 or more, with so many decimals: between them no zeros at the end."""
        return f"{self.prefix}{self.digits(number, least, most)}{self.suffix}"

    def digits(self, number: float, least: int, most: int) -> str:
        """Write its digits alone; halves go to the even neighbour, as Babel has it."""
        scaled = number * _POWERS[most]
        if scaled < _EXACT and abs(scaled % 1.0 - 0.5) > 1e-15 * scaled:
            text = f"{number:.{most}f}"
        else:  # half way between two that can be written, as far as floats can tell
            text = _rounded(number, most)
        whole, _, part = text.partition(".")
        if least < most:
            part = part.rstrip("0").ljust(least, "0")
        first, rest = self.groups
        if len(whole) > first:
            stop = len(whole) - first
            parts = [whole[stop:]]
            while stop > rest:
                parts.append(whole[stop - rest : stop])
                stop -= rest
            parts.append(whole[:stop])
            whole = self.separator.join(reversed(parts))
        return f"{whole}{self.point}{part}" if part else whole


def _rounded(number: float, places: int) -> str:
    return (
        f"{Decimal(repr(number)).quantize(Decimal(1).scaleb(-places)):f}"
        if number < 1e25
        else f"{number:.0f}"
    )


@dataclass(frozen=True, slots=True)
class CompactPattern:
    """How numbers from a power of ten on are written.

    Attributes
    ----------
    divisor : float
        1 where the number is written in full.
    most : float
        The next power of ten that has a way of its own.
    forms : tuple of NumberPattern
        One for each plural form that differs: one, mostly.
    names : tuple of str
        Of the plural forms.
    """

    divisor: float
    most: float
    forms: tuple[NumberPattern, ...]
    names: tuple[str, ...]

    def form(self, locale: str, digits: str) -> NumberPattern:
        """Give the pattern for a number that reads as these digits, with a point."""
        if len(self.forms) == 1:
            return self.forms[0]
        return self.forms[_form_number(locale, self.names, digits)]


@lru_cache(maxsize=4096)
def _form_number(locale: str, names: tuple[str, ...], digits: str) -> int:
    number = Decimal(digits).normalize()
    name = str(find_locale(locale).plural_form(number))
    if number == 1 and "1" in names:
        name = "1"
    return names.index(name if name in names else "other")


@lru_cache(maxsize=32)
def find_locale(name: str) -> Any:
    """Give Babel's locale of a name.

    Raises
    ------
    InvalidValueError
        When there is none.
    """
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError, AttributeError):
        raise InvalidValueError(f"`locale` must be one such as en, de or pt_BR, got {name!r}") from None


@lru_cache(maxsize=32)
def decimal_pattern(locale: str) -> NumberPattern:
    """Give how a locale writes plain numbers."""
    return _pattern(find_locale(locale).decimal_formats[None], locale)


@lru_cache(maxsize=32)
def percent_pattern(locale: str) -> NumberPattern:
    """Give how a locale writes percents; the number is multiplied by the caller."""
    return _pattern(find_locale(locale).percent_formats[None], locale)


@lru_cache(maxsize=32)
def currency_pattern(locale: str, currency: str) -> tuple[NumberPattern, int]:
    """Give how a locale writes an amount of money, and the decimals that the currency has."""
    from babel.numbers import get_currency_precision, get_currency_symbol

    found = _pattern(find_locale(locale).currency_formats["standard"], locale)
    symbol = get_currency_symbol(currency, find_locale(locale))
    prefix, suffix = (part.replace("¤", symbol) for part in (found.prefix, found.suffix))
    return (
        NumberPattern(prefix, suffix, found.point, found.separator, found.groups),
        get_currency_precision(currency),
    )


@lru_cache(maxsize=32)
def compact_patterns(locale: str) -> tuple[tuple[float, ...], tuple[CompactPattern, ...]]:
    """Give the powers of ten that a locale has short words for, and the patterns from each on."""
    from babel.numbers import parse_pattern

    forms = find_locale(locale).compact_decimal_formats["short"]
    powers = sorted(int(power) for power in forms["other"])
    found = []
    for number, power in enumerate(powers):
        usual = parse_pattern(forms["other"][str(power)])
        most = float(powers[number + 1]) if number + 1 < len(powers) else math.inf
        if usual.pattern == "0":  # written in full
            found.append(CompactPattern(1.0, most, (decimal_pattern(locale),), ("other",)))
            continue
        divisor = power // 10 ** (usual.pattern.count("0") - 1)
        by_name = {
            str(name): _pattern(patterns.get(str(power), forms["other"][str(power)]), locale)
            for name, patterns in forms.items()
        }
        if len(set(by_name.values())) == 1:
            by_name = {"other": by_name["other"]}
        found.append(CompactPattern(float(divisor), most, tuple(by_name.values()), tuple(by_name)))
    return tuple(map(float, powers)), tuple(found)


def compact_pattern(locale: str, number: float) -> CompactPattern | None:
    """Give how a locale writes a number in short; None for one that is too small to be shortened."""
    powers, patterns = compact_patterns(locale)
    place = bisect_right(powers, number) - 1
    return patterns[place] if place >= 0 else None


def _pattern(written: Any, locale: str) -> NumberPattern:
    from babel.numbers import get_decimal_symbol, get_group_symbol, parse_pattern

    found, where = parse_pattern(written), find_locale(locale)
    prefix, suffix = (_unquoted(part[0]) for part in (found.prefix, found.suffix))
    groups = (min(found.grouping[0], 99), min(found.grouping[1], 99))
    return NumberPattern(prefix, suffix, get_decimal_symbol(where), get_group_symbol(where), groups)


def _unquoted(words: str) -> str:
    """Give a pattern's words without its quotes; two of them are one."""
    return "'".join(part.replace("'", "") for part in words.split("''"))
