"""What a person may ask for of an export, checked together and made exact.

`resolve_settings` turns the few words that people use (``quality="high"``,
``resolution="1080p"``) into `Settings`.
"""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import PurePosixPath

from bazaar_nb.errors import SettingsError
from bazaar_nb.media.codecs import (
    CODECS,
    ENDINGS,
    FORMATS,
    IMAGE_CODECS,
    PICTURE_ENDINGS,
    PRORES_ALPHA,
    QUALITIES,
    SEQUENCE_CODECS,
    SEQUENCE_SUFFIX,
    Codec,
    FormatName,
    formats_of,
)
from bazaar_nb.media.image_settings import resolve_gif, resolve_image
from bazaar_nb.media.setting_values import BIT_RATE_LIMITS, did_you_mean, one_of, read_bits, resolve_fps
from bazaar_nb.media.settings import Settings
from bazaar_nb.media.sizes import Resolution, resolve_size
from bazaar_nb.media.sound_settings import resolve_sound
from bazaar_nb.scene.time import Seconds
from bazaar_nb.values.number import plain_number, whole_number

BIT_RATES = {"low": 1_000_000, "medium": 2_500_000, "high": 5_000_000}
"""Bits a second at 1280x720 and 30 frames a second."""


def resolve_settings(
    size: tuple[int, int],
    fps: Fraction,
    *,
    format: str | None = None,
    name: str | None = None,
    codec: str | None = None,
    quality: str | None = None,
    bitrate: str | int | None = None,
    crf: float | None = None,
    preset: str | int | None = None,
    resolution: Resolution | None = None,
    fps_out: Seconds | None = None,
    mute: bool = False,
    loop: int | None = None,
    maxrate: str | int | None = None,
    bit_depth: int | None = None,
    transparent: bool = False,
) -> Settings:
    """Make settings of what was asked for, or say what can't be and what can.

    Parameters
    ----------
    size : tuple of (int, int)
        Width and height of the composition, in pixels.
    fps : Fraction
        Frame rate of the composition.
    format : {"mp4", "webm", "mov", "gif", "webp", "apng", "png", "jpeg", "m4a", "mp3", "wav"}, optional
        By default what the end of `name` says, else what holds `codec`, else mp4.
    name : str, optional
        Name, path or URL of the movie; its suffix gives the format. Of a sequence of pictures the pattern
        of their names, as ``%04d.png``, or a ``.zip`` of them.
    codec : {"h264", "h265", "av1", "vp8", "vp9", "prores"}, optional
        By default h264 in mp4, vp9 in webm and prores in mov.
    quality : {"low", "medium", "high"}, optional
        What CRF 28, 23 and 18 at x264's preset medium look like, in every
        codec; medium by default. For GIF a palette of 64, 128 or 256 colours, for ProRes its profiles 422 LT,
        422 and 422 HQ, with alpha 4444 and, for high, 4444 XQ, for JPEG its own 75, 85 and 95. Of m4a and mp3
        96, 192 and 320 kbit/s.
    bitrate : {"low", "medium", "high"} or int or str, optional
        Instead of a quality: bits a second, as 2500000 or "2.5M". The words
        mean 1, 2.5 and 5 Mbit/s at 1280x720 and 30 fps; the rate grows with
        the pixels and with the square root of the frame rate (frames that
        are closer in time are more alike). Of m4a and mp3 32 to 320 kbit/s, and the words as for `quality`.
    crf : float, optional
        The codec's own constant-quality number, taken literally.
    preset : str or int, optional
        The encoder's own speed, taken literally: x264's and x265's names, the
        number ``cpu-used`` for VP8 and VP9, SVT-AV1's number for AV1.
    resolution : str or tuple of (int, int), optional
        "480p", "720p", "1080p", "1440p" or "4k" give the short side; or width
        and height in the composition's aspect. By default the composition's
        size; for GIF at most 640 pixels on the long side.
    fps_out : number or str, optional
        Frames a second, 1 to 120; 29.97 and its like are the NTSC rates. By
        default the composition's; for GIF at most 20 (and never above 50).
    mute : bool
        Leave out the sound.
    loop : int, optional
        Animated images only: how often they play; 0, the default, is for ever.
    maxrate : int or str, optional
        Bits a second that no two seconds of the picture go beyond, as 8000000 or "8M".
    bit_depth : {8, 10}, optional
        Bits of a colour. With 10, h265 and av1 round what is drawn, in 8, less: smoother gradients.
    transparent : bool
        Whether the film's background lets something through: kept where codec and format hold alpha.

    Raises
    ------
    SettingsError
        For a value that isn't one of those above, or that doesn't go with the others.
    """
    chosen = _pick_format(format, name, codec)
    if FORMATS[chosen].is_sound:
        return resolve_sound(
            size, fps, chosen, quality, bitrate,
            {"codec": codec, "crf": crf, "preset": preset, "resolution": resolution, "fps": fps_out,
             "mute": mute or None, "loop": loop, "maxrate": maxrate, "bit_depth": bit_depth},
        )  # fmt: skip
    kind = _pick_codec(chosen, codec)
    if kind.name in (*IMAGE_CODECS, *SEQUENCE_CODECS):
        return resolve_image(
            size, fps, chosen, name, resolution, fps_out, loop, quality, transparent,
            {"codec": None if codec == kind.name else codec, "bitrate": bitrate, "crf": crf,
             "preset": preset, "maxrate": maxrate, "bit_depth": bit_depth},
        )  # fmt: skip
    if kind.name == "gif":
        return resolve_gif(
            size, fps, resolution, fps_out, loop, quality, transparent,
            {"codec": None if codec == "gif" else codec, "bitrate": bitrate, "crf": crf, "preset": preset,
             "maxrate": maxrate, "bit_depth": bit_depth},
        )  # fmt: skip
    if loop is not None:
        raise SettingsError(
            f"`loop` is for gif, webp and apng, got loop={loop!r} with {chosen}: a player loops a video"
        )
    given = [
        f"{k}={v!r}" for k, v in (("quality", quality), ("bitrate", bitrate), ("crf", crf)) if v is not None
    ]
    if len(given) > 1:
        raise SettingsError(f"got {' and '.join(given)}: give one of `quality`, `bitrate` and `crf`")
    silent = plain_number(mute)
    if not isinstance(silent, bool):
        raise SettingsError(f"`mute` must be True or False, got {mute!r}")
    width, height = resolve_size(size, resolution, even=True)
    if width < kind.min_width:
        raise SettingsError(
            f"{kind.name} wants pictures at least {kind.min_width} pixels wide, got {width}x{height}: "
            "use a larger resolution or another codec"
        )
    rate = resolve_fps(fps if fps_out is None else fps_out)

    if not kind.presets:
        _refuse_rates(kind, bitrate=bitrate, crf=crf, preset=preset, maxrate=maxrate)
    alpha = transparent and kind.alpha_pix_fmt is not None
    depth = _resolve_bit_depth(kind, bit_depth, alpha=alpha)
    quality = one_of("quality", quality, QUALITIES) if quality is not None else None
    look = kind.looks[quality or "medium"]
    # Tuning that was measured together with a preset and a CRF; an explicit one means what it says.
    options = look.options if preset is None and crf is None else ()
    bits: int | None = None
    level: float | None = None
    if bitrate is not None:
        bits = _resolve_bit_rate(bitrate, width * height, rate)
    elif crf is not None:
        level = _resolve_crf(kind, crf)
    else:
        quality, level = quality or "medium", None if look.crf is None else float(look.crf)
    most = None if maxrate is None else read_bits("maxrate", maxrate)
    if most is not None and bits is not None and most < bits:
        raise SettingsError(
            f"`maxrate` must not be below the bit rate, {bits:,} bits a second, got {maxrate!r:.60}"
        )
    if most is not None and bits is not None and kind.name == "av1":
        raise SettingsError("av1 has no `maxrate` beside a `bitrate`: give `quality` or `crf` with it")
    if alpha and kind.name == "prores":
        options = (("profile", PRORES_ALPHA[quality or "medium"]),)
    return Settings(
        format=chosen, codec=kind.name, width=width, height=height,
        fps_num=rate.numerator, fps_den=rate.denominator,
        quality=quality, crf=level, bit_rate=bits,
        preset=look.preset if preset is None else _resolve_preset(kind, preset),
        options=options, sound_codec=None if silent else FORMATS[chosen].sound,
        max_rate=most, bit_depth=depth, alpha=alpha,
    )  # fmt: skip


def _pick_format(format_: str | None, name: str | None, codec: str | None) -> FormatName:
    """Give the format that format, file name and codec together mean."""
    if format_ is not None:
        format_ = PICTURE_ENDINGS.get(format_, format_)  # jpg is jpeg
        format_ = one_of("format", format_, FORMATS)
    suffix = PurePosixPath(name or "").suffix[1:].lower()
    if format_ is None and suffix:
        format_ = ENDINGS[one_of(f"the format that the name {name!r} ends in", suffix, ENDINGS)]
    elif format_ and suffix in ENDINGS and format_ not in _formats_named(suffix):
        raise SettingsError(
            f"the name {name!r} ends in .{suffix} but `format` is {format_!r}: give one of them"
        )
    if codec is not None:
        codec = one_of("codec", codec, CODECS)
        if format_ is None:
            format_ = formats_of(codec)[0]
        takes = FORMATS[format_]
        if codec not in takes.codecs and not (takes.is_image or takes.is_sequence or takes.is_sound):
            raise SettingsError(f"codec {codec!r} does not go into {format_}: {_combinations()}")
    return FORMATS[format_ or "mp4"].name


def _formats_named(suffix: str) -> tuple[str, ...]:
    """Give the formats that files may have whose names end so."""
    if f".{suffix}" == SEQUENCE_SUFFIX:
        return SEQUENCE_CODECS
    return (ENDINGS[suffix], "apng") if suffix == "png" else (ENDINGS[suffix],)


def _pick_codec(format_: FormatName, codec: str | None) -> Codec:
    takes = FORMATS[format_].codecs
    chosen = "" if codec is None else codec.lower()
    return CODECS[chosen if chosen in takes else takes[0]]


def _resolve_crf(kind: Codec, crf: float) -> float:
    low, high = kind.crf_range
    number = plain_number(crf)
    if number is None or isinstance(number, bool) or not low <= number <= high:
        raise SettingsError(f"`crf` of {kind.name} must be between {low:g} (best) and {high:g}, got {crf!r}")
    if kind.is_vpx and number != int(number):
        raise SettingsError(f"`crf` of {kind.name} must be a whole number, got {crf!r}")
    return float(number)


def _resolve_preset(kind: Codec, preset: str | int) -> str:
    wanted = str(preset).strip().lower() if not isinstance(preset, bool) else repr(preset)
    if wanted in kind.presets:
        return wanted
    what = "a cpu-used number" if kind.is_vpx else "a number" if kind.name == "av1" else "a name"
    raise SettingsError(
        f"`preset` of {kind.name} is {what}, one of {', '.join(kind.presets)}; got {preset!r}"
        + did_you_mean(wanted, kind.presets)
    )


def _resolve_bit_rate(value: str | int, pixels: int, fps: Fraction) -> int:
    if isinstance(value, str) and value in BIT_RATES:
        scaled = BIT_RATES[value] * pixels / (1280 * 720) * math.sqrt(fps / 30)
        return min(BIT_RATE_LIMITS[1], max(BIT_RATE_LIMITS[0], round(scaled / 1000) * 1000))
    return read_bits("bitrate", value, BIT_RATES)


def _refuse_rates(kind: Codec, **given: object) -> None:
    """Refuse what a codec that knows qualities alone can't be told."""
    unused = [f"{key}={value!r}" for key, value in given.items() if value is not None]
    if unused:
        raise SettingsError(
            f"{kind.name} has no {' or '.join(unused)}: it takes `quality`, which is its profile"
        )


def _resolve_bit_depth(kind: Codec, bit_depth: int | None, *, alpha: bool) -> int:
    usual = 10 if kind.is_deep else 8
    depth = usual if bit_depth is None else whole_number(bit_depth)
    if depth not in (8, 10):
        raise SettingsError(f"`bit_depth` must be 8 or 10, got {bit_depth!r:.60}")
    if depth == 8 and kind.is_deep:
        raise SettingsError(f"{kind.name} has 10 bits, never 8: leave `bit_depth` out")
    if depth == 10 and kind.deep_pix_fmt is None:
        deep = ", ".join(codec.name for codec in CODECS.values() if codec.deep_pix_fmt is not None)
        raise SettingsError(f"{kind.name} has 8 bits here, as its players expect: 10 are in {deep}")
    if depth == 10 and alpha and not kind.is_deep:
        raise SettingsError(
            f"{kind.name} has 8 bits where there is alpha: prores has 10, and so have opaque films"
        )
    return depth


def _combinations() -> str:
    takes = [
        f"{name} takes {' or '.join(filter(None, (', '.join(one.codecs[:-1]), one.codecs[-1])))}"
        for name, one in FORMATS.items()
        if one.codecs and not (one.is_image or one.is_sequence)
    ]
    return "; ".join(takes)
