"""A frame of a transition drawn alone is the same frame drawn in a row, bit for bit, of random films."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bazaar_nb as bz
from bazaar_nb.draw.damage import KeptFrame
from bazaar_nb.draw.element_drawing import ElementDrawing
from bazaar_nb.draw.renderer import Renderer
from bazaar_nb.media.clip_reader import ClipReader
from bazaar_nb.scene.elements import AnyElement
from tests.draw.conftest import stage as stage
from tests.draw.stage import Stage
from tests.draw.test_damage import AT_ONCE, HEIGHT, WIDTH, films, relaxed_some
from tests.draw.test_damage import photo as photo
from tests.transitions.kinds import transitions

FPS = 10


@st.composite
def mixed_films(draw: st.DrawFn) -> bz.Composition:
    """Give a film of two or three scenes of eight random frames, with transitions between and around."""

    def scene(frames: list[list[AnyElement]]) -> bz.Scene:
        return bz.Scene(lambda frame: frames[frame.index], duration=AT_ONCE / FPS)

    items: list[Any] = [scene(draw(films()))]
    for _ in range(draw(st.integers(1, 2))):
        items += [draw(transitions), scene(draw(films()))]
    if draw(st.booleans()):
        items = [draw(st.sampled_from([bz.fade(0.2)])), *items]
    layers = [scene(draw(films()))] if draw(st.booleans()) else []
    return bz.Composition(items, width=WIDTH, height=HEIGHT, fps=FPS, layers=layers)


@relaxed_some
@given(
    film=mixed_films(),
    scale=st.sampled_from([1.0, 0.5, 0.73]),
    order=st.lists(st.integers(0, 999), min_size=3, max_size=6),
)
def test_random_seek_equals_sequence(
    stage: Stage, film: bz.Composition, scale: float, order: list[int]
) -> None:
    size = (round(WIDTH * scale), round(HEIGHT * scale))
    trees = [stage.tree(*film.frame(index).elements) for index in range(film.frames)]
    in_a_row = []
    renderer = Renderer(*size, stage.find, clips=stage.clips)
    kept = KeptFrame(np.full((size[1], size[0], 4), 3, np.uint8))
    for tree in trees:
        renderer.redraw(tree, kept)
        in_a_row.append(kept.pixels.copy())
    sought = Renderer(*size, stage.find, clips=stage.clips)
    over = KeptFrame(np.zeros((size[1], size[0], 4), np.uint8))
    for index in (at % film.frames for at in order):
        alone = np.full((size[1], size[0], 4), 99, np.uint8)
        clips = ClipReader()  # that has seen no picture before
        Renderer(*size, stage.find, clips=clips).draw(trees[index], alone)
        clips.close()
        assert (alone == in_a_row[index]).all(), index
        sought.redraw(trees[index], over)
        assert (over.pixels == alone).all(), index


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the kinds of the elements that are drawn, or the words of texts, as they are."""
    found: list[str] = []
    draw = ElementDrawing._draw_content

    def count(self: ElementDrawing, target: Any, element: AnyElement, *given: Any, **more: Any) -> None:
        found.append(str(element.text) if isinstance(element, bz.Text) else type(element).__name__)
        draw(self, target, element, *given, **more)

    monkeypatch.setattr(ElementDrawing, "_draw_content", count)
    return found


def redraw(tmp_path: Path, film: bz.Composition, frames: range) -> None:
    stage = Stage(tmp_path)
    renderer, kept = Renderer(WIDTH, HEIGHT, stage.find), KeptFrame(np.zeros((HEIGHT, WIDTH, 4), np.uint8))
    for index in frames:
        renderer.redraw(stage.tree(*film.frame(index).elements), kept)


def test_a_scene_that_stands_is_drawn_once_in_a_transition(tmp_path: Path, drawn: list[str]) -> None:
    stands = [bz.Fill("navy"), *(bz.Text("word", x=n * 9, y=40) for n in range(12))]
    scene = bz.Scene(lambda frame: stands, duration=1)
    film = bz.Composition([scene, bz.fade(0.5), scene], width=WIDTH, height=HEIGHT, fps=20)
    redraw(tmp_path, film, range(11, 15))
    assert drawn.count("word") == 2 * 12, "of both scenes once, in four frames"


@pytest.mark.parametrize("kind", ["wipe", "wipe_hard", "slide"])
def test_what_is_not_seen_is_not_drawn(tmp_path: Path, drawn: list[str], kind: str) -> None:
    """However much it moves: of two charts little more than one is drawn."""

    def ends(name: str) -> bz.Scene:
        def body(frame: bz.Frame) -> list[AnyElement]:
            at = [(f"{name} {side}", x) for side, x in (("left", 20), ("right", 150))]
            return [bz.Fill("navy"), *(bz.Text(text, x=x, y=9 + frame.index, size=5) for text, x in at)]

        return bz.Scene(body, duration=1)

    make: dict[str, Any] = {
        "wipe": bz.transitions.wipe(0.5, "right", soft=0.1),
        "wipe_hard": bz.transitions.wipe(0.5, "right", soft=0),
        "slide": bz.transitions.slide(0.5, "right"),
    }
    film = bz.Composition([ends("one"), make[kind], ends("two")], width=WIDTH, height=HEIGHT, fps=20)
    early, late = ("two left", "two right") if kind != "slide" else ("two right", "two left")
    redraw(tmp_path, film, range(11, 13))
    assert drawn.count(late) == 0
    assert drawn.count("one right") == drawn.count(early) == 2
    drawn.clear()
    redraw(tmp_path, film, range(17, 19))
    assert drawn.count("one left") == 0
    assert drawn.count("one right") == drawn.count("two left") == 2
