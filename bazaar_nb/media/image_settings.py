"""Settings of animated images and of pictures one by one: they have frames, but no video codec's numbers."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from bazaar_nb.errors import SettingsError
from bazaar_nb.media.codecs import CODECS, FORMATS, PICTURE_ENDINGS, QUALITIES, FormatName
from bazaar_nb.media.picture_names import check_picture_names, is_picture_name
from bazaar_nb.media.setting_values import one_of, resolve_fps, resolve_loop
from bazaar_nb.media.settings import Settings
from bazaar_nb.media.sizes import Resolution, gif_size, resolve_size
from bazaar_nb.scene.time import Seconds, format_fps

GIF_FPS = 20
"""Frame rate of a GIF unless asked otherwise (or the composition's, if that is lower)."""
GIF_MAX_FPS = 50
"""Delays in a GIF are whole centiseconds, and viewers slow down those below two."""
GIF_COLOURS = {"low": 64, "medium": 128, "high": 256}
WEBP_LONG_SIDE = 16_383


def resolve_gif(
    size: tuple[int, int],
    fps: Fraction,
    resolution: Resolution | None,
    fps_out: Seconds | None,
    loop: int | None,
    quality: str | None,
    transparent: bool,
    unused: Mapping[str, object],
) -> Settings:
    """Make settings of a GIF.

    Parameters
    ----------
    size, fps : (int, int) and Fraction
        Of the composition.
    unused : mapping
        Options that a GIF has none of: each that is not None is refused.

    Raises
    ------
    SettingsError
        For what has no meaning for a GIF, or can't be.
    """
    given = [f"{key}={value!r}" for key, value in unused.items() if value is not None]
    if given:
        raise SettingsError(
            f"gif has no {' or '.join(given)}: it takes `quality` (the number of colours), "
            "`resolution`, `fps` and `loop`"
        )
    plays = resolve_loop(loop)
    rate = resolve_fps(min(fps, Fraction(GIF_FPS)) if fps_out is None else fps_out)
    if rate > GIF_MAX_FPS:
        raise SettingsError(
            f"`fps` of a gif is at most {GIF_MAX_FPS}, got {format_fps(rate)}: viewers slow it down"
        )
    quality = one_of("quality", quality, QUALITIES) if quality is not None else "medium"
    width, height = gif_size(size) if resolution is None else resolve_size(size, resolution, even=False)
    return Settings(
        format="gif", codec="gif", width=width, height=height,
        fps_num=rate.numerator, fps_den=rate.denominator,
        quality=quality, loop=plays, colours=GIF_COLOURS[quality], alpha=transparent,
    )  # fmt: skip


def resolve_image(
    size: tuple[int, int],
    fps: Fraction,
    chosen: FormatName,
    name: str | None,
    resolution: Resolution | None,
    fps_out: Seconds | None,
    loop: int | None,
    quality: str | None,
    transparent: bool,
    unused: Mapping[str, object],
) -> Settings:
    """Make settings of an animated WebP or APNG, or of a sequence of pictures.

    Parameters
    ----------
    size, fps : (int, int) and Fraction
        Of the composition.
    name : str or None
        Of the file; of a sequence maybe the pattern of its pictures' names.
    unused : mapping
        Options that none of these have: each that is not None is refused.

    Raises
    ------
    SettingsError
        For what has no meaning for this format, or can't be.
    """
    takes, kind = FORMATS[chosen], CODECS[FORMATS[chosen].codecs[0]]
    is_lossless = chosen in ("apng", "png")
    unused = {**unused, **({"quality": quality} if is_lossless else {})}
    unused = {**unused, **({"loop": loop} if takes.is_sequence else {})}
    given = [f"{key}={value!r:.60}" for key, value in unused.items() if value is not None]
    if given:
        has = ["quality"] * (not is_lossless) + ["resolution", "fps"] + ["loop"] * (not takes.is_sequence)
        words = [f"`{one}`" for one in has]
        raise SettingsError(
            f"{chosen} has no {' or '.join(given)}: it takes {', '.join(words[:-1])} and {words[-1]}"
        )
    # What loses nothing has no other quality.
    quality = "high" if is_lossless else one_of("quality", quality or "medium", QUALITIES)
    rate = resolve_fps(fps if fps_out is None else fps_out)
    width, height = size if resolution is None else resolve_size(size, resolution, even=False)
    if max(width, height) > WEBP_LONG_SIDE and chosen == "webp":
        raise SettingsError(f"webp has at most {WEBP_LONG_SIDE} pixels a side, got {width}x{height}")
    return Settings(
        format=chosen, codec=kind.name, width=width, height=height,
        fps_num=rate.numerator, fps_den=rate.denominator, quality=quality,
        options=kind.looks[quality].options if kind.looks else (),
        loop=None if takes.is_sequence else resolve_loop(loop),
        alpha=transparent and kind.alpha_pix_fmt is not None,
        picture_names=_picture_names(chosen, name) if takes.is_sequence else None,
    )  # fmt: skip


def _picture_names(chosen: FormatName, name: str | None) -> str:
    if name is not None and is_picture_name(name):
        return check_picture_names(name)
    return next(f"%04d.{ending}" for ending, format_ in PICTURE_ENDINGS.items() if format_ == chosen)
