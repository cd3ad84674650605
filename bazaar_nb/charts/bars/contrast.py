"""Which ink is read best on a colour."""

from __future__ import annotations

from functools import lru_cache

from bazaar_nb.values.color import parse_color

_DARK, _LIGHT = "#14181f", "#ffffff"


@lru_cache(maxsize=256)
def ink_on(fill: str) -> str:
    """Give dark or light ink, whichever stands out more (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""
    below = luminance(fill)
    return _DARK if contrast(below, luminance(_DARK)) >= contrast(below, luminance(_LIGHT)) else _LIGHT


def luminance(color: str) -> float:
    """Give a colour's relative luminance, 0 to 1, as WCAG has it."""
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parse_color(color)[:3]
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: float, other: float) -> float:
    """Give the contrast ratio of two luminances, 1 to 21."""
    low, high = sorted((one, other))
    return (high + 0.05) / (low + 0.05)
