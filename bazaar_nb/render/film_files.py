"""Files that a film's scenes name, looked for before anything is rendered.

Only evaluating all frames tells all files. A few frames of each scene that may
show pictures or clips, or names a file of a font, tell almost always; what they
don't tell is told with scene and frame when it comes up.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from bazaar_nb.draw.asset_pinning import Pinner
from bazaar_nb.draw.fonts import FONT_SUFFIXES
from bazaar_nb.errors import BazaarError, ElementError
from bazaar_nb.media.clip_file import look_into_clip
from bazaar_nb.render.evaluation import keep_files
from bazaar_nb.render.kept_pixels import pixels_name
from bazaar_nb.scene.clip import Clip
from bazaar_nb.scene.clip_references import may_refer_to
from bazaar_nb.scene.elements import Image
from bazaar_nb.scene.film import Film, RecordedScene
from bazaar_nb.scene.function_registry import one_pass
from bazaar_nb.scene.timeline import Placement
from bazaar_nb.scene.tree import Elements
from bazaar_nb.sources.finding import FindFile, finding_with
from bazaar_nb.store.store import Store
from bazaar_nb.values.addresses import is_address, is_given

_MOST_S = 2.0  # of asking scenes; what is fetched for them takes what it takes
_MOST_TOLD = 10


def check_files(film: Film, store: Store, find: FindFile, first: int, stop: int) -> None:
    """Look for the files that scenes name, and put them into the store, with what addresses have.

    Parameters
    ----------
    first, stop : int
        Half-open range of frames that is rendered.

    Raises
    ------
    ElementError
        With the scene, frame, element and field of the first that is missing or broken, and the
        scenes of the others.
    """
    if film.named_files():  # it was saved with all of them
        return
    pinner = Pinner(keep_files(store), pixels_name, look_into_clip, find=find)
    faults: list[ElementError] = []
    asked_s = 0.0
    places = [place for place in (*film.timeline.placements, *film.timeline.layers)
              if place.start < stop and place.stop > first]  # fmt: skip
    for place in places:
        if asked_s > _MOST_S or len(faults) >= _MOST_TOLD:
            break
        recorded = isinstance(place.scene, RecordedScene)
        if not recorded and not may_refer_to(place.scene, (Image, Clip), _may_name_font):
            continue
        begin, last = max(first, place.start), min(stop, place.stop) - 1
        with one_pass(), finding_with(find):
            for frame in dict.fromkeys((begin, (begin + last) // 2, last)):
                began = time.perf_counter()
                elements = _asked(partial(film.scene_elements, place, frame))
                asked_s += time.perf_counter() - began
                fault = _fault(pinner, elements, place, frame)
                if fault is not None:
                    faults.append(fault)
                    break
    if faults:
        raise _with_others(faults)


def _may_name_font(text: str) -> bool:
    return text.lower().endswith(FONT_SUFFIXES) or is_given(text) or is_address(text)


def _asked(ask: Callable[[], Elements]) -> Elements:
    try:
        return ask()
    except BazaarError:  # told where it is evaluated
        return ()


def _fault(pinner: Pinner, elements: Elements, place: Placement, frame: int) -> ElementError | None:
    try:
        pinner.pin_all(elements)
    except ElementError as error:
        scene, number = place.scene.name, frame - place.start
        of = f" of {error.element}" if error.element else ""
        said = f"`{error.field}`{of}: {error}" if error.field else f"{error.element}: {error}"
        made = ElementError(
            f"{said} (scene {scene!r}, frame {number})",
            scene=scene, frame=number, element=error.element, field=error.field,
        )  # fmt: skip
        made.__cause__ = error
        return made
    return None


def _with_others(faults: list[ElementError]) -> ElementError:
    first, *others = faults
    if not others:
        return first
    more = "; ".join(str(error) for error in others)
    told = ElementError(
        f"{first}. So it is elsewhere: {more}",
        scene=first.scene, frame=first.frame, element=first.element, field=first.field,
    )  # fmt: skip
    told.__cause__ = first.__cause__
    return told
