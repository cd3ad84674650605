"""Examples of vectors, each in three lines: what the gallery shows and tests look at."""

# ruff: noqa: E501 (examples are as long as they are)

from __future__ import annotations

import textwrap
from typing import Any

import bazaar_nb as bz

SECONDS = 4
GROUND = bz.LinearGradient(("#0b1020", "#172554"), angle=80)
VAN = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 110">
<linearGradient id="paint" x2="0" y2="1"><stop stop-color="#fbbf24"/><stop offset="1" stop-color="#f97316"/></linearGradient>
<g id="body"><path d="M10 85V35q0-15 15-15h105q12 0 20 10l25 25q10 3 12 12v18z" fill="url(#paint)"/>
<path d="M125 30h5q8 0 14 7l14 16h-33zM75 30h38v23H75zM25 30h38v23H25z" fill="#dbeafe"/>
<path d="M10 66h178" stroke="#fff7ed" stroke-width="4"/></g>
<g id="back"><circle cx="50" cy="86" r="18" fill="#1e293b"/><circle cx="50" cy="86" r="9" fill="#cbd5e1"/>
<path d="M50 72V100M36 86H64" stroke="#cbd5e1" stroke-width="3"/></g>
<g id="front"><circle cx="150" cy="86" r="18" fill="#1e293b"/><circle cx="150" cy="86" r="9" fill="#cbd5e1"/>
<path d="M150 72V100M136 86H164" stroke="#cbd5e1" stroke-width="3"/></g></svg>"""
EXAMPLES: dict[str, str] = {
    "draw_on": """
        u, line = frame.width / 5, bz.Stroke("#fbbf24", frame.width / 90)
        shapes = [bz.Rect(width=u, height=u * 0.7, radius=u / 6, fill="#60a5fa"), bz.Ellipse(width=u, fill="#f472b6"),
                  bz.Rect(width=u * 0.7, height=u * 0.7, rotation=45, fill=None, stroke=line)]
        return bz.draw_on(bz.Row(shapes, gap=u / 4), frame.progress * 1.2, pen=bz.Stroke("white", frame.width / 200))
    """,
    "svg_parts": """
        u, turn = min(frame.width, frame.height) * 0.8, {"rotation": 180 * frame.time}
        rolling = {"back": turn, "front": turn, "body": {"dy": u / 60 * bz.noise(3 * frame.time)}}
        return bz.Svg(VAN, width=u, x=frame.width * (0.2 + 0.6 * frame.progress), parts=rolling)
    """,
    "svg_draw_on": """
        van = bz.Svg(VAN, width=min(frame.width, frame.height) * 0.8)
        return bz.draw_on(van, frame.progress * 1.2, overlap=0.1)
    """,
    "drawing": """
        def swirl(canvas, size, turn):
            from skia import Paint, Rect
            paint = Paint(Color=0x18FBBF24, AntiAlias=True)
            for ring in range(100, 340, 6):
                canvas.rotate(turn, size.width / 2, size.height / 2)
                canvas.drawRect(Rect.MakeWH(*size).makeInset(ring, ring), paint)
        return bz.Drawing(swirl, args=[6 * frame.progress], width=720, height=720)
    """,
    "draw_on_text": """
        word = bz.Text("by hand", size=frame.width / 5, weight=800, color="#34d399")
        return bz.draw_on(word, frame.progress * 1.2, pen=bz.Stroke("#34d399", frame.width / 250), overlap=0.3)
    """,
    "morph_path": """
        star = "M100 5L123 73L195 73L137 115L159 183L100 141L41 183L63 115L5 73L77 73Z"
        heart = "M100 60C70 -10 -20 20 12 90C30 130 75 150 100 190C125 150 170 130 188 90C220 20 130 -10 100 60Z"
        on_the_way = bz.morph_path(star, heart, bz.ease_in_out(bz.cubic)(frame.progress), fill="#f472b6", stroke=None)
        return bz.Group([on_the_way], width=200, height=200, scale=min(frame.width, frame.height) / 280)
    """,
    "morph_holes": """
        ring = "M100 0A100 100 0 1 0 101 0ZM100 50A50 50 0 1 1 99 50Z"
        dots = "M0 0H80V80H0ZM120 0H200V80H120ZM0 120H80V200H0ZM120 120H200V200H120Z"
        on_the_way = bz.morph_path(ring, dots, bz.ease_in_out(bz.cubic)(frame.progress), fill="#a3e635", stroke=None)
        return bz.Group([on_the_way], width=200, height=200, scale=min(frame.width, frame.height) / 280)
    """,
    "along": """
        w, h = frame.width, frame.height
        way = bz.Path(f"M{w * .1} {h * .7}C{w * .4} {-h * .3} {w * .5} {h * 1.3} {w * .9} {h * .3}", stroke=bz.Stroke("#475569", w / 150))
        at = bz.along(way, bz.ease_in_out(bz.sine)(frame.progress))
        return [way, bz.Polygon([(-40, -24), (44, 0), (-40, 24), (-22, 0)], x=at.x, y=at.y, rotation=at.angle, scale=w / 900)]
    """,
    "repeat": """
        u = frame.width / 15
        bar = lambda i: bz.Rect(width=u / 2, height=u * (2.5 + bz.noise(i * 0.4 + 2 * frame.time)), radius=u / 4, fill="#22d3ee")
        return bz.stagger(bz.repeat(bar, 12, dx=u), frame, each=0.08)
    """,
    "repeat_radial": """
        u = min(frame.width, frame.height) / 4
        petal = bz.Ellipse(width=u * 0.45, height=u, fill="#f472b6", opacity=0.7)
        return bz.stagger(bz.repeat(petal, 12, radius=u, start=40 * frame.time), frame, dy=0, scale=0, each=0.1)
    """,
    "repeat_grid": """
        w, h = frame.width / 12, frame.height / 8
        dot = lambda i: bz.Ellipse(width=w * (0.4 + 0.35 * bz.noise(i % 10 / 3 + 50 * (i // 10) + frame.time)), fill="#fbbf24")
        return bz.repeat(dot, 60, columns=10, dx=w, dy=h)
    """,
    "arrow": """
        one, other = (bz.Text(t, x=x, y="55%", size=frame.width / 14) for t, x in (("this", "20%"), ("that", "80%")))
        over = bz.arrow(one, other, frame, bend=0.25, color="#fbbf24", width=frame.width / 140, progress=frame.progress * 1.6)
        back = bz.arrow(other, one, frame, bend=0.2, both=True, width=frame.width / 200, progress=frame.progress * 1.6 - 0.5)
        return [one, other, over, back]
    """,
    "brace": """
        u, y = frame.width / 8, frame.height / 2
        boxes = bz.repeat(bz.Rect(width=u * 0.8, height=u * 0.8, radius=u / 9, fill="#60a5fa"), 5, dx=u * 1.2, y=y - u)
        label = bz.Text("five of them", size=frame.width / 20)
        return [boxes, bz.brace((u * 1.2, y), (u * 6.8, y), label, width=u / 22, progress=frame.progress * 1.4)]
    """,
}
"""Bodies of scenes that get a frame."""


def code_of(name: str) -> str:
    """Give the code of an example."""
    return textwrap.dedent(EXAMPLES[name]).strip()


def example(name: str) -> bz.Scene:
    """Give an example as a scene."""
    space: dict[str, Any] = {"bz": bz, "VAN": VAN}
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
        return [*scene.elements(frame), bz.Group((code.show(frame),), opacity=0.94)]

    return bz.Scene(body, duration=SECONDS, name=name)
