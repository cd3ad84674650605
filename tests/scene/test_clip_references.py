from __future__ import annotations

import types
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

import bazaar_nb as bz
from bazaar_nb.scene.clip_references import may_show_clips

INSET = {"corner": [bz.Clip("inset.mp4", width=320)]}


def shown(frame: bz.Frame) -> list[Any]:
    return [bz.Fill("black"), *INSET["corner"]]


def shown_by_another(frame: bz.Frame) -> list[Any]:
    return shown(frame)


class Presenter:
    def __init__(self, clip: bz.Clip) -> None:
        self.parts = (clip,)

    def scene(self, frame: bz.Frame) -> list[Any]:
        return [*self.parts]


def made_in_a_module() -> Callable[..., Any]:
    helpers = types.ModuleType("helpers")
    exec("import bazaar_nb as bz\ndef inset():\n    return bz.Clip('a.mp4')", vars(helpers))
    names: dict[str, Any] = {"helpers": helpers, "__name__": "__main__"}
    exec("def scene(frame):\n    return [helpers.inset()]", names)
    scene: Callable[..., Any] = names["scene"]
    return scene


def held_back(clip: bz.Clip) -> Callable[..., Any]:
    return lambda frame: [clip]


@pytest.mark.parametrize(
    "function",
    [
        lambda frame: [bz.Clip("a.mp4")],
        lambda frame: [make() for make in (partial(bz.Clip, "a.mp4"),)],
        shown,
        shown_by_another,
        Presenter(bz.Clip("a.mp4")).scene,
        made_in_a_module(),
        held_back(bz.Clip("a.mp4")),
        partial(lambda frame, clip: [clip], clip=bz.Clip("a.mp4")),
    ],
)
def test_functions_that_refer_to_clips(function: Any) -> None:
    scene = bz.scene(duration=1)(lambda frame: function(frame))()
    assert may_show_clips(scene)
    assert may_show_clips(bz.loop(scene, 2))


def test_arguments_that_are_clips() -> None:
    card = bz.scene(duration=1)(lambda frame, inset: [inset])
    assert may_show_clips(card(bz.Clip("a.mp4")))
    assert not may_show_clips(card(bz.Image("a.png")))


def test_scenes_without_clips() -> None:
    samples = np.zeros((1000, 1000))

    def plotted(frame: bz.Frame) -> list[Any]:
        return [bz.Text(f"{bz.spring(frame):.2f} {samples.mean()}"), bz.words.rise(bz.Text("a"), frame)]

    assert not may_show_clips(bz.scene(duration=1)(plotted)())
