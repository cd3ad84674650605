"""What all galleries are held to: they look as they were stored, in whatever order frames are asked for."""

from __future__ import annotations

import random
from pathlib import Path

import cloudpickle
import numpy as np
import pytest
from PIL import Image as PilImage

import bazaar_nb as bz
from bazaar_nb.draw.asset_pinning import Pinner
from bazaar_nb.draw.damage import KeptFrame
from bazaar_nb.draw.renderer import Renderer
from bazaar_nb.render.still import name_file, named_file

MEAN_LEVELS, WORST_LEVELS = 0.35, 26.0
"""What may differ between processors, in levels of 255: of a whole sheet, and of a square of 8 by 8."""
_SIZE = (320, 180)
_FPS = 15
_SOUGHT = 15  # frames that are drawn alone


def check_sheet(drawn: PilImage.Image, stored: Path, again: str) -> None:
    """Compare a sheet with the stored one; where they differ too much, put pictures in a folder beside it.

    Parameters
    ----------
    again : str
        The command that stores it anew.
    """
    with PilImage.open(stored) as file:
        before = file.convert("RGB")
    assert drawn.size == before.size
    mean, worst, picture = _differences(drawn, before)
    if mean > MEAN_LEVELS or worst > WORST_LEVELS:
        folder = stored.parent / "differences"
        folder.mkdir(exist_ok=True)
        for what, image in (("drawn", drawn), ("stored", before), ("differs", picture)):
            image.save(folder / f"{stored.stem}-{what}.png")
        pytest.fail(
            f"{stored.stem} differs by {mean:.2f} levels (at most {MEAN_LEVELS}), in one place by "
            f"{worst:.0f} (at most {WORST_LEVELS}): look at {folder}; if it is meant, `{again}`"
        )


def _differences(one: PilImage.Image, other: PilImage.Image) -> tuple[float, float, PilImage.Image]:
    """Compare two sheets of one size.

    Returns
    -------
    mean : float
        Of all differences, in levels of 255.
    worst : float
        The largest mean of a square of 8 by 8 pixels.
    picture : Image
        What differs, made visible: black where nothing does.
    """
    a, b = (np.asarray(image.convert("RGB"), np.int16) for image in (one, other))
    differ = np.abs(a - b).max(axis=2)
    height, width = (side // 8 * 8 for side in differ.shape)
    blocks = differ[:height, :width].reshape(height // 8, 8, width // 8, 8).mean(axis=(1, 3))
    picture = PilImage.fromarray(np.minimum(255, differ * 4).astype(np.uint8), "L")
    return float(differ.mean()), float(blocks.max()), picture


def check_any_order(scene: bz.Scene, moving: int = 1) -> None:
    """Draw frames in a row, each over the one before, and some alone, in any order, of a copy of the film.

    They are the same, bit for bit.

    Parameters
    ----------
    moving : int
        How many different frames there are, at least.
    """
    film = bz.Composition([scene], width=_SIZE[0], height=_SIZE[1], fps=_FPS)
    pinner = Pinner(name_file)
    kept = KeptFrame(np.zeros((_SIZE[1], _SIZE[0], 4), np.uint8))
    renderer = Renderer(*_SIZE, named_file)
    in_a_row = []
    for index in range(film.frames):
        renderer.redraw(pinner.pin(film.frame(index)), kept)
        in_a_row.append(kept.pixels.copy())
    assert len({pixels.tobytes() for pixels in in_a_row}) >= moving
    other: bz.Composition = cloudpickle.loads(cloudpickle.dumps(film))
    alone = Renderer(*_SIZE, named_file)
    indices = range(film.frames)
    for index in random.Random(scene.name).sample(indices, min(_SOUGHT, film.frames)):
        pixels = np.full((_SIZE[1], _SIZE[0], 4), 77, np.uint8)
        alone.draw(pinner.pin(other.frame(index)), pixels)
        assert (pixels == in_a_row[index]).all(), index
