"""A clip as a scene of its own: as long as its file says."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from msgspec.structs import replace

from bazaar_nb.draw.elements.clip import clip_length_s
from bazaar_nb.errors import BazaarError, ElementError, InvalidValueError
from bazaar_nb.media.clip_file import look_into_clip
from bazaar_nb.scene.clip import Clip
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.scene import Scene
from bazaar_nb.scene.tree import check_elements
from bazaar_nb.sources.finding import find_now
from bazaar_nb.values.addresses import file_name, is_given, shown_source

_FINEST = 1_000_000  # of a length in seconds: finer than a sample


def clip_scene(clip: Clip, where: str) -> Scene:
    """Give a scene that shows a clip and nothing else, over all of the frame unless it is told a size.

    Parameters
    ----------
    where : str
        Which composition wants it; it closes the message of an error.

    Raises
    ------
    InvalidValueError
        When its file can't be read, or when it has no end.
    """
    given = shown_source(clip.source)
    name = Path(file_name(clip.source)).stem if isinstance(clip.source, str) else "clip"
    name = "clip" if is_given(clip.source) else name or "clip"
    path: Path | None = None
    if clip.loop or clip.freeze is not None:
        field = "loop" if clip.loop else "freeze"
        raise InvalidValueError(
            f"`{field}` of Clip {given!r}: a clip without an end can't be a scene by itself{where}; "
            "return it from a @bz.scene(duration=…) function"
        )
    try:
        (checked,) = check_elements((clip,), scene=name, frame=0)
        assert isinstance(checked, Clip)
        path = find_now(checked.source)
        length_s = clip_length_s(checked, look_into_clip, path)
    except ElementError as error:
        field = f"`{error.field}` of Clip {given!r}: " if error.scene is None and error.field else ""
        raise InvalidValueError(f"{field}{error}{where}") from error
    except BazaarError as error:
        said = str(error) if path is None else str(error).replace(str(path), given)
        raise InvalidValueError(f"{said}{where}") from error
    if checked.width is None and checked.height is None:
        checked = replace(checked, width="100%", height="100%")
    duration = Fraction(checked.start + length_s).limit_denominator(_FINEST)
    return Scene(show_clip, (checked,), duration=duration, name=name)


def show_clip(_frame: Frame, clip: Clip) -> Clip:
    """Show a clip: the function of its scene."""
    return clip
