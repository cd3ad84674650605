"""How far apart two colours look, also to those who confuse red and green.

Sources: Machado, Oliveira and Fernandes 2009, "A Physiologically-based Model for Simulation of Color Vision
Deficiency" (matrices for severity 1.0, in linear RGB); Sharma, Wu and Dalal 2005, "The CIEDE2000
Color-Difference Formula" (with their test data); WCAG 2.2 for contrast.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.values.color import parse_color

Floats = NDArray[np.float64]
VISION: dict[str, Floats] = {
    "usual": np.eye(3),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
}
_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def linear_rgb(color: str) -> Floats:
    """Give a colour's linear red, green and blue."""
    rgb = np.array(parse_color(color)[:3])
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(linear: Floats) -> Floats:
    """Give CIELAB of linear RGB, for white as sRGB has it."""
    ratio = _XYZ @ np.clip(linear, 0, 1) / (_XYZ @ np.ones(3))
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(color: str, other: str) -> float:
    """Give the contrast ratio of two colours."""
    first, second = sorted(float(linear_rgb(one) @ (0.2126, 0.7152, 0.0722)) for one in (color, other))
    return (second + 0.05) / (first + 0.05)


def ciede2000(one: Floats, other: Floats) -> float:
    """Give how far two colours of CIELAB are apart; the steps are numbered as in the paper."""
    (l1, a1, b1), (l2, a2, b2) = one.tolist(), other.tolist()
    mean_c = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2  # (2), (3)
    g = 0.5 * (1 - np.sqrt(mean_c**7 / (mean_c**7 + 25.0**7)))  # (4)
    a1, a2 = a1 * (1 + g), a2 * (1 + g)  # (5)
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)  # (6)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360  # (7)
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0  # (10)
    dh = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))  # (11)
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2  # (12), (13)
    if c1 * c2 == 0:  # (14)
        mean_h = h1 + h2
    elif abs(h1 - h2) <= 180:
        mean_h = (h1 + h2) / 2
    else:
        mean_h = (h1 + h2 + (360 if h1 + h2 < 360 else -360)) / 2
    t = (
        1
        - 0.17 * np.cos(np.radians(mean_h - 30))
        + 0.24 * np.cos(np.radians(2 * mean_h))
        + 0.32 * np.cos(np.radians(3 * mean_h + 6))
        - 0.20 * np.cos(np.radians(4 * mean_h - 63))
    )  # fmt: skip  (15)
    theta = 30 * np.exp(-(((mean_h - 275) / 25) ** 2))  # (16)
    rc = 2 * np.sqrt(mean_c**7 / (mean_c**7 + 25.0**7))  # (17)
    sl = 1 + 0.015 * (mean_l - 50) ** 2 / np.sqrt(20 + (mean_l - 50) ** 2)  # (18)
    sc, sh = 1 + 0.045 * mean_c, 1 + 0.015 * mean_c * t  # (19), (20)
    rt = -np.sin(np.radians(2 * theta)) * rc  # (21)
    parts = (l2 - l1) / sl, (c2 - c1) / sc, dh / sh
    return float(np.sqrt(sum(part**2 for part in parts) + rt * parts[1] * parts[2]))  # (22)
