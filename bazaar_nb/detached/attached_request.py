"""What a render is of that is seen from outside: from its order, or from its row in the history."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from msgspec.structs import replace

from bazaar_nb.detached.order import Order
from bazaar_nb.media.codecs import FORMATS, IMAGE_CODECS, SEQUENCE_CODECS
from bazaar_nb.media.export_options import resolve_settings
from bazaar_nb.media.settings import Settings


@dataclass(frozen=True)
class AttachedRequest:
    """What is rendered, as far as it is known from outside.

    Attributes
    ----------
    name : str
        Of the movie.
    """

    name: str
    composition: str
    settings: Settings
    frames: int
    duration_s: float
    has_sound: bool
    user: str
    project: str


def request_of(order: Order | None, row: dict[str, Any]) -> AttachedRequest:
    """Give what is rendered, as far as its order or else its row tells."""
    if order is not None:
        return AttachedRequest(
            name=order.name, composition=order.composition, settings=order.settings, frames=order.frames,
            duration_s=order.duration_s, has_sound=order.has_sound, user=order.user, project=order.project,
        )  # fmt: skip
    settings = _settings_of(row)
    composition = str(row.get("composition") or "film")
    location = str(row.get("location") or "")
    return AttachedRequest(
        name=location.replace("\\", "/").rpartition("/")[2] or f"{composition}{settings.suffix}",
        composition=composition, settings=settings, frames=int(row.get("frames") or 0),
        duration_s=float(row.get("duration_s") or 0.0), has_sound=bool(row.get("has_sound")),
        user=str(row.get("user") or ""), project=str(row.get("project") or ""),
    )  # fmt: skip


def _settings_of(row: dict[str, Any]) -> Settings:
    """Give the settings that a row tells of."""
    size, rate = (int(row["width"]), int(row["height"])), Fraction(int(row["fps_num"]), int(row["fps_den"]))
    if row["format"] == "gif":
        return resolve_settings(
            size,
            rate,
            format="gif",
            resolution=size,
            quality=row["quality"],
            transparent=row["alpha"] is True,
        )
    if row["format"] in FORMATS and FORMATS[row["format"]].is_sound:
        bits = int(row["bit_rate"]) if row["bit_rate"] and row["bit_rate"] == row["bit_rate"] else None
        settings = resolve_settings(size, rate, format=row["format"], bitrate=bits)
        return replace(settings, quality=row["quality"])
    if row["format"] in (*IMAGE_CODECS, *SEQUENCE_CODECS):
        settings = resolve_settings(
            size, rate, format=row["format"], resolution=size, transparent=row.get("alpha") is True
        )
        return replace(settings, quality=row["quality"])
    deep = row.get("bit_depth")  # rows of older versions say neither this nor the next two
    deep = int(deep) if deep and deep == deep and row["codec"] != "prores" else None
    most = row.get("max_rate")
    settings = resolve_settings(
        size, rate, format=row["format"], codec=row["codec"], resolution=size, quality=row["quality"],
        crf=None if row["quality"] or row["bit_rate"] else row["crf"],
        bitrate=int(row["bit_rate"]) if row["bit_rate"] else None, mute=not row["has_sound"],
        maxrate=int(most) if most and most == most else None, bit_depth=deep,
        transparent=row.get("alpha") is True,
    )  # fmt: skip
    return replace(settings, preset=row["preset"]) if row["preset"] else settings
