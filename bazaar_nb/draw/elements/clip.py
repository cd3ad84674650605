"""`Clip`: a picture of a video file, found by time when it is pinned, fitted to its box."""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from glob import glob, has_magic
from pathlib import Path

from bazaar_nb.draw.assets import Assets
from bazaar_nb.draw.clip_frames import ClipFacts, LookIntoClip
from bazaar_nb.draw.elements.images import fitted_size, ink_of_box, pin_image
from bazaar_nb.draw.elements.registry import Brush, Kind, Pinning, register
from bazaar_nb.draw.image_drawing import draw_picture
from bazaar_nb.errors import AssetError, ElementError
from bazaar_nb.scene.clip import Clip, played_s
from bazaar_nb.scene.elements import Image
from bazaar_nb.scene.shapes import Box
from bazaar_nb.values.addresses import is_address, is_given, shown_source

_TRIM_TOLERANCE_S = 0.1  # lengths in headers and in people's heads are rounded
_COUNTED = re.compile(r"%0?(\d*)d")
_LOOKS = (*Box.__struct_fields__, "width", "height", "fit", "radius")
_told: set[str] = set()


def _measure(clip: Clip, width: float, height: float, _assets: Assets) -> tuple[float, float]:
    return fitted_size(clip, clip.size[0], clip.size[1], width, height)


def _draw(brush: Brush, clip: Clip) -> None:
    draw_picture(
        brush.target, brush.bitmaps, brush.assets.clip_picture(clip), (clip.source, clip.frame),
        width=brush.area.width, height=brush.area.height, fit=clip.fit, radius=clip.radius, smooth=True,
        opacity=brush.opacity, blend=brush.blend, passing=True,
    )  # fmt: skip


def covers_all(clip: Clip) -> bool:
    """Tell whether a clip hides all that is below it, as one does that is a scene by itself."""
    plain = Clip(
        clip.source, frame=clip.frame, size=clip.size, opaque=True, fit=clip.fit, width="100%", height="100%"
    )
    return clip.fit != "contain" and clip == plain


def _pin(clip: Clip, pinning: Pinning) -> Clip | Image:
    """Replace the file by its asset, and its time by the picture that is shown then."""
    if clip.frame >= 0:
        return clip
    if clip.fps is not None or is_sequence(clip.source):
        return _pin_sequence(clip, pinning)
    path = pinning.find(clip.source)
    facts = pinning.look_into_clip(path)
    number = _number(clip, facts)
    _tell(clip, facts)
    asset = pinning.put_file(path)
    pinning.look_into_clip(path, asset)  # what was found out is known by that name, too
    looks = {name: getattr(clip, name) for name in _LOOKS}
    if number is None:
        looks["opacity"] = 0.0
    return Clip(asset, frame=number or 0, size=facts.size, opaque=facts.opaque, **looks)


def _number(clip: Clip, facts: ClipFacts) -> int | None:
    """Give which picture of its file a clip shows; None before it begins."""
    if clip.freeze is not None:
        if clip.freeze > facts.duration_s + _TRIM_TOLERANCE_S:
            raise _beyond("freeze", clip.freeze, facts)
        return min(facts.frame_at(clip.freeze), facts.frame_before(facts.duration_s))
    begin, end = played_part(clip, facts)
    played = played_s(clip, end - begin)
    if played is None:
        return None
    last = facts.frame_before(end)
    if clip.reverse:
        number = facts.frame_before(end - played)
        return min(max(number, facts.frame_at(begin)), last)
    return min(facts.frame_at(begin + played), last)


def played_part(clip: Clip, facts: ClipFacts) -> tuple[float, float]:
    """Give from where to where a clip plays its file, in seconds.

    Raises
    ------
    ElementError
        When that is not within the file.
    """
    begin, end = clip.trim if clip.trim is not None else (None, None)
    if begin is not None and begin >= facts.duration_s:
        raise _beyond("trim", begin, facts)
    if end is not None and end > facts.duration_s + _TRIM_TOLERANCE_S:
        raise _beyond("trim", end, facts)
    if facts.cut_off_s is not None and end is None:
        raise ElementError(
            f"clip {shown_source(clip.source)!r} says that it lasts {facts.cut_off_s:.2f} s, but ends after "
            f"{facts.duration_s:.2f} s: it was cut off; `trim=({begin or 0:g}, {facts.duration_s:.2f})` "
            "shows what is there",
            field="source",
        )
    return begin or 0.0, min(facts.duration_s if end is None else end, facts.duration_s)


def _beyond(field: str, time: float, facts: ClipFacts) -> ElementError:
    return ElementError(
        f"must be within the file, which lasts {facts.duration_s:.6g} s, got {time:g} s", field=field
    )


def _tell(clip: Clip, facts: ClipFacts) -> None:
    """Say once what the author should know of how a file is shown."""
    if facts.told and clip.source not in _told:
        _told.add(clip.source)
        warnings.warn(f"clip {shown_source(clip.source)!r} {facts.told}", stacklevel=2)


def is_sequence(source: str) -> bool:
    """Tell whether a clip's source means pictures in files of their own."""
    if is_address(source) or is_given(source):
        return False
    return (has_magic(source) or _COUNTED.search(source) is not None) and not Path(source).is_file()


def clip_length_s(clip: Clip, look_into_clip: LookIntoClip, path: Path) -> float:
    """Give how long a clip plays once, in seconds of a film.

    Parameters
    ----------
    path : Path
        Of its file; of no use where it is a sequence.

    Raises
    ------
    AssetError, ElementError
        When its file can't be read, or is shorter than its `trim`.
    """
    is_one = clip.fps is None and not is_sequence(clip.source)
    facts = look_into_clip(path, "") if is_one else _sequence(clip)
    begin, end = played_part(clip, facts)
    return (end - begin) / clip.speed


def _sequence(clip: Clip) -> _Sequence:
    if clip.fps is None:
        raise ElementError(
            f"says how many pictures a second {shown_source(clip.source)!r} has, as in "
            f"Clip({shown_source(clip.source)!r}, fps=25)",
            field="fps",
        )
    folder = Path(clip.source).parent
    stamp = folder.stat().st_mtime_ns if folder.is_dir() else 0
    return _Sequence(_files(clip.source, stamp), clip.fps)


def _pin_sequence(clip: Clip, pinning: Pinning) -> Image:
    """Give the picture of a sequence that is shown: an image like any other."""
    sequence = _sequence(clip)
    number = _number(clip, sequence)
    looks = {name: getattr(clip, name) for name in _LOOKS}
    if number is None:
        looks["opacity"] = 0.0
    return pin_image(Image(sequence.files[number or 0], **looks), pinning)


class _Sequence:
    """Pictures in files of their own, as facts of a clip."""

    told = ""
    cut_off_s = None
    opaque = False
    size = (0, 0)

    def __init__(self, files: tuple[str, ...], fps: float) -> None:
        self.files = files
        self.duration_s = len(files) / fps
        self._fps = fps

    def frame_at(self, time_s: float) -> int:
        """Give the picture that is shown at a time."""
        return min(max(0, int(time_s * self._fps + 1e-6)), len(self.files) - 1)

    def frame_before(self, time_s: float) -> int:
        """Give the picture that is shown just before a time."""
        return self.frame_at(time_s - 2e-6 / self._fps)


@lru_cache(maxsize=64)
def _files(source: str, _stamp: int) -> tuple[str, ...]:
    """Give the files of a sequence in the order of the numbers in their names."""
    pattern = source if has_magic(source) else _COUNTED.sub("*", source)
    named = None if has_magic(source) else re.compile(_COUNTED.sub(r"\\d+", re.escape(source)))
    found = [name for name in glob(pattern) if named is None or named.fullmatch(name)]  # noqa: PTH207 (of any root)
    if not found:
        raise AssetError(f"no pictures are there as {source!r}")
    return tuple(sorted(found, key=_natural))


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]


register(Clip, Kind(measure=_measure, draw=_draw, ink=ink_of_box, pin=_pin, pin_field="source"))
