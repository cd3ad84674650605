"""Five films like those people make, as scenes: what the benchmarks export.

1920x1080, 30 fps, ten seconds unless told otherwise. Everything in them is
made here from seeds; nothing is downloaded.
"""

from __future__ import annotations

import colorsys
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PilImage

import bazaar_nb as bz

WIDTH, HEIGHT, FPS = 1920, 1080, 30
DURATION_S = 10
PHOTO_SIZE = (4000, 3000)

CITIES = ("Aarhus", "Bergen", "Cork", "Dresden", "Evora", "Ghent")
BAR_COLORS = ("#38bdf8", "#f87171", "#4ade80", "#fbbf24", "#a78bfa", "#2dd4bf")
BULLETS = (
    "Costs fell by a fifth",
    "Two of three sites are open",
    "Staff stayed longer",
    "Deliveries arrive on time",
    "Next: the northern region",
)


@bz.scene(duration=DURATION_S)
def title_scene(frame: bz.Frame, text: str = "Quarterly Review") -> list[bz.Element]:
    """Two colours that turn in hue, a card with a shadow, text that rises on a spring and holds."""
    rise = bz.spring(frame, duration=1, clamp=True)
    return [
        bz.Fill(bz.LinearGradient((_hue(245 + frame.index, 0.35), _hue(265 + frame.index, 0.65)))),
        bz.Rect(
            width=900,
            height=420,
            radius=32,
            fill="rgba(255, 255, 255, 0.1)",
            shadow=bz.Shadow(blur=40, dy=20, color="rgba(0, 0, 0, 0.5)"),
        ),
        bz.Text(text, size=140, weight=700, y=HEIGHT / 2 + 60 * (1 - rise), opacity=rise),
        bz.Text(
            "Results and outlook",
            size=48,
            y=690,
            opacity=bz.interpolate(frame.index, (15, 45), (0, 1)),
        ),
    ]


@bz.scene(duration=DURATION_S)
def chart_scene(frame: bz.Frame) -> list[bz.Element]:
    """A race of six bars through ten keyframes, and a line that grows to 500 points below it."""
    keys, ranks, line = chart_data()
    at = frame.progress * (len(keys) - 1)
    values = chart_between(keys, at)
    scale = 1400 / values.max()
    elements: list[bz.Element] = [bz.Fill("#0f172a")]
    for tick in range(6):  # the axis and five grid lines
        x = 300 + tick * 280
        stroke = bz.Stroke("#94a3b8" if tick == 0 else "#334155", 2)
        elements.append(bz.Line(x1=x, y1=60, x2=x, y2=640, stroke=stroke))
        label = f"{tick * 280 / scale:.0f}"
        elements.append(bz.Text(label, size=28, color="#94a3b8", x=x, y=650, anchor="top"))
    for city, color, value, rank in zip(CITIES, BAR_COLORS, values, chart_between(ranks, at), strict=True):
        y, length = 105 + rank * 95, value * scale
        elements += [
            bz.Rect(x=300, y=y, width=length, height=70, anchor="left", fill=color),
            bz.Text(city, size=40, color="#e2e8f0", x=280, y=y, anchor="right"),
            bz.Text(f"{value:.1f}", size=40, color="#e2e8f0", x=315 + length, y=y, anchor="left"),
        ]
    points = tuple((x, y) for x, y in line[: round(len(line) * frame.progress)].tolist())
    if len(points) > 1:
        stroke = bz.Stroke("#38bdf8", 4, join="round", cap="round")
        elements.append(bz.Polygon(points, closed=False, fill=None, stroke=stroke))
    return elements


@bz.scene(duration=DURATION_S)
def montage_scene(frame: bz.Frame, photo: str) -> list[bz.Element]:
    """A slow zoom and pan over a photo, with a lower third."""
    zoom = 1 + 0.25 * frame.progress
    return [
        bz.Image(
            photo,
            width=WIDTH,
            height=WIDTH * 3 / 4,
            scale=zoom,
            x=WIDTH / 2 - 200 * frame.progress,
            y=HEIGHT / 2 + 100 - 200 * frame.progress,
        ),
        bz.Group(
            children=(
                bz.Rect(radius=12, fill="rgba(15, 23, 42, 0.65)"),
                bz.Text("Harbour, early morning", size=60, weight=700, x=40, y=52, anchor="left"),
                bz.Text("Photographs from the northern region", size=34, x=40, y=108, anchor="left"),
            ),
            width=900,
            height=150,
            x=120,
            y=HEIGHT - 80,
            anchor="bottom-left",
        ),
    ]


@bz.scene(duration=2.4)
def slideshow_scene(frame: bz.Frame, photo: str) -> list[bz.Element]:
    """A slow zoom into a photo of 12 megapixels."""
    zoom = 1 + 0.2 * frame.progress
    return [bz.Image(photo, width=WIDTH, height=WIDTH * 3 / 4, scale=zoom, x=WIDTH / 2 - 40 * frame.progress)]


@bz.scene(duration=DURATION_S)
def hold_scene(frame: bz.Frame) -> list[bz.Element]:
    """A white slide with a heading and five lines; nothing changes."""
    return [
        bz.Fill("white"),
        bz.Text("What we learned", size=96, weight=700, color="#0f172a", x=160, y=150, anchor="left"),
        *(
            bz.Text(f"•  {line}", size=52, color="#334155", x=180, y=340 + row * 120, anchor="left")
            for row, line in enumerate(BULLETS)
        ),
    ]


def title(folder: Path, duration_s: int = DURATION_S) -> bz.Composition:
    """Give the title film; nothing is written to the folder."""
    return _film("title", title_scene(duration=duration_s))


def chart(folder: Path, duration_s: int = DURATION_S) -> bz.Composition:
    """Give the chart film; nothing is written to the folder."""
    return _film("chart", chart_scene(duration=duration_s))


def montage(folder: Path, duration_s: int = DURATION_S) -> bz.Composition:
    """Give the montage; its photo and its stereo sound are made in the folder unless they are there."""
    photo, sound = folder / "photo.jpg", folder / f"sound-{duration_s}.wav"
    if not photo.exists():
        PilImage.fromarray(make_photo(*PHOTO_SIZE)).save(photo, quality=90)
    if not sound.exists():
        write_sound(sound, duration_s)
    return _film("montage", montage_scene(str(photo), duration=duration_s), [bz.Sound(sound, fade_out=1)])


def hold(folder: Path, duration_s: int = DURATION_S) -> bz.Composition:
    """Give the slide; nothing is written to the folder."""
    return _film("hold", hold_scene(duration=duration_s))


def slideshow(folder: Path, duration_s: int = DURATION_S) -> bz.Composition:
    """Give five photos in ten seconds, one fading into the next; they are made in the folder."""
    photos = [folder / f"slide-{number}.jpg" for number in range(5)]
    if not photos[-1].exists():
        made = make_photo(*PHOTO_SIZE)
        for number, photo in enumerate(photos):
            PilImage.fromarray(np.roll(made, number * made.shape[1] // 5, axis=1)).save(photo, quality=90)
    parts: list[Any] = []
    for number in range(round((duration_s - 0.5) / 1.9)):
        parts += [slideshow_scene(str(photos[number % 5])), bz.fade(0.5)]
    return bz.Composition(parts[:-1], width=WIDTH, height=HEIGHT, fps=FPS, name="slideshow")


WORKLOADS: dict[str, Callable[..., bz.Composition]] = {
    "title": title,
    "chart": chart,
    "montage": montage,
    "hold": hold,
    "slideshow": slideshow,
}


def make_photo(width: int, height: int) -> NDArray[np.uint8]:
    """Give an RGB picture with the statistics of a photo, shape (height, width, 3).

    Smooth fields of colour, and over them dead leaves (Lee, Mumford and Huang
    2001): overlapping discs whose radii follow a power law, which have the
    edges and the spectrum of natural images. The texture's amplitude falls as
    1/f, and a little sensor noise is left.
    """
    rng = np.random.default_rng(11)
    fields = rng.uniform(50, 200, (4, 6, 3)).astype(np.float32)
    photo = np.asarray(cv2.resize(fields, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
    base = photo.copy()
    for radius in 1 / np.sqrt(rng.uniform(1 / 1500**2, 1 / 12**2, 12_000)):
        x, y = int(rng.integers(width)), int(rng.integers(height))
        color = np.clip(base[y, x] + rng.normal(0, 30) + rng.normal(0, 10, 3), 0, 255)
        cv2.circle(photo, (x, y), max(1, round(radius * width / 4000)), color.tolist(), -1, cv2.LINE_AA)
    texture = np.zeros((height, width), np.float32)
    for octave in range(7):
        shape = ((height >> (6 - octave)) + 2, (width >> (6 - octave)) + 2)
        noise = rng.normal(0, 14 / 2**octave, shape).astype(np.float32)
        texture += cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur(photo, (0, 0), 1.6)
    for channel in range(3):  # one at a time: a float copy of all three is large
        shot = soft[:, :, channel] + texture
        shot += rng.standard_normal(shot.shape, np.float32) * 2
        photo[:, :, channel] = np.clip(shot, 0, 255)
    return photo


def write_sound(path: Path, duration_s: int) -> None:
    """Write stereo at 48 kHz: slow chords to the left and right, and a little noise."""
    rng = np.random.default_rng(5)
    time = np.arange(48_000, dtype=np.float64) / 48_000
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(48_000)
        for second in range(duration_s):
            root = 220 * 2 ** ((0, 5, 7, 3)[second % 4] / 12)
            swell = np.sin(np.pi * time)
            left = swell * (np.sin(2 * np.pi * root * time) + 0.5 * np.sin(3 * np.pi * root * time))
            right = swell * np.sin(4 * np.pi * root * time)
            both = np.stack([left, right], 1) * 6000 + rng.normal(0, 60, (48_000, 2))
            file.writeframes(both.astype("<i2").tobytes())


def _film(name: str, scene: bz.Scene, sound: list[bz.Sound] | None = None) -> bz.Composition:
    return bz.Composition([scene], width=WIDTH, height=HEIGHT, fps=FPS, sound=sound or (), name=name)


def _hue(degrees: float, value: float) -> str:
    red, green, blue = colorsys.hsv_to_rgb(degrees % 360 / 360, 0.75, value)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"


def chart_data() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Give the bars' values and ranks at ten keyframes, (10, 6), and the line's points, (500, 2)."""
    rng = np.random.default_rng(7)
    keys = np.cumsum(rng.uniform(20, 160, (10, 6)), axis=0)
    ranks = np.argsort(np.argsort(-keys, axis=1), axis=1).astype(np.float64)
    walk = np.cumsum(rng.normal(0, 1, 500))
    line = np.stack([np.linspace(120, 1800, 500), 880 - walk * 140 / np.abs(walk).max()], 1)
    return keys, ranks, line


def chart_between(keys: NDArray[np.float64], at: float) -> NDArray[np.float64]:
    """Give the row at a position between keyframes."""
    before = min(int(at), len(keys) - 2)
    part = at - before
    mixed: NDArray[np.float64] = keys[before] * (1 - part) + keys[before + 1] * part
    return mixed
