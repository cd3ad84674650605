"""Films that hold whatever a film can hold."""

from __future__ import annotations

import math
import wave
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as PilImage

import bazaar_nb as bz

LOGO = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 40">
<rect width="60" height="40" rx="6" fill="gold"/>
<g id="hand"><path d="M30 20V4" stroke="#1c1917" stroke-width="4"/></g></svg>"""


def everything_film(folder: Path, *, figures: bool = False) -> bz.Composition:
    """Give a film with a picture, arrays, this system's fonts, looks, transitions, a layer and sound."""
    picture, voice = folder / "logo.png", folder / "voice.wav"
    rng = np.random.default_rng(3)
    PilImage.fromarray(rng.integers(0, 255, (40, 60, 3), dtype=np.uint8)).save(picture)
    with wave.open(str(voice), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        tone = [round(8000 * math.sin(i / 20)) for i in range(48_000)]
        file.writeframes(np.array(tone, "<i2").tobytes())
    cloud = rng.uniform(0, 200, (2, 20_000))

    @bz.scene(duration=0.6)
    def title(frame: bz.Frame) -> list[Any]:
        return [
            bz.Fill(bz.LinearGradient(("navy", "teal"), angle=90)),
            bz.Text("Übersicht 漢字 ☂", size=30, y=40, opacity=frame.progress),
            bz.Image(str(picture), width=50, x=40, y=90),
            bz.Pixels(rng_pixels(frame.index // 4), x=160, y=90, width=40),
        ]

    @bz.scene(duration=0.6)
    def chart(frame: bz.Frame) -> list[Any]:
        return [
            bz.Fill("white"),
            bz.Points(cloud[0], cloud[1], size=2, color="tomato", dx=40 * frame.progress),
            bz.Group((bz.Rect(width=30, height=30, fill="gold", rotation=90 * frame.progress),), opacity=0.5),
        ]

    @bz.scene(duration=0.4)
    def plot(frame: bz.Frame) -> list[Any]:
        def bars(fig: Any, value: float) -> None:
            fig.subplots().bar([0, 1], [1, value])

        def sign(canvas: Any, size: Any, turn: float) -> None:
            canvas.rotate(turn, size.width / 2, size.height / 2)
            canvas.drawColor(0xFF336699)

        return [
            bz.Fill("white"),
            bz.Figure(bars, args=(frame.progress,), width="60%", height="80%"),  # type: ignore[arg-type]
            bz.Drawing(sign, args=(90 * frame.progress,), x=20, y=20, width=32, height=32),
        ]

    @bz.scene(duration=0.4)
    def looks(frame: bz.Frame) -> list[Any]:
        logo = bz.Svg(LOGO, width=60, x=50, y=60, parts={"hand": {"rotation": 180 * frame.progress}})
        card = bz.looks.turn(bz.Rect(width=70, height=50, fill="tomato"), rotate_y=50 * frame.progress, x=170)
        seen = bz.Mask(bz.looks.gradient(frame), by=bz.Text("seen", size=40, y=110))
        return [bz.Fill("#172554"), bz.looks.grain(bz.looks.sepia([logo, card, seen], 0.4), frame)]

    @bz.scene
    def clock(frame: bz.Frame) -> Any:
        return bz.Rect(x=0, y=130, anchor="left", width=240 * frame.progress, height=4, fill="red")

    return bz.Composition(
        [
            title(),
            bz.fade(0.2),
            chart(),
            bz.transitions.wipe(0.2, 30),
            looks(),
            *([plot()] if figures else []),
        ],
        width=240,
        height=136,
        fps=25,
        background="#123456",
        layers=[clock()],
        sound=[bz.Sound(voice, start=0.1, gain_db=-6, fade_out=0.2)],
        name="everything",
    )


def rng_pixels(seed: int) -> Any:
    """Give a small picture of noise."""
    return np.random.default_rng(seed).integers(0, 255, (200, 200, 3), dtype=np.uint8)
