"""Plans cover every frame once, and a key says what is drawn: no more, no less."""

from __future__ import annotations

import math
import random
import shutil
import warnings
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as PilImage

import bazaar_nb as bz
from bazaar_nb.draw.asset_pinning import Pinner
from bazaar_nb.render import segment_key as key_module
from bazaar_nb.render.evaluation import evaluate_segment
from bazaar_nb.render.plan import cut_evenly, cut_film
from bazaar_nb.render.segment_key import split_runs
from bazaar_nb.render.task import FrameRun
from bazaar_nb.scene import repeatability as repeats
from tests.render.films import segments_of, settings_of

RATES = ["1", "24", "25", "30", "50", "60", "120", "24000/1001", "30000/1001", "60000/1001"]
FONTS = Path(bz.__file__).parent / "fonts"


@bz.scene
def moving(frame: bz.Frame) -> Any:
    return bz.Rect(width=10, height=10, x=frame.index)


@bz.scene
def held(frame: bz.Frame, color: str = "navy") -> Any:
    return bz.Fill(color)


def film_of(*scenes: Any, **options: Any) -> bz.Composition:
    return bz.Composition(list(scenes), **{"width": 64, "height": 36, **options})


def keys(film: bz.Composition, **wanted: Any) -> list[str]:
    return [segment.key for segment in segments_of(film, settings_of(film, **wanted))]


def changed(before: bz.Composition, after: bz.Composition) -> list[tuple[int, int]]:
    """Give the ranges of frames whose segments got another key."""
    pairs = zip(segments_of(before), segments_of(after), strict=True)
    return [(a.first_frame, a.first_frame + a.frames) for a, b in pairs if a.key != b.key]


@st.composite
def films(draw: st.DrawFn) -> bz.Composition:
    fps = Fraction(draw(st.sampled_from(RATES)))
    items: list[Any] = []
    for _ in range(draw(st.integers(1, 4))):
        frames = draw(st.integers(1, 700))
        if items:
            # A third of each neighbour at most, so that fades never meet.
            most = min(frames, round(items[-1].duration * fps)) // 3
            items.append(bz.fade(Fraction(draw(st.integers(0, most))) / fps))
        kind = draw(st.sampled_from([moving, held]))
        items.append(kind(duration=Fraction(frames) / fps))
    return film_of(*items, fps=fps)


@settings(max_examples=60, deadline=None)
@given(film=films(), data=st.data())
def test_every_frame_is_in_one_segment(film: bz.Composition, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, film.frames - 1))
    stop = data.draw(st.integers(first + 1, film.frames))
    asked: list[int] = []
    at = first
    for cut in cut_film(film, first, stop):
        segment = evaluate_segment(
            film, *cut, settings_of(film), Pinner(lambda path: ""), before_frame=asked.append
        )
        assert segment.first_frame == cut.first == at
        assert segment.frames == cut.stop - cut.first == sum(run.frames for run in segment.runs) >= 1
        assert segment.frames <= max(1, math.floor(Fraction(5, 2) * film.fps))
        at = cut.stop
    assert asked == list(range(first, stop))

    starts = {cut.first for cut in cut_film(film, first, stop)}
    assert starts >= {span.start for span in film.timeline.spans if first < span.start < stop}


@given(st.integers(0, 500), st.integers(-3, 500), st.integers(0, 60))
def test_cuts_are_even(start: int, length: int, parts: int) -> None:
    cuts = cut_evenly(start, start + length, parts)
    assert [frame for edges in cuts for frame in range(*edges)] == list(range(start, start + length))
    assert len(cuts) == max(0, min(length, max(1, parts)))
    sizes = {stop - begin for begin, stop in cuts}
    assert not sizes or max(sizes) - min(sizes) <= 1


@given(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.data())
def test_runs_are_split_where_it_is_said(lengths: list[int], data: st.DataObject) -> None:
    runs = tuple(FrameRun(length, bytes([n])) for n, length in enumerate(lengths))
    at = data.draw(st.integers(0, sum(lengths)))
    first, rest = split_runs(runs, at)

    def frames(parts: Any) -> list[bytes]:
        return [run.tree for run in parts for _ in range(run.frames)]

    assert frames(first) == frames(runs)[:at]
    assert frames(rest) == frames(runs)[at:]


@settings(max_examples=40, deadline=None)
@given(
    edited=st.integers(0, 5),
    fades=st.lists(st.integers(0, 8), min_size=5, max_size=5),
    moves=st.lists(st.booleans(), min_size=6, max_size=6),
)
def test_an_edit_touches_what_shows_that_scene(edited: int, fades: list[int], moves: list[bool]) -> None:
    def film(words: list[str]) -> bz.Composition:
        @bz.scene(duration=2)
        def said(frame: bz.Frame, word: str, moves: bool) -> Any:
            return bz.Text(word, size=12, x=frame.index if moves else 30)

        items: list[Any] = []
        for word, fade, move in zip(words, [0, *fades], moves, strict=True):
            items += [bz.fade(Fraction(fade, 30)), said(word, move)]
        return film_of(*items[1:])

    words = list("abcdef")
    before = film(words)
    words[edited] = "x"
    place = before.timeline.placements[edited]
    spans = [span for span in before.timeline.spans if place in (span.outgoing, span.incoming)]
    touched = changed(before, film(words))
    assert [frame for part in touched for frame in range(*part)] == list(range(place.start, place.stop))
    assert touched[0][0] == spans[0].start


def test_code_that_changes_nothing_changes_no_key() -> None:
    @bz.scene(duration=1)
    def plain(frame: bz.Frame) -> Any:
        return [bz.Rect(x=frame.index, width=5), bz.Text("Hello", size=20)]

    @bz.scene(duration=1)
    def rewritten(frame: bz.Frame) -> Any:
        def box() -> Any:
            return bz.Rect(width=np.float64(5), x=frame.index * 1.0)

        word = "".join(["Hel", "lo"])
        return (box(), [None, bz.Text(word, size=20)])

    assert keys(film_of(plain(), name="one")) == keys(film_of(rewritten(), name="two"))


def test_where_a_film_has_a_scene_does_not_matter() -> None:
    first, second = held("teal", duration=1), moving(duration=1)
    assert keys(film_of(first, second)) == keys(film_of(second, first))[::-1]


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    PilImage.new("RGB", (8, 8), "red").save(path)
    return path


def test_a_picture_counts_by_its_content(photo: Path, tmp_path: Path) -> None:
    @bz.scene(duration=1)
    def shown(frame: bz.Frame, source: Any) -> Any:
        return bz.Image(source, width=20)

    before = keys(film_of(shown(photo)))
    elsewhere = tmp_path / "folder with space" / "other.png"
    elsewhere.parent.mkdir()
    shutil.copy(photo, elsewhere)
    assert keys(film_of(shown(elsewhere))) == before
    assert keys(film_of(shown(str(photo)))) == before
    PilImage.new("RGB", (8, 8), "blue").save(photo)
    assert set(keys(film_of(shown(photo)))).isdisjoint(before)
    assert keys(film_of(shown(elsewhere))) == before


def test_a_font_counts_by_its_content(tmp_path: Path) -> None:
    @bz.scene(duration=1)
    def written(frame: bz.Frame, font: str) -> Any:
        return bz.Text("Abc", font=font, size=12)

    thin, fat = sorted(FONTS.glob("*.ttf"))[:2]
    mine = tmp_path / "mine.ttf"
    shutil.copy(thin, mine)
    before = keys(film_of(written(str(thin))))
    assert keys(film_of(written(str(mine)))) == before
    shutil.copy(fat, mine)
    assert set(keys(film_of(written(str(mine))))).isdisjoint(before)


def test_settings_and_versions_are_in_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    film = film_of(held(duration=1), width=128, height=72)
    plans = [
        keys(film, **wanted)
        for wanted in (
            {}, {"crf": 20}, {"quality": "high"}, {"bitrate": "low"}, {"preset": "fast"}, {"codec": "h265"},
            {"codec": "vp9"}, {"format": "gif"}, {"resolution": (256, 144)},
        )
    ]  # fmt: skip
    plans.append(keys(film.at_fps(25)))
    for version in ("drawing_version", "encoding_version"):
        with monkeypatch.context() as patched:
            patched.setattr(key_module, version, lambda: "another")
            plans.append(keys(film))
    found = [key for plan in plans for key in plan]
    assert len(set(found)) == len(found) == len(plans)
    assert keys(film, mute=True) == plans[0]


def test_a_layer_touches_only_where_it_is_seen() -> None:
    scenes = [moving(duration=2), held(duration=2), moving(duration=2)]

    def film(mark: str) -> bz.Composition:
        @bz.scene(duration=1)
        def layer(frame: bz.Frame) -> Any:
            return bz.Text(mark, size=10)

        return film_of(*scenes, layers=[layer().at(2.5)])

    assert changed(film("a"), film("b")) == [(60, 120)]
    assert changed(film_of(*scenes), film("a")) == [(60, 120)]


def test_a_segment_takes_only_its_own_functions() -> None:
    @bz.scene(duration=10)
    def charts(frame: bz.Frame) -> Any:
        number = frame.index // 75
        return [bz.Rect(x=frame.index), bz.Figure(lambda fig, n=number: fig.text(0, 0, n), width=10)]  # type: ignore[arg-type]

    plan = segments_of(film_of(charts()))
    assert len(plan) == 4
    assert [len(segment.functions) for segment in plan] == [1] * 4
    assert len({name for segment in plan for name in segment.functions}) == 4


def test_errors_name_the_scene_and_its_own_frame() -> None:
    @bz.scene(duration=1)
    def broken(frame: bz.Frame) -> Any:
        return [bz.Fill("red"), bz.Image("/not/there.png") if frame.index == 4 else None]

    with pytest.raises(bz.ElementError, match=r"not/there\.png.*\(scene 'broken', frame 4\)") as caught:
        segments_of(film_of(held(duration=1), broken()))
    error = caught.value
    assert (error.scene, error.frame, error.element, error.field) == ("broken", 4, "Image[1]", "source")


def test_a_scene_of_chance_is_told_of_once_in_all_exports(
    inline: bz.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeats, "_told", set())
    order: list[int] = []

    @bz.scene(duration=1)
    def chance(frame: bz.Frame) -> Any:
        order.append(frame.index)
        return bz.Rect(width=10, height=10, x=random.random() * 50)

    film = film_of(moving(duration=1), chance(), held(duration=1), fps=10)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(2):
            film.export(progress=False, workspace=inline)
    told = [str(warning.message) for warning in caught if "shows something else" in str(warning.message)]
    assert [text.partition(" shows")[0] for text in told] == ["scene 'chance'"]
    # Each frame in its order, before any is asked for again: to find out, and which of the scenes it is.
    assert order == [*range(10), 4, *range(10)]


def test_scenes_that_swing_too_far_have_the_keys_of_those_that_do_not() -> None:
    @bz.scene(duration=2)
    def title(frame: bz.Frame, most: float = 2.0) -> Any:
        return bz.Text("Quarterly review", opacity=min(most, bz.spring(frame)))

    assert max(bz.spring(index / 30) for index in range(60)) > 1.1
    assert keys(film_of(title())) == keys(film_of(title(most=1.0)))
