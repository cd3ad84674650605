"""Animated WebP: written as it comes, of each picture what is other than before, and shown as meant."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as PilImage

from bazaar_nb.errors import EncodeError
from bazaar_nb.media import animated_webp
from bazaar_nb.media.animated_webp import WebpWriter

WIDTH, HEIGHT, FRAMES = 150, 101, 12


def pictures(alpha: bool) -> list[NDArray[np.uint8]]:
    """Give BGRA: smooth noise, over which two squares move, one of them half transparent if so wanted."""
    chance = np.random.default_rng(3)
    coarse = chance.integers(0, 255, (8, 10, 3), np.uint8)
    smooth = np.asarray(PilImage.fromarray(coarse).resize((WIDTH, HEIGHT), PilImage.Resampling.BICUBIC))
    made = []
    for number in range(FRAMES):
        picture = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
        if not alpha:
            picture[..., :3], picture[..., 3] = smooth, 255
        picture[10:26, 9 * number : 9 * number + 20] = (40, 90, 220, 255)
        picture[80:101, 130 - 7 * number : 150 - 7 * number] = (200, 60, 30, 128 if alpha else 255)
        made.append(picture)
    return made


def written(shown: list[NDArray[np.uint8]]) -> tuple[bytes, list[int]]:
    """Give the file, and how much of it there was after each picture."""
    file, sizes = io.BytesIO(), []
    writer = WebpWriter(file, WIDTH, HEIGHT, quality=75, loop=4)
    for number, picture in enumerate(shown):
        writer.add(picture, 40 * number)
        sizes.append(file.tell())
    writer.finish(40 * len(shown) + 500)
    return file.getvalue(), sizes


@pytest.mark.parametrize("alpha", [False, True])
def test_pictures_are_written_as_they_come_and_shown_as_they_were(alpha: bool) -> None:
    shown = pictures(alpha)
    data, sizes = written(shown)
    assert sizes == sorted(set(sizes))
    assert struct.unpack_from("<I", data, 4)[0] == len(data) - 8
    with PilImage.open(io.BytesIO(data)) as image:
        assert (getattr(image, "n_frames", 1), image.info["loop"]) == (FRAMES, 4)
        before: NDArray[np.int_] | None = None
        for number, picture in enumerate(shown):
            image.seek(number)
            image.load()
            assert image.info["duration"] == (40 if number < FRAMES - 1 else 540)
            seen = np.asarray(image.convert("RGBA"))[..., (2, 1, 0, 3)].astype(int)
            assert (seen[..., 3] == picture[..., 3]).all()
            off = np.abs(seen - picture)[picture[..., 3] > 0]
            assert off.mean() < 6
            assert seen[18, 9 * number + 10, :3] == pytest.approx((40, 90, 220), abs=25)
            if not alpha and before is not None:  # what stays is not written again
                assert (seen[40:72] == before[40:72]).all()
            before = seen


def test_what_stays_takes_no_room() -> None:
    noise = np.full((HEIGHT, WIDTH, 4), 255, np.uint8)
    noise[..., :3] = np.random.default_rng(1).integers(0, 255, (HEIGHT, WIDTH, 3))
    shown = [noise.copy() for _ in range(FRAMES)]
    for number, picture in enumerate(shown):  # far from one another
        picture[:16, :16, :3] = picture[96:, 144:, :3] = 20 * number
    whole, _ = written(shown[:1])
    data, _ = written(shown)
    assert len(data) < 2 * len(whole)


def test_a_file_that_is_too_large_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(animated_webp, "_MOST_BYTES", 3000)
    with pytest.raises(EncodeError, match="larger than 4 GB, more than a WebP can hold: export a video"):
        written(pictures(False))
