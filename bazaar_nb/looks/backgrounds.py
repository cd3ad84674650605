"""Backgrounds that move, slowly: to stand behind words and charts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.looks.filters import check_amount
from bazaar_nb.motion.noise import random
from bazaar_nb.scene.elements import AnyElement, Ellipse, Fill, Group, Points, Polyline
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.paint import LinearGradient, Stroke
from bazaar_nb.values.color import Color, parse_color

DUSK = ("#0f172a", "#312e81", "#7c3aed")


def gradient(
    frame: Frame,
    colors: Sequence[Color] = DUSK,
    *,
    angle: float = 60.0,
    swing: float = 25.0,
    period: float = 20.0,
) -> tuple[AnyElement, ...]:
    """Give a gradient whose direction swings.

    Parameters
    ----------
    frame : Frame
    colors : sequence of colour
        Two or more.
    angle, swing : float
        Degrees: of its direction, and how far that goes to either side.
    period : float
        Seconds of one to and fro.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=4)
    ... def shown(frame):
    ...     return [bz.looks.gradient(frame, ["teal", "navy"]), bz.Text("calm")]
    """
    phase = 2 * math.pi * frame.time / check_amount(period, "period", "gradient", 0.1, 1e6)
    around = check_amount(angle, "angle", "gradient", -1e6, 1e6)
    far = check_amount(swing, "swing", "gradient", -360, 360)
    return (Fill(LinearGradient(_palette(colors, "gradient"), angle=around + far * math.sin(phase))),)


def grid(
    frame: Frame,
    *,
    spacing: float | None = None,
    color: Color = "rgba(125, 160, 220, 0.38)",
    background: Color = "#0b1120",
    speed: float = 14.0,
    angle: float = 35.0,
    width: float = 2.0,
) -> tuple[AnyElement, ...]:
    """Give a grid of lines that drifts.

    Parameters
    ----------
    frame : Frame
    spacing : float, optional
        Pixels between lines; by default a twelfth of the frame's smaller side.
    color, background : colour
    speed : float
        Pixels a second.
    angle : float
        Degrees of the direction in which it drifts: 0 is to the right, 90 down.
    width : float
        Of the lines, in pixels.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=4)
    ... def shown(frame):
    ...     return [bz.looks.grid(frame), bz.Text("calm")]
    """
    step = min(frame.width, frame.height) / 12 if spacing is None else spacing
    step = check_amount(step, "spacing", "grid", 2, 1e5)
    way = check_amount(speed, "speed", "grid", -1e5, 1e5) * frame.time
    turned = math.radians(check_amount(angle, "angle", "grid", -1e6, 1e6))
    across, down = (
        np.arange(-1, size / step + 1) * step + (way * part) % step
        for size, part in ((frame.width, math.cos(turned)), (frame.height, math.sin(turned)))
    )
    stroke = Stroke(color, check_amount(width, "width", "grid", 0.1, 1000))
    upright = Polyline(_pairs(across, across), _pairs(0 * across, 0 * across + frame.height), stroke=stroke)
    level = Polyline(_pairs(0 * down, 0 * down + frame.width), _pairs(down, down), stroke=stroke)
    return Fill(background), upright, level


def _pairs(one: NDArray[np.float64], other: NDArray[np.float64]) -> Any:
    return np.stack([one, other], axis=1)


def particles(
    frame: Frame,
    count: int = 140,
    *,
    colors: Sequence[Color] = ("#e0e7ff", "#a5b4fc"),
    background: Color | Sequence[Color] = ("#0b1026", "#1e1b4b"),
    size: float | None = None,
    speed: float = 16.0,
    seed: int | str = 0,
) -> tuple[AnyElement, ...]:
    """Give particles that drift and shimmer: one `Points` element, however many.

    Parameters
    ----------
    frame : Frame
    count : int
        1 to 20,000.
    colors : sequence of colour
        Each particle has one of them.
    background : colour or sequence of colour
        Of several, from the top to the bottom.
    size : float, optional
        Of the largest, in pixels; by default a 90th of the frame's smaller side. The small ones are slower:
        they seem further away.
    speed : float
        Pixels a second of the largest, upwards.
    seed : int or str
        Another one puts them elsewhere.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=4)
    ... def shown(frame):
    ...     return [bz.looks.particles(frame, 200), bz.Text("calm")]
    """
    many = int(check_amount(count, "count", "particles", 1, 20_000))
    chance = _chance(many, str(seed))
    largest = min(frame.width, frame.height) / 90 if size is None else size
    largest = check_amount(largest, "size", "particles", 0.1, 1e4)
    near = 0.25 + 0.75 * chance[2] ** 2
    time = frame.time
    room = 2 * largest
    way = check_amount(speed, "speed", "particles", -1e5, 1e5) * near * time
    x = chance[0] * frame.width + 14 * near * np.sin(
        2 * np.pi * (chance[3] + time * (0.03 + 0.05 * chance[4]))
    )
    y = (chance[1] * (frame.height + 2 * room) - way) % (frame.height + 2 * room) - room
    light = 0.45 + 0.55 * near * (
        0.7 + 0.3 * np.sin(2 * np.pi * (chance[4] + time * (0.05 + 0.1 * chance[3])))
    )
    palette = np.array([parse_color(color) for color in _palette(colors, "particles", least=1)])
    shades = palette[(chance[5] * len(palette)).astype(int) % len(palette)]
    shades[:, 3] *= np.clip(light, 0, 1)
    ground = background if isinstance(background, str) else LinearGradient(_palette(background, "particles"))
    return Fill(ground), Points(x, y, size=largest * near, color=shades)


@lru_cache(maxsize=8)
def _chance(count: int, seed: str) -> NDArray[np.float64]:
    """Give six numbers a particle, the same for a seed."""
    numbers = np.random.Generator(np.random.PCG64(int(random("particles", seed) * 2**53)))
    return numbers.random((6, count))


def aurora(
    frame: Frame,
    colors: Sequence[Color] = ("#6366f1", "#22d3ee", "#d946ef", "#14b8a6"),
    *,
    background: Color = "#0b1026",
    strength: float = 0.7,
    period: float = 24.0,
    seed: int | str = 0,
) -> tuple[AnyElement, ...]:
    """Give soft lights that wander.

    Parameters
    ----------
    frame : Frame
    colors : sequence of colour
        Of the lights, 1 to 12.
    background : colour
    strength : float
        How bright they are, 0 to 1.
    period : float
        Seconds after which all are where they were.
    seed : int or str
        Another one sends them on other ways.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=4)
    ... def shown(frame):
    ...     return [bz.looks.aurora(frame), bz.Text("calm")]
    """
    most = check_amount(strength, "strength", "aurora")
    turn = 2 * math.pi * frame.time / check_amount(period, "period", "aurora", 0.1, 1e6)
    lights: list[AnyElement] = []
    longest = max(frame.width, frame.height)
    for number, color in enumerate(_palette(colors, "aurora", least=1, most=12)):
        a, b, c, d = (random("aurora", str(seed), number, part) for part in range(4))
        x = 0.5 + 0.42 * math.sin(turn + 2 * math.pi * a) * (0.6 + 0.4 * c)
        y = 0.5 + 0.42 * math.cos(turn * (1 if d < 0.5 else -1) + 2 * math.pi * b)
        side = longest * (0.42 + 0.25 * c)
        lights.append(Ellipse(width=side, x=x * frame.width, y=y * frame.height, fill=color))
    # One blur of all costs a fifth of a large gradient for each.
    return Fill(background), Group(tuple(lights), blur=min(1000.0, longest * 0.085), opacity=most)


def _palette(colors: Sequence[Color], what: str, least: int = 2, most: int = 64) -> tuple[Color, ...]:
    given = (colors,) if isinstance(colors, str) else tuple(colors)
    if not least <= len(given) <= most:
        raise InvalidValueError(f"`colors` must be {least} to {most} colours, got {len(given)} ({what})")
    for color in given:
        parse_color(color)
    return given
