"""Examples of transitions, each in a few lines: what the gallery shows and tests look at."""

from __future__ import annotations

import textwrap
from typing import Any

import bazaar_nb as bz

EXAMPLES: dict[str, str] = {
    "dissolve": """
        return bz.sequence(first, bz.transitions.dissolve(1), second)
    """,
    "fade": """
        return bz.sequence(first, bz.transitions.fade(1, through="white"), second)
    """,
    "slide": """
        return bz.sequence(first, bz.transitions.slide(1, "left"), second)
    """,
    "slide_away": """
        return bz.sequence(first, bz.transitions.slide(1, 215, away=True), second)
    """,
    "push": """
        swing = bz.ease_in_out(bz.back(0.9))
        return bz.sequence(first, bz.transitions.push(1, "up", easing=swing), second)
    """,
    "wipe": """
        edge = bz.transitions.wipe(1, 30, soft=0.25)
        return bz.sequence(first, edge, second)
    """,
    "wipe_hard": """
        edge = bz.transitions.wipe(1, "left", soft=0)
        return bz.sequence(first, edge, second)
    """,
    "iris": """
        hole = bz.transitions.iris(1, center=(0.5, 0.5), soft=0.08)
        return bz.sequence(first, hole, second)
    """,
    "iris_closes": """
        hole = bz.transitions.iris(1, center=(0.3, 0.4), closes=True, soft=0)
        return bz.sequence(first, hole, second)
    """,
    "clock": """
        hand = bz.transitions.clock(1, start=0, soft=0.05)
        return bz.sequence(first, hand, second)
    """,
    "zoom": """
        return bz.sequence(first, bz.transitions.zoom(1, scale=1.8), second)
    """,
    "blur": """
        return bz.sequence(first, bz.transitions.blur(1, radius=40), second)
    """,
    "flip": """
        return bz.sequence(first, bz.transitions.flip(1, "left"), second)
    """,
    "own": """
        @bz.transition(duration=1, easing=bz.ease_in_out(bz.cubic))
        def drop(a, b, progress, frame):
            return [b, bz.Group(a, y=frame.height * (0.5 + 1.4 * progress), rotation=25 * progress)]
        return bz.sequence(first, drop, second)
    """,
}
"""Bodies of functions that have two scenes, and give one."""
SECONDS = 1.8


def _first(frame: bz.Frame) -> list[Any]:
    side = min(frame.width, frame.height)
    return [
        bz.Fill(bz.LinearGradient(("#1e1b4b", "#7c3aed"), angle=60)),
        bz.Rect(x="22%", y="26%", width=side / 4, height=side / 4, radius=side / 28, fill="#f472b6",
                rotation=8 * frame.time),
        bz.Text("First", size=side / 4.4, weight=800),
    ]  # fmt: skip


def _second(frame: bz.Frame) -> list[Any]:
    side = min(frame.width, frame.height)
    return [
        bz.Fill("#fef3c7"),
        bz.Ellipse(x="78%", y="74%", width=side / 4 * (1 + 0.08 * frame.time), fill="#059669"),
        bz.Text("Second", size=side / 4.4, weight=800, color="#b45309"),
    ]


def code_of(name: str) -> str:
    """Give the code of an example."""
    return textwrap.dedent(EXAMPLES[name]).strip()


def example(name: str) -> bz.Scene:
    """Give an example as a scene."""
    space: dict[str, Any] = {
        "bz": bz,
        "first": bz.Scene(_first, duration=SECONDS, name="first"),
        "second": bz.Scene(_second, duration=SECONDS, name="second"),
    }
    exec(f"def make():\n{textwrap.indent(code_of(name), '    ')}", space)
    scene: bz.Scene = space["make"]()
    return scene


def with_code(name: str) -> bz.Scene:
    """Give an example with its code below it."""
    scene = example(name)
    code = bz.words.Code(code_of(name).replace("return ", ""), anchor="bottom", y="97%")

    def body(frame: bz.Frame) -> list[Any]:
        below = code.show(frame)
        return [*scene.elements(frame), bz.Group((below,), opacity=0.94)]

    return bz.Scene(body, duration=scene.duration, name=name)
