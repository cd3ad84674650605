"""Words that come in, wave, type themselves, are marked, follow paths and fit into boxes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import bazaar_nb as bz
from tests.words.stage import film_of, pixels, shown_at

w: Any = bz.words
TEXT = bz.Text("one two\nthree", size=60)
ENTRANCES = {
    "rise": lambda frame: w.rise(TEXT, frame),
    "fade": lambda frame: w.fade(TEXT, frame, by="word"),
    "pop": lambda frame: w.pop(TEXT, frame, by="line", each=0.4),
    "reveal": lambda frame: w.reveal(TEXT, frame, dx=-300, rotation=90, order="random"),
    "typewriter": lambda frame: w.typewriter(TEXT, frame, caret=False, rate=20),
    "highlight": lambda frame: w.highlight(TEXT, frame, "two", leave=1.5),
}


@pytest.mark.parametrize("name", ENTRANCES)
def test_what_has_come_to_rest_is_the_very_text(name: str) -> None:
    assert shown_at(ENTRANCES[name], 2.5) is TEXT


@pytest.mark.parametrize("name", [*ENTRANCES][:-1])
def test_nothing_is_seen_before_the_start_and_less_is_before_more(name: str) -> None:
    film = film_of(ENTRANCES[name])
    light = [pixels(film, frame).sum() for frame in (0, 3, 29)]
    assert light[0] == 0
    assert light[0] < light[1] < light[2]


def test_letters_words_and_lines_come_together() -> None:
    def groups(by: Any) -> int:
        letters = shown_at(lambda frame: w.fade(TEXT, frame, by=by, each=0.2), 0.3)
        return len(np.unique(letters.letter_opacity.values()))

    assert (groups("letter"), groups("word"), groups("line")) == (3, 3, 2)


def test_leaving_goes_the_same_way_back() -> None:
    coming, going = (
        shown_at(lambda frame: w.rise("ab", frame, each=0, duration=1, easing=bz.linear, leave=1), time)
        for time in (0.7, 1.3)
    )
    assert coming.letter_dy.values() == pytest.approx(going.letter_dy.values(), abs=1e-4)


def test_effects_add_up() -> None:
    both = shown_at(lambda frame: w.wave(w.rise(TEXT, frame), frame), 0.4)
    alone = shown_at(lambda frame: w.rise(TEXT, frame), 0.4)
    assert both.letter_opacity == alone.letter_opacity
    assert both.letter_dy != alone.letter_dy


def test_a_word_grows_around_its_own_middle() -> None:
    text = bz.Text("ab cd", size=80)
    film = film_of(
        lambda frame: w.reveal(
            text, frame, scale=0.5, opacity=1, by="word", each=0, duration=1, easing=bz.linear
        )
    )
    half, whole = pixels(film, 0), pixels(film_of(lambda frame: text))
    for side in (slice(0, 320), slice(320, 640)):
        middles = [
            np.mean(np.flatnonzero(picture[:, side].max(axis=0) > 40)[[0, -1]]) for picture in (half, whole)
        ]
        assert middles[0] == pytest.approx(middles[1], abs=1.5)


def test_typing_keeps_lines_and_shows_whole_letters_in_time() -> None:
    text = bz.Text("wrapped words stay in their lines", size=50, width=300, align="left")
    film = film_of(lambda frame: w.typewriter(text, frame, rate=10, caret=False), seconds=4)
    last = pixels(film, 39)
    for frame in (5, 17, 29):
        now = pixels(film, frame)
        assert ((now == 0) | (now == last)).all()
    letters = shown_at(lambda frame: w.typewriter(bz.Text("abcdef"), frame, rate=10, caret=False), 0.3)
    assert letters.children[-1].letter_opacity.values().tolist() == [1, 1, 1, 0, 0, 0]


@pytest.mark.parametrize(("text", "side"), [("abc def", 1), ("سلام سلام", -1)])
def test_the_caret_is_where_the_next_letter_comes(text: str, side: int) -> None:
    def carets(time: float) -> float:
        group = shown_at(lambda frame: w.typewriter(bz.Text(text, size=50), frame, rate=10), time)
        (caret,) = [child for child in group.children if isinstance(child, bz.Rect)]
        assert isinstance(caret.x, float)
        return caret.x

    assert (carets(0.3) - carets(0.1)) * side > 0


@pytest.mark.parametrize("mark", ["marker", "underline", "box", "color"])
def test_a_mark_grows_over_the_lines_of_its_part(mark: Any) -> None:
    text = bz.Text("before these words are marked, and after", size=40, width=300)
    film = film_of(
        lambda frame: w.highlight(text, frame, "these words are marked", mark=mark, color="#ff0000")
    )
    plain, half, full = (np.asarray(film.still(frame), int) for frame in (0, 3, 29))
    differ = [np.abs(picture - plain).max(axis=2) > 20 for picture in (half, full)]
    assert 0 < differ[0].sum() < differ[1].sum()
    rows = np.flatnonzero(differ[1].any(axis=1))
    assert np.ptp(rows) > 50  # two lines at least
    with pytest.raises(bz.SceneError, match="'nowhere' is not in the text"):
        film_of(lambda frame: w.highlight(text, frame, "nowhere")).frame(0)


def test_text_on_a_path_stands_on_it() -> None:
    circle = "M 320 60 A 120 120 0 1 1 319.9 60 Z"
    text = bz.Text("around and around it goes", size=34)
    film = film_of(lambda frame: [w.on_path(text, frame, circle, at=frame.progress)])
    for frame in (0, 13, 29):
        y, x = np.nonzero(pixels(film, frame) > 60)
        far = np.hypot(x - 320, y - 180)
        assert far.min() > 105
        assert far.max() < 160
    with pytest.raises(bz.SceneError, match="has 2: "):
        film_of(lambda frame: w.on_path("x", frame, "M0 0 L9 9 M 3 3 L 5 5")).frame(0)


@pytest.mark.parametrize(
    "words", ["short", "a few words to be wrapped " * 3, "Donaudampfschifffahrt und mehr", "日本語の文" * 9]
)
def test_fitted_text_fills_its_box_and_breaks_no_word(words: str) -> None:
    def body(frame: bz.Frame) -> Any:
        text = w.fit(words, frame, 400, 200)
        size = frame.measure(text)
        assert size.height <= 200
        larger = bz.Text(words, size=text.size * 1.12, width=400)
        one = max(
            (bz.Text(word, size=larger.size) for word in words.split()), key=lambda t: frame.measure(t).width
        )
        assert frame.measure(larger).height > 200 or frame.measure(one).width > 400 or "日" in words
        return text

    film_of(body).frame(0)
    with pytest.raises(bz.SceneError, match="doesn't fit into 40x20 px"):
        film_of(lambda frame: w.fit("many words " * 40, frame, 40, 20)).frame(0)


def test_a_block_stands_at_its_top_middle_or_bottom() -> None:
    def rows(vertical: Any) -> float:
        film = film_of(lambda frame: w.block(bz.Text("x", size=40), width=200, height=300, vertical=vertical))
        return float(np.flatnonzero(pixels(film).max(axis=1)).mean())

    assert rows("top") < 80 < rows("center") < 280 < rows("bottom")


@pytest.mark.parametrize("way", ["rise", "typewriter"])
def test_ten_thousand_letters_come_in_one_by_one(way: str) -> None:
    """A frame has a few bytes a letter, however many move: no element for each."""
    text = bz.Text(("Lorem ipsum dolor sit amet. " * 358)[:10_000], size=5, width=620)
    film = film_of(lambda frame: getattr(bz.words, way)(text, frame))
    tree = film.frame(15)
    assert len(tree.to_msgpack()) < 12 * 10_000
    assert len(tree.elements) < 10
    assert np.ptp(np.asarray(film.still(15))) > 100


def test_any_elements_come_in_one_after_the_other() -> None:
    dots: Any = [bz.Ellipse(width=60, fill=color) for color in ("red", "lime", "blue")]
    film = film_of(lambda frame: bz.stagger(bz.Row(dots, gap=20), frame, each=0.5))
    first, last = (np.asarray(film.still(frame), int) for frame in (6, 29))
    assert (first.max(axis=(0, 1)) > 200).tolist() == [True, False, False]
    assert (last.max(axis=(0, 1)) > 200).all()
    assert shown_at(lambda frame: bz.stagger(dots, frame), 2.9) == tuple(dots)
    path = bz.Path("M0 0 L100 0", x=50, y=50)
    moved = pixels(film_of(lambda frame: bz.stagger([path], frame, dy=100, opacity=1)))
    assert moved[150, 100] > 0
    assert moved[50, 100] == 0


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (lambda frame: w.rise(3, frame), "rise takes a bz.Text"),
        (lambda frame: w.rise("x", frame, by="page"), "`by` must be letter, word or line, got 'page'"),
        (lambda frame: w.rise("x", frame, each=-1), "`each` must be at least 0"),
        (lambda frame: w.rise("x", frame, start="soon"), "`start` must be a number of seconds, got 'soon'"),
        (lambda frame: w.fade("x", frame, order="up"), "`order` must be forward"),
        (lambda frame: w.typewriter("x", frame, rate=0), "`rate` must be above 0"),
        (lambda frame: w.on_path("x", frame, "no path"), "no SVG path data|must begin"),
        (lambda frame: w.highlight("x", frame, 4), "there is no word 4"),
    ],
)
def test_bad_input_is_told(body: Any, message: str) -> None:
    with pytest.raises(bz.SceneError, match=message):
        film_of(body).frame(0)
