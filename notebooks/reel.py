"""Make the moving picture at the top of the README, ``notebooks/images/reel.webp``: ``make pictures``.

Each part has the line below it that makes it: a reader sees what is made, and of what.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

import bazaar_nb as bz

HERE = Path(__file__).parent
INK, PAPER, SOFT = "#0b1022", "#f4f6fb", "#aab4d6"
NIGHT = bz.charts.DARK.but(background=INK, ink=PAPER, soft=SOFT, faint="#28304d")
MONO = bz.words.Code("x").font
STRIP = 96  # pixels, for the line of code


def people() -> pd.DataFrame:
    """Give the people of each country, a column each, by year."""
    wide = pd.read_csv(HERE / "data" / "population.csv", index_col="country")
    wide = wide.rename({"Russian Federation": "Russia"})
    return wide.T.rename_axis("year").reset_index().astype({"year": int})


def said(code: str) -> Iterator[bz.Element]:
    """Give the strip at the bottom with a line of code."""
    yield bz.Rect(width="100%", height=STRIP, y="100%", anchor="bottom", fill="#050814")
    yield bz.Text(code, size=34, color=SOFT, x=48, y=720 - STRIP / 2, anchor="left", font=MONO)


@bz.scene(duration=2.2)
def title(frame: bz.Frame) -> Iterator[object]:
    """Show what it is, letter by letter."""
    yield bz.Fill(bz.LinearGradient(("#1e1b4b", "#7c3aed", "#f472b6"), angle=30))
    yield bz.words.rise(bz.Text("Videos from Python", size=112, weight=800, y=300), frame, start=-0.6)
    below = bz.Text("in a notebook", size=54, weight=500, color="#fbcfe8", y=420)
    yield bz.words.fade(below, frame, start=0.1, by="word")


@bz.scene(duration=3.2)
def chart(frame: bz.Frame, shown: bz.charts.BarRace) -> Iterator[object]:
    """Show a race, above its line."""
    yield bz.Fill(INK)
    yield shown.at(frame.time, 1280, 720 - STRIP, x=640, y=(720 - STRIP) / 2)
    yield said('bz.charts.BarRace(table, time="year")')


@bz.scene(duration=2.6)
def world(frame: bz.Frame, shown: bz.charts.Map) -> Iterator[object]:
    """Show a map, above its line."""
    yield bz.Fill(INK)
    yield shown.at(frame.time, 1280, 720 - STRIP, x=640, y=(720 - STRIP) / 2)
    yield said('bz.charts.Map(table, world, value="growth")')


FIRST = bz.words.Code("total = 0\nfor odd in range(1, 2 * n, 2):\n    total += odd", size=44, y=210)
SHORT = bz.words.Code("total = n ** 2", size=44, y=210)
SUM = bz.words.Math(r"1 + 3 + 5 + \cdots + (2n - 1) = n^2", colors={"n": "#fbbf24"}, size=64, y=450)


@bz.scene(duration=3.4)
def lesson(frame: bz.Frame) -> Iterator[object]:
    """Show code that becomes shorter, and the formula that says why."""
    types, becomes = frame.sequence(1.5, 1.9)
    yield bz.Fill(INK)
    yield FIRST.type(types, rate=55) if types.is_on else FIRST.become(SHORT, becomes, start=0.3)
    yield SUM.write(frame, start=0.9, each=0.05)
    yield said("code.become(shorter, frame), formula.write(frame)")


@bz.scene(duration=2.8)
def earth(frame: bz.Frame) -> Iterator[object]:
    """Show a photograph as a camera goes over it."""
    mark = [
        bz.Ellipse(x=562, y=351, width=14, fill="#f6b73c"),
        bz.words.pop(bz.Text("India", size=30, weight=700, x=574, y=351, anchor="left"), frame, start=0.9),
    ]
    photo = bz.Image(str(HERE / "data" / "asia.jpg"), width=1280)
    yield bz.looks.camera([photo, mark], frame, [bz.looks.Shot(0.2), bz.looks.Shot(2.2, 600, 330, 2.1)])
    yield said("bz.looks.camera(elements, frame, shots)")


@bz.scene(duration=1.8)
def ending(frame: bz.Frame) -> Iterator[object]:
    """Show the call that makes a file."""
    yield bz.Fill(bz.LinearGradient(("#1e1b4b", "#7c3aed", "#f472b6"), angle=30))
    call = bz.Text('film.export("review.mp4")', size=64, color=PAPER, y=330, font=MONO)
    yield bz.words.typewriter(call, frame, rate=30)
    below = bz.Text("mp4, webm, mov, gif, webp", size=40, color="#fbcfe8", y=430)
    yield bz.words.fade(below, frame, start=0.9, by="word")


def reel() -> bz.Composition:
    """Give the film."""
    table = people()
    race = bz.charts.BarRace(
        table, time="year", title="The most people", top=6, theme=NIGHT, duration=3.2, source=""
    )
    shapes = json.loads((HERE / "data" / "world.geojson").read_text("utf-8"))
    known = {each["properties"]["name"] for each in shapes["features"]}
    rows = table.set_index("year").T
    growth = (
        (((rows[2020] / rows[2010]) ** 0.1 - 1) * 100).rename("growth").rename_axis("country").reset_index()
    )
    growth = growth[growth["country"].isin(known)].dropna()
    areas = bz.charts.Map(
        growth, shapes, name="country", value="growth", steps=[-1, 0, 1, 2, 3, 4],
        title="Africa grows", subtitle="People, percent a year", theme=NIGHT, duration=2.6,
    )  # fmt: skip
    return bz.Composition(
        [
            title(), bz.transitions.push(0.5, "left"),
            chart(race), bz.transitions.wipe(0.5, 20, soft=0.1),
            world(areas), bz.transitions.push(0.5, "up"),
            lesson(), bz.transitions.iris(0.6, soft=0.1),
            earth(), bz.fade(0.4),
            ending(),
        ],
        width=1280, height=720, fps=30, name="reel",
    )  # fmt: skip


if __name__ == "__main__":
    made = reel().export(HERE / "images" / "reel.webp", resolution=(640, 360), fps=15, quality="medium")
    print(f"{made.path}: {made.size_bytes / 1e6:.1f} MB, {float(made.duration):.0f} s")
