"""Export settings: what a person may ask for, checked together and made exact.

`resolve_settings` turns the few words that people use (``quality="high"``,
``resolution="1080p"``) into `Settings`, in which nothing is left open: every
worker that gets the same settings and frames writes the same bytes.
"""

from __future__ import annotations

import difflib
import hashlib
import math
import re
from collections.abc import Iterable
from fractions import Fraction
from pathlib import PurePosixPath

import msgspec

from bazaar_nb.errors import SettingsError
from bazaar_nb.media.codecs import (
    CODECS,
    ENCODERS,
    FORMATS,
    IMAGE_CODECS,
    PRORES_ALPHA,
    QUALITIES,
    Codec,
    CodecName,
    FormatName,
    SoundCodec,
    formats_of,
)
from bazaar_nb.media.sizes import Resolution, gif_size, resolve_size
from bazaar_nb.scene.time import Seconds, as_fps, format_fps
from bazaar_nb.values.number import plain_number, whole_number

SEGMENT_RECIPE = 1
"""Part of every fingerprint; raised when the same settings start to give other bytes."""

MAX_FPS = 120
GIF_FPS = 20
"""Frame rate of a GIF unless asked otherwise (or the composition's, if that is lower)."""
GIF_MAX_FPS = 50
"""Delays in a GIF are whole centiseconds, and viewers slow down those below two."""
GIF_COLOURS = {"low": 64, "medium": 128, "high": 256}
WEBP_LONG_SIDE = 16_383
BIT_RATES = {"low": 1_000_000, "medium": 2_500_000, "high": 5_000_000}
"""Bits a second at 1280x720 and 30 frames a second."""
BIT_RATE_LIMITS = (10_000, 400_000_000)
SOUND_BIT_RATES = {"low": 96_000, "medium": 192_000, "high": 320_000}
"""Bits a second of m4a and mp3, for both channels."""
SOUND_BIT_RATE_LIMITS = (32_000, 320_000)
_BITS = re.compile(r"(\d{1,40}(?:\.\d{1,40})?)\s*([kKmM]?)")  # Python makes no number of thousands of digits


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that decides what a movie's file looks like; made by `resolve_settings`.

    Attributes
    ----------
    format : str
        As in `bazaar_nb.media.codecs.FORMATS`.
    codec : str
        As in `bazaar_nb.media.codecs.CODECS`; of sound alone, the sound's.
    width, height : int
        In pixels; of sound alone, the composition's.
    fps_num, fps_den : int
        The frame rate as a fraction in lowest terms; see `fps`.
    quality : str or None
        ``low``, ``medium``, ``high``, or None if a CRF or a bit rate was asked for.
    crf : float or None
        Constant quality; None for a bit rate and for GIF.
    bit_rate : int or None
        In bits a second; of sound alone, the sound's.
    max_rate : int or None
        Bits a second that no two seconds go beyond; None for no bound but that of a bit rate.
    preset : str or None
        The encoder's own name of its speed; None for GIF.
    options : tuple of (str, str)
        More options for the encoder.
    sound_codec : str or None
        ``aac``, ``opus``, ``pcm``, ``mp3``, or None for a silent movie.
    bit_depth : int
        Bits of a colour, 8 or 10.
    alpha : bool
        Whether what is drawn lets through what the movie is laid over.
    loop : int or None
        How often an animated image plays, 0 for ever; None for videos.
    colours : int or None
        Size of a GIF's palette; None for videos.
    """

    format: FormatName
    codec: CodecName | SoundCodec
    width: int
    height: int
    fps_num: int
    fps_den: int
    quality: str | None = None
    crf: float | None = None
    bit_rate: int | None = None
    preset: str | None = None
    options: tuple[tuple[str, str], ...] = ()
    sound_codec: SoundCodec | None = None
    loop: int | None = None
    colours: int | None = None
    max_rate: int | None = None
    bit_depth: int = 8
    alpha: bool = False

    @property
    def fps(self) -> Fraction:
        """The frame rate."""
        return Fraction(self.fps_num, self.fps_den)

    @property
    def is_sound(self) -> bool:
        """Whether the file has sound and no pictures."""
        return FORMATS[self.format].is_sound

    @property
    def is_image(self) -> bool:
        """Whether the file is an animated image."""
        return FORMATS[self.format].is_image

    @property
    def suffix(self) -> str:
        """The end of the movie's file name, as ``.mp4``."""
        return FORMATS[self.format].suffix

    @property
    def segment_suffix(self) -> str:
        """The end of a segment's file name, as ``.mp4``."""
        return ENCODERS[self.codec].segment_suffix

    @property
    def pix_fmt(self) -> str:
        """What the encoder is given, by libav's name."""
        codec = ENCODERS[self.codec]
        if self.alpha and codec.alpha_pix_fmt is not None:
            return codec.alpha_pix_fmt
        return codec.deep_pix_fmt or codec.pix_fmt if self.bit_depth == 10 else codec.pix_fmt

    def fingerprint(self) -> str:
        """Give 32 hex digits that are equal when equal frames give byte-identical segments.

        Sound, loop count, palette size and the words that led to these
        settings are left out: they don't touch a segment.
        """
        parts: tuple[object, ...] = (
            SEGMENT_RECIPE, self.codec, self.width, self.height, self.fps_num, self.fps_den,
            self.crf, self.bit_rate, self.preset, self.options,
        )  # fmt: skip
        if (more := (self.max_rate, self.bit_depth, self.alpha)) != (None, 8, False):
            parts += more
        return hashlib.blake2b(msgspec.msgpack.encode(parts), digest_size=16).hexdigest()


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
    format : {"mp4", "webm", "mov", "gif", "webp", "apng", "m4a", "mp3", "wav"}, optional
        By default what the end of `name` says, else what holds `codec`, else mp4.
    name : str, optional
        Name, path or URL of the movie; its suffix gives the format.
    codec : {"h264", "h265", "av1", "vp8", "vp9", "prores"}, optional
        By default h264 in mp4, vp9 in webm and prores in mov.
    quality : {"low", "medium", "high"}, optional
        What CRF 28, 23 and 18 at x264's preset medium look like, in every
        codec; medium by default. For GIF a palette of 64, 128 or 256 colours, for ProRes its profiles 422 LT,
        422 and 422 HQ, with alpha 4444 and, for high, 4444 XQ. Of m4a and mp3 96, 192 and 320 kbit/s.
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
        return _resolve_sound(
            size, fps, chosen, quality, bitrate,
            {"codec": codec, "crf": crf, "preset": preset, "resolution": resolution, "fps": fps_out,
             "mute": mute or None, "loop": loop, "maxrate": maxrate, "bit_depth": bit_depth},
        )  # fmt: skip
    kind = _pick_codec(chosen, codec)
    if kind.name in IMAGE_CODECS:
        return _resolve_image(
            size, fps, chosen, resolution, fps_out, loop, quality, transparent,
            {"codec": None if codec == kind.name else codec, "bitrate": bitrate, "crf": crf,
             "preset": preset, "maxrate": maxrate, "bit_depth": bit_depth},
        )  # fmt: skip
    if kind.name == "gif":
        return _resolve_gif(
            size, fps, resolution, fps_out, loop, quality,
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
    rate = _resolve_fps(fps if fps_out is None else fps_out)

    if not kind.presets:
        _refuse_rates(kind, bitrate=bitrate, crf=crf, preset=preset, maxrate=maxrate)
    alpha = transparent and kind.alpha_pix_fmt is not None
    depth = _resolve_bit_depth(kind, bit_depth, alpha=alpha)
    quality = _one_of("quality", quality, QUALITIES) if quality is not None else None
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
    most = None if maxrate is None else _read_bits("maxrate", maxrate)
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


def _resolve_gif(
    size: tuple[int, int],
    fps: Fraction,
    resolution: Resolution | None,
    fps_out: Seconds | None,
    loop: int | None,
    quality: str | None,
    unused: dict[str, object],
) -> Settings:
    given = [f"{key}={value!r}" for key, value in unused.items() if value is not None]
    if given:
        raise SettingsError(
            f"gif has no {' or '.join(given)}: it takes `quality` (the number of colours), "
            "`resolution`, `fps` and `loop`"
        )
    plays = _resolve_loop(loop)
    rate = _resolve_fps(min(fps, Fraction(GIF_FPS)) if fps_out is None else fps_out)
    if rate > GIF_MAX_FPS:
        raise SettingsError(
            f"`fps` of a gif is at most {GIF_MAX_FPS}, got {format_fps(rate)}: viewers slow it down"
        )
    quality = _one_of("quality", quality, QUALITIES) if quality is not None else "medium"
    width, height = gif_size(size) if resolution is None else resolve_size(size, resolution, even=False)
    return Settings(
        format="gif", codec="gif", width=width, height=height,
        fps_num=rate.numerator, fps_den=rate.denominator,
        quality=quality, loop=plays, colours=GIF_COLOURS[quality],
    )  # fmt: skip


def _resolve_loop(loop: int | None) -> int:
    plays = 0 if loop is None else whole_number(loop)
    if plays is None or not 0 <= plays <= 65535:
        raise SettingsError(f"`loop` must be a whole number of plays, 0 (for ever) to 65535, got {loop!r}")
    return plays


def _resolve_image(
    size: tuple[int, int],
    fps: Fraction,
    chosen: FormatName,
    resolution: Resolution | None,
    fps_out: Seconds | None,
    loop: int | None,
    quality: str | None,
    transparent: bool,
    unused: dict[str, object],
) -> Settings:
    if chosen == "apng":
        unused = {**unused, "quality": quality}
    given = [f"{key}={value!r:.60}" for key, value in unused.items() if value is not None]
    if given:
        raise SettingsError(
            f"{chosen} has no {' or '.join(given)}: it takes {'' if chosen == 'apng' else '`quality`, '}"
            "`resolution`, `fps` and `loop`"
        )
    # An APNG loses nothing: that is the only quality it has.
    quality = "high" if chosen == "apng" else _one_of("quality", quality or "medium", QUALITIES)
    rate = _resolve_fps(fps if fps_out is None else fps_out)
    width, height = size if resolution is None else resolve_size(size, resolution, even=False)
    if max(width, height) > WEBP_LONG_SIDE and chosen == "webp":
        raise SettingsError(f"webp has at most {WEBP_LONG_SIDE} pixels a side, got {width}x{height}")
    kind = CODECS[FORMATS[chosen].codecs[0]]
    return Settings(
        format=chosen, codec=kind.name, width=width, height=height,
        fps_num=rate.numerator, fps_den=rate.denominator,
        quality=quality, loop=_resolve_loop(loop), alpha=transparent,
    )  # fmt: skip


def _resolve_sound(
    size: tuple[int, int],
    fps: Fraction,
    chosen: FormatName,
    quality: str | None,
    bitrate: str | int | None,
    unused: dict[str, object],
) -> Settings:
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
        quality = "medium" if quality is None else _one_of("quality", quality, QUALITIES)
    bits = None if chosen == "wav" else _resolve_sound_rate(bitrate if quality is None else quality)
    codec = FORMATS[chosen].sound
    if codec is None:
        raise SettingsError(f"{chosen} has no sound")
    rate = _resolve_fps(fps)
    return Settings(
        format=chosen, codec=codec, width=size[0], height=size[1],
        fps_num=rate.numerator, fps_den=rate.denominator,
        quality=quality, bit_rate=bits, sound_codec=codec,
    )  # fmt: skip


def _resolve_sound_rate(value: str | int | None) -> int:
    if isinstance(value, str) and value in SOUND_BIT_RATES:
        return SOUND_BIT_RATES[value]
    low, high = SOUND_BIT_RATE_LIMITS
    bits = _read_bits("bitrate", value or 0, SOUND_BIT_RATES)
    if not low <= bits <= high:
        raise SettingsError(
            f"`bitrate` of sound must be between 32k and 320k bits a second, got {value!r:.60}"
        )
    return bits


def _pick_format(format_: str | None, name: str | None, codec: str | None) -> FormatName:
    """Give the format that format, file name and codec together mean."""
    if format_ is not None:
        format_ = _one_of("format", format_, FORMATS)
    suffix = PurePosixPath(name or "").suffix[1:].lower()
    if format_ is None and suffix:
        format_ = _one_of(f"the format that the name {name!r} ends in", suffix, FORMATS)
    elif format_ and suffix in FORMATS and suffix != format_:
        raise SettingsError(
            f"the name {name!r} ends in .{suffix} but `format` is {format_!r}: give one of them"
        )
    if codec is not None:
        codec = _one_of("codec", codec, CODECS)
        if format_ is None:
            format_ = formats_of(codec)[0]
        takes = FORMATS[format_]
        if codec not in takes.codecs and not takes.is_image and not takes.is_sound:
            raise SettingsError(f"codec {codec!r} does not go into {format_}: {_combinations()}")
    return FORMATS[format_ or "mp4"].name


def _pick_codec(format_: FormatName, codec: str | None) -> Codec:
    takes = FORMATS[format_].codecs
    chosen = "" if codec is None else codec.lower()
    return CODECS[chosen if chosen in takes else takes[0]]


def _resolve_fps(value: Seconds) -> Fraction:
    rate = as_fps(value)
    if rate > MAX_FPS:
        raise SettingsError(f"`fps` is at most {MAX_FPS} in a movie, got {value!r}")
    return rate


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
        + _did_you_mean(wanted, kind.presets)
    )


def _resolve_bit_rate(value: str | int, pixels: int, fps: Fraction) -> int:
    if isinstance(value, str) and value in BIT_RATES:
        scaled = BIT_RATES[value] * pixels / (1280 * 720) * math.sqrt(fps / 30)
        return min(BIT_RATE_LIMITS[1], max(BIT_RATE_LIMITS[0], round(scaled / 1000) * 1000))
    return _read_bits("bitrate", value, BIT_RATES)


def _read_bits(what: str, value: str | int, words: Iterable[str] = ()) -> int:
    if isinstance(value, str) and (match := _BITS.fullmatch(value.strip())):
        bits = round(Fraction(match[1]) * {"": 1, "k": 1000, "m": 1_000_000}[match[2].lower()])
    elif (whole := whole_number(value)) is not None:
        bits = whole
    else:
        named = "".join(f"{word!r}, " for word in words)
        hint = _did_you_mean(value, words) if isinstance(value, str) else ""
        raise SettingsError(
            f"`{what}` must be {named}bits a second or a text like '2.5M', got {value!r:.60}{hint}"
        )
    if not BIT_RATE_LIMITS[0] <= bits <= BIT_RATE_LIMITS[1]:
        raise SettingsError(f"`{what}` must be between 10k and 400M bits a second, got {value!r:.60}")
    return bits


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


def _one_of(what: str, value: object, allowed: Iterable[str]) -> str:
    allowed = list(allowed)
    if isinstance(value, str) and value.lower() in allowed:
        return value.lower()
    label = what if " " in what else f"`{what}`"
    raise SettingsError(
        f"{label} must be one of {', '.join(allowed)}; got {value!r}{_did_you_mean(str(value), allowed)}"
    )


def _did_you_mean(value: str, allowed: Iterable[str]) -> str:
    near = difflib.get_close_matches(value.lower(), list(allowed), n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def _combinations() -> str:
    takes = [
        f"{name} takes {' or '.join(filter(None, (', '.join(one.codecs[:-1]), one.codecs[-1])))}"
        for name, one in FORMATS.items()
        if one.codecs and not one.is_image
    ]
    return "; ".join(takes)
