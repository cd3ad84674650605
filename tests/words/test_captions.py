"""Captions: from files, lists and tables in any state; lines; the word that is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import bazaar_nb as bz
from bazaar_nb.words.captions.line_breaking import break_lines
from tests.draw.test_text import needs_fonts
from tests.words.stage import film_of, pixels, shown_at

Captions: Any = bz.words.Captions
SRT = (
    "2\n00:00:02,000 --> 00:00:03,500\nZwei Hälften\n\n"
    "1\n00:00:00,500 --> 00:00:01,750\n<i>Grüße</i> an alle\n"
)
VTT = "WEBVTT\n\n00:00.500 --> 00:01.750 line:0\nGrüße an alle\n\n00:02.000 --> 00:03.500\nZwei Hälften\n"


def said(captions: Any, time: float, **options: Any) -> str:
    shown = shown_at(lambda frame: captions.show(frame), time, seconds=60, **options)

    def words(element: Any) -> list[str]:
        if isinstance(element, bz.Group):
            return [text for child in element.children for text in words(child)]
        if not isinstance(element, bz.Text):
            return []
        spans = [bz.Span(element.text)] if isinstance(element.text, str) else element.text
        return ["".join(span.text for span in spans if span.color != "transparent")]

    return " / ".join(words(shown)) if shown is not None else ""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize(
    ("suffix", "text"), [(".srt", SRT), (".vtt", VTT), (".srt", SRT.replace("\n", "\r\n"))]
)
def test_files_are_read_in_any_encoding_and_order(
    tmp_path: Path, encoding: str, suffix: str, text: str
) -> None:
    file = tmp_path / f"said{suffix}"
    file.write_bytes(text.encode(encoding))
    captions = Captions(file)
    assert [(one.start, one.end, one.text) for one in captions.captions] == [
        (0.5, 1.75, "Grüße an alle"), (2.0, 3.5, "Zwei Hälften"),
    ]  # fmt: skip
    assert [said(captions, time) for time in (0.4, 0.5, 1.7, 1.8, 2.0)] == [
        "", "Grüße an alle", "Grüße an alle", "", "Zwei Hälften",
    ]  # fmt: skip


def test_words_of_a_vtt_file_are_said_when_it_says(tmp_path: Path) -> None:
    file = tmp_path / "said.vtt"
    file.write_text(
        "WEBVTT\n\n00:00.000 --> 00:03.000\n<v Ann>Hel<00:00:00.250>lo <00:00:00.500><c>big</c> "
        "<00:00:01.250>wide and <00:00:02.000><b>world</b>\n\n"
        "00:04.000 --> 00:06.000\nbread &amp; <00:00:01.000>butter\n"
    )
    timed, untimed = Captions(file, highlight="color").captions
    assert timed.text == "Hello big wide and world"
    assert [(word.text, word.start, word.end) for word in timed.words if word.text != "wide"] == [
        ("Hel", 0, 0.25), ("lo", 0.25, 0.5), ("big", 0.5, 1.25),
        ("and", pytest.approx(1.65, abs=0.1), 2), ("world", 2, 3),
    ]  # fmt: skip
    assert said(Captions(file, highlight="reveal"), 0.3) == "Hello"
    assert untimed.text == "bread & butter", "a time outside of its caption says nothing"
    assert untimed.words == ()


def test_captions_that_overlap_are_shown_together_above_one_another() -> None:
    both = Captions([(0, 4, "one"), (1, 3, "two")], style="plain")
    assert said(both, 2) in ("one / two", "two / one")
    film = film_of(lambda frame: both.show(frame), seconds=5)
    rows = np.flatnonzero(pixels(film, 20).max(axis=1) > 60)
    assert np.ptp(rows) > 1.5 * np.ptp(np.flatnonzero(pixels(film, 5).max(axis=1) > 60))
    touching = Captions([(0, 1.1, "one"), (1, 2, "two")])
    assert said(touching, 1.05) in ("one", "two")


def test_a_table_of_words_makes_captions_and_tells_the_word_that_is_said() -> None:
    words = ["This", "is", "said", "by", "somebody.", "And", "after", "a", "while", "comes", "this."]
    start = [0, 0.3, 0.5, 0.8, 1.0, 2.5, 2.8, 3.0, 3.1, 3.5, 3.8]
    table = pd.DataFrame({"word": words, "start": start, "end": [at + 0.2 for at in start]})
    captions = Captions(table.sample(frac=1, random_state=3), highlight="color", accent="#ff0000")
    assert [caption.text for caption in captions.captions] == [" ".join(words[:5]), " ".join(words[5:])]

    def marked(time: float) -> str:
        shown = shown_at(lambda frame: captions.show(frame), time, seconds=5)
        text: Any = next(child for child in shown.children if isinstance(child, bz.Text))
        return str(next(span.text for span in text.text if span.color == "#ff0000"))

    assert [marked(time) for time in (0.0, 0.3, 0.4, 0.9, 3.1)] == ["This", "is", "is", "by", "while"]
    reveal = Captions(table, highlight="reveal")
    assert said(reveal, 0.5) == "This is said"


@pytest.mark.parametrize("style", ["box", "outline", "plain"])
@pytest.mark.parametrize("highlight", [None, "color", "box", "reveal"])
@pytest.mark.parametrize("shape", [(640, 360), (360, 640)])
def test_any_style_stays_in_the_safe_area(style: str, highlight: str | None, shape: tuple[int, int]) -> None:
    text = (
        "A caption that is so long that it has to be broken into more than one line, and more than one page."
    )
    captions = Captions([(0, 4, text)], style=style, highlight=highlight)
    film = film_of(lambda frame: captions.show(frame), seconds=4, width=shape[0], height=shape[1])
    for frame in (2, 20, 39):
        y, x = np.nonzero(pixels(film, frame) > 12)
        assert 0.05 * shape[0] < x.min()
        assert x.max() < 0.95 * shape[0]
        assert y.max() < shape[1] * (0.84 if shape[1] > shape[0] else 0.96)
    shown = " ".join(said(captions, time) for time in np.arange(0, 4, 0.1)).replace("/", " ").split()
    assert set(text.split()) <= set(shown)


def test_lines_are_of_one_length_and_break_where_one_breathes() -> None:
    def lines(text: str, room: float, most: int = 2) -> list[list[str]]:
        words = text.split()
        pages = break_lines(words, lambda line: len(" ".join(words[i] for i in line)), room, most)
        return [[" ".join(words[i] for i in line) for line in page] for page in pages]

    assert lines("short enough", 42) == [["short enough"]]
    assert lines("Most of a frame is the frame before, so only that is drawn", 42) == [
        ["Most of a frame is the frame before,", "so only that is drawn"]
    ]
    assert lines("one two three four five six seven eight nine ten eleven", 20) == [
        ["one two three", "four five six"], ["seven eight", "nine ten eleven"],
    ]  # fmt: skip
    ((first, *_),) = lines("we put it on the table that stands in a house", 40)
    assert first.split()[-1] not in ("the", "a", "in", "on", "that")
    assert lines("Donaudampfschifffahrtsgesellschaftskapitän und Crew", 20)[0][0].startswith("Donau")


@pytest.mark.parametrize(
    "text",
    [
        "日本語の字幕はスペースがないのでとても長い一行になってしまいますが、どうなるでしょうか。",
        "Donaudampfschifffahrtsgesellschaftskapitänsmützenverkäuferinnenausbildung" * 2,
    ],
)
@needs_fonts
def test_text_without_spaces_is_broken_too(text: str) -> None:
    captions = Captions([(0, 4, text)], highlight="color")
    film = film_of(lambda frame: captions.show(frame), seconds=4)
    for frame in (0, 39):
        assert np.flatnonzero(pixels(film, frame).max(axis=0) > 12).min() > 0.05 * 640
    shown = dict.fromkeys(line for time in np.arange(0, 4, 0.1) for line in said(captions, time).split(" / "))
    assert "".join(shown) == text


def test_they_are_layers_and_can_be_tied_to_moments() -> None:
    scenes = [bz.scene(duration=1)(lambda frame: None)(name=name) for name in ("a", "proof")]
    captions = Captions([(0, 0.5, "so it is")])
    film = bz.Composition(scenes, layers=[captions.at("proof")], width=640, height=360, fps=10)
    seen = [index for index in range(film.frames) if len(film.frame(index).elements) > 1]
    assert seen == [10, 11, 12, 13, 14]
    assert bz.Composition(scenes, layers=[captions], fps=10).frame(2).elements[1:]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ([(2, 1, "x")], "caption 1 ends before it starts: 2 to 1 s"),
        (
            [(0, 1, "x"), ("a", 1, "y"), (-1, 2, "z")],
            "caption 2 has no times.*; caption 3 starts before the film",
        ),
        ([(0, 1)], r"a caption is \(start, end, text\)"),
        (pd.DataFrame({"begin": [0], "text": ["x"]}), "columns start, end and text"),
        (pd.DataFrame({"start": [0.0], "end": [1.0], "text": [None]}), "caption 1 at 0 s has no text"),
        (7, "captions are a file"),
        ("nowhere.srt", "caption file 'nowhere.srt' can't be read"),
    ],
)
def test_bad_input_is_told(source: Any, message: str) -> None:
    with pytest.raises(bz.BazaarError, match=message):
        Captions(source)


@pytest.mark.parametrize(
    "data", [b"", b"no captions at all", bytes(range(256)) * 40, b"WEBVTT\n\n00:99 --> x\n"]
)
def test_what_is_no_caption_file_is_told(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "bad.srt").write_bytes(data)
    with pytest.raises(bz.InvalidValueError, match=r"bad\.srt"):
        Captions(tmp_path / "bad.srt")
