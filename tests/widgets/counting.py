"""A film whose frames say which they are, and how to read them from what a player sends."""

from __future__ import annotations

import io
import math
from typing import Any, cast

import av
import numpy as np
from av.container import InputContainer

import bazaar_nb as bz

drawn: list[int] = []
"""The frames of `counting` that were evaluated."""
state: dict[str, Any] = {}
"""What `counting` looks at: its ``fill``, and the frame that it ``fails_at``."""


@bz.scene(duration=2)
def counting(frame: bz.Frame, hue: float = 0.0) -> list[Any]:
    """The frame's number as a bar of 8 bits, over a colour that can be changed."""
    drawn.append(frame.index)
    if frame.index == state.get("fails_at"):
        raise ValueError("<img src=x onerror=alert(1)> no such thing")
    bits = [
        bz.Rect(
            x=40 * bit + 20, y=20, width=40, height=40, fill="white" if frame.index >> bit & 1 else "black"
        )
        for bit in range(8)
    ]
    return [bz.Fill(state.get("fill", "#204060")), *bits]


@bz.scene(duration=3)
def still(frame: bz.Frame, text: str = "held") -> list[Any]:
    return [bz.Fill("navy"), bz.Text(text, size=60)]


def make_film(*scenes: Any, **more: Any) -> bz.Composition:
    return bz.Composition(scenes or [counting(), still()], width=320, height=180, fps=30, **more)


def decoded(data: bytes) -> list[np.ndarray[Any, Any]]:
    with cast(InputContainer, av.open(io.BytesIO(data))) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def number_in(picture: np.ndarray[Any, Any]) -> int:
    return sum(int(picture[20, 40 * bit + 20].mean() > 128) << bit for bit in range(8))


def psnr(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> float:
    error = float(np.mean((one.astype(float) - other.astype(float)) ** 2))
    return 10 * math.log10(255**2 / max(error, 1e-9))
