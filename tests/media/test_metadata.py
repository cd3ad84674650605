from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar_nb.errors import SettingsError
from bazaar_nb.media.export_options import resolve_settings
from bazaar_nb.media.gif import write_gif
from bazaar_nb.media.join import join_movie
from bazaar_nb.media.metadata import METADATA_FIELDS, resolve_metadata
from tests.media.films import encode_parts

EVERY = {field: f"{field}: Größe, 大小 & <b>" for field in METADATA_FIELDS}


@pytest.mark.parametrize("format", ["mp4", "webm"])
def test_a_movie_keeps_every_field_and_nothing_else(tmp_path: Path, format: str) -> None:
    film = resolve_settings((64, 64), Fraction(30), format=format)
    target = tmp_path / f"film.{format}"
    join_movie(encode_parts(tmp_path, film, [3]), target, film, metadata=EVERY)
    with av.open(str(target)) as movie:
        said = {name.lower(): text for name, text in movie.metadata.items()}
    brands = ("major_brand", "minor_version", "compatible_brands", "encoder")  # of the container itself
    assert {name: text for name, text in said.items() if name not in brands} == EVERY
    assert said.get("encoder", "Lavf") == "Lavf"  # without a version, as all of libav's exact files


def test_a_gif_keeps_them_in_a_comment_of_any_length(tmp_path: Path) -> None:
    film = resolve_settings((64, 64), Fraction(25), format="gif")
    parts = encode_parts(tmp_path, film, [5])
    long = "x" * 1000
    write_gif(parts, tmp_path / "film.gif", film, metadata={"title": "Größe", "comment": long})
    data = (tmp_path / "film.gif").read_bytes()
    blocks = data[data.rindex(b"\x21\xfe") + 2 :]
    text = b""
    while blocks[0]:
        text, blocks = text + blocks[1 : 1 + blocks[0]], blocks[1 + blocks[0] :]
    # Behind the pictures, which are as they were.
    assert (text.decode(), blocks) == (f"Größe\ncomment: {long}", b"\0\x3b")
    with av.open(str(tmp_path / "film.gif")) as movie:
        assert sum(1 for _ in movie.decode(video=0)) == 5


def test_what_the_author_gives_comes_beside_the_title_or_in_its_place() -> None:
    assert resolve_metadata("review") == {"title": "review"}
    given = {"artist": "Ada", "date": dt.date(2026, 11, 28), "show": 7, "genre": None}
    assert resolve_metadata("review", given) == {
        "title": "review", "artist": "Ada", "date": "2026-11-28", "show": "7",
    }  # fmt: skip
    assert resolve_metadata("review", {"title": "Review"}) == {"title": "Review"}
    assert resolve_metadata("review", {"title": None}) == {}


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        (
            {"author": "Ada", "mood": "calm"},
            r"'author' \(did you mean 'artist'\?\), 'mood'; a movie keeps title",
        ),
        ({"artist": ["Ada"]}, r"wants text for 'artist', got \['Ada'\]"),
        ({"comment": "a\0b"}, "without NUL"),
        ({"comment": "\ud800"}, "surrogate"),
        ({"comment": "x" * 5000}, "at most 4096"),
        ("Ada", "must be a mapping"),
    ],
)
def test_what_no_file_can_keep_is_refused(metadata: object, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        resolve_metadata("film", metadata)  # type: ignore[arg-type]


@given(st.text(), st.dictionaries(st.sampled_from(METADATA_FIELDS) | st.text(), st.text()))
def test_any_text_is_kept_or_refused(title: str, metadata: dict[str, str]) -> None:
    try:
        said = resolve_metadata(title, metadata)
    except SettingsError:
        return
    for text in said.values():
        assert "\0" not in text
        text.encode()
