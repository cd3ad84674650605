"""`Image` and `Pixels`: a picture from a file or an array, fitted to its box."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from msgspec.structs import replace

from bazaar_nb.draw.assets import Assets
from bazaar_nb.draw.elements.registry import Brush, InkBox, Kind, Pinning, register
from bazaar_nb.draw.geometry import Area, resolve
from bazaar_nb.draw.image_drawing import draw_picture
from bazaar_nb.draw.image_loading import check_picture
from bazaar_nb.errors import AssetError, InvalidValueError
from bazaar_nb.scene.elements import Image, Pixels


def _measure(picture: Image | Pixels, width: float, height: float, assets: Assets) -> tuple[float, float]:
    own_width, own_height = assets.picture_size(picture)
    down = None if picture.height is None else resolve(picture.height, height)
    if picture.width is not None:
        across = resolve(picture.width, width)
    else:
        across = own_width if down is None else down * own_width / own_height
    return across, across * own_height / own_width if down is None else down


def _draw(brush: Brush, element: Image | Pixels) -> None:
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


def ink_of_box(_element: object, area: Area, _whole: tuple[float, float], _assets: Assets) -> InkBox:
    """Give the ink of what fills its box and no more."""
    return 0.0, 0.0, area.width, area.height


def _pin_image(image: Image, pinning: Pinning) -> Image:
    if image.source.startswith("asset:"):
        return image
    path = Path(image.source)
    _check(str(path), _stamp(path))
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


@lru_cache(maxsize=256)
def _check(path: str, _stamp: tuple[int, int]) -> None:
    check_picture(Path(path))


register(Image, Kind(measure=_measure, draw=_draw, ink=ink_of_box, pin=_pin_image, pin_field="source"))
register(Pixels, Kind(measure=_measure, draw=_draw, ink=ink_of_box, pin=_pin_pixels, pin_field="array"))
