"""`Filter`: elements drawn on a layer, whose pixels are then changed step by step."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from bazaar_nb.draw.assets import Assets
from bazaar_nb.draw.canvas import Bounds
from bazaar_nb.draw.elements.group_row_column import ARRANGED, pin_children
from bazaar_nb.draw.elements.registry import Kind, Layering, Piece, Pinning, register
from bazaar_nb.draw.filters.colors import Change, by_cube, by_curves, by_matrix, change_colors
from bazaar_nb.draw.filters.cube_tables import as_cube, look_up_table, read_cube
from bazaar_nb.draw.filters.grain import add_grain
from bazaar_nb.draw.filters.light import add_glow, glow_grid, glow_spread, grown_to_grid
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import Filter
from bazaar_nb.scene.filter_steps import ColorCube, ColorCurves, ColorMatrix, FilterStep, Glow, Grain


def _spread(element: Filter, scale: float) -> int:
    return sum(glow_spread(step, scale) for step in element.steps if isinstance(step, Glow))


def _compose(layering: Layering, element: Filter) -> Iterable[Piece]:
    layer = layering.layer(layering.all_children())
    scale, spread = layering.scale, _spread(element, layering.scale)
    grid = max((glow_grid(step, scale) for step in element.steps if isinstance(step, Glow)), default=1)
    frame = Bounds(0, 0, layer.shape[1], layer.shape[0])
    for part in layering.parts:
        room = grown_to_grid(part, spread, grid, frame)
        pixels = np.ascontiguousarray(layer[room.top : room.bottom, room.left : room.right])
        for step in element.steps:
            pixels = _changed(pixels, step, room, layering)
        left, top = part.left - room.left, part.top - room.top
        yield Piece(part.left, part.top, pixels[top : top + part.height, left : left + part.width])


def _changed(
    pixels: NDArray[np.uint8], step: FilterStep, room: Bounds, layering: Layering
) -> NDArray[np.uint8]:
    if isinstance(step, Glow):
        return add_glow(pixels, step, layering.scale)
    if isinstance(step, Grain):
        return add_grain(pixels, step, room, layering.scale, layering.assets.tables)
    return change_colors(pixels, _color_change(step, layering.assets))


def _color_change(step: ColorMatrix | ColorCurves | ColorCube, assets: Assets) -> Change:
    if isinstance(step, ColorMatrix):
        return by_matrix(step)
    if isinstance(step, ColorCurves):
        return by_curves(step)
    key = ("cube", step.source or step.values, step.amount)
    return by_cube(assets.tables.get(key, lambda: _cube_table(step, assets), lambda table: table.nbytes))


def _cube_table(step: ColorCube, assets: Assets) -> NDArray[np.uint32]:
    if step.values is not None:
        return look_up_table(as_cube(assets.floats(step.values)), step.amount)
    return look_up_table(read_cube(assets.file(step.source)), step.amount)


def _pin(element: Filter, pinning: Pinning) -> Filter:
    element = pin_children(element, pinning)
    steps = tuple(_pinned(step, pinning) for step in element.steps)
    same = all(new is old for new, old in zip(steps, element.steps, strict=True))
    return element if same else replace(element, steps=steps)


def _pinned(step: FilterStep, pinning: Pinning) -> FilterStep:
    if not isinstance(step, ColorCube) or not step.source or step.source.startswith("asset:"):
        return step
    path = Path(step.source)
    if not path.is_file():
        raise InvalidValueError(f"the table of colours {step.source!r} does not exist, or is no file")
    read_cube(path)  # what is wrong with it is said where it was asked for
    return replace(step, source=pinning.put_file(path))


register(Filter, Kind(**{**ARRANGED, "pin": _pin}, pin_field="steps", compose=_compose, spread=_spread))  # type: ignore[arg-type]
