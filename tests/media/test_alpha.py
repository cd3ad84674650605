from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bazaar_nb.media.alpha import AlphaBleeder, to_straight_alpha


def premultiplied(straight: NDArray[np.uint8]) -> NDArray[np.float64]:
    shown: NDArray[np.float64] = straight[..., :3] * (straight[..., 3:] / 255)
    return shown


def paint(pixels: NDArray[np.uint8], chance: np.random.Generator, count: int) -> None:
    """Put boxes down, each with its own colour and alpha."""
    height, width = pixels.shape[:2]
    for _ in range(count):
        left, top = chance.integers(0, width), chance.integers(0, height)
        alpha = int(chance.choice([0, 3, 40, 128, 255]))
        part = pixels[top : top + chance.integers(1, 60), left : left + chance.integers(1, 60)]
        part[..., :3] = chance.integers(0, 256, 3) * alpha // 255
        part[..., 3] = alpha


@settings(max_examples=40, deadline=None)
@given(width=st.integers(1, 150), height=st.integers(1, 120), seed=st.integers(0, 10_000))
def test_what_changed_gives_what_all_gives_and_shows_what_was_drawn(
    width: int, height: int, seed: int
) -> None:
    chance = np.random.default_rng(seed)
    pixels = np.zeros((height, width, 4), np.uint8)
    paint(pixels, chance, 3)
    bleed, kept = AlphaBleeder(width, height), np.empty_like(pixels)
    bleed(pixels, kept)
    for _ in range(3):
        left, top = int(chance.integers(0, width)), int(chance.integers(0, height))
        right, bottom = min(width, left + int(chance.integers(1, 50))), min(height, top + 20)
        paint(pixels[top:bottom, left:right], chance, 2)
        bleed(pixels, kept, [(left, top, right, bottom)])
        whole = np.empty_like(pixels)
        AlphaBleeder(width, height)(pixels, whole)
        np.testing.assert_array_equal(kept, whole)
        assert np.abs(premultiplied(kept) - pixels[..., :3]).max() <= 1
        np.testing.assert_array_equal(kept[..., 3], pixels[..., 3])
        assert np.abs(premultiplied(to_straight_alpha(pixels)) - pixels[..., :3]).max() <= 1


def test_colours_go_on_beyond_edges() -> None:
    pixels = np.zeros((64, 64, 4), np.uint8)
    pixels[20:40, 20:40] = (30, 60, 200, 255)
    pixels[20:40, 40] = (1, 1, 4, 5)  # of the same colour, as far as 5 of 255 can say it
    straight = np.empty_like(pixels)
    AlphaBleeder(64, 64)(pixels, straight)
    around = straight[12:48, 12:48, :3].reshape(-1, 3).astype(int)
    assert np.abs(around - (30, 60, 200)).max() <= 2
