"""Settings of a movie in words, as panels and jobs show them."""

from __future__ import annotations

from bazaar_nb.media.settings import Settings
from bazaar_nb.scene.time import format_fps

FORMAT_LABELS = {
    "mp4": "MP4", "webm": "WebM", "mov": "MOV", "gif": "GIF", "webp": "WebP", "apng": "APNG",
    "png": "PNG", "jpeg": "JPEG", "m4a": "M4A", "mp3": "MP3", "wav": "WAV",
}  # fmt: skip
CODEC_LABELS = {
    "h264": "H.264", "h265": "H.265", "av1": "AV1", "vp9": "VP9", "vp8": "VP8", "prores": "ProRes",
    "gif": "GIF", "webp": "WebP", "apng": "APNG", "png": "PNG", "jpeg": "JPEG",
    "aac": "AAC", "mp3": "MP3", "pcm": "PCM", "opus": "Opus",
}  # fmt: skip


def describe_settings(settings: Settings, duration_s: float, *, sound: bool) -> str:
    """Give what a movie is for people."""
    length = f"{duration_s:.2f}".rstrip("0").rstrip(".") + " s"
    label = CODEC_LABELS[settings.codec]
    if settings.is_sound:
        rate = "" if settings.bit_rate is None else f" · {settings.bit_rate / 1000:.0f} kbit/s"
        return f"{length} of sound · {label}{rate}"
    parts = [
        f"{settings.width}×{settings.height}",
        f"{format_fps(settings.fps)} fps",
        length,
        f"{label} pictures" if settings.is_sequence else label,
    ]
    if settings.bit_rate is not None:
        parts.append(f"{settings.bit_rate / 1e6:.3g} Mbit/s")
    elif settings.codec in ("png", "apng"):
        parts.append("lossless")
    elif settings.quality is not None:
        parts.append(f"{settings.quality} quality")
    if settings.max_rate is not None:
        parts.append(f"at most {settings.max_rate / 1e6:.3g} Mbit/s")
    if settings.bit_depth != 8:
        parts.append(f"{settings.bit_depth} bits")
    return " · ".join([*parts, *(["sound"] if sound else [])])
