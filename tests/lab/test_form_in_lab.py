"""A film's form in JupyterLab: what is filled in is seen, and what is wrong stands beside its field."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from playwright.sync_api import Locator

from tests.lab.conftest import Notebooks
from tests.lab.films import COUNTING, HEIGHT, WIDTH, eventually, wait_frame

FILM = f'''
import pandas as pd
from typing import Annotated, Literal
from msgspec import Meta

sales = pd.DataFrame({{"year": [2020, 2021], "tea": [1, 2]}})

@bz.film
def counted(
    name: Annotated[str, Meta(min_length=1, max_length=8)],
    fill: bz.parameters.Color = "#204060",
    seconds: Annotated[int, Meta(ge=1, le=60)] = 8,
    pace: Literal["slow", "fast"] = "slow",
    table: bz.parameters.Table | None = None,
) -> bz.Composition:
    """Count frames.

    Parameters
    ----------
    name : str
        Of the film.
    """
    scene = counting(fill, duration=seconds)
    return bz.Composition([scene], width={WIDTH}, height={HEIGHT}, name=name)
'''
FORM = "form = counted.form(name='first')\nform"


def color_of(player: Locator) -> list[float]:
    """Give the red, green and blue of the film's ground."""
    seen = np.asarray(Image.open(io.BytesIO(player.locator("video").screenshot())).convert("RGB"))
    ground: list[float] = seen[-60:-40, 20:40].mean(axis=(0, 1)).tolist()
    return ground


def test_a_form_is_live(notebooks: Notebooks) -> None:
    lab = notebooks.open("form", COUNTING, FILM, FORM)
    for cell in range(3):
        lab.run(cell)
    output = lab.cell(2)
    player = output.locator(".bazaar-player")
    wait_frame(player, 0)

    def told(what: str) -> str:
        return lab.run_source(f"print({what})").strip()

    eventually(lambda: color_of(player)[2] > 80)  # blue
    name = output.get_by_label("Name")
    name.fill("much too long a name")
    alert = output.get_by_role("alert")
    alert.wait_for()
    assert alert.inner_text() == "must be text of 1 to 8 characters"
    assert told("form.film.name") == "first"  # the last that could be made stays, for the export, too
    below = name.bounding_box(), alert.bounding_box()
    assert below[0] is not None
    assert below[1] is not None
    assert 0 <= below[1]["y"] - below[0]["y"] < 60
    assert abs(below[1]["x"] - below[0]["x"]) < 30
    name.fill("second")
    alert.wait_for(state="detached")
    eventually(lambda: told("form.film.name") == "second")

    output.locator("input[type=color]").fill("#a02020")
    eventually(lambda: told("form.values['fill']") == "#a02020")
    eventually(lambda: color_of(player)[0] > 120)  # red
    output.get_by_role("button", name="fast").click()
    eventually(lambda: told("form.values['pace']") == "fast")
    assert output.locator("select").last.locator("option").all_inner_texts() == ["–", "sales"]
    output.locator("select").last.select_option("sales")
    eventually(lambda: told("form.values['table'] is sales") == "True")
