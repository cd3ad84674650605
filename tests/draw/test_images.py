from __future__ import annotations

import io
import math
import struct
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from PIL import Image as PilImage
from PIL import ImageCms, ImageOps

from bazaar_nb.draw import image_loading as images
from bazaar_nb.draw.image_loading import picture_from_rgba
from bazaar_nb.draw.renderer import Renderer
from bazaar_nb.errors import ElementError, InvalidValueError
from bazaar_nb.scene.elements import Fill, Group, Image, Pixels, Rect
from bazaar_nb.scene.paint import Shadow
from bazaar_nb.scene.tree import FrameTree
from tests.draw.stage import Stage, centroid
from tests.texts import refused_or_read, texts

Transpose = PilImage.Transpose
UNDO = {
    1: None, 2: Transpose.FLIP_LEFT_RIGHT, 3: Transpose.ROTATE_180, 4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE, 6: Transpose.ROTATE_90, 7: Transpose.TRANSVERSE, 8: Transpose.ROTATE_270,
}  # fmt: skip


def quarters() -> PilImage.Image:
    """Red, lime; blue, white: 60x40."""
    colors = np.array([[(255, 0, 0), (0, 255, 0)], [(0, 0, 255), (255, 255, 255)]], np.uint8)
    return PilImage.fromarray(colors.repeat(20, 0).repeat(30, 1))


def corners(stage: Stage, path: Path) -> list[list[int]]:
    drawn = stage.draw(Image(str(path)))
    return [drawn[y, x].tolist() for y in (35, 55) for x in (65, 95)]


@pytest.mark.parametrize("orientation", UNDO)
def test_cameras_that_lie_on_their_side(stage: Stage, orientation: int) -> None:
    undo = UNDO[orientation]
    exif = PilImage.Exif()
    exif[0x0112] = orientation
    stored = quarters() if undo is None else quarters().transpose(undo)
    path = stage.folder / "turned.png"
    stored.save(path, exif=exif)
    assert corners(stage, path) == [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]


@pytest.mark.parametrize("suffix", ["png", "bmp", "gif", "tif", "webp"])
@pytest.mark.parametrize("mode", ["RGB", "P", "RGBA"])
def test_formats_and_modes(stage: Stage, suffix: str, mode: str) -> None:
    path = stage.folder / f"picture.{suffix}"
    quarters().convert(mode).save(path, lossless=True)  # WebP alone heeds it
    assert corners(stage, path) == [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]


def test_cmyk_grey_and_deep_pictures(stage: Stage) -> None:
    path = stage.folder / "cmyk.jpg"
    quarters().convert("CMYK").save(path, quality=100)
    assert np.abs(np.array(corners(stage, path)[:3]) - np.eye(3) * 255).max() <= 6
    ramp = np.linspace(0, 65535, 60).astype(np.uint16)[np.newaxis].repeat(40, 0)
    PilImage.fromarray(ramp).save(stage.folder / "deep.png")
    grey = stage.draw(Image(str(stage.folder / "deep.png")))[45, 50:110, 1].astype(int)
    assert np.abs(grey - np.linspace(0, 255, 60)).max() <= 1
    PilImage.fromarray(np.linspace(0, 1, 60, dtype=np.float32)[np.newaxis].repeat(40, 0)).save(
        stage.folder / "float.tif"
    )
    grey = stage.draw(Image(str(stage.folder / "float.tif")))[45, 50:110, 1].astype(int)
    assert np.abs(grey - np.linspace(0, 255, 60)).max() <= 1


def test_a_colour_profile_is_heeded_and_a_broken_one_is_not(stage: Stage) -> None:
    flat = PilImage.new("RGB", (60, 40), (200, 100, 50))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    linear = bytearray(srgb)
    # Every tone curve becomes the identity: the picture's numbers are light itself.
    for curve in (b"rTRC", b"gTRC", b"bTRC"):
        at = linear.index(curve, 128)
        offset: int = struct.unpack(">I", linear[at + 4 : at + 8])[0]
        linear[offset : offset + 12] = b"curv" + bytes(8)
    for name, profile, wanted in [
        ("srgb", srgb, (200, 100, 50)),
        ("broken", b"junk" * 50, (200, 100, 50)),
        ("linear", bytes(linear), tuple(round(255 * _encode(value / 255)) for value in (200, 100, 50))),
    ]:
        path = stage.folder / f"{name}.png"
        flat.save(path, icc_profile=profile)
        assert np.abs(stage.draw(Image(str(path)))[45, 80] - np.array(wanted)).max() <= 2, name


def _encode(light: float) -> float:
    """The sRGB curve (IEC 61966-2-1)."""
    return 12.92 * light if light <= 0.0031308 else float(1.055 * light ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize("width", [13, 50, 100, 140])
@pytest.mark.parametrize("rotation", [0.0, 30.0])
def test_transparent_pictures_have_no_halo(stage: Stage, width: float, rotation: float) -> None:
    y, x = np.mgrid[:100, :100]
    array = np.zeros((100, 100, 4), np.uint8)
    array[..., 3] = np.clip((40 - np.hypot(x - 49.5, y - 49.5)) * 20, 0, 255)
    array[array[..., 3] > 0, :3] = (255, 255, 255)  # black where it is transparent
    path = stage.folder / "disc.png"
    PilImage.fromarray(array).save(path)
    over = stage.draw(Fill("white"), Image(str(path), width=width, rotation=rotation, x=80.3))
    assert over.min() >= 253


@pytest.mark.parametrize("fit", ["contain", "cover", "fill"])
def test_fits(stage: Stage, fit: str) -> None:
    path = stage.folder / "quarters.png"
    quarters().save(path)
    drawn = stage.draw(Image(str(path), width=80, height=80, fit=fit))  # type: ignore[arg-type]
    y, x = np.nonzero(drawn.max(axis=2) > 100)
    assert x.max() + 1 - x.min() == 80
    assert abs(y.max() + 1 - y.min() - (80 * 40 / 60 if fit == "contain" else 80)) <= 1
    assert drawn[35, 77].tolist() == [255, 0, 0]
    assert drawn[35, 83].tolist() == [0, 255, 0]
    rounded = stage.draw(Image(str(path), width=80, height=80, fit="cover", radius=20))
    assert rounded[6, 41].max() == 0
    assert rounded[60, 41].max() > 200


def test_edges_between_pixels_are_covered_by_their_share(stage: Stage) -> None:
    white: Any = np.full((20, 40), 255, np.uint8)
    drawn = stage.draw(Pixels(white, x=80.25, y=45.5))
    assert abs(int(drawn[45, 60, 0]) - 191) <= 2
    assert abs(int(drawn[35, 80, 0]) - 128) <= 2
    assert abs(int(drawn[55, 80, 0]) - 128) <= 2


def test_whole_pixels_are_the_picture_itself(stage: Stage) -> None:
    noise: Any = np.random.default_rng(1).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    drawn = stage.draw(Pixels(noise))
    assert (drawn[25:65, 50:110] == noise).all()
    turned = stage.draw(Pixels(noise, rotation=180))
    assert np.abs(turned[25:65, 50:110].astype(int) - noise[::-1, ::-1]).max() <= 1


def test_pixels_stay_square_when_asked(stage: Stage) -> None:
    noise: Any = np.random.default_rng(2).integers(0, 256, (4, 8, 3), dtype=np.uint8)
    drawn = stage.draw(Pixels(noise, width=80, smooth=False))
    assert (drawn[25:65, 40:120] == noise.repeat(10, 0).repeat(10, 1)).all()
    smooth = stage.draw(Pixels(noise, width=80))
    assert len(np.unique(smooth.reshape(-1, 3), axis=0)) > 100


def test_a_small_copy_of_fine_detail_does_not_flicker(stage: Stage) -> None:
    lines: Any = np.zeros((400, 600), np.uint8)
    lines[:, ::2] = 255
    drawn = stage.draw(Pixels(lines, width=100))[35:55, 40:120, 0].astype(int)
    assert np.abs(drawn - 127).max() <= 12


@pytest.mark.parametrize(
    ("zoom", "pan"),
    [((1.0, 1.25), (0, 0)), ((1.0, 1.0), (9, 3)), ((1.0, 1.25), (9, -4)), ((2.0, 2.5), (3, 2))],
)
def test_slow_zooms_and_pans_are_smooth(
    stage: Stage, zoom: tuple[float, float], pan: tuple[float, float]
) -> None:
    dot: Any = np.zeros((300, 500), np.uint8)
    cv2.circle(dot, (230, 135), 9, 255, -1, cv2.LINE_AA)
    middle = np.array([230.5 - 250, 135.5 - 150])
    errors = []
    for k in range(0, 300, 3):
        scale = zoom[0] + (zoom[1] - zoom[0]) * k / 300
        at = np.array([80 + pan[0] * k / 300, 45 + pan[1] * k / 300])
        drawn = stage.draw(Pixels(dot, width=250, x=at[0], y=at[1], scale=scale))
        errors.append(np.array(centroid(drawn)) - (at + middle * scale / 2))
    assert np.abs(np.diff(errors, axis=0)).max() <= 0.05
    assert np.abs(errors).max() <= 0.06


def _png(width: int, height: int) -> bytes:
    """A PNG that says it is large, and holds nothing."""

    def chunk(tag: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


def test_bad_files_are_errors_that_name_them(stage: Stage) -> None:
    noise: Any = np.random.default_rng(3).integers(0, 256, (200, 300, 3), dtype=np.uint8)
    for name in ("whole.jpg", "whole.png", "whole.webp"):
        PilImage.fromarray(noise).save(stage.folder / name)
        data = (stage.folder / name).read_bytes()
        (stage.folder / f"cut.{name[6:]}").write_bytes(data[: len(data) // 2])
    (stage.folder / "zero.png").write_bytes(b"")
    (stage.folder / "text.jpg").write_text("hello")
    (stage.folder / "huge.png").write_bytes(_png(40_000, 40_000))
    (stage.folder / "large.png").write_bytes(_png(11_000, 10_000))
    for name, said in [
        ("none.png", "is not there"), ("zero.png", "is empty or no picture"), ("text.jpg", "no picture"),
        ("cut.jpg", "can't be read"), ("cut.png", "can't be read"), ("cut.webp", "can't be read|no picture"),
        ("huge.png", "too large: at most 100 megapixels"), ("large.png", "11000x10000, 110 megapixels"),
        ("", "can't be read"),
    ]:  # fmt: skip
        with pytest.raises(ElementError, match=said) as caught:
            stage.tree(Fill(), Group((Rect(), Image(stage.folder / name))))  # type: ignore[arg-type]
        assert caught.value.element == "Group[1] > Image[1]"
        assert caught.value.field == "source"
        assert str(stage.folder / name) in str(caught.value)


def test_a_very_wide_picture_is_drawn(stage: Stage) -> None:
    wide = np.zeros((100, 40_000), np.uint8)
    wide[:, 20_000:] = 255
    path = stage.folder / "wide.png"
    PilImage.fromarray(wide).save(path)
    drawn = stage.draw(Image(str(path), height=90))
    assert drawn[45, 70].max() == 0
    assert drawn[45, 90].min() == 255
    assert stage.draw(Image(str(path), width=160, shadow=Shadow()))[45, 120].min() > 20


@pytest.mark.parametrize("turn", [0.0, 0.3, -2.0])
def test_of_a_long_picture_only_what_is_seen_is_drawn(monkeypatch: pytest.MonkeyPatch, turn: float) -> None:
    """OpenCV 4 takes no sides from 32,767 pixels on; here the limit is lower."""
    ramp = np.linspace(0, 255, 1000, dtype=np.uint8)
    picture = picture_from_rgba(np.stack([np.tile(ramp, (400, 1))] * 3, axis=2))
    scales = ((1.5, 400), (0.8, 400), (0.16, 150))  # the last one is seen whole
    for scale, limit in scales:
        turned = scale * np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
        middle = (np.array([80, 45]) - turned @ (500, 200))[:, np.newaxis]
        drawn = np.zeros((2, 90, 160, 4), np.uint8)
        picture.warp(np.hstack([turned, middle]), drawn[0], smooth=scale > 0.5)
        with monkeypatch.context() as patch:
            patch.setattr(images, "_LONGEST_SIDE", limit)
            picture.warp(np.hstack([turned, middle]), drawn[1], smooth=scale > 0.5)
        assert np.abs(drawn[0].astype(int) - drawn[1]).max() <= (2 if limit == 400 else 3)


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.zeros((3, 3, 2)), r"got shape \(3, 3, 2\)"),
        (np.zeros((0, 3)), r"got shape \(0, 3\)"),
        (np.zeros((3, 3), int), "got int64"),
        (np.array([[np.nan]]), "NaN"),
        ([[1, 2], [3]], "no array of numbers"),
        ("abc", r"got shape \(\)"),
    ],
)
def test_arrays_that_are_no_pictures(array: object, said: str) -> None:
    with pytest.raises(InvalidValueError, match=said):
        Pixels(array)  # type: ignore[arg-type]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(texts("a.png", "b/c.jpg", "/tmp"))
def test_any_text_is_a_picture_or_an_error(stage: Stage, text: str) -> None:
    refused_or_read(lambda: stage.draw(Image(text)))


def test_a_tall_photo_is_read_whole(tmp_path: Path) -> None:
    pixels = np.random.default_rng(2).integers(0, 255, (600, 7, 3), np.uint8)
    PilImage.fromarray(pixels, "RGB").save(tmp_path / "tall.png")
    read = np.empty((600, 7, 4), np.uint8)
    images.read_picture(tmp_path / "tall.png").warp(np.eye(2, 3), read)
    assert np.array_equal(read[:, :, 2::-1], pixels)
    assert (read[:, :, 3] == 255).all()


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "bmp"])
@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("profile", [False, True])
def test_photos_are_the_same_read_into_our_memory(
    tmp_path: Path, suffix: str, orientation: int, profile: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And in bands, the last of which is shorter."""
    pixels = np.random.default_rng(3).integers(0, 255, (600, 37, 3), np.uint8)
    exif = PilImage.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"photo.{suffix}"
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = lab.replace(b"rXYZ", b"tmp0").replace(b"gXYZ", b"rXYZ").replace(b"tmp0", b"gXYZ")
    PilImage.fromarray(pixels).save(path, exif=exif, icc_profile=swapped if profile else None)
    ours, opaque = images._read_bgra(path)
    assert opaque
    with PilImage.open(path) as opened:
        turned = ImageOps.exif_transpose(opened)
        if profile and "icc_profile" in opened.info:
            turned = ImageCms.profileToProfile(  # type: ignore[assignment]
                turned, io.BytesIO(swapped), ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        np.testing.assert_array_equal(ours[:, :, 2::-1], np.asarray(turned))
    assert (ours[:, :, 3] == 255).all()
    monkeypatch.delattr("PIL.Image.core.map_buffer")
    np.testing.assert_array_equal(images._read_bgra(path)[0], ours)


def test_a_photo_is_in_memory_once(tmp_path: Path) -> None:
    PilImage.new("RGB", (40, 30), "red").save(tmp_path / "photo.jpg")
    with PilImage.open(tmp_path / "photo.jpg") as image:
        memory = images._lend_memory(image)
        assert memory is not None
        image.load()
        lent = memory()
        assert lent is not None
        assert np.abs(lent[:, :, :3].astype(int) - (254, 0, 0)).max() <= 1


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("translucent", [False, True])
def test_arrays_of_their_own_size_are_shown_as_they_are(channels: int, translucent: bool) -> None:
    array = np.random.default_rng(channels).integers(0, 256, (300, 500, channels), np.uint8)
    if not translucent:
        array[:, :, 3:] = 255
    files = {"asset:one": array.tobytes()}
    alpha = array[:, :, 3:].astype(np.float64) / 255 if channels == 4 else 1.0
    shown = np.round((array[:, :, :3] if channels > 1 else array.repeat(3, 2)) * alpha)
    for left, top in ((0, 0), (7, 21), (-30, -40), (300, 200)):
        wanted = np.zeros((400, 600, 3))
        x, y = max(left, 0), max(top, 0)
        part = shown[y - top : 400 - top, x - left : 600 - left]
        wanted[y : y + part.shape[0], x : x + part.shape[1]] = part
        renderer = Renderer(600, 400, files.__getitem__)
        element = Pixels(b"", shape=array.shape, asset="asset:one", x=left, y=top, anchor="top-left")
        for _ in range(3):  # passing, then kept
            drawn = np.zeros((400, 608, 4), np.uint8)[:, :600]
            renderer.draw(FrameTree(600, 400, (element,)), drawn)
            assert np.abs(drawn[:, :, 2::-1] - wanted).max() <= (1 if translucent and channels == 4 else 0)
