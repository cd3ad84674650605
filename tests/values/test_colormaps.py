from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest

from bazaar_nb.values.colormaps import NAMES, map_colors

EVEN = np.linspace(0, 1, 256)


@pytest.mark.parametrize("name", [*NAMES, *(f"{name}_r" for name in NAMES)])
def test_a_colormap_is_nearly_that_of_matplotlib(name: str) -> None:
    own = map_colors(EVEN * 50 - 20, name, (-20, 30)).astype(int)
    theirs = np.array(mpl.colormaps[name](EVEN)) * 255
    assert np.abs(own - theirs).max() <= 6
    assert np.abs(own - theirs).mean() <= 1


def test_a_colormap_of_matplotlib_is_taken_as_it_is() -> None:
    theirs = mpl.colormaps["twilight"]
    assert np.array_equal(map_colors(EVEN, theirs, (0, 1)), (theirs(EVEN) * 255 + 0.5).astype(np.uint8))


def test_what_is_beyond_the_range_gets_the_nearer_end_and_a_range_may_fall() -> None:
    numbers = np.array([-5.0, 0.0, 10.0, 99.0])
    assert map_colors(numbers, ("red", "blue"), (0, 10))[:, 0].tolist() == [255, 255, 0, 0]
    assert map_colors(numbers, ("red", "blue"), (10, 0))[:, 0].tolist() == [0, 0, 255, 255]
