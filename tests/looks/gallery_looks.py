"""Examples of looks, each in three lines: what the gallery shows and tests look at."""

# ruff: noqa: E501 (examples are as long as they are)

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import numpy as np

import bazaar_nb as bz

SECONDS = 4
PHOTO = str(Path(__file__).parents[2] / "notebooks" / "data" / "asia.jpg")
GROUND = bz.LinearGradient(("#0b1020", "#172554"), angle=80)


def street(frame: bz.Frame) -> list[Any]:
    """Give a scene to look at: a sun, hills, a row of houses and a word, in many colours."""
    w, h = frame.width, frame.height
    u = min(w, h) / 10
    hues = ("#f97316", "#facc15", "#22c55e", "#38bdf8", "#a78bfa", "#f43f5e")
    houses = [
        bz.Rect(
            width=w / 7, height=u * (2.4 + (n * 7 % 5) / 2), x=w * (n + 1) / 7, y=h * 0.86, anchor="bottom",
            radius=(u / 5, u / 5, 0, 0), fill=color,
        )
        for n, color in enumerate(hues)
    ]  # fmt: skip
    return [
        bz.Fill(bz.LinearGradient(("#1e3a8a", "#f59e0b"), angle=90)),
        bz.Ellipse(width=u * 3, x=w * (0.25 + 0.5 * frame.progress), y=h * 0.34, fill="#fff7ed"),
        bz.Ellipse(width=w * 0.9, height=u * 4, x=w * 0.3, y=h * 0.86, fill="#134e4a"),
        *houses,
        bz.Rect(width="100%", height=h * 0.14, y=h, anchor="bottom", fill="#1c1917"),
        bz.Text("Main Street", size=u, weight=800, y=h * 0.93),
    ]


EXAMPLES: dict[str, str] = {
    "camera": """
        signs = [bz.Text("first", x="30%", y="40%", size=frame.width / 20), bz.Text("then", x="72%", y="66%", size=frame.width / 20)]
        dots = bz.looks.Depth([bz.Ellipse(width=frame.width / 6, x=x, y=y, fill="#1d4ed8") for x, y in (("20%", "70%"), ("55%", "25%"), ("85%", "45%"))], 3)
        shots = [bz.looks.Shot(0.3), bz.looks.Shot(1.5, "30%", "40%", 2.2), bz.looks.Shot(3, "72%", "66%", 2.8, rotation=8)]
        return bz.looks.camera([dots, *signs], frame, shots)
    """,
    "mask": """
        word = bz.Text("BAZAAR", size=frame.width / 5, weight=900, y=bz.interpolate(frame.progress, [0, 1], [frame.height * 0.35, frame.height * 0.65]))
        return bz.Mask(street(frame), by=word)
    """,
    "mask_luma": """
        light = bz.Fill(bz.LinearGradient(("black", "white", "black"), angle=30, stops=(max(0, frame.progress - 0.4), frame.progress, min(1, frame.progress + 0.4))))
        return bz.Mask(street(frame), by=light, mode="luma", inverted=True)
    """,
    "brightness": "return bz.looks.brightness(street(frame), 0.5 + frame.progress)",
    "contrast": "return bz.looks.contrast(street(frame), 0.4 + 1.4 * frame.progress)",
    "saturation": "return bz.looks.saturation(street(frame), 2 * frame.progress)",
    "hue": "return bz.looks.hue(street(frame), 240 * frame.progress)",
    "tint": """return bz.looks.tint(street(frame), "#22d3ee", frame.progress)""",
    "duotone": """return bz.looks.duotone(street(frame), "#312e81", "#fecaca")""",
    "grayscale": "return bz.looks.grayscale(street(frame), frame.progress)",
    "sepia": "return bz.looks.sepia(street(frame), min(1, 2 * frame.progress))",
    "invert": "return bz.looks.invert(street(frame), frame.progress)",
    "levels": "return bz.looks.levels(street(frame), black=0.1, white=0.9, gamma=0.6 + frame.progress)",
    "curves": """
        faded = bz.looks.curves(street(frame), [(0, 0.12), (0.3, 0.3), (0.75, 0.8), (1, 0.92)], blue=[(0, 0.15), (1, 0.85)])
        return faded
    """,
    "lut": """
        teal_and_orange = [(0.02, 0.08, 0.12), (0.25, 0.3, 0.3), (0.62, 0.5, 0.42), (1.0, 0.9, 0.76)]
        return bz.looks.lut(street(frame), teal_and_orange, amount=frame.progress)
    """,
    "filtered": """
        swapped = bz.looks.ColorMatrix((0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0))
        return bz.looks.filtered(street(frame), swapped, bz.looks.Glow(frame.width / 60, 0.6))
    """,
    "glow": """
        neon = bz.Text("OPEN", size=frame.width / 6, weight=700, color="#f0abfc")
        return bz.looks.glow(neon, radius=frame.width / 40, strength=1.2 + 0.6 * bz.noise(3 * frame.time), threshold=0.2)
    """,
    "grain": "return bz.looks.grain(street(frame), frame, 0.09, size=2.5)",
    "vignette": "return [*street(frame), bz.looks.vignette(0.9 * frame.progress, size=0.3)]",
    "motion_blur": """
        ball = lambda f: bz.Ellipse(width=f.width / 8, fill="#fbbf24", x=f.width * (0.5 + 0.38 * bz.interpolate(f.time % 1, [0, 0.5, 1], [-1, 1, -1])))
        return bz.looks.motion_blur(bz.Scene(ball, duration=4), shutter=270, samples=16).elements(frame)
    """,
    "over": """
        scene = bz.looks.over(bz.Scene(street, duration=4), lambda shown, f: bz.looks.grain(bz.looks.sepia(shown), f))
        return scene.elements(frame)
    """,
    "phone": """
        page = bz.looks.aurora(frame, background="#082f49")
        return bz.looks.phone([*page, bz.Text("12:30", size=frame.height / 18, y="22%")], frame.height / 2.6, rotation=6 - 12 * frame.progress)
    """,
    "laptop": """
        page = [*bz.looks.gradient(frame, ["#0f766e", "#1e3a8a"]), bz.Text("hello, world", size=frame.width / 16, weight=800)]
        return bz.looks.laptop(page, frame.width * 0.72)
    """,
    "browser": """
        window = bz.looks.browser(street(frame), frame.width * 0.72, frame.height * 0.77, address="bazaar.example/street", mode="dark", made_for=(frame.width, frame.height))
        return window
    """,
    "picture_in_picture": """
        speaker = [bz.Fill("#7c3aed"), bz.Ellipse(width=frame.height / 2, y="95%", fill="#c4b5fd"), bz.Ellipse(width=frame.height / 3.4, y="46%", fill="#ddd6fe")]
        round_one = bz.looks.picture_in_picture(speaker, frame, shape="circle", size=0.3, start=0.3, leave=3.4)
        return [*street(frame), round_one, bz.looks.picture_in_picture(speaker, frame, corner="top-left", start=1)]
    """,
    "gradient": """return bz.looks.gradient(frame, ["#0f766e", "#1e3a8a", "#581c87"], swing=60, period=8)""",
    "grid": "return bz.looks.grid(frame, speed=frame.width / 30)",
    "particles": "return bz.looks.particles(frame, 220, speed=frame.height / 20)",
    "aurora": "return bz.looks.aurora(frame, period=12)",
    "turn": """
        card = [bz.Rect(width=frame.width / 2, height=frame.height / 2, radius=30, fill="#f59e0b"), bz.Text("turned", size=frame.width / 12, color="#1c1917")]
        return bz.looks.turn(card, rotate_x=15, rotate_y=-60 + 120 * frame.progress)
    """,
    "flip": """
        side = lambda text, color: [bz.Rect(radius=30, fill=color), bz.Text(text, size=frame.width / 10, weight=800)]
        return bz.looks.flip(side("question", "#2563eb"), side("answer", "#16a34a"), frame, start=1.25, duration=1, width=frame.width * 0.6, height=frame.height * 0.5)
    """,
    "sway": """
        page = bz.looks.browser(street(frame), frame.width * 0.65, frame.height * 0.7, made_for=(frame.width, frame.height))
        return bz.looks.sway(page, frame, degrees=24, period=4)
    """,
    "effects": """
        u, turn = frame.width / 6, frame.progress
        card = lambda **fields: bz.Rect(width=u, height=u, radius=u / 8, fill="#38bdf8", **fields)
        cards = [card(shadow=bz.Shadow(u / 4 * turn, 0, u / 8 * turn)), card(blur=u / 8 * turn), card(skew=(25 * turn, 0)), card(clip=bz.Ellipse(width=u * (1.4 - turn)))]
        return [bz.Fill("#f1f5f9"), bz.Row(cards, gap=u / 4)]
    """,
    "blend": """
        u, lights = min(frame.width, frame.height) / 3, (("#ef4444", 90), ("#22c55e", 210), ("#3b82f6", 330))
        at = lambda angle: bz.along(bz.Path("M0 -1A1 1 0 1 1 -0.01 -1Z"), (angle / 360 + frame.progress / 3) % 1)
        return [bz.Ellipse(width=1.6 * u, fill=color, x=frame.width / 2 + 0.5 * u * at(angle).x, y=frame.height / 2 + 0.5 * u * at(angle).y, blend="screen") for color, angle in lights]
    """,
    "image": """
        zoom = 1.1 + 0.5 * bz.ease_in_out(bz.sine)(frame.progress)
        photo = bz.Image(PHOTO, width="100%", height="100%", fit="cover", scale=zoom)
        return bz.Group([photo], width="40%", height="40%", clip=bz.Rect(radius=40))
    """,
    "pixels": """
        y, x = np.mgrid[0:18, 0:32] / 6
        rings = np.sin(np.hypot(x - 2.7, y - 1.5) * 4 - 3 * frame.time) * 0.5 + 0.5
        colors = (rings[..., None] * (250, 190, 40) + 5).astype(np.uint8)
        return bz.Pixels(colors, width="80%", height="80%", smooth=False)
    """,
}
"""Bodies of scenes that get a frame; `street` is a scene to look at."""


def code_of(name: str) -> str:
    """Give the code of an example."""
    return textwrap.dedent(EXAMPLES[name]).strip()


def example(name: str) -> bz.Scene:
    """Give an example as a scene."""
    space: dict[str, Any] = {"bz": bz, "np": np, "street": street, "PHOTO": PHOTO}
    exec(f"def show(frame):\n{textwrap.indent(code_of(name), '    ')}", space)
    show = space["show"]

    def body(frame: bz.Frame) -> list[Any]:
        return [bz.Fill(GROUND), show(frame)]

    return bz.Scene(body, duration=SECONDS, name=name)


def with_code(name: str) -> bz.Scene:
    """Give an example with its code below it."""
    scene = example(name)
    code = bz.words.Code(code_of(name).replace("return ", ""), anchor="bottom", y="97%")

    def body(frame: bz.Frame) -> list[Any]:
        below = code.show(frame)
        return [*scene.elements(frame), bz.Group((below,), opacity=0.94)]

    return bz.Scene(body, duration=SECONDS, name=name)
