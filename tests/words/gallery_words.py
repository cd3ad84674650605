"""Examples of words that move and of time, each in three lines: what the gallery shows and tests look at."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np

import bazaar_nb as bz

SECONDS = 4
GROUND = bz.LinearGradient(("#0b1020", "#172554"), angle=80)
WORDS: dict[str, str] = {
    "rise": """
        title = bz.Text("Words that rise", size=frame.width / 12, weight=800)
        return bz.words.rise(title, frame, leave=3)
    """,
    "fade": """
        text = bz.Text("One word after the other appears", size=frame.width / 16, width="80%")
        return bz.words.fade(text, frame, by="word", each=0.25)
    """,
    "pop": """
        text = bz.Text("Pop! Pop! Pop!", size=frame.width / 11, weight=800, color="#fbbf24")
        return bz.words.pop(text, frame, by="word", each=0.4, duration=0.7)
    """,
    "reveal": """
        text = bz.Text("from afar,\\nturning", size=frame.width / 10, weight=700)
        return bz.words.reveal(text, frame, dx=frame.width / 3, rotation=120, order="random", duration=1)
    """,
    "wave": """
        sky = bz.LinearGradient(("#f472b6", "#60a5fa"), angle=0)
        text = bz.Text("waves run through it", size=frame.width / 13, weight=800, color=sky)
        return bz.words.wave(bz.words.rise(text, frame), frame)
    """,
    "typewriter": """
        text = bz.Text("It types itself, and its lines are broken as they will be in the end.",
                       size=frame.width / 18, width="80%", align="left")
        return bz.words.typewriter(text, frame, rate=26)
    """,
    "highlight": """
        text = bz.Text("Of all that is said, this is what matters, and the rest is around it.",
                       size=frame.width / 18, width="80%", align="left")
        return bz.words.highlight(text, frame, "this is what matters", start=0.6, duration=1)
    """,
    "on_path": """
        arc = [(frame.width * (0.08 + 0.84 * i / 60), frame.height * (0.72 - 0.34 * (1 - (i / 30 - 1) ** 2)))
               for i in range(61)]
        return bz.words.on_path(bz.Text("Along a path it goes", size=frame.width / 15), frame, arc)
    """,
    "fit": """
        words = "As large as fits into the box, whatever there is to be said"
        text = bz.words.fit(bz.Text(words, weight=800), frame, frame.width * 0.8, frame.height * 0.6)
        return bz.words.rise(text, frame, by="line")
    """,
    "block": """
        text = bz.Text("Justified, and at the bottom of its box, as wide as the box is.",
                       size=frame.width / 20, align="justify")
        return bz.words.block(text, width=frame.width * 0.7, height=frame.height * 0.7, vertical="bottom")
    """,
    "letters": """
        turns = [30 * (1 - bz.spring(frame, start=i / 10)) for i in range(len("Letters"))]
        colors = ["#f87171", "#fbbf24", "#a3e635", "#34d399", "#22d3ee", "#60a5fa", "#c084fc"]
        return bz.Letters("Letters", size=frame.width / 7, letter_rotation=turns, letter_color=colors)
    """,
    "any_script": """
        text = bz.Text("سلام · नमस्ते · 你好 · 안녕 · 😀", size=frame.width / 16)
        return bz.words.wave(bz.words.rise(text, frame, each=0.08), frame)
    """,
    "bullets": """
        points = ["Write what a frame shows", ["as a function", "as data"], "See it at once", "Export"]
        listed = bz.words.bullets(points, width=frame.width * 0.7, size=frame.width / 22, accent="#fbbf24")
        return bz.stagger(listed, frame, each=0.4)
    """,
    "markdown": """
        source = "# Results\\nSales are **up**, *costs* `down`:\\n\\n1. Bicycles\\n2. Trains\\n\\n> At last"
        return bz.stagger(bz.words.markdown(source, frame, size=frame.width / 24), frame, each=0.3)
    """,
    "code_type": """
        code = bz.words.Code("def double(x):\\n    return 2 * x\\n\\nprint(double(21))  # 42")
        return code.type(frame, rate=24)
    """,
    "code_highlight": """
        code = bz.words.Code("total = 0\\nfor row in rows:\\n    total += row", line_numbers=True)
        return code.highlight(frame, {0.5: 1, 1.5: (2, 3), 3.4: None})
    """,
    "code_become": """
        before = bz.words.Code("total = 0\\nfor row in rows:\\n    total += row\\nprint(total)")
        after = bz.words.Code("total = sum(rows)\\nprint(total)\\nprint(total / len(rows))")
        return before.become(after, frame, start=1)
    """,
    "math_write": """
        formula = bz.words.Math(r"e^{i \\pi} + 1 = 0", colors={r"\\pi": "#fbbf24"})
        return formula.write(frame)
    """,
    "math_become": """
        before = bz.words.Math(r"a x^2 + b x + c = 0", colors={"x": "#fbbf24"})
        after = bz.words.Math(r"x = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a}", colors={"x": "#fbbf24"})
        return before.become(after, frame, start=1)
    """,
    "math_highlight": """
        formula = bz.words.Math("x = (-b plus.minus sqrt(b^2 - 4 a c)) / (2 a)", engine="typst")
        return formula.highlight(frame, "b^2 - 4 a c", mark="box", start=0.8, leave=3)
    """,
    "math_moved": """
        formula = bz.words.Math(r"E = m c^2", parts={"mass": "m"})
        up = bz.spring(frame, start=0.4)
        return formula.show(frame, {"mass": {"dy": -frame.height / 8 * up, "rotation": 15 * up}})
    """,
    "table": """
        rows = [["function", "derivative"], ["$x^n$", "$n x^(n-1)$"], ["$sin x$", "$cos x$"]]
        return bz.words.Table(rows).write(frame, start=0.2, each=0.6)
    """,
    "typst": """
        proof = bz.words.Typst("*Theorem.* If $a < b$, then\\n- $a + c < b + c$\\n- $-b < -a$", width=14)
        return bz.Group([proof.show(frame)], opacity=bz.spring(frame))
    """,
    "captions": """
        said = [(0, 1.9, "Most of a frame is the frame before,"), (2, 4, "so only what differs is drawn.")]
        return bz.words.Captions(said, highlight="color").show(frame)
    """,
    "captions_outline": """
        said = [(0, 4, "Captions with an edge stand on any picture, and the word that is said stands out.")]
        return [bz.Fill("#d97706"), bz.words.Captions(said, style="outline", highlight="box").show(frame)]
    """,
    "captions_reveal": """
        said = [(0.2, 3.6, "Word by word, as it is said.")]
        return bz.words.Captions(said, highlight="reveal", position="center").show(frame)
    """,
    "stagger": """
        colors = ("#f87171", "#fbbf24", "#34d399", "#60a5fa")
        dots = bz.Row([bz.Ellipse(width=frame.width / 9, fill=c) for c in colors], gap=frame.width / 30)
        return bz.stagger(dots, frame, dy=frame.height / 4, each=0.25, leave=2.8)
    """,
}
"""Bodies of scenes that get a frame."""
TIME: dict[str, str] = {
    "sequence": """
        first, then = frame.sequence(2, 2)
        now, text = (first, "First this,") if first.is_on else (then, "then that.")
        return bz.words.rise(bz.Text(text, size=frame.width / 12, weight=700), now, leave=1.5)
    """,
    "loop": """
        beat = frame.loop(0.8)
        return bz.Ellipse(width=frame.width / 5 * (1.15 - 0.15 * beat.progress), fill="#f472b6")
    """,
    "hold": """
        held = frame.hold(at=0.7, seconds=1.5)
        return bz.words.rise(bz.Text("It stops, and goes on", size=frame.width / 14), held, each=0.07)
    """,
    "reverse": """
        back = frame.reverse()
        return bz.words.rise(bz.Text("Backwards it goes", size=frame.width / 14), back, each=0.1, start=0.5)
    """,
}
SOUND: dict[str, str] = {
    "waveform": """
        words = np.sin(np.arange(240_000) / 40) * np.sin(np.arange(240_000) / 9000) ** 4
        voice = bz.sound_levels(words, fps=40)
        return bz.waveform(voice, at=frame.progress, width=frame.width * 0.8, height=frame.height / 4,
                           color=bz.LinearGradient(("#22d3ee", "#a78bfa"), angle=0))
    """,
    "spectrum": """
        tones = sum(bz.tone(110 * 2**i, 4, shape="saw", decay=0.4 + i / 3, volume=0.2) for i in range(6))
        bands = bz.sound_levels(tones, frame.fps, bands=40, fall=0.8, duration=4)[frame.index]
        return bz.Column([bz.spectrum(bands, style=style, width=frame.width * 0.7, height=frame.height / 6,
                                      color="#fbbf24") for style in ("bars", "mirror", "line")], gap=20)
    """,
    "spectrum_ring": """
        tones = sum(bz.tone(110 * 2**i, 4, shape="saw", decay=0.4 + i / 3, volume=0.2) for i in range(6))
        bands = bz.sound_levels(tones, frame.fps, bands=48, fall=0.8, duration=4)[frame.index]
        return bz.spectrum(bands, style="ring", width=frame.height * 0.7, height=frame.height * 0.7,
                           color=bz.LinearGradient(("#f472b6", "#fbbf24"), angle=90))
    """,
    "beats": """
        beats = bz.sound_beats(np.tile(bz.tone(90, 0.5, decay=0.05), 8))
        beat = beats.pulse(frame.time, decay=0.12)
        return bz.Ellipse(200, 200, fill="#fb7185", scale=1 + 0.5 * beat, opacity=0.5 + 0.5 * beat)
    """,
}
EXAMPLES = {**WORDS, **TIME, **SOUND}


def code_of(name: str) -> str:
    """Give the code of an example."""
    return textwrap.dedent(EXAMPLES[name]).strip()


def example(name: str) -> bz.Scene:
    """Give an example as a scene."""
    space: dict[str, Any] = {"bz": bz, "np": np}
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
