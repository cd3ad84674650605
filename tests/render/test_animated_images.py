"""Animated WebP and APNG: the film's pictures, with their times and their alpha."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import bazaar_nb as bz
from bazaar_nb.workspace import Workspace


@bz.scene(duration=2)
def steps(frame: bz.Frame) -> list[bz.Element]:
    """Give a square that moves at 0.5 s and at 1.6 s."""
    place = 0 if frame.index < 10 else 1 if frame.index < 32 else 2
    return [
        bz.Rect(x=20 + 40 * place, y=20, width=20, height=20, fill="tomato"),
        bz.Rect(x=64, y=48, width=108, height=16, fill="#0000ff80"),
    ]


def film(background: str = "transparent") -> bz.Composition:
    return bz.Composition([steps()], width=128, height=64, fps=20, background=background, name="steps")


@pytest.fixture
def where(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "root", engine="inline")


def read(path: Path) -> tuple[list[NDArray[np.int16]], list[float], dict[str, Any]]:
    """Give the pictures, as RGBA, and the milliseconds that each is shown."""
    pictures, lengths = [], []
    with Image.open(path) as image:
        about: dict[str, Any] = {str(key): value for key, value in image.info.items()}
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            image.load()
            lengths.append(float(image.info["duration"]))
            pictures.append(np.asarray(image.convert("RGBA"), np.int16))
        about |= {str(key): value for key, value in image.info.items()}
    return pictures, lengths, about


@pytest.mark.parametrize("background", ["transparent", "navy"])
@pytest.mark.parametrize("format", ["webp", "apng"])
def test_pictures_times_and_alpha(where: Workspace, format: str, background: str) -> None:
    shown = film(background)
    render = shown.export(f"steps.{format}", workspace=where, progress=False, loop=3)
    pictures, lengths, about = read(render.path)
    assert lengths == [500, 1100, 400]
    assert about["loop"] == 3
    for picture, frame in zip(pictures, (0, 10, 32), strict=True):
        still = np.asarray(shown.still(frame).convert("RGBA"), np.int16)
        if format == "apng":
            seen = still[..., 3] > 0
            assert np.abs(picture - still)[seen].max() <= 2  # of half-transparent pixels, made straight
            assert (picture[..., 3] == still[..., 3]).all()
        else:
            assert np.abs(picture[..., 3] - still[..., 3]).max() <= 2
            opaque = still[..., 3] == 255
            assert np.abs(picture - still)[opaque].mean() < 6
    assert pictures[0][0, 127, 3] == (0 if background == "transparent" else 255)
    row = where.history().iloc[0]
    assert (row["format"], row["codec"], row["frames_drawn"]) == (format, format, 3)
    assert row["alpha"] == (background == "transparent")
    assert "<img" in render._repr_html_()


def test_an_apng_may_be_called_png_and_says_its_title(where: Workspace) -> None:
    render = film().export(
        "steps.png", format="apng", workspace=where, progress=False, metadata={"artist": "Ada"}
    )
    assert render.name == "steps.png"
    with Image.open(render.path) as image:
        image.load()
        for number in range(3):
            image.seek(number)
        image.load()
        assert image.text["Title"] == "steps"  # type: ignore[attr-defined]
        assert image.text["Author"] == "Ada"  # type: ignore[attr-defined]


def test_quality_size_and_what_still_films_are(where: Workspace) -> None:
    sizes = [
        film("navy").export(f"{quality}.webp", workspace=where, progress=False, quality=quality).size_bytes
        for quality in ("low", "high")
    ]
    assert sizes[0] < sizes[1]
    small = film().export("small.webp", workspace=where, progress=False, resolution=(64, 32), fps=10)
    with Image.open(small.path) as image:
        assert image.size == (64, 32)
    still = bz.Composition([bz.Scene(lambda frame: bz.Fill("navy"), duration=1)], width=64, height=64)
    for name in ("still.webp", "still.apng"):
        with Image.open(still.export(name, workspace=where, progress=False).path) as image:
            assert image.convert("RGB").getpixel((9, 9)) == pytest.approx((0, 0, 128), abs=3)
    told = film().estimate("steps.webp", workspace=where)
    assert told.size_bytes.likely > 0


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("a.apng", {"quality": "low"}, "apng has no quality='low': it takes `resolution`"),
        ("a.webp", {"crf": 20}, "webp has no crf=20: it takes `quality`"),
        ("a.webp", {"loop": -1}, "`loop` must be a whole number"),
        ("a.webp", {"codec": "h264"}, "webp has no codec='h264'"),
    ],
)
def test_what_has_no_meaning_is_refused(where: Workspace, name: str, options: Any, message: str) -> None:
    with pytest.raises(bz.SettingsError, match=message):
        film().export(name, workspace=where, progress=False, **options)
