"""What is on offer for a film's exports: formats, and for each codec what goes with it."""

from __future__ import annotations

from typing import Any

from bazaar_nb.errors import SettingsError
from bazaar_nb.media.codecs import CODECS, FORMATS, QUALITIES, Format, formats_of
from bazaar_nb.media.export_options import BIT_RATES, resolve_settings
from bazaar_nb.media.settings import Settings
from bazaar_nb.media.sizes import SHORT_SIDES, Resolution
from bazaar_nb.media.subtitles import SUBTITLE_CODECS
from bazaar_nb.render.film_sounds import known_clips
from bazaar_nb.scene.film import Film
from bazaar_nb.scene.time import format_fps
from bazaar_nb.widgets.panel.setting_labels import CODEC_LABELS, FORMAT_LABELS

_RATES = ("10", "12", "15", "20", "23.976", "24", "25", "29.97", "30", "48", "50", "59.94", "60", "120")
_RATES_OF_VIDEOS_FROM = 15.0


def has_sound(film: Film) -> bool:
    """Tell whether anything may be heard, as far as is known before scenes are asked."""
    return bool(film.sound or known_clips(film))


def format_offers(film: Film, codecs: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Give the formats that a film can become, each with its codecs and the kind of file that it is.

    Parameters
    ----------
    codecs : dict
        From `codec_offers`.

    Raises
    ------
    SettingsError
        When no format takes frames of this size.
    """
    found = [
        {
            "name": name,
            "label": FORMAT_LABELS[name],
            "kind": _kind(takes),
            "codecs": having,
            "has_track": name in SUBTITLE_CODECS,
        }
        for name, takes in FORMATS.items()
        if (having := [codec for codec in takes.codecs or (takes.sound,) if codec in codecs])
    ]
    if not any(one["kind"] != "Sound alone" for one in found):
        raise SettingsError(
            f"no format takes frames of {film.width}x{film.height} (Composition {film.name!r:.80})"
        )
    return found


def codec_offers(film: Film) -> dict[str, dict[str, Any]]:
    """Give what can be chosen beside each codec; a resolution or rate of None is the format's own."""
    found: dict[str, dict[str, Any]] = {}
    for name, codec in CODECS.items():
        resolutions = _resolutions(film, name)
        if not resolutions:
            continue
        found[name] = {
            "label": CODEC_LABELS[name],
            "qualities": ["high"] if name in ("apng", "png") else list(QUALITIES),
            "bitrates": list(BIT_RATES) if codec.presets else [],
            "bounded": bool(codec.presets),
            "depths": [10] if codec.is_deep else [8, 10] if codec.deep_pix_fmt else [8],
            "resolutions": resolutions,
            "rates": _rates(film, name, resolutions[0][0]),
            "has_sound": any(FORMATS[format_].sound for format_ in formats_of(name)),
        }
    if has_sound(film):
        for takes in FORMATS.values():
            if takes.is_sound and takes.sound is not None:
                found[takes.sound] = {
                    "label": CODEC_LABELS[takes.sound],
                    "qualities": ["high"] if takes.sound == "pcm" else list(QUALITIES),
                    "bitrates": [], "bounded": False, "depths": [], "resolutions": [], "rates": [],
                    "has_sound": False,
                }  # fmt: skip
    return found


def as_resolution(offered: str | None) -> Resolution | None:
    """Give a resolution that was on offer as settings take it."""
    if offered is None or offered in SHORT_SIDES:
        return offered
    width, _, height = offered.partition("x")
    return (int(width), int(height)) if width.isdigit() and height.isdigit() else offered


def is_video(codec: str) -> bool:
    """Tell whether a codec makes videos, which have bit rates and sound; not pictures, and no sound alone."""
    if codec not in CODECS:
        return False
    takes = FORMATS[formats_of(codec)[0]]
    return not (takes.is_image or takes.is_sequence)


def _kind(takes: Format) -> str:
    if takes.is_sound:
        return "Sound alone"
    if takes.is_sequence:
        return "Pictures, a file a frame"
    return "Animated image" if takes.is_image else "Video"


def _resolutions(film: Film, codec: str) -> list[tuple[str | None, str]]:
    seen = set()
    offers: list[tuple[str | None, str]] = []
    even = f"{film.width - film.width % 2}x{film.height - film.height % 2}"
    for value in (None, even, *SHORT_SIDES):
        settings = _settings(film, codec, value, None)
        size = None if settings is None else (settings.width, settings.height)
        if size is None or (size in seen and value == even):
            continue
        if size in seen and None in dict(offers):  # 1080p of a film that is 1080p
            continue
        seen.add(size)
        shown = f"{size[0]}×{size[1]}"
        named = value if value in SHORT_SIDES else ("film" if size == (film.width, film.height) else "")
        offers.append((value, f"{shown} ({named})" if named else shown))
    return offers


def _rates(film: Film, codec: str, resolution: str | None) -> list[tuple[str | None, str]]:
    offers: list[tuple[str | None, str]] = []
    for value in (None, *_RATES):
        if value is not None and is_video(codec) and float(value) < _RATES_OF_VIDEOS_FROM:
            continue
        settings = _settings(film, codec, resolution, value)
        if settings is None or (offers and value is not None and settings.fps == film.fps):
            continue
        shown = f"{format_fps(settings.fps)} fps"
        offers.append((value, f"{shown} (film)" if settings.fps == film.fps else shown))
    first = offers[0][1].split(" ")[0] if offers else ""
    return [offer for offer in offers if offer[0] is None or offer[0] != first]


def _settings(film: Film, codec: str, resolution: str | None, fps: str | None) -> Settings | None:
    try:
        return resolve_settings(
            (film.width, film.height),
            film.fps,
            codec=codec,
            resolution=as_resolution(resolution),
            fps_out=fps,
        )
    except SettingsError:
        return None
