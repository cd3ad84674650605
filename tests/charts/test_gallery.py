"""Every chart looks as it was stored, and moves without a jump or a shake."""

from __future__ import annotations

import pytest
from PIL import Image as PilImage

from tests.charts.gallery import STILLS, THEMES, differences, draw_sheet, stored_sheet
from tests.charts.gallery_charts import CHARTS
from tests.charts.tracks import find_jumps, find_shakes

MEAN_LEVELS, WORST_LEVELS = 0.35, 26.0
"""What may differ between processors, in levels of 255: of a whole sheet, and of a square of 8 by 8."""


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", CHARTS)
def test_looks_as_it_was_stored(name: str, theme: str) -> None:
    drawn = draw_sheet(name, theme)
    stored = PilImage.open(stored_sheet(name, theme)).convert("RGB")
    assert drawn.size == stored.size
    mean, worst, picture = differences(drawn, stored)
    if mean > MEAN_LEVELS or worst > WORST_LEVELS:
        folder = STILLS / "differences"
        folder.mkdir(exist_ok=True)
        for what, image in (("drawn", drawn), ("stored", stored), ("differs", picture)):
            image.save(folder / f"{name}-{theme}-{what}.png")
        pytest.fail(
            f"{name} ({theme}) differs by {mean:.2f} levels (at most {MEAN_LEVELS}), in one place by "
            f"{worst:.0f} (at most {WORST_LEVELS}): look at {folder}; "
            f"if it is meant, `python -m tests.charts.gallery stills {name}`"
        )


def test_no_sheet_is_left_of_a_chart_that_is_gone() -> None:
    wanted = {stored_sheet(name, theme) for name in CHARTS for theme in THEMES}
    assert set(STILLS.glob("*.webp")) == wanted


@pytest.mark.parametrize("name", CHARTS)
def test_nothing_jumps(name: str) -> None:
    assert find_jumps(CHARTS[name]("light")) == []


@pytest.mark.parametrize("name", CHARTS)
def test_nothing_shakes(name: str) -> None:
    assert find_shakes(CHARTS[name]("light")) == []
