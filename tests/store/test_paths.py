"""Paths and roots that people type."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.store.key_layout import asset_extension, named_asset_key, segment_key_name
from bazaar_nb.store.paths import read_path
from bazaar_nb.store.store import Store
from tests.texts import refused_or_read, texts

in_a_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must be a path"),
        ("a\0b", "a NUL"),
        ("x" * 300 + ".mp4", "more than 255 bytes"),
        ("é" * 200, "more than 255 bytes"),
        ("a/" * 3000, "4095 in all"),
        ("\ud800", "lone surrogate"),
        ("~nobody.of.this.name/x", "no such home"),
        ("~\0", "a NUL"),
    ],
)
def test_what_no_path_is_is_said(text: str, said: str) -> None:
    with pytest.raises(InvalidValueError, match=said):
        read_path(text, "path")


def test_paths_are_as_they_are_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.setenv("USERPROFILE", "/home/ada")
    assert read_path("~/films/Übersicht.mp4", "path") == Path("/home/ada/films/Übersicht.mp4")
    assert read_path(Path("a/../b"), "path") == Path("a/../b")


@given(texts("a/b.mp4", "~/x", "~root/x", "C:\\films", "./a"))
def test_any_text_is_a_path_or_an_error(text: str) -> None:
    refused_or_read(lambda: os.path.lexists(read_path(text, "path")))


@given(texts("s3://bucket/prefix", "file:///srv/films", "films", "~/films", "C:/films"))
@example("file://[::1/x")
@example("s3://[::1/x")
@example("file:///a%00b")
@example("~nobody.of.this.name/x")
def test_any_text_is_a_root_or_an_error(text: str) -> None:
    refused_or_read(lambda: (Store(text).url, repr(Store(text)), Store(text).location("a")))


@in_a_folder
@given(texts("segments/ab/x.mp4", "a.txt", "segments/"))
def test_any_text_is_a_key_or_an_error(tmp_path: Path, text: str) -> None:
    store = Store(tmp_path)
    for read in (
        store.location, store.exists, store.size, store.read_bytes, store.local, store.link, store.remove,
        store.remove_folder, lambda prefix: list(store.list(prefix)),
    ):  # fmt: skip
        refused_or_read(lambda: read(text))  # noqa: B023 - called at once
    refused_or_read(lambda: store.write_bytes(text, b"x"))


@in_a_folder
@given(texts("out.mp4", "../out.mp4", "~/x"))
def test_any_text_is_a_file_to_copy_or_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    (tmp_path / "here").mkdir(exist_ok=True)
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(tmp_path))
    store = Store(tmp_path / "root")
    store.write_bytes("a.txt", b"x")
    if not Path(text).is_absolute():
        refused_or_read(lambda: store.download("a.txt", text))
    refused_or_read(lambda: store.put_file(text, "b.txt"))
    refused_or_read(lambda: store.put_asset(text))
    refused_or_read(lambda: store.link("a.txt", download_name=text, expires=text))
    refused_or_read(lambda: store.clean(text))


@given(texts("ab12cd34", "mp4", "asset:ab12cd34.png"))
def test_any_text_is_a_part_of_a_key_or_an_error(text: str) -> None:
    refused_or_read(lambda: segment_key_name(text, "mp4"))
    refused_or_read(lambda: segment_key_name("ab12cd34", text))
    refused_or_read(lambda: named_asset_key(text, "scratch/x/"))
    refused_or_read(lambda: asset_extension(text))
