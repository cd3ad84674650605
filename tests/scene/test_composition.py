from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bazaar_nb.errors import BazaarError, ElementError, InvalidValueError, SceneError
from bazaar_nb.scene.elements import AnyElement, Fill, Group, Pixels, Rect, Text
from bazaar_nb.scene.film import Film, json_schema
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.scene import Scene, scene
from bazaar_nb.scene.time import Seconds, as_fps, seconds_to_frames
from bazaar_nb.scene.transition import Transition, cut, fade
from tests.scene.element_strategies import elements, paints
from tests.texts import refused_or_read, texts

RATES: list[Seconds] = [24, 25, 29.97, 30, 59.94, 60]


@scene
def mark(frame: Frame, name: str = "a") -> Text:
    """Shows its name, its frame and how many it has."""
    return Text(f"{name} {frame.index} {frame.frames}")


def words(film: Film, index: int) -> list[str]:
    """What the marks on a frame say, lowest first."""

    def inside(shown: tuple[AnyElement, ...]) -> list[str]:
        found: list[str] = []
        for element in shown:
            if isinstance(element, Text) and isinstance(element.text, str):
                found.append(element.text)
            elif isinstance(element, Group):
                found += inside(element.children)
        return found

    return inside(film.frame(index).elements)


durations = st.integers(1, 60).map(lambda tenths: Fraction(tenths, 10))
overlaps = st.sampled_from([None, 0, 0.1, 0.25, 0.5, 1])


@settings(max_examples=80, deadline=None)
@given(
    lengths=st.lists(durations, min_size=1, max_size=5),
    between=st.lists(overlaps, min_size=6, max_size=6),
    fps=st.sampled_from(RATES),
)
def test_every_frame_of_every_scene_is_seen_once(
    lengths: list[Fraction], between: list[float | None], fps: Seconds
) -> None:
    items: list[Scene | Transition] = []
    for number, length in enumerate(lengths):
        if between[number] is not None:
            items.append(fade(between[number] or 0))
        items.append(mark(f"s{number}", duration=length))
    if between[-1] is not None:
        items.append(fade(between[-1]))
    try:
        film = Film(items, fps=fps, width=8, height=8)
    except InvalidValueError as error:
        said = str(error)
    else:
        said = ""
    counts = [max(1, seconds_to_frames(length, as_fps(fps))) for length in lengths]
    taken = [
        seconds_to_frames(Fraction(str(part or 0)), as_fps(fps))
        for part in [*between[: len(lengths)], between[-1]]
    ]
    fits = all(
        before + after <= count for before, after, count in zip(taken[:-1], taken[1:], counts, strict=True)
    )
    assert ("make the scene longer or the transitions shorter" in said) == (not fits)
    if not fits:
        return
    assert film.frames == sum(counts) - sum(taken[1:-1])
    assert film.duration * film.fps == film.frames
    assert [span.start for span in film.timeline.spans[1:]] == [
        span.stop for span in film.timeline.spans[:-1]
    ]
    seen = [word for index in range(film.frames) for word in words(film, index)]
    assert sorted(seen) == sorted(f"s{n} {k} {count}" for n, count in enumerate(counts) for k in range(count))


def test_a_fade_leaves_out_its_ends() -> None:
    film = Film([mark("a", duration=1), fade(0.4), mark("b", duration=1)], fps=10)
    mixed = [film.frame(index).elements[-1] for index in range(film.frames)]
    assert [g.opacity for g in mixed if isinstance(g, Group)] == pytest.approx([0.2, 0.4, 0.6, 0.8])
    assert film.frames == 16
    ends = Film([fade(0.3), mark("a", duration=1), fade(0.3)], fps=10)
    first, last = ends.frame(0).elements[-1], ends.frame(-1).elements[-1]
    assert isinstance(first, Group)
    assert first.opacity == 0
    assert isinstance(last, Group)
    assert last.opacity == 1
    assert last.children == (Fill("black"),)
    assert Film([mark(duration=1), cut(), mark(duration=1)], fps=10).frames == 20


def test_an_edit_elsewhere_moves_no_frame_inside_a_scene() -> None:
    def film(first: float) -> Film:
        return Film([mark("a", duration=first), mark("b", duration=1.37)], fps=29.97)

    tails = [
        [words(one, one.marks[1].start + k) for k in range(41)] for one in (film(1), film(1.01), film(2.345))
    ]
    assert tails[0] == tails[1] == tails[2]


def test_layers_lie_over_their_part_of_the_film() -> None:
    film = Film(
        [mark("film", duration=2)],
        fps=10,
        layers=[mark("logo"), mark("late", duration=0.5).at(1), mark("long", duration=9).at(1.9)],
    )
    assert words(film, 0) == ["film 0 20", "logo 0 20"]
    assert words(film, 12) == ["film 12 20", "logo 12 20", "late 2 5"]
    assert words(film, 15) == ["film 15 20", "logo 15 20"]
    assert words(film, 19) == ["film 19 20", "logo 19 20", "long 0 1"]


@settings(max_examples=40, deadline=None)
@given(
    shown=st.lists(st.lists(elements, max_size=2), min_size=1, max_size=3),
    background=paints,
    fps=st.sampled_from(RATES),
    blend=st.sampled_from([None, 0.05]),
)
def test_a_film_survives_json(
    shown: list[list[AnyElement]], background: Any, fps: Seconds, blend: float | None
) -> None:
    items: list[Any] = []
    for number, kept in enumerate(shown):
        if number and blend:
            items.append(fade(blend))

        def body(frame: Frame, kept: list[AnyElement] = kept) -> object:
            return [kept if frame.index % 4 else None, Text(str(frame.index // 3))]

        items.append(Scene(body, duration=0.3, name=f"s{number}"))
    film = Film(items, width=80, height=45, fps=fps, background=background, name="the film")
    again = Film.from_json(film.to_json())
    assert repr(again) == repr(film)
    assert again.marks == film.marks
    assert again.fps == film.fps
    for index in range(film.frames):
        assert again.frame(index) == film.frame(index)
        assert again.frame(index).to_msgpack() == film.frame(index).to_msgpack()
    assert again.to_json() == film.to_json()


def test_a_recorded_film_can_be_played_at_another_rate() -> None:
    film = Film([mark(duration=2), mark("b", duration=1)], fps=30)
    half = Film.from_json(film.to_json()).at_fps(15)
    assert half.frames == 45
    assert [words(half, k)[0] for k in (0, 1, 29, 30)] == ["a 0 60", "a 2 60", "a 58 60", "b 0 30"]
    assert [(m.start, m.stop) for m in half.marks] == [(0, 30), (30, 45)]


def test_the_schema_describes_the_document() -> None:
    film = Film([mark(duration=0.1)], width=8, height=8)
    schema = json_schema()
    document = schema["$defs"]["CompositionDocument"]
    assert set(json.loads(film.to_json())) <= set(document["properties"])
    assert {"rect", "text", "group"} <= {
        kind
        for name, one in schema["$defs"].items()
        for kind in one.get("properties", {}).get("kind", {}).get("enum", [])
    }


GOOD = Film([mark(duration=1)], width=64, height=36).to_json()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"width":64', '"width":NaN'),
        ('"width":64', '"width":-1'),
        ('"frames":1', '"frames":0'),
        ('"fps":"30"', '"fps":"1/0"'),
        ('"fps":"30"', '"fps":"1e999999999"'),
        ("/1", "/2"),
        ('"kind":"text"', '"kind":"os.system"'),
        ('"name":"film"', '"name":""'),
        ('"sound":[]', '"sound":[{"source":3}]'),
        ('"background":"black"', '"background":"blakc"'),
        ('"format"', '"__class__"'),
    ],
)
def test_hostile_documents_are_errors(old: str, new: str) -> None:
    assert old in GOOD
    with pytest.raises(BazaarError):
        Film.from_json(GOOD.replace(old, new))


def test_documents_of_huge_claims_cost_nothing() -> None:
    huge = GOOD.replace('"frames":1', '"frames":9000000000000000000', 1)
    assert Film.from_json(huge).frames > 9e18


def returns(value: object) -> Film:
    return Film([Scene(lambda frame: value, duration=1, name="intro")], width=8, height=8)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("hi", "expected elements, got 'hi'"),
        ({"a": 1}, "got {'a': 1}"),
        ({1: Rect()}.values(), "got dict_values"),
        (5, "expected elements, got 5; bz.Text(5) shows it"),
        ((part for part in (Rect(), [5])), "expected elements, got 5"),
        (itertools.repeat(Rect()), "a generator may yield 200,000 elements, this one has no end"),
        ([Rect(), 5], "got 5"),
        ([[["x"]]], "got 'x'"),
        (Rect, "got <class"),
        (np.zeros(3), "got array"),
        (Group, "got <class"),
    ],
)
def test_scenes_return_elements(value: object, said: str) -> None:
    with pytest.raises(ElementError) as caught:
        returns(value).frame(3)
    assert said in str(caught.value)
    assert (caught.value.scene, caught.value.frame) == ("intro", 3)
    around: list[object] = []
    around.append(around)
    with pytest.raises(ElementError, match="have no end"):
        returns(around).frame(0)


def test_what_a_scene_raises_says_where() -> None:
    def broken(frame: Frame) -> object:
        table: dict[str, object] = {}
        return table["sales"]

    with pytest.raises(SceneError) as caught:
        Film([Scene(broken, duration=1)]).frame(12)
    error = caught.value
    assert (error.scene, error.frame) == ("broken", 12)
    assert "scene 'broken' failed at frame 12 (0.4 s): KeyError: 'sales', line " in str(error)
    assert 'return table["sales"]' in error.scene_traceback
    assert "scene/scene.py" not in error.scene_traceback
    array: Any = np.zeros((2, 2, 2))
    with pytest.raises(SceneError, match=r"scene 'pixels' failed at frame 0 .*`array` must have shape"):
        Film([Scene(lambda frame: Pixels(array), duration=1, name="pixels")]).frame(0)


def test_scenes_made_with_wrong_arguments() -> None:
    with pytest.raises(TypeError, match=r"scene mark\(frame.*too many positional arguments"):
        mark("a", "b")
    with pytest.raises(TypeError, match=r"scene mark\(frame.*unexpected keyword argument 'title'"):
        mark(title="a")
    with pytest.raises(InvalidValueError, match="takes the frame as its first parameter"):
        scene(lambda: None)


def film(scenes: Any, **fields: Any) -> Film:
    """A film of values of types that it may not take."""
    return Film(scenes, **fields)


SECOND = mark(duration=1)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: mark(duration=0), r"`duration` must be positive, got 0 \(scene 'mark'\)"),
        (lambda: mark(duration=-1), "`duration` must be positive, got -1"),
        (lambda: mark(duration=float("nan")), "`duration` must be a number of seconds, got nan"),
        (lambda: mark(duration=1).at(-1), "`start` must be at least 0, got -1"),
        (lambda: fade(-1), r"`duration` must be at least 0, got -1 \(fade\)"),
        (lambda: film([]), "needs at least one scene"),
        (lambda: film([fade()]), "needs at least one scene"),
        (lambda: film([mark()]), r"scene 'mark' has no duration .* mark\(duration=…\)"),
        (lambda: film([lambda frame: None]), "put @bz.scene"),
        (lambda: film([3]), "expected a scene or a transition, got 3"),
        (lambda: film([Fill("red")]), "Fill is an element, not a scene.*with @bz.scene"),
        (lambda: film(SECOND), "`scenes` must be a list"),
        (lambda: film([SECOND, fade(), fade(), SECOND]), "two transitions follow"),
        (lambda: film([SECOND, fade(2), mark(duration=3)]), "take 60 frames, but it has only 30"),
        (lambda: film([SECOND], layers=[mark().at(1)]), "starts at 1 s, after the end of the film at 1 s"),
        (lambda: film([SECOND], width=0), r"`width` must be a whole number .* got 0 \(Composition 'film'\)"),
        (lambda: film([SECOND], height=1.5), "`height` must be a whole number"),
        (
            lambda: film([SECOND], fps=-5, name="review"),
            r"`fps` must be positive, got -5 \(Composition 'review'\)",
        ),
        (
            lambda: film([SECOND], background="balck"),
            "`background`: unknown colour 'balck'; did you mean 'black'",
        ),
        (lambda: film([SECOND], name=" "), "`name` must be text"),
        (lambda: film([SECOND], sound=["a.wav"]), r"bz.Sound\(…\)"),
        (lambda: film([SECOND]).frame(30), "frame 30 is not in the film: it has frames 0 to 29"),
        (lambda: film([SECOND]).frame(cast(Any, 1.0)), "whole number, got 1.0"),
    ],
)
def test_bad_films_say_what_is_wrong(make: Callable[[], object], said: str) -> None:
    with pytest.raises(InvalidValueError, match=said):
        make()


@given(fps=st.sampled_from(RATES), frames=st.integers(1, 400))
def test_the_frame_knows_its_time(fps: Seconds, frames: int) -> None:
    rate = as_fps(fps)
    first, last = Frame(0, frames, rate, 8, 8), Frame(frames - 1, frames, rate, 8, 8)
    assert first.time == 0
    assert first.progress == 0
    assert last.progress == (1 if frames > 1 else 0)
    assert last.time == pytest.approx(float((frames - 1) / rate))
    assert last.duration == pytest.approx(float(frames / rate))


def test_another_rate_has_its_own_marks() -> None:
    film = Film([Scene(lambda _: None, duration=0.05, name=f"s{n}") for n in range(9)], fps=30)
    faster = film.at_fps(60)
    assert [mark.stop for mark in film.marks] == [2 * n for n in range(1, 10)]
    assert [mark.stop for mark in faster.marks] == [3 * n for n in range(1, 10)]
    assert faster.scene_at(26) == ("s8", 2)
    again = Film.from_json(film.to_json()).at_fps(60)
    assert [mark.name for mark in again.marks] == [mark.name for mark in film.marks]
    assert again.marks[-1].stop == again.frames


@given(texts(GOOD))
@example("[" * 20_000)
def test_any_text_is_a_document_or_an_error(text: str) -> None:
    refused_or_read(lambda: Film.from_json(text))
    refused_or_read(lambda: Film.from_json(text.encode("utf-8", "surrogatepass")))


@given(texts("a film", "29.97", "1/3", "red"))
def test_any_text_is_of_a_film_or_an_error(text: str) -> None:
    scenes = [mark(duration=1)]
    refused_or_read(lambda: repr(Film(scenes, width=64, height=36, name=text)))
    refused_or_read(lambda: Film(scenes, width=64, height=36, fps=text))
    refused_or_read(lambda: Film(scenes, width=64, height=36, background=text).frame(0))
    refused_or_read(lambda: Film([mark(duration=text)], width=64, height=36))
    refused_or_read(lambda: Film([*scenes, fade(text), *scenes], width=64, height=36))


def test_what_a_transition_of_ones_own_makes_is_checked() -> None:
    class Swing(Transition):
        far = 1.2

        def blend(self, outgoing: Any, incoming: Any, progress: float, background: Any, frame: Frame) -> Any:
            return [outgoing, (Group(part, opacity=self.far) for part in [incoming])]

    film = Film([mark(duration=1), Swing(0.5), mark("b", duration=1)], fps=10)
    assert film.frame(6).elements[-1] == Group(mark("b", duration=1).elements(Frame(1, 10, film.fps, 9, 9)))
    Swing.far = 50
    with pytest.raises(ElementError, match=r"`opacity` of Group\[1\]: .*got 50.*\(scene 'swing', frame 1\)"):
        film.frame(6)
