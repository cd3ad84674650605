from __future__ import annotations

import numpy as np
import pytest

import bazaar_nb as bz

COLORS = ("#ff0000", "#00ff00", "#0000ff", "#ffff00")


def film() -> bz.Composition:
    def colored(color: str) -> bz.Scene:
        @bz.scene(duration=1)
        def flat(_frame: bz.Frame) -> bz.Element:
            return bz.Fill(color)

        return flat()

    return bz.Composition([colored(color) for color in COLORS], width=320, height=180, fps=10)


def test_a_sheet_has_frames_of_all_of_the_film_in_order() -> None:
    sheet = film().contact_sheet(columns=2, rows=2, width=400)
    shown = np.asarray(sheet)
    across = (400 - 3 * 12) // 2
    down = round(across * 180 / 320)
    line = (sheet.height - 12) // 2 - down - 12
    for number, color in enumerate(COLORS):
        x = 12 + number % 2 * (across + 12) + across // 2
        y = 12 + number // 2 * (down + line + 12) + down // 2
        assert "#{:02x}{:02x}{:02x}".format(*shown[y, x]) == color
    assert film().contact_sheet(columns=20, rows=20, width=2000).width == 2000


def test_bad_numbers_are_named() -> None:
    for words, message in (
        ({"columns": 0}, "`columns` must be a whole number from 1 to 20, got 0"),
        ({"rows": 1.5}, "`rows` must be a whole number from 1 to 20, got 1.5"),
        ({"width": "wide"}, "`width` must be a whole number from 100 to 8192, got 'wide'"),
    ):
        with pytest.raises(bz.InvalidValueError, match=message):
            film().contact_sheet(**words)
