"""Every chart looks as it was stored, and moves without a jump or a shake."""

from __future__ import annotations

import pytest

from tests.charts.gallery import STILLS, THEMES, draw_sheet, stored_sheet
from tests.charts.gallery_charts import CHARTS
from tests.charts.tracks import find_jumps, find_shakes
from tests.gallery_checks import check_sheet


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", CHARTS)
def test_looks_as_it_was_stored(name: str, theme: str) -> None:
    again = f"python -m tests.charts.gallery stills {name}"
    check_sheet(draw_sheet(name, theme), stored_sheet(name, theme), again)


def test_no_sheet_is_left_of_a_chart_that_is_gone() -> None:
    wanted = {stored_sheet(name, theme) for name in CHARTS for theme in THEMES}
    assert set(STILLS.glob("*.webp")) == wanted


@pytest.mark.parametrize("name", CHARTS)
def test_nothing_jumps(name: str) -> None:
    assert find_jumps(CHARTS[name]("light")) == []


@pytest.mark.parametrize("name", CHARTS)
def test_nothing_shakes(name: str) -> None:
    assert find_shakes(CHARTS[name]("light")) == []
