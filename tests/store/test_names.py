"""Names that people type can't leave the root, collide or stop being readable."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.store.key_layout import asset_extension, movie_key, segment_key_name
from bazaar_nb.store.names import NAME_BYTES, check_key, safe_name
from bazaar_nb.store.store import Store

HOSTILE = [
    "",
    ".",
    "..",
    "../../x",
    "/etc/passwd",
    "C:\\Windows\\x",
    "..\\..\\x",
    "a\0b",
    "x" * 300,
    "é" * 300 + ".mp4",
    "<img src=x onerror=alert(1)>.mp4",
    "abc\u202egnp.exe",
    "CON",
    "nul.mp4",
    "com1 .txt",
    "-rf",
    "~root",
    "\ud800",
    "e\u200d\u0301",
    " trailing. ",
]


@given(st.text(st.characters(), max_size=400) | st.sampled_from(HOSTILE))
@example("a\u0338=\u0338")
def test_any_text_becomes_one_harmless_part(text: str) -> None:
    name = safe_name(text)
    assert 1 <= len(name.encode()) <= NAME_BYTES
    assert not set(name) & set('/\\:*?"<>|\0')
    assert all(unicodedata.category(c) not in ("Cc", "Cf", "Cs") for c in name)
    assert name[0] not in ". -"
    assert name[-1] not in ". "
    assert name.split(".")[0].rstrip().lower() not in ("con", "nul", "com1")
    assert check_key(name) == name
    assert safe_name(name) == name


@given(st.text(), st.text(), st.text())
def test_no_key_leaves_the_root(project: str, render_id: str, name: str) -> None:
    root = Path("/srv/films")
    path = Path(Store(root).location(movie_key(project, render_id, name)))
    assert ".." not in path.parts
    assert path.is_relative_to(root)
    assert len(path.relative_to(root).parts) == 4


@given(st.text(max_size=60), st.text(max_size=60))
def test_different_names_stay_different(one: str, other: str) -> None:
    same = unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)
    assert (safe_name(one) == safe_name(other)) == same


@pytest.mark.parametrize(
    "name", ["review.mp4", "Quarterly review (final).mp4", "समीक्षा", "季度回顾-2", "Übersicht"]
)
def test_readable_names_stay_as_they_are(name: str) -> None:
    assert safe_name(name) == name


def test_changed_names_keep_their_suffix_and_their_words() -> None:
    assert safe_name("../../x.mp4").endswith(".mp4")
    assert safe_name("x" * 300 + ".mp4").endswith(".mp4")
    assert safe_name("Q3/Q4 review").startswith("Q3-Q4 review-")


@pytest.mark.parametrize(
    "key", ["", "/x", "x/", "a//b", "../x", "a/../../x", "./a", ".hidden", "a\\b", "C:/x", "a\0b", "é" * 200]
)
def test_keys_that_could_escape_are_refused(key: str, tmp_path: Path) -> None:
    store = Store(tmp_path / "root")
    with pytest.raises(InvalidValueError, match="inside the root"):
        store.write_bytes(key, b"x")
    assert list(tmp_path.iterdir()) == []


def test_layout() -> None:
    assert (
        movie_key("sales", "20261122-153012-k3f9q2", "a.mp4") == "projects/sales/20261122-153012-k3f9q2/a.mp4"
    )
    assert segment_key_name("ab12cd34", "mp4") == "segments/ab/ab12cd34.mp4"
    assert asset_extension("photo.JPEG") == "jpeg"
    assert asset_extension("odd.~!") == asset_extension("none") == "bin"
    for key, ext in (("../../etc", "mp4"), ("ABCDEF12", "mp4"), ("ab12cd34", ".mp4"), ("ab12cd34", "a/b")):
        with pytest.raises(InvalidValueError):
            segment_key_name(key, ext)
