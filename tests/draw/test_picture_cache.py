from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PilImage

from bazaar_nb.draw import assets, image_loading, picture_cache
from bazaar_nb.draw.assets import Assets
from bazaar_nb.draw.image_loading import Picture, full_bytes
from bazaar_nb.draw.renderer import Renderer
from bazaar_nb.scene.elements import Image, Pixels
from bazaar_nb.scene.tree import FrameTree

SIZE = (400, 300)
FULL = full_bytes(*SIZE)


@pytest.fixture
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Image]:
    """Four photos that are large, where there is room for two and a half."""
    monkeypatch.setattr(image_loading, "LARGE_BYTES", FULL)
    monkeypatch.setattr(picture_cache, "LARGE_BYTES", FULL)
    monkeypatch.setattr(picture_cache, "_LIMIT_BYTES", FULL * 5 // 2)
    monkeypatch.setattr(picture_cache, "_LEAST_BYTES", FULL)
    for number in range(4):
        PilImage.new("RGB", SIZE, "red").save(tmp_path / f"{number}.png")
    return [Image(str(tmp_path / f"{number}.png"), width="40%") for number in range(4)]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of files that are read, as they are read."""
    seen: list[str] = []
    read = image_loading._read_bgra

    def counted(path: Path) -> tuple[object, bool]:
        seen.append(path.stem)
        return read(path)

    monkeypatch.setattr(image_loading, "_read_bgra", counted)
    return seen


def test_room_is_made_before_a_photo_is_read(photos: list[Image], monkeypatch: pytest.MonkeyPatch) -> None:
    held = Assets(Path)
    seen: list[int] = []
    read = image_loading.read_picture

    def watched(*args: object) -> Picture:
        seen.append(held.pictures.held_bytes // FULL)
        return read(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(assets, "read_picture", watched)
    for photo in (*photos, photos[3], photos[2]):
        assert held.picture(photo).width == SIZE[0]
    assert seen == [0, 1, 1, 1]


@pytest.mark.parametrize("limit", [FULL * 5 // 2, FULL // 2])
def test_photos_that_are_shown_together_are_read_once(
    photos: list[Image], reads: list[str], monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    """However large they are: what is shown of them is not."""
    monkeypatch.setattr(picture_cache, "_LIMIT_BYTES", limit)
    renderer, pixels = Renderer(160, 90, Path), np.empty((90, 160, 4), np.uint8)
    for x in range(5):
        renderer.draw(FrameTree(160, 90, (*photos[:3], Image(photos[0].source, x=x, width=20))), pixels)
    # The first is read again for its second, smaller showing.
    assert sorted(reads) == ["0", "0", "1", "2"]


def test_copies_that_nobody_draws_go_first(photos: list[Image], reads: list[str]) -> None:
    given: list[int] = []
    held = Assets(Path, lambda: given.append(held.pictures.held_bytes))
    picture, into = held.picture(photos[0]), np.empty((90, 160, 4), np.uint8)
    place = np.diag([0.5, 0.5, 1])[:2]
    picture.warp(place, into)
    assert sorted(picture._sizes) == [1, 2, 3]
    held.picture(photos[1])
    assert sorted(picture._sizes) == [2]
    assert given == [0, FULL // 4]
    held.pictures.frame += 2
    held.pictures.before_reading_again()
    assert picture.size_bytes == 0
    again = np.empty_like(into)
    held.picture(photos[0]).warp(place, again)
    np.testing.assert_array_equal(again, into)
    assert reads == ["0", "1", "0"]


def test_only_arrays_that_come_again_are_kept() -> None:
    files: dict[str, bytes] = {}
    held = Assets(files.__getitem__)

    def show(number: int) -> int:
        files[f"asset:{number}"] = bytes([number]) * 500_000
        held.picture(Pixels(b"", shape=(500, 1000, 1), asset=f"asset:{number}"))
        return held.pictures.held_bytes

    assert [show(number) for number in (1, 2, 3, 2, 4)] == [0, 0, 0, *[2 * full_bytes(1000, 500)] * 2]
