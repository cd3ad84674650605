"""`Image` and `Pixels`: a picture from a file or an array, fitted to its box."""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace

from bazaar_nb.draw.assets import Assets
from bazaar_nb.draw.canvas import mean_scale
from bazaar_nb.draw.elements.registry import Brush, InkBox, Kind, Pinning, put_face, register
from bazaar_nb.draw.geometry import Area, resolve
from bazaar_nb.draw.image_drawing import draw_picture
from bazaar_nb.draw.image_loading import Picture, check_picture, data_size, read_picture_data
from bazaar_nb.draw.svg import draw_svg, is_svg, is_svg_file, svg_faces, svg_size
from bazaar_nb.errors import AssetError, InvalidValueError
from bazaar_nb.scene.elements import Clip, Figure, Fit, Image, Pixels

_LARGE_BYTES = 65_536
Shown = TypeVar("Shown", Image, Figure)


def _measure(picture: Image | Pixels, width: float, height: float, assets: Assets) -> tuple[float, float]:
    return fitted_size(picture, *assets.picture_size(picture), width, height)


def fitted_size(
    picture: Image | Pixels | Clip, own_width: int, own_height: int, width: float, height: float
) -> tuple[float, float]:
    """Give the size of a picture's box, in a box of this width and height."""
    down = None if picture.height is None else resolve(picture.height, height)
    if picture.width is not None:
        across = resolve(picture.width, width)
    else:
        across = own_width if down is None else down * own_width / own_height
    return across, across * own_height / own_width if down is None else down


def _draw(brush: Brush, element: Image | Pixels) -> None:
    if brush.assets.svg(element) is not None:
        assert isinstance(element, Image)
        draw_object(brush, element, fit=element.fit, radius=element.radius)
        return
    draw_picture(
        brush.target,
        brush.bitmaps,
        brush.assets.picture(element),
        brush.assets.picture_key(element),
        width=brush.area.width,
        height=brush.area.height,
        fit=element.fit,
        radius=element.radius,
        smooth=element.smooth if isinstance(element, Pixels) else True,
        opacity=brush.opacity,
        blend=brush.blend,
    )


def draw_object(brush: Brush, element: Image | Figure, *, fit: Fit, radius: float) -> None:
    """Draw what an object showed of itself, or an SVG, fitted to the element's box."""
    assets, area = brush.assets, brush.area
    data = assets.svg(element)
    name: Hashable
    if data is None:
        held = assets.object_bytes(element)
        picture, name = _read(brush, held), held
    else:
        own_width, own_height = svg_size(data)
        factors = area.width / own_width, area.height / own_height
        scale = (max(factors) if fit == "cover" else min(factors)) * mean_scale(brush.target.matrix())
        across, down = (
            (scale, scale) if fit != "fill" else (factor * scale / min(factors) for factor in factors)
        )
        size = max(1, round(own_width * across)), max(1, round(own_height * down))
        fonts = [assets.font(font)[0] for font in element.fonts]
        name = ("svg", data, size, element.fonts)
        picture = brush.bitmaps.get(name, lambda: draw_svg(data, *size, fonts), lambda made: made.size_bytes)
    draw_picture(
        brush.target, brush.bitmaps, picture, name, width=area.width, height=area.height, fit=fit,
        radius=radius, smooth=True, opacity=brush.opacity, blend=brush.blend,
    )  # fmt: skip


def _read(brush: Brush, held: bytes) -> Picture:
    picture: Picture = brush.bitmaps.get(held, lambda: read_picture_data(held), lambda made: made.size_bytes)
    return picture


def pin_object(element: Shown, pinning: Pinning) -> Shown:
    """Replace an object's picture by its asset's name where it is large, and find an SVG's fonts."""
    if not element.data:
        return element
    if element.fonts:  # it is pinned, but for its size
        pass
    elif is_svg(element.data):
        element = _with_faces(element, element.data, pinning)
    else:
        data_size(element.data)
    asset = pinning.put_pixels(element.data) if len(element.data) >= _LARGE_BYTES else None
    return element if asset is None else replace(element, data=b"", asset=asset)


def _with_faces(element: Shown, data: bytes, pinning: Pinning) -> Shown:
    svg_size(data)
    fonts = tuple(put_face(pinning, face.path, face.number) for face in svg_faces(data))
    return replace(element, fonts=fonts) if fonts else element


def ink_of_box(_element: object, area: Area, _whole: tuple[float, float], _assets: Assets) -> InkBox:
    """Give the ink of what fills its box and no more."""
    return 0.0, 0.0, area.width, area.height


def pin_image(image: Image, pinning: Pinning) -> Image:
    """Replace an image's file by its asset."""
    if image.data or image.asset:
        return pin_object(image, pinning)
    if image.source.startswith("asset:"):
        return image
    path = pinning.find(image.source)
    stamp = _stamp(path)
    if _is_drawing(str(path), stamp):
        image = _with_faces(image, path.read_bytes(), pinning)
    else:
        _check(str(path), stamp)
    return replace(image, source=pinning.put_file(path))


def _pin_pixels(pixels: Pixels, pinning: Pinning) -> Pixels:
    if pixels.asset:
        return pixels
    height, width, channels = pixels.shape
    if height * width * channels != len(pixels.array) or channels not in (1, 3, 4) or height <= 0:
        raise InvalidValueError(f"`shape` {pixels.shape} does not fit {len(pixels.array)} bytes of pixels")
    asset = pinning.put_pixels(pixels.array)
    return pixels if asset is None else replace(pixels, array=b"", asset=asset)


def _stamp(path: Path) -> tuple[int, int]:
    """Give what changes when a file does."""
    try:
        info = path.stat()
    except FileNotFoundError:
        raise AssetError(f"image {str(path)!r} is not there") from None
    except (OSError, ValueError) as error:
        raise AssetError(f"image {str(path)!r} can't be read: {error}") from None
    return info.st_size, info.st_mtime_ns


@lru_cache(maxsize=1024)
def _is_drawing(path: str, _stamp: tuple[int, int]) -> bool:
    return is_svg_file(Path(path))


@lru_cache(maxsize=256)
def _check(path: str, _stamp: tuple[int, int]) -> None:
    check_picture(Path(path))


register(Image, Kind(measure=_measure, draw=_draw, ink=ink_of_box, pin=pin_image, pin_field="source"))
register(Pixels, Kind(measure=_measure, draw=_draw, ink=ink_of_box, pin=_pin_pixels, pin_field="array"))
