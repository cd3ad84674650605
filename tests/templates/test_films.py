"""All ready films: in each shape and theme, with usual and with awkward arguments."""

from __future__ import annotations

import inspect
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import cloudpickle
import numpy as np
import pytest
from PIL import Image

import bazaar_nb as bz
from bazaar_nb.films.film import FilmFunction
from bazaar_nb.render.still import measure_element
from bazaar_nb.scene.elements import AnyElement, Group, Text
from bazaar_nb.templates.shapes import Shape, ThemeName

FILMS: dict[str, FilmFunction[...]] = {
    name: found
    for name in bz.templates.__all__
    if isinstance(found := getattr(bz.templates, name), FilmFunction)
}
LONG = "A name that is much longer than anybody thought of when the picture was made"
ARABIC, CHINESE = (
    "الصورة خير من ألف كلمة لمن يريد أن يفهم",
    "我们看见的不是事物的本来面目，而是我们自己的样子。",
)
TABLE = {"year": [2000, 2010, 2020], "Tea": [3, 5, 9], "Coffee": [4, 6, 7]}
ODD_TABLE = {"step": ["Q1", "Q2"], LONG + LONG: [3, 1e12], ARABIC: [1, 2], "C": [5, -2], "D": [0, 1e-9]}
SHAPES, THEMES = get_args(Shape), get_args(ThemeName)
SIZES = {"16:9": (1920, 1080), "1:1": (1080, 1080), "9:16": (1080, 1920)}


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("photos")
    made = []
    for number, (wide, high) in enumerate(((60, 40), (40, 60), (200, 20))):
        made.append(str(folder / f"{number}.png"))
        Image.new("RGB", (wide, high), (90, 120, 40 * number)).save(made[-1])
    return made


def usual(photos: list[str]) -> dict[str, dict[str, Any]]:
    over_time = {"table": TABLE, "time": "year", "title": "Tea overtakes coffee", "source": "Invented"}
    return {
        "bar_race_film": {**over_time, "seconds": 3},
        "countdown": {"start": 3, "title": "We start in", "end_text": "Welcome!"},
        "data_story": {**over_time, "takeaways": ["Tea tripled.", "Coffee did not."], "race_seconds": 3},
        "lower_third": {"name": "Ada Lovelace", "role": "Mathematician", "picture": photos[0]},
        "quote_card": {"text": "Less, but better.", "author": "Dieter Rams", "portrait": photos[1]},
        "slideshow": {"photos": photos, "captions": ["Morning", "", "Evening"], "title": "A day"},
    }


def awkward(photos: list[str]) -> dict[str, dict[str, Any]]:
    over_time = {
        "table": ODD_TABLE,
        "time": "step",
        "title": LONG * 3,
        "subtitle": LONG * 3,
        "source": LONG * 3,
    }
    return {
        "bar_race_film": {**over_time, "seconds": 2},
        "countdown": {"start": 3600, "title": LONG * 3, "end_text": ARABIC},
        "data_story": {
            **over_time,
            "takeaways": [LONG * 3, ARABIC, CHINESE, "x" * 300, "5"],
            "race_seconds": 3,
        },
        "lower_third": {"name": LONG * 2, "role": ARABIC, "side": "right"},
        "quote_card": {"text": (LONG + ". ") * 15, "author": LONG * 2, "role": "x" * 200},
        "slideshow": {"photos": photos, "captions": [LONG * 3, ARABIC, CHINESE * 5], "title": "x" * 300},
    }


def texts(elements: tuple[AnyElement, ...]) -> Iterator[Text]:
    for element in elements:
        if isinstance(element, Text):
            yield element
        elif isinstance(element, Group):
            assert element.x is None
            assert element.width == "100%"
            yield from texts(element.children)


def box_of(text: Text, width: int, height: int) -> tuple[float, float, float, float]:
    size = measure_element(text, width, height)
    assert isinstance(text.x, float | int)
    assert isinstance(text.y, float | int)
    across = 0.0 if "left" in text.anchor else 1.0 if "right" in text.anchor else 0.5
    down = 0.0 if "top" in text.anchor else 1.0 if "bottom" in text.anchor else 0.5
    left, top = text.x - across * size.width, text.y - down * size.height
    return left, top, left + size.width, top + size.height


def moments(film: bz.Composition) -> list[int]:
    """Give frames at which each scene has come to rest."""
    return [mark.start + round(0.8 * (mark.stop - mark.start)) for mark in film.marks]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("arguments", [usual, awkward])
@pytest.mark.parametrize("name", sorted(FILMS))
def test_all_words_are_in_the_picture_and_can_be_read(
    name: str, arguments: Any, shape: str, photos: list[str]
) -> None:
    film = FILMS[name](**arguments(photos)[name], shape=shape)
    assert (film.width, film.height) == SIZES[shape]
    found = 0
    for index in moments(film):
        for text in texts(film.frame(index).elements):
            left, top, right, bottom = box_of(text, film.width, film.height)
            where = f"{text.text!r} at frame {index}: {left:.0f}, {top:.0f}, {right:.0f}, {bottom:.0f}"
            assert left >= -1, where
            assert right <= film.width + 1, where
            assert top >= -0.3 * text.size, where
            assert bottom <= film.height + 0.3 * text.size, where
            assert text.size >= (11 if "table" in FILMS[name].parameters.names else 22), where
            found += 1
    assert found > 0


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", sorted(FILMS))
def test_the_first_picture_is_not_empty_and_the_last_stands_still(
    name: str, theme: str, photos: list[str]
) -> None:
    film = FILMS[name](**usual(photos)[name], theme=theme)
    first = np.asarray(film.still(0, scale=0.1).convert("RGB"), np.int16)
    if name == "lower_third":  # which is gone then
        assert np.ptp(first.reshape(-1, 3), axis=0).max() == 0
        return
    assert np.ptp(first.reshape(-1, 3), axis=0).max() > 40
    if name != "slideshow":
        last = [film.frame(index).elements[-1] for index in (-1, -8, -15)]
        assert last[0] == last[1] == last[2]


def test_a_lower_third_lets_shine_through_what_is_behind_it() -> None:
    film = bz.templates.lower_third("Ada Lovelace", seconds=3)
    alpha = np.asarray(film.still(45, scale=0.2))[:, :, 3]
    assert film.is_transparent
    assert alpha[10, 10] == 0
    assert alpha.max() == 255
    green = bz.templates.lower_third("Ada Lovelace", seconds=3, background="#00b140")
    assert np.asarray(green.still(45, scale=0.2))[10, 10].tolist() == [0, 0xB1, 0x40]


@pytest.mark.parametrize("name", sorted(FILMS))
def test_they_are_data_that_can_be_sent(name: str, photos: list[str]) -> None:
    film = FILMS[name](**usual(photos)[name])
    again = cloudpickle.loads(cloudpickle.dumps(film))
    for index in (0, film.frames // 2, film.frames - 1):
        assert again.frame(index) == film.frame(index)
    assert pickle.loads(pickle.dumps(FILMS[name])) is FILMS[name]


@pytest.mark.parametrize("name", sorted(FILMS))
def test_all_parameters_are_documented(name: str) -> None:
    parameters = FILMS[name].parameters
    assert all(one.description for one in parameters.all)
    assert parameters.summary
    assert set(FILMS[name].json_schema()["properties"]) == set(
        inspect.signature(FILMS[name].function).parameters
    )
    assert {"shape", "theme"} <= set(parameters.names)


def test_wrong_columns_are_told_with_all_else_that_is_wrong() -> None:
    wrong: Any = {"time": "yaer", "value": "Tea", "top": 0}
    with pytest.raises(bz.ParameterError) as caught:
        bz.templates.data_story(TABLE, **wrong)
    assert caught.value.problems == (
        ("top", "0", "a whole number from 1 to 20"),
        ("time", "'yaer'", "a column of `table`, which has year, Tea and Coffee; did you mean 'year'?"),
    )
    with pytest.raises(bz.InvalidValueError, match="`name` and `value` go together"):
        bz.templates.bar_race_film(TABLE, "year", value="Tea")


def test_more_captions_than_photographs_are_told(photos: list[str]) -> None:
    with pytest.raises(bz.ParameterError, match="`captions` must be at most one for each of the 3 photos"):
        bz.templates.slideshow(photos, captions=["a"] * 4)


def test_photographs_fill_the_frame_or_are_shown_whole(photos: list[str], tmp_path: Path) -> None:
    turned = str(tmp_path / "turned.jpg")
    exif = Image.Exif()
    exif[274] = 6  # lies on its side
    Image.new("RGB", (60, 40)).save(turned, exif=exif)

    def sizes(photo: str, **more: Any) -> list[Any]:
        film = bz.templates.slideshow([photo], **more)
        return [(one.width, one.height) for one in film.frame(0).elements if isinstance(one, bz.Image)]

    filled, soft = ("100%", "100%"), ("116%", "116%")
    assert sizes(photos[0]) == [filled]
    assert sizes(photos[0], fit="contain") == [soft, (1620, 1080)]
    assert sizes(photos[1], fit="cover") == [filled]
    assert sizes(photos[1], shape="9:16") == [filled]
    assert sizes(photos[1]) == sizes(turned) == [soft, (720, 1080)]
