from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from bazaar_nb.draw.fonts import system_faces
from bazaar_nb.errors import ElementError
from bazaar_nb.scene.elements import Fill, Rect, Row, Span, Text
from bazaar_nb.scene.paint import LinearGradient, Stroke
from tests.draw.stage import RGB, Stage, centroid
from tests.texts import refused_or_read, texts

SCRIPTS = {
    "Arabic": "مرحبا بالعالم",
    "Hindi": "नमस्ते क्षत्रिय",
    "Chinese": "你好世界",
    "Japanese": "こんにちは",
    "Korean": "안녕하세요",
    "Thai": "สวัสดี ที่",
    "emoji": "😀👍🏽🇩🇪",
}
needs_fonts = pytest.mark.skipif(
    not {"Noto Sans Arabic", "Noto Sans Thai", "Noto Color Emoji", "Noto Sans CJK SC"}
    <= {face.family for face in system_faces()},
    reason="this machine lacks Noto fonts for all scripts",
)


def ink(picture: RGB) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is not black."""
    y, x = np.nonzero(picture.max(axis=2) > 40)
    return int(x.min()), int(y.min()), int(x.max()) + 1, int(y.max()) + 1


@pytest.mark.parametrize("text", ["HOH", "MOM\nWOW\nH H"])
@pytest.mark.parametrize("letter_spacing", [0.0, 9.0, -3.0])
def test_centred_text_is_in_the_middle(stage: Stage, text: str, letter_spacing: float) -> None:
    left, top, right, bottom = ink(stage.draw(Text(text, size=20, weight=700, letter_spacing=letter_spacing)))
    assert abs((left + right) / 2 - 80) <= 1
    assert abs((top + bottom) / 2 - 45) <= 1.5  # capitals, by eye


@pytest.mark.parametrize(("align", "side"), [("left", 0), ("right", 2)])
@pytest.mark.parametrize("width", [None, 120])
def test_lines_touch_their_box_at_both_ends(stage: Stage, align: str, side: int, width: float | None) -> None:
    text = Text("HHHH\nH", size=20, align=align, width=width, letter_spacing=4)  # type: ignore[arg-type]
    box = Row((text,))
    lines = stage.draw(box)
    upper, lower = ink(lines[:45]), ink(lines[45:])
    assert abs(upper[side] - lower[side]) <= 1
    edge = {0: (160 - (width or 0)) / 2, 2: (160 + (width or 0)) / 2}[side]
    if width is not None:
        assert abs(upper[side] - edge) <= 3  # the letter's own margin


def test_wrapped_text_keeps_to_its_width_and_justified_lines_fill_it(stage: Stage) -> None:
    words = Text("one two three four five six", size=16, width=100, align="justify")
    left, top, right, bottom = ink(stage.draw(words))
    assert left >= 29
    assert right <= 131
    assert bottom - top > 3 * 16
    rows = stage.draw(words)[:, :, 0].max(axis=1) > 40
    assert np.abs(np.diff(rows.astype(int))).sum() >= 6
    first = ink(stage.draw(words)[: top + 14])
    assert abs(first[2] - 130) <= 2


def test_outline_and_gradient_wrap_where_the_letters_do(stage: Stage) -> None:
    for width in range(60, 90):  # widths at which one line just fits, or just doesn't
        plain = stage.draw(Text("aaaa bbbb", size=16, width=width))
        colored = stage.draw(
            Text("aaaa bbbb", size=16, width=width, color=LinearGradient(("white", "white")))
        )
        outlined = stage.draw(Text("aaaa bbbb", size=16, width=width, outline=Stroke("white", 0.01)))
        assert np.abs(plain.astype(int) - colored).max() <= 4
        assert np.abs(plain.astype(int) - outlined).max() <= 12


@pytest.mark.parametrize("text", ["ÅÉgjy", "Ễ̂", "f", "j"])
@pytest.mark.parametrize("line_height", [0.3, 1.2])
def test_no_letter_is_cut(stage: Stage, text: str, line_height: float) -> None:
    letters = Text(
        text, size=32, weight=900, italic=True, line_height=line_height, outline=Stroke("white", 4)
    )
    whole = stage.draw(letters)
    for edge in (whole[0], whole[-1], whole[:, 0], whole[:, -1]):
        assert edge.max() == 0
    twice = stage.draw(
        Text(text, size=32, weight=900, italic=True, line_height=10, outline=Stroke("white", 4))
    )
    assert np.abs(whole.astype(int).sum() - twice.astype(int).sum()) < 0.01 * whole.astype(int).sum()


def test_overlapping_letters_fade_as_one(stage: Stage) -> None:
    letters = Text("AVAV", size=60, weight=900, letter_spacing=-14, opacity=0.5)
    assert abs(int(stage.draw(letters).max()) - 128) <= 1


def test_spans_have_their_own_looks(stage: Stage) -> None:
    spans = (
        Span("H", color="red"),
        Span("H", color="lime", size=40),
        Span("H", color="blue", underline=True),
    )
    drawn = stage.draw(Text(spans, size=20))
    heights = []
    for channel in range(3):
        only = drawn.copy()
        only[:, :, [other for other in range(3) if other != channel]] = 0
        box = ink(only)
        heights.append(box[3] - box[1])
    assert heights[1] >= 1.8 * heights[0]
    assert heights[2] > heights[0]


@needs_fonts
@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_is_drawn_with_real_letters(stage: Stage, script: str) -> None:
    tree = stage.tree(Text(SCRIPTS[script], size=24))
    (text,) = tree.elements
    assert isinstance(text, Text)
    assert text.fallback
    letters = stage.draw_tree(tree)
    boxes = stage.draw(Text("□" * 3, size=24))
    assert not np.array_equal(letters, boxes)
    left, _, right, _ = ink(letters)
    assert right - left > 30
    assert abs((left + right) / 2 - 80) <= 3
    if script == "emoji":
        assert np.ptp(letters.astype(int), axis=2).max() > 100


@needs_fonts
def test_a_letter_that_is_meant_as_an_emoji_is_one(stage: Stage) -> None:
    black = stage.draw(Text("\u2764", size=60))
    red = stage.draw(Text("\u2764\ufe0f", size=60))
    assert np.ptp(black.astype(int), axis=2).max() == 0
    assert np.ptp(red.astype(int), axis=2).max() > 100


@needs_fonts
def test_arabic_runs_from_the_right(stage: Stage) -> None:
    spans = (Span("مرحبا ", color="red"), Span("abc", color="blue"))
    drawn = stage.draw(Text(spans, size=24))
    red = np.nonzero(drawn[:, :, 0] > 128)[1].mean()
    blue = np.nonzero(drawn[:, :, 2] > 128)[1].mean()
    assert red > blue


@pytest.mark.parametrize("size", [11, 24, 60])
@pytest.mark.parametrize("direction", [(1.0, 0.0), (0.0, 1.0)])
@pytest.mark.parametrize("scale", [1.0, 1.1])
def test_slow_text_neither_jitters_nor_steps(
    stage: Stage, size: float, direction: tuple[float, float], scale: float
) -> None:
    steps = 0.1 * np.arange(25)
    axis = 0 if direction[0] else 1
    at = []
    for step in steps:
        text = Text("Hey", size=size, x=75 + step * direction[0], y=45 + step * direction[1], scale=scale)
        at.append(centroid(stage.draw(text))[axis])
    moved = np.array(at) - at[0]
    assert (np.diff(moved) > -0.02).all()  # letters get a trace lighter and darker as they move
    assert np.abs(moved - steps - (moved - steps).mean()).max() <= 0.13


def test_a_bad_font_is_an_error_that_names_near_ones(stage: Stage) -> None:
    broken = stage.folder / "broken.ttf"
    broken.write_bytes(b"\0\1\0\0" + b"junk" * 100)
    for font, said in [
        (str(broken), "not a font that can be read"),
        ("missing.otf", "is not there"),
        ("Nto Snas", "no font family 'Nto Snas'"),
    ]:
        with pytest.raises(ElementError, match=said) as caught:
            stage.tree(Fill(), Row((Text("a", font=font),)))
        assert caught.value.element == "Row[1] > Text[0]"
        assert caught.value.field == "font"


@needs_fonts
def test_an_unknown_family_has_near_names(stage: Stage) -> None:
    with pytest.raises(ElementError, match=r"did you mean 'Noto Sans'"):
        stage.tree(Text("a", font="Noto Sanss"))


def test_letters_that_no_font_has_are_an_error(stage: Stage) -> None:
    with pytest.raises(ElementError, match=r"U\+E123") as caught:
        stage.tree(Text((Span("a"), Span("\ue123"))))
    assert caught.value.element == "Text[0]"
    assert caught.value.field == "text"


def test_inter_may_be_named(stage: Stage) -> None:
    assert stage.tree(Text("é", font="Inter")) == stage.tree(Text("é"))


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\0\x07", "a\n" * 10_000, "word " * 4000])
def test_odd_texts_are_drawn(stage: Stage, text: str) -> None:
    stage.draw(Text(text), Text(text, width=50), Rect(width=1, height=1))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(texts("Inter", "Noto Sans", "x.ttf", "/a/b.otf", "x.ttc#1", "مرحبا", "a❤️b"))
def test_any_text_is_shown_and_is_a_font_or_an_error(stage: Stage, text: str) -> None:
    refused_or_read(lambda: stage.draw(Text(text, size=10)))
    refused_or_read(lambda: stage.draw(Text("aα", font=text)))
    refused_or_read(lambda: stage.draw(Text("a❤️", fallback=(text,))))
