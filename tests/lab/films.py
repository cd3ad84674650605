"""Films whose frames say which they are, in code for notebooks; and how to read them from a screen."""

from __future__ import annotations

import io
import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Locator

WIDTH, HEIGHT, BITS = 640, 360, 12
CELL = WIDTH // BITS

COUNTING = f"""
import bazaar_nb as bz

@bz.scene(duration=8)
def counting(frame, fill="#204060"):
    bits = [
        bz.Rect(x={CELL} * (bit + 0.5), y={CELL} / 2, width={CELL}, height={CELL},
                fill="white" if frame.index >> bit & 1 else "black")
        for bit in range({BITS})
    ]
    return [bz.Fill(fill), *bits, bz.Text(str(frame.index), size=90, tabular=True)]
"""

FILM = f"""
film = bz.Composition([counting()], width={WIDTH}, height={HEIGHT}, fps=30)
player = bz.Player(film, width={WIDTH + 2}, scale=1)
player
"""


def picture_of(player: Locator) -> NDArray[np.uint8]:
    """Give what is seen of the film: RGB, shape (360, 640, 3) where the player is as wide as the film."""
    video = player.locator("video")
    box = video.bounding_box()
    assert box is not None
    # Between two pixels a browser would mix them.
    x, y = (round(box[side]) - box[side] for side in ("x", "y"))
    player.evaluate(
        "(root, [x, y]) => Object.assign(root.style, {position: 'relative', left: `${x}px`, top: `${y}px`})",
        [x, y],
    )
    box = video.bounding_box()
    assert box is not None
    assert (round(box["width"]), round(box["height"])) == (WIDTH, HEIGHT)
    shot = player.page.screenshot(
        clip={"x": round(box["x"]), "y": round(box["y"]), "width": WIDTH, "height": HEIGHT}
    )
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"))


def number_in(picture: NDArray[Any]) -> int:
    """Read a frame's number from its picture."""
    levels = [picture[CELL // 2, int(CELL * (bit + 0.5))].mean() for bit in range(BITS)]
    return sum(int(level > 128) << bit for bit, level in enumerate(levels))


def psnr(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Give how alike two pictures are, in dB."""
    error = float(np.mean((one.astype(float) - other.astype(float)) ** 2))
    return 10 * math.log10(255**2 / max(error, 1e-9))


def wait_frame(player: Locator, number: int) -> None:
    """Wait until the player says that it shows a frame."""
    player.page.wait_for_function(
        "([root, number]) => root.dataset.frame === String(number)", arg=[player.element_handle(), number]
    )


def eventually(is_so: Callable[[], bool], within_s: float = 180.0) -> None:
    """Wait until something is so; it may ask the page."""
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def wait_state(player: Locator, *states: str) -> None:
    """Wait until the player is in one of some states."""
    player.page.wait_for_function(
        "([root, states]) => states.includes(root.dataset.state)", arg=[player.element_handle(), list(states)]
    )
