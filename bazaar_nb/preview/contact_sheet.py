"""A contact sheet: frames of a film side by side, each with its time."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from PIL import Image as PilImage
from PIL import ImageDraw, ImageFont

_GAP = 12
_BACKGROUND, _INK = "#111827", "#d1d5db"
_LABEL_SHARE = 9  # of a picture's width to one line of its time


def contact_sheet(
    draw: Callable[[int], PilImage.Image], frames: int, fps: Fraction, *, columns: int, rows: int, width: int
) -> PilImage.Image:
    """Draw a contact sheet.

    Parameters
    ----------
    draw : function
        Gives a frame as an RGB image.
    frames : int
        How many the film has; of each even part of it the frame in the middle is shown.
    columns, rows : int
        Fewer rows are taken where there are fewer frames.
    width : int
        Of the sheet, in pixels.
    """
    count = min(frames, columns * rows)
    rows = math.ceil(count / columns)
    across = max(1, (width - _GAP * (columns + 1)) // columns)
    size = max(9, across // _LABEL_SHARE // 2 * 2 // 2)
    font = ImageFont.load_default(size)
    line = round(size * 1.6)
    sheet: PilImage.Image | None = None
    pen: ImageDraw.ImageDraw | None = None
    for number in range(count):
        frame = (2 * number + 1) * frames // (2 * count)
        picture = draw(frame)
        down = max(1, round(across * picture.height / picture.width))
        if sheet is None or pen is None:
            sheet = PilImage.new("RGB", (width, _GAP + rows * (down + line + _GAP)), _BACKGROUND)
            pen = ImageDraw.Draw(sheet)
        x = _GAP + number % columns * (across + _GAP)
        y = _GAP + number // columns * (down + line + _GAP)
        sheet.paste(picture.resize((across, down), PilImage.Resampling.LANCZOS), (x, y))
        pen.text((x, y + down + line / 2), _clock(frame / fps), _INK, font, anchor="lm")
    if sheet is None:
        raise ValueError("a film has frames")
    return sheet


def _clock(seconds: Fraction) -> str:
    minutes, rest = divmod(float(seconds), 60)
    return f"{int(minutes)}:{rest:04.1f}"
