"""What a file is, told by its first bytes: neither its name nor a server is believed."""

from __future__ import annotations

import re

HEAD_BYTES = 1024
"""How much of a file is enough to tell."""

_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"), (b"GIF8", "gif"), (b"BM", "bmp"),
    (b"II*\0", "tiff"), (b"MM\0*", "tiff"), (b"\x1aE\xdf\xa3", "mkv"), (b"OggS", "ogg"), (b"fLaC", "flac"),
    (b"ID3", "mp3"), (b"\xff\xfb", "mp3"), (b"\xff\xf3", "mp3"), (b"\xff\xf1", "aac"), (b"\xff\xf9", "aac"),
    (b"\0\1\0\0", "ttf"), (b"true", "ttf"), (b"OTTO", "otf"), (b"ttcf", "ttc"), (b"FLV", "flv"),
    (b"\0\0\1\xba", "mpg"),
)  # fmt: skip
_RIFF = {b"WEBP": "webp", b"WAVE": "wav", b"AVI ": "avi"}
_BRANDS = {b"M4A ": "m4a", b"qt  ": "mov", b"avif": "avif", b"avis": "avif", b"heic": "heic", b"mif1": "heic"}
_ALIKE = {
    "mkv": {"webm", "mka"}, "mp4": {"m4v", "m4a", "mov", "3gp"}, "m4a": {"mp4"}, "mov": {"mp4"},
    "jpg": {"jpeg"}, "tiff": {"tif"}, "ogg": {"opus", "oga", "ogv"}, "mpg": {"mpeg"},
}  # fmt: skip
_PAGE = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*(?:<\?xml[^>]*\?>\s*)?<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_SVG = re.compile(rb"<svg[\s>:]", re.I)


def extension_of(head: bytes, otherwise: str = "bin") -> str:
    """Give the extension of what begins with these bytes.

    Parameters
    ----------
    otherwise : str
        What it is by its name: where that can't be told, or where it is another word for it.
    """
    ext = _told(head) or otherwise
    return otherwise if otherwise in _ALIKE.get(ext, ()) else ext


def _told(head: bytes) -> str | None:
    for beginning, ext in _BEGINNINGS:
        if head.startswith(beginning):
            return ext
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "mp4")
    if _SVG.search(head) and not is_page(head):
        return "svg"
    return None


def is_page(head: bytes) -> bool:
    """Tell whether what begins with these bytes is a web page."""
    return _PAGE.match(head.removeprefix(b"\xef\xbb\xbf")) is not None
