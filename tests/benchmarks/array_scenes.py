"""Scenes of charts with thousands of points, all of which move in every frame."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

import bazaar_nb as bz

Floats = NDArray[np.float64]


@bz.scene
def points_scene(frame: bz.Frame, count: int = 10_000, size: float = 8) -> list[bz.Element]:
    """Points on circles of their own, coloured by where they are."""
    x, y, _ = _places(count, frame.time)
    return [bz.Fill("#0f172a"), bz.Points(x, y, size=size, color=x, colormap="viridis", range=(0, 1920))]


@bz.scene
def sizes_scene(frame: bz.Frame) -> list[bz.Element]:
    """The same with sizes of their own, which stay."""
    x, y, sizes = _places(10_000, frame.time)
    return [bz.Fill("#0f172a"), bz.Points(x, y, size=sizes, color=x, colormap="turbo", range=(0, 1920))]


@bz.scene
def many_points_scene(frame: bz.Frame) -> list[bz.Element]:
    """Ten times as many, and smaller ones."""
    x, y, _ = _places(100_000, frame.time)
    return [bz.Fill("#0f172a"), bz.Points(x, y, size=3, color=y, colormap="magma", range=(-200, 1080))]


@bz.scene
def line_scene(frame: bz.Frame) -> list[bz.Element]:
    """A sum of waves."""
    x = np.linspace(60, 1860, 10_000)
    at = x / 1800 * 40 + frame.time
    y = 540 + 180 * np.sin(at) + 90 * np.sin(2.7 * at + 1) + 25 * np.sin(5.3 * at)
    return [bz.Fill("#0f172a"), bz.Polyline(x, y, stroke=bz.Stroke("#38bdf8", 3, join="round"))]


@bz.scene
def noisy_line_scene(frame: bz.Frame) -> list[bz.Element]:
    """A random walk that goes on to the right."""
    walk = _walk()[frame.index * 7 :][:10_000]
    y = 540 + (walk - walk.mean()) * 5
    return [
        bz.Fill("#0f172a"),
        bz.Polyline(np.linspace(60, 1860, 10_000), y, stroke=bz.Stroke("#38bdf8", 3, join="round")),
    ]


def _places(count: int, time_s: float) -> tuple[Floats, Floats, Floats]:
    middles, radii, phases, sizes = _orbits(count)
    angles = phases + time_s
    return middles[0] + radii * np.cos(angles), middles[1] + radii * np.sin(angles), sizes


@lru_cache(maxsize=1)
def _walk() -> Floats:
    return np.cumsum(np.random.default_rng(3).normal(0, 1, 20_000))


@lru_cache(maxsize=4)
def _orbits(count: int) -> tuple[Floats, Floats, Floats, Floats]:
    rng = np.random.default_rng(9)
    middles = rng.uniform((0, 0), (1920, 1080), (count, 2)).T
    return middles, rng.uniform(5, 60, count), rng.uniform(0, 2 * np.pi, count), rng.uniform(6, 10, count)
