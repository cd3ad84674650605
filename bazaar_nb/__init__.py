"""Videos from Python scenes, in a Jupyter notebook.

Scenes are Python functions of the frame; a `Composition` puts them in a row,
shows any frame at once, and exports mp4, webm or gif.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

import lazy_loader

from bazaar_nb.scene.given_content import take_content_with
from bazaar_nb.scene.picture_objects import take_pictures_with

__version__ = "0.2.0"

# These packages are called like a public function: a package that is loaded later would take its name away.
for _package in ("films", "history", "jobs", "scene"):
    importlib.import_module(f"{__name__}.{_package}")
    globals().pop(_package, None)

# The public names stand in `__init__.pyi`. They are imported when first asked for, so that a worker
# process, which needs few of them, starts quickly.
_load, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
__all__ = sorted(__all__)
# What newer lazy_loaders make of it can't be sent to a worker, with the functions that refer to it. The loop
# above does what it is for.
sys.modules[__name__].__class__ = ModuleType


def _take_object(value: object, element: str) -> Any:
    from bazaar_nb.figures.taking import take_object

    return take_object(value, element)


def _take_content(value: object, field: str, element: str) -> str | None:
    from bazaar_nb.sources.taking import take_content

    return take_content(value, field, element)


take_pictures_with(_take_object)
take_content_with(_take_content)


def __getattr__(name: str) -> Any:
    try:
        value = globals()[name] = _load(name)  # once: scenes ask for names in every frame
    except AttributeError:
        if name in __all__ or name.startswith("_"):
            raise
        raise AttributeError(f"bazaar_nb has no {name!r}{_meant(name)}") from None
    return value


def _meant(name: str) -> str:
    import difflib

    # What it is called elsewhere, where no name here is alike.
    elsewhere = {
        "Circle": "Ellipse", "Square": "Rect", "Rectangle": "Rect", "Label": "Text", "TextClip": "Text",
        "Video": "Clip", "VideoClip": "Clip", "VideoFileClip": "Clip", "Picture": "Image",
        "ImageClip": "Image", "Audio": "Sound", "AudioFileClip": "Sound", "Sequence": "sequence",
        "VGroup": "Group", "Film": "Composition", "Movie": "Composition",
    }  # fmt: skip
    near = elsewhere.get(name) or next(iter(difflib.get_close_matches(name, __all__, n=1)), None)
    return f"; did you mean {near!r}?" if near else ""


def load_ipython_extension(shell: Any) -> None:
    """Add the cell magic ``%%scene``: what ``%load_ext bazaar_nb`` calls."""
    from bazaar_nb.magics import add_magics

    add_magics(shell)
    _meet_notebook()


def _meet_notebook() -> None:
    from bazaar_nb.widgets.display import register_displays
    from bazaar_nb.widgets.notebook_cells import watch_cells

    watch_cells()
    register_displays()


if "IPython" in sys.modules or "marimo" in sys.modules:
    _meet_notebook()
