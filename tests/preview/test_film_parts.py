"""What players are shown, part by part."""

from __future__ import annotations

import random
import warnings
from pathlib import Path

import pytest

import bazaar_nb as bz
from bazaar_nb.preview.drawing import FrameDrawer
from bazaar_nb.preview.film_parts import FilmParts, PartCache
from bazaar_nb.scene import repeatability as repeats


@bz.scene(duration=6)
def chance(frame: bz.Frame) -> bz.Element:
    return bz.Ellipse(x=random.random() * 40, width=5)


def test_a_scene_of_chance_is_noticed_in_the_player_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeats, "_told", set())
    calls: list[int] = []

    @bz.scene(duration=6)
    def steady(frame: bz.Frame) -> bz.Element:
        calls.append(frame.index)
        return bz.Rect(x=frame.index, width=5)

    drawer, cache = FrameDrawer(), PartCache()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(2):
            film_parts = FilmParts(
                bz.Composition([chance(), steady()], width=64, height=64, fps=10).frozen(), 1.0
            )
            for part in range(film_parts.parts):
                film_parts.make(part, "h264", drawer, cache, tmp_path, lambda: None)
    assert [str(warning.message).partition(" shows")[0] for warning in caught] == ["scene 'chance'"]
    assert len(calls) == 2 * (60 + 1)  # one frame of a scene is asked for twice, whatever the number of parts
