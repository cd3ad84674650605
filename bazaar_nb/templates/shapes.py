"""What all ready films take alike: a shape, a theme, seconds; and the composition of a shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from msgspec import Meta

from bazaar_nb.composition.composition import Composition
from bazaar_nb.scene.paint import Paint

Shape = Literal["16:9", "1:1", "9:16"]
ThemeName = Literal["light", "dark"]
Line = Annotated[str, Meta(max_length=200)]
Title = Annotated[str, Meta(max_length=300)]
SceneSeconds = Annotated[float, Meta(ge=2, le=120)]

_SIZES: dict[str, tuple[int, int]] = {"16:9": (1920, 1080), "1:1": (1080, 1080), "9:16": (1080, 1920)}
_FPS = 30


def compose(
    scenes: Sequence[object],
    shape: Shape,
    name: str,
    *,
    background: Paint = "black",
    layers: Sequence[object] = (),
) -> Composition:
    """Give the composition of a shape: 1080 pixels are its shorter side."""
    width, height = _SIZES[shape]
    return Composition(
        scenes, width=width, height=height, fps=_FPS, background=background, layers=layers, name=name
    )
