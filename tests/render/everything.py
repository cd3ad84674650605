"""A film with one of everything that is drawn; and a script that exports it into a folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as PilImage

import bazaar_nb as bz

COLORS = {"b": "tab:blue", "a": "tab:orange", "c": "tab:green"}


def plot(fig: Any, index: int) -> None:
    axes = fig.add_subplot()
    axes.bar(sorted(COLORS), [1 + index % 3, 2, 3], color=[COLORS[name] for name in sorted(COLORS)])


@bz.scene(duration=0.4)
def pictures(frame: bz.Frame, photo: Path) -> list[Any]:
    noise = np.random.default_rng(frame.index // 4).integers(0, 255, (12, 16, 4), np.uint8)
    return [
        bz.Fill(bz.LinearGradient(["#1e1b4b", "#4c1d95", "teal"], angle=30 + frame.index)),  # type: ignore[arg-type]
        bz.Image(photo, width=60, x="25%", rotation=3.0 * frame.index, radius=6),  # type: ignore[arg-type]
        bz.Pixels(noise, x="75%", width=50 + frame.index, smooth=False),  # type: ignore[arg-type]
        bz.Group([bz.Rect(width=40, height=20), bz.Ellipse(width=30, fill="red")], opacity=0.4, y="80%"),  # type: ignore[arg-type]
    ]


@bz.scene(duration=0.4)
def words(frame: bz.Frame) -> list[Any]:
    return [
        bz.Fill(bz.ConicGradient(["white", "skyblue", "white"])),  # type: ignore[arg-type]
        bz.Text(
            f"Frame {frame.index}",
            size=26,
            weight=700,
            color="navy",
            shadow=bz.Shadow(blur=6, dy=2),
            rotation=-4,
        ),
        bz.Rect(width=50, height=18, y="20%", radius=8, fill="crimson", blur=1.0 + frame.progress),
        bz.Row([bz.Text("row", size=14, color="black"), bz.Ellipse(width=12, fill="green")], y="85%", gap=4),  # type: ignore[arg-type]
    ]


@bz.scene(duration=0.4)
def charts(frame: bz.Frame) -> list[Any]:
    x, y = np.random.default_rng(2).uniform(0, 90, (2, 20_000))  # more than stay in the tree
    return [
        bz.Fill("white"),
        bz.Figure(plot, args=(frame.index // 6,), dpi=60),  # type: ignore[arg-type]
        bz.Points(x + frame.index, y, size=2, color=y, colormap="magma", range=(0, 90)),
        bz.Polyline(x[:50].cumsum() / 20, y[:50], stroke=bz.Stroke("teal", 3), end=frame.progress),
    ]


LOGO = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 40">
<linearGradient id="g"><stop stop-color="#fbbf24"/><stop offset="1" stop-color="#ef4444"/></linearGradient>
<rect width="60" height="40" rx="6" fill="url(#g)"/>
<g id="hand"><path d="M30 20V4" stroke="#1c1917" stroke-width="4"/></g></svg>"""


def swirl(canvas: Any, size: Any, turn: float) -> None:
    from skia import Paint, Rect

    for ring in range(0, 20, 4):
        canvas.rotate(turn, size.width / 2, size.height / 2)
        canvas.drawRect(Rect.MakeWH(*size).makeInset(ring, ring), Paint(Color=0x60FBBF24, AntiAlias=True))


@bz.scene(duration=0.4)
def looks(frame: bz.Frame) -> list[Any]:
    letter = bz.Text("M", size=50, weight=900, y=70, x=30)
    card = [bz.Rect(width=50, height=36, fill="teal"), bz.Text("turned", size=13)]
    shots = [bz.looks.Shot(0), bz.looks.Shot(0.4, "70%", "60%", 1.5, rotation=4)]
    stage = [
        bz.Svg(LOGO, width=60, x=40, y=30, parts={"hand": {"rotation": 180 * frame.progress}}),
        bz.Drawing(swirl, args=[20 * frame.progress], x=120, y=30, width=40, height=40),
        bz.Mask((bz.Fill(bz.LinearGradient(("red", "blue"))),), by=letter),
        bz.looks.turn(card, rotate_y=50 * frame.progress, x=110, y=66),
    ]
    shown = bz.looks.grain(bz.looks.sepia(bz.looks.camera(stage, frame, shots), 0.4), frame)
    return [bz.Fill("#172554"), shown, bz.looks.vignette(0.6)]


def moving(frame: bz.Frame) -> list[Any]:
    return [bz.Fill("#0b1020"), bz.Ellipse(width=24, x=160 * frame.progress, fill="#f472b6")]


def everything(folder: Path) -> bz.Composition:
    """Give the film; its photo is written into the folder."""
    photo = folder / "photo.png"
    ramp = np.linspace(0, 255, 90 * 70).reshape(70, 90, 1).astype(np.uint8)
    PilImage.fromarray(np.concatenate([ramp, ramp[::-1], 255 - ramp], axis=2)).save(photo)
    blurred = bz.looks.motion_blur(bz.Scene(moving, duration=0.4, name="moving"), samples=4)
    scenes = [
        pictures(photo), bz.fade(0.2), words(), charts(), bz.transitions.wipe(0.2, 30), looks(),
        bz.transitions.flip(0.2), blurred,
    ]  # fmt: skip
    return bz.Composition(scenes, width=160, height=90, name="everything")


if __name__ == "__main__":
    from tests.render.everything import everything as film_in

    root = Path(sys.argv[1])
    where = bz.Workspace(root / "root", engine="inline")
    film_in(root).export("film.mp4", workspace=where, progress=False)
