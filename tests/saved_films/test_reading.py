"""What is read may be half of a film, a newer one, or anything: an error says so, and nothing runs."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bazaar_nb as bz
from bazaar_nb.errors import BazaarError, StoreError
from bazaar_nb.saved_films.film_document import (
    FilmDocument,
    read_document,
    read_record,
    write_document,
    write_record,
)
from bazaar_nb.saved_films.packs import compress, digest_bytes
from bazaar_nb.saved_films.saved_film import FilmContent, SavedFilm
from bazaar_nb.scene.film import Mark
from bazaar_nb.scene.tree import FrameTree
from bazaar_nb.store.key_layout import saved_film_prefix
from bazaar_nb.store.store import Store
from tests.saved_films.kept import everything_film

PREFIX = saved_film_prefix("default", "review")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, dict[str, bytes]]:
    folder = tmp_path_factory.mktemp("kept")
    workspace = bz.Workspace(folder / "root", engine="inline", user="tester")
    everything_film(folder).save("review", workspace=workspace, progress=False)
    store = workspace.store
    return store, {key: store.read_bytes(key) for key in store.list(PREFIX)}


@pytest.fixture
def copy(kept: tuple[Store, dict[str, bytes]], tmp_path: Path) -> bz.Workspace:
    shutil.copytree(kept[0].root, tmp_path / "root")
    return bz.Workspace(tmp_path / "root", engine="inline")


def one(files: dict[str, bytes], ending: str) -> tuple[str, bytes]:
    return next((key, data) for key, data in files.items() if key.endswith(ending))


@pytest.mark.parametrize("ending", [".json", ".film", ".pack", ".png"])
@pytest.mark.parametrize("how", ["half", "empty", "gone", "other"])
def test_a_film_that_is_not_whole(copy: bz.Workspace, ending: str, how: str) -> None:
    key = next(key for key in copy.store.list(PREFIX) if key.endswith(ending))
    path = Path(copy.store.location(key))
    data = path.read_bytes()
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes({"half": data[: len(data) // 2], "empty": b"", "other": data[::-1]}[how])
    with pytest.raises(BazaarError, match=r"review|v000001") as caught:
        bz.open_film("review", workspace=copy).export(workspace=copy, progress=False)
    assert isinstance(caught.value, StoreError | bz.UnknownFilmError)
    assert not [*copy.store.list("segments/")]


def test_a_newer_film(copy: bz.Workspace, kept: tuple[Store, dict[str, bytes]]) -> None:
    key, data = one(kept[1], ".json")
    record = msgspec.json.decode(data)
    newer = {**record, "format": "bazaar_nb.saved_film/2", "content": 7, "new": []}
    copy.store.write_bytes(key, msgspec.json.encode(newer))
    for read in (lambda: bz.open_film("review", workspace=copy), lambda: bz.films(workspace=copy)):
        with pytest.raises(StoreError, match=r"newer bazaar_nb \(format 2, this one reads up to 1\)"):
            read()
    document = one(kept[1], ".film")[1].replace(b"film 1", b"film 9")
    with pytest.raises(StoreError, match=r"newer bazaar_nb \(format 9"):
        read_document(document, "this")
    with pytest.raises(StoreError, match="no record of a saved film: format 'x/1'"):
        read_record(b'{"format": "x/1"}', "this")


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_bytes_are_a_film_or_an_error(kept: tuple[Store, dict[str, bytes]], data: st.DataObject) -> None:
    """Also what is changed before it is compressed, so that it isn't the checksums that notice."""
    store, files = kept
    _, whole = one(files, ".film")
    document = read_document(whole, "this")

    def mutated(raw: bytes) -> bytes:
        changed = bytearray(raw)
        for _ in range(data.draw(st.integers(1, 8))):
            at = data.draw(st.integers(0, len(changed) - 1))
            changed[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
        return bytes(changed)

    kind = data.draw(st.sampled_from(["file", "document", "record", "tree"]))
    try:
        if kind == "record":
            read_record(mutated(one(files, ".json")[1]), "this")
            return
        if kind == "tree":
            content = FilmContent(store, PREFIX, document, "this")
            raw = content._read(document.chunks[0].piece)
            content._decode(mutated(raw[: document.chunks[0].ends[0]]))
            return
        head = len(b"bazaar_nb film 1\n")
        if kind == "document":
            raw = mutated(msgspec.msgpack.encode(document))
            changed = whole[:head] + len(raw).to_bytes(8, "big") + compress(raw)
        else:
            changed = mutated(whole)
        read = read_document(changed, "this")
        film = SavedFilm(FilmContent(store, PREFIX, read, "this"))
        for index in range(0, min(film.frames, 5000), 7):
            film.frame(index)
    except BazaarError as error:
        assert str(error)  # noqa: PT017 (that it is one of these is what is held)


def edited(document: FilmDocument, **changes: Any) -> FilmDocument:
    return msgspec.structs.replace(document, **changes)


def test_a_film_refers_to_no_file_and_no_function_of_its_reader(kept: tuple[Store, dict[str, bytes]]) -> None:
    store, files = kept
    document = read_document(one(files, ".film")[1], "this")
    content = FilmContent(store, PREFIX, document, "the film")
    for element in (
        bz.Image("/etc/passwd"),
        bz.Text("x", font="/etc/passwd"),
        bz.Group((bz.Text((bz.Span("x", font="Times"),)),)),
        bz.Figure("function:7"),
    ):
        tree = FrameTree(240, 136, (bz.Fill("black"), element))
        with pytest.raises(StoreError, match=r"the film is damaged: a frame refers to"):
            content._decode(tree.to_msgpack())


def test_what_a_record_and_a_document_say_comes_back(kept: tuple[Store, dict[str, bytes]]) -> None:
    _, files = kept
    document = read_document(one(files, ".film")[1], "this")
    assert read_document(write_document(document), "this") == document
    assert digest_bytes(write_document(document)) in one(files, ".film")[0]
    assert document.marks == (Mark("title", 0, 15), Mark("chart", 10, 25), Mark("looks", 20, 30))
    record = read_record(one(files, ".json")[1], "this")
    assert read_record(write_record(record), "this") == record
