"""Settings of a file of sound alone."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from bazaar_nb.errors import SettingsError
from bazaar_nb.media.codecs import FORMATS, QUALITIES, FormatName
from bazaar_nb.media.setting_values import one_of, read_bits, resolve_fps
from bazaar_nb.media.settings import Settings

SOUND_BIT_RATES = {"low": 96_000, "medium": 192_000, "high": 320_000}
"""Bits a second of m4a and mp3, for both channels."""
SOUND_BIT_RATE_LIMITS = (32_000, 320_000)


def resolve_sound(
    size: tuple[int, int],
    fps: Fraction,
    chosen: FormatName,
    quality: str | None,
    bitrate: str | int | None,
    unused: Mapping[str, object],
) -> Settings:
    """Make settings of sound alone.

    Parameters
    ----------
    size : tuple of (int, int)
        Of the composition, in pixels.
    unused : mapping
        Options that only files with pictures have: each that is not None is refused.

    Raises
    ------
    SettingsError
        For what has no meaning for this format.
    """
    given = [f"{key}={value!r:.60}" for key, value in unused.items() if value is not None]
    if given:
        raise SettingsError(
            f"{chosen} is sound alone and has no {' or '.join(given)}: it takes "
            f"{'' if chosen == 'wav' else '`quality` or `bitrate`, and '}`frame_range`"
        )
    if quality is not None and bitrate is not None:
        raise SettingsError(
            f"got quality={quality!r} and bitrate={bitrate!r:.60}: give one of `quality` and `bitrate`"
        )
    if chosen == "wav":
        if quality is not None or bitrate is not None:
            raise SettingsError("wav has all of the sound, in 16 bits: it has no `quality` and no `bitrate`")
        quality = "high"
    elif bitrate is None:
        quality = "medium" if quality is None else one_of("quality", quality, QUALITIES)
    bits = None if chosen == "wav" else _resolve_sound_rate(bitrate if quality is None else quality)
    codec = FORMATS[chosen].sound
    if codec is None:
        raise SettingsError(f"{chosen} has no sound")
    rate = resolve_fps(fps)
    return Settings(
        format=chosen, codec=codec, width=size[0], height=size[1],
        fps_num=rate.numerator, fps_den=rate.denominator,
        quality=quality, bit_rate=bits, sound_codec=codec,
    )  # fmt: skip


def _resolve_sound_rate(value: str | int | None) -> int:
    if isinstance(value, str) and value in SOUND_BIT_RATES:
        return SOUND_BIT_RATES[value]
    low, high = SOUND_BIT_RATE_LIMITS
    bits = read_bits("bitrate", value or 0, SOUND_BIT_RATES)
    if not low <= bits <= high:
        raise SettingsError(
            f"`bitrate` of sound must be between 32k and 320k bits a second, got {value!r:.60}"
        )
    return bits
