"""Frames like those people export, drawn in the simplest way, for measuring encoders.

Four films at 1920x1080 and 30 fps: a title over a turning gradient, a bar
chart race with a growing line, a slow zoom into a photo, a slide that holds
still. They are drawn without the package so that a change in how it draws
does not move the figures of the encoders.
"""

from __future__ import annotations

import colorsys
import functools
import math
from collections.abc import Callable
from pathlib import Path

import cv2
import matplotlib
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1920, 1080
Picture = NDArray[np.uint8]
"""One frame: (1080, 1920, 3) BGR."""


def title(i: int) -> Picture:
    """Two colours that turn in hue, a card with a shadow, text that rises and fades in."""
    top, bottom = (
        np.array(colorsys.hsv_to_rgb(((base + i) % 360) / 360, 0.75, value)[::-1]) * 255
        for base, value in ((245, 0.35), (265, 0.65))
    )
    t = np.linspace(0, 1, HEIGHT)[:, None]
    rows = np.rint(top * (1 - t) + bottom * t)
    frame = np.broadcast_to(rows[:, None, :], (HEIGHT, WIDTH, 3)).astype(np.float32)
    shadow, card = _card()
    frame *= 1 - 0.5 * shadow[..., None]
    frame += (255 - frame) * 0.1 * card[..., None]
    rise = 1 - math.exp(-6 * i / 30) * math.cos(9 * i / 30)
    frame += (
        (255 - frame) * _text("Quarterly Review", 140, True, HEIGHT / 2 + 60 * (1 - rise)) * min(1, i / 15)
    )
    frame += (255 - frame) * _text("Results and outlook", 48, False, 690.0) * min(1, max(0, (i - 15) / 30))
    return np.rint(frame).astype(np.uint8)


def chart(i: int) -> Picture:
    """Six racing bars with labels and numbers, grid and ticks, a line of up to 500 points."""
    rng = np.random.default_rng(7)
    keys = np.cumsum(rng.uniform(20, 160, (10, 6)), axis=0)
    at = min(8.999, i * 9 / 300)
    k, part = int(at), at - int(at)
    values = keys[k] * (1 - part) + keys[k + 1] * part
    line = np.cumsum(rng.normal(0, 1, 500))
    frame = np.full((HEIGHT, WIDTH, 3), (42, 23, 15), np.uint8)
    for g in range(6):
        x = 300 + g * 280
        cv2.line(frame, (x, 60), (x, 640), (85, 65, 51), 2, cv2.LINE_AA)
    scale = 1400 / values.max()
    ranks = np.argsort(np.argsort(-values))
    colours = [
        (248, 189, 56),
        (113, 113, 248),
        (128, 222, 74),
        (36, 191, 251),
        (250, 139, 167),
        (191, 212, 45),
    ]
    for b in range(6):
        y, x1 = 70 + int(ranks[b]) * 95, 300 + values[b] * scale
        corners = np.array([(300, y), (x1, y), (x1, y + 70), (300, y + 70)])
        cv2.fillConvexPoly(frame, np.rint(corners * 16).astype(np.int32), colours[b], cv2.LINE_AA, 4)
    image = Image.fromarray(frame)
    pen = ImageDraw.Draw(image)
    for g in range(6):
        pen.text(
            (300 + g * 280, 650), f"{g * 280 / scale:.0f}", (184, 163, 148), _font(28, False), anchor="ma"
        )
    for b, name in enumerate(("Aarhus", "Bergen", "Cork", "Dresden", "Evora", "Ghent")):
        y = 105 + int(ranks[b]) * 95
        pen.text((280, y), name, (240, 232, 226), _font(40, False), anchor="rm")
        pen.text(
            (315 + values[b] * scale, y), f"{values[b]:.1f}", (240, 232, 226), _font(40, False), anchor="lm"
        )
    frame = np.array(image)
    count = max(2, min(500, round(i * 500 / 300)))
    points = np.stack([np.linspace(120, 1800, 500), 880 - line * 140 / np.abs(line).max()], 1)[:count]
    cv2.polylines(frame, [np.rint(points * 16).astype(np.int32)], False, (248, 189, 56), 4, cv2.LINE_AA, 4)
    return frame


def montage(i: int) -> Picture:
    """A slow zoom and pan over a photo, with a lower third."""
    zoom = (1 + 0.25 * i / 300) * WIDTH / 3600
    cx, cy = 1900 + 200 * i / 300, 1450 + 100 * i / 300
    matrix = np.array([[zoom, 0, WIDTH / 2 - zoom * cx], [0, zoom, HEIGHT / 2 - zoom * cy]])
    half = matrix.copy()
    half[:, :2] *= 2
    frame = cv2.warpAffine(
        _photo(), half, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    strip = frame[860:1000, 120:1100]
    strip[:] = np.rint(strip * 0.35)
    mask = _text("Harbour, early morning", 64, True, 930.0)[860:1000, 470:1450]
    strip[:] = np.rint(strip + (255.0 - strip) * mask)
    return np.asarray(frame, np.uint8)


def hold(i: int) -> Picture:
    """A white slide with a heading and five lines."""
    frame = np.full((HEIGHT, WIDTH, 3), 255.0, np.float32)
    lines = [("What we learned", 96, True)] + [
        (f"•  {text}", 52, False)
        for text in (
            "Costs fell by a fifth",
            "Two of three sites are open",
            "Staff stayed longer",
            "Deliveries arrive on time",
            "Next: the northern region",
        )
    ]
    for row, (text, size, bold) in enumerate(lines):
        frame *= 1 - 0.85 * _text(text, size, bold, 160.0 + row * 140)
    return np.rint(frame).astype(np.uint8)


WORKLOADS: dict[str, Callable[[int], Picture]] = {
    "title": title,
    "chart": chart,
    "montage": montage,
    "hold": hold,
}


@functools.cache
def _font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name, size)


@functools.lru_cache(maxsize=16)
def _text(text: str, size: int, bold: bool, y: float) -> NDArray[np.float32]:
    """Give the coverage of a centred line of text as (1080, 1920, 1), 0..1."""
    image = Image.new("L", (WIDTH, HEIGHT))
    ImageDraw.Draw(image).text((WIDTH / 2, y), text, 255, _font(size, bold), anchor="mm")
    return (np.asarray(image, np.float32) / np.float32(255))[..., None]


@functools.cache
def _card() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Give the coverage of the card's shadow and of the card."""

    def box(dy: int) -> NDArray[np.float32]:
        image = Image.new("L", (WIDTH, HEIGHT))
        ImageDraw.Draw(image).rounded_rectangle((510, 330 + dy, 1410, 750 + dy), 32, fill=255)
        return np.asarray(image, np.float32) / np.float32(255)

    return np.asarray(cv2.GaussianBlur(box(20), (0, 0), 20), np.float32), box(0)


@functools.cache
def _photo() -> Picture:
    """Give a picture with the statistics of a photo, (1500, 2000, 3).

    Dead leaves (Lee, Mumford and Huang 2001): overlapping discs whose radii
    follow a power law have the edges and the spectrum of natural images.
    """
    rng = np.random.default_rng(11)
    height, width = 3000, 4000
    photo = np.zeros((height, width, 3), np.uint8)
    for radius in 1 / np.sqrt(rng.uniform(1 / 1500**2, 1 / 12**2, 20000)):
        colour = np.clip(rng.normal(120, 50) + rng.normal(0, 18, 3), 0, 255)
        centre = (int(rng.integers(width)), int(rng.integers(height)))
        cv2.circle(photo, centre, int(radius), colour.tolist(), -1, cv2.LINE_AA)
    texture = np.zeros((height, width), np.float32)
    for octave in range(7):
        shape = (height >> (6 - octave)) + 1, (width >> (6 - octave)) + 1
        noise = rng.normal(0, 14 / 2**octave, shape).astype(np.float32)
        texture = texture + np.asarray(
            cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC), np.float32
        )
    shot = cv2.GaussianBlur(photo.astype(np.float32) + texture[..., None], (0, 0), 1.6)
    shot = shot + rng.normal(0, 2, photo.shape)
    half = cv2.resize(shot, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    return np.asarray(np.clip(np.rint(half), 0, 255), np.uint8)
