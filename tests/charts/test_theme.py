from itertools import combinations

import numpy as np
import pytest

import bazaar_nb as bz
from bazaar_nb.charts import DARK, LIGHT, Theme
from tests.charts.color_vision import VISION, ciede2000, contrast, lab, linear_rgb

THEMES = {"light": LIGHT, "dark": DARK}


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [  # of Sharma, Wu and Dalal's table 1
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 2.49, -0.001), (50, -2.49, 0.0011), 7.2195),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
        ((90.8027, -2.0831, 1.4410), (91.1528, -1.6435, 0.0447), 1.4441),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_measure_itself(one: tuple[float, ...], other: tuple[float, ...], apart: float) -> None:
    assert ciede2000(np.array(one), np.array(other)) == pytest.approx(apart, abs=1e-4)


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("name", THEMES)
def test_categories_stay_apart(name: str, vision: str) -> None:
    seen = {color: lab(VISION[vision] @ linear_rgb(color)) for color in THEMES[name].palette}
    assert len(seen) == 8
    near = {pair: ciede2000(seen[pair[0]], seen[pair[1]]) for pair in combinations(seen, 2)}
    assert min(near.values()) >= 10, min(near, key=lambda pair: near[pair])


@pytest.mark.parametrize("name", THEMES)
def test_marks_and_words_can_be_seen(name: str) -> None:
    theme = THEMES[name]
    behind = theme.background
    assert isinstance(behind, str)
    for color in (*theme.palette, theme.total):
        assert contrast(color, behind) >= 3
        assert contrast(theme.legible(color), behind) >= 4.5
    for color in (theme.ink, theme.soft, theme.accent, theme.positive, theme.negative):
        assert contrast(color, behind) >= 4.5
        assert theme.legible(color) == color


def test_words_can_be_read_without_a_background() -> None:
    assert contrast(LIGHT.but(background=None).legible("yellow"), "white") >= 4.5
    assert contrast(DARK.but(background=None).legible("navy"), "black") >= 4.5


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"ink": "bluee"}, "`ink`"),
        ({"palette": ()}, "palette"),
        ({"palette": ("red", "nocolour")}, "palette"),
        ({"label_size": 26}, "label_size"),
        ({"smallest": 0}, "smallest"),
        ({"move": "ease"}, "move"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_wrong_themes_say_what_is_wrong(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(bz.InvalidValueError, match=message):
        LIGHT.but(**wrong)


def test_one_theme_holds_for_all_charts_of_a_film() -> None:
    table = {"year": [1, 2], "A": [1, 2]}
    before = bz.charts.use_theme(Theme(ink="#102030"))
    try:
        assert bz.charts.BarRace(table, time="year").theme.ink == "#102030"
        assert bz.charts.BarRace(table, time="year", theme="dark").theme is DARK
    finally:
        bz.charts.use_theme(before)
    with pytest.raises(bz.InvalidValueError, match="light, dark"):
        bz.charts.use_theme("dim")
