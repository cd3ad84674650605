"""What a decoded picture says of itself: how it is turned, which colours its numbers mean."""

from __future__ import annotations

import struct
from typing import Any, cast

from av.sidedata.sidedata import Type
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, ColorTrc

_TURNS = {
    (1, 0, 0, 1): "",
    (0, 1, -1, 0): "transpose=clock",
    (-1, 0, 0, -1): "hflip,vflip",
    (0, -1, 1, 0): "transpose=cclock",
    (-1, 0, 0, 1): "hflip",
    (1, 0, 0, -1): "vflip",
    (0, 1, 1, 0): "transpose=cclock_flip",
    (0, -1, -1, 0): "transpose=clock_flip",
}
_MATRICES = {1: "bt709", 4: "fcc", 5: "bt601", 6: "bt601", 7: "smpte240m", 9: "bt2020", 10: "bt2020"}
_HD_WIDTH, _HD_HEIGHT = 1280, 576  # from here on an untagged file means BT.709, as players take it
_HDR = {int(ColorTrc.SMPTE2084): "PQ", int(ColorTrc.ARIB_STD_B67): "HLG"}


def turn_of(frame: VideoFrame) -> str:
    """Give the filter that puts a picture upright, by its display matrix: empty where it is."""
    try:
        matrix = bytes(cast("Any", frame.side_data)[Type.DISPLAYMATRIX])
    except (KeyError, ValueError):
        return ""
    a, b, _, c, d = struct.unpack_from("<5i", matrix)
    across = abs(a) + abs(d) >= abs(b) + abs(c)
    kept = (a, 0, 0, d) if across else (0, b, c, 0)
    return _TURNS.get(tuple((part > 0) - (part < 0) for part in kept), "")  # type: ignore[arg-type]


def matrix_of(frame: VideoFrame) -> str:
    """Give the name of the matrix that makes RGB of a picture's numbers, as the scale filter has it."""
    known = _MATRICES.get(int(frame.colorspace))
    if known is not None:
        return known
    return "bt709" if frame.width >= _HD_WIDTH or frame.height > _HD_HEIGHT else "bt601"


def range_of(frame: VideoFrame) -> str:
    """Give ``pc`` where black is 0 and white 255, ``tv`` where they are 16 and 235."""
    told = int(frame.color_range)
    if told == int(ColorRange.UNSPECIFIED):
        return "pc" if frame.format.name.startswith("yuvj") or frame.format.is_rgb else "tv"
    return "pc" if told == int(ColorRange.JPEG) else "tv"


def is_as_encoded(frame: VideoFrame) -> bool:
    """Tell whether a picture's numbers mean what those mean that are given to encoders: 8 bits of BT.709."""
    return (
        frame.format.name == "yuv420p"
        and (matrix_of(frame), range_of(frame)) == ("bt709", "tv")
        and not frame.interlaced_frame
    )


def has_alpha(frame: VideoFrame) -> bool:
    """Tell whether a picture's format has alpha."""
    return (
        frame.format.has_palette
        or frame.format.name.startswith(("yuva", "gbrap", "ya"))
        or (frame.format.is_rgb and len(frame.format.components) == 4)
    )


def hdr_of(frame: VideoFrame) -> str:
    """Give what the author of a film should know of a picture with a high dynamic range; else nothing."""
    kind = _HDR.get(int(frame.color_trc))
    if kind is None:
        return ""
    return (
        f"is HDR ({kind}): films are SDR, and it is shown without tone mapping, paler and in other "
        "colours; convert it first, as with ffmpeg's filters zscale and tonemap"
    )
