"""Videos from Python scenes, in a Jupyter notebook.

Scenes are Python functions of the frame; a `Composition` puts them in a row,
shows any frame at once, and exports mp4, webm or gif.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

# These two before the names below: a subpackage that is loaded later would take its name away.
from bazaar_nb.default_history import DefaultHistory
from bazaar_nb.scene.scene import scene as scene

if TYPE_CHECKING:
    from bazaar_nb import analysis as analysis
    from bazaar_nb.composition import Composition as Composition
    from bazaar_nb.errors import AccessError as AccessError
    from bazaar_nb.errors import AssetError as AssetError
    from bazaar_nb.errors import BazaarError as BazaarError
    from bazaar_nb.errors import ElementError as ElementError
    from bazaar_nb.errors import EncodeError as EncodeError
    from bazaar_nb.errors import FontError as FontError
    from bazaar_nb.errors import InvalidValueError as InvalidValueError
    from bazaar_nb.errors import LimitError as LimitError
    from bazaar_nb.errors import MissingLibraryError as MissingLibraryError
    from bazaar_nb.errors import RenderCancelledError as RenderCancelledError
    from bazaar_nb.errors import RenderError as RenderError
    from bazaar_nb.errors import SceneError as SceneError
    from bazaar_nb.errors import SettingsError as SettingsError
    from bazaar_nb.errors import StoreError as StoreError
    from bazaar_nb.errors import UnknownRenderError as UnknownRenderError
    from bazaar_nb.history.tables import describe_history as describe_history
    from bazaar_nb.jobs.export_request import jobs as jobs
    from bazaar_nb.jobs.export_request import render_status as render_status
    from bazaar_nb.jobs.job import Job as Job
    from bazaar_nb.jobs.limits import Limits as Limits
    from bazaar_nb.jobs.members import ProjectMembers as ProjectMembers
    from bazaar_nb.jobs.notices import Webhook as Webhook
    from bazaar_nb.jobs.notices import verify_signature as verify_signature
    from bazaar_nb.jobs.queue import Queue as Queue
    from bazaar_nb.jobs.status import RenderStatus as RenderStatus
    from bazaar_nb.motion.easing import back as back
    from bazaar_nb.motion.easing import bezier as bezier
    from bazaar_nb.motion.easing import bounce as bounce
    from bazaar_nb.motion.easing import circle as circle
    from bazaar_nb.motion.easing import cubic as cubic
    from bazaar_nb.motion.easing import ease as ease
    from bazaar_nb.motion.easing import ease_in as ease_in
    from bazaar_nb.motion.easing import ease_in_out as ease_in_out
    from bazaar_nb.motion.easing import ease_out as ease_out
    from bazaar_nb.motion.easing import elastic as elastic
    from bazaar_nb.motion.easing import expo as expo
    from bazaar_nb.motion.easing import linear as linear
    from bazaar_nb.motion.easing import quad as quad
    from bazaar_nb.motion.easing import quart as quart
    from bazaar_nb.motion.easing import quint as quint
    from bazaar_nb.motion.easing import sine as sine
    from bazaar_nb.motion.easing import steps as steps
    from bazaar_nb.motion.interpolate import interpolate as interpolate
    from bazaar_nb.motion.keyframes import keyframes as keyframes
    from bazaar_nb.motion.noise import noise as noise
    from bazaar_nb.motion.noise import random as random
    from bazaar_nb.motion.spring import spring as spring
    from bazaar_nb.motion.spring import spring_duration as spring_duration
    from bazaar_nb.render.engines.engine import Engine as Engine
    from bazaar_nb.render.engines.engine import InlineEngine as InlineEngine
    from bazaar_nb.render.engines.local import LocalEngine as LocalEngine
    from bazaar_nb.render.progress import Progress as Progress
    from bazaar_nb.render.result import Render as Render
    from bazaar_nb.scene.elements import Column as Column
    from bazaar_nb.scene.elements import Element as Element
    from bazaar_nb.scene.elements import Ellipse as Ellipse
    from bazaar_nb.scene.elements import Figure as Figure
    from bazaar_nb.scene.elements import Fill as Fill
    from bazaar_nb.scene.elements import Group as Group
    from bazaar_nb.scene.elements import Image as Image
    from bazaar_nb.scene.elements import Line as Line
    from bazaar_nb.scene.elements import Path as Path
    from bazaar_nb.scene.elements import Pixels as Pixels
    from bazaar_nb.scene.elements import Polygon as Polygon
    from bazaar_nb.scene.elements import Rect as Rect
    from bazaar_nb.scene.elements import Row as Row
    from bazaar_nb.scene.elements import Span as Span
    from bazaar_nb.scene.elements import Text as Text
    from bazaar_nb.scene.film import json_schema as json_schema
    from bazaar_nb.scene.frame import Frame as Frame
    from bazaar_nb.scene.paint import ConicGradient as ConicGradient
    from bazaar_nb.scene.paint import LinearGradient as LinearGradient
    from bazaar_nb.scene.paint import RadialGradient as RadialGradient
    from bazaar_nb.scene.paint import Shadow as Shadow
    from bazaar_nb.scene.paint import Stroke as Stroke
    from bazaar_nb.scene.scene import Scene as Scene
    from bazaar_nb.scene.sound import Sound as Sound
    from bazaar_nb.scene.transition import Transition as Transition
    from bazaar_nb.scene.transition import cut as cut
    from bazaar_nb.scene.transition import fade as fade
    from bazaar_nb.scene.tree import FrameTree as FrameTree
    from bazaar_nb.store.options import StorageOptions as StorageOptions
    from bazaar_nb.widgets.dashboard.widget import HistoryDashboard as HistoryDashboard
    from bazaar_nb.widgets.panel.widget import ExportPanel as ExportPanel
    from bazaar_nb.widgets.player.tune import tune as tune
    from bazaar_nb.widgets.player.widget import Player as Player
    from bazaar_nb.workspace import Workspace as Workspace
    from bazaar_nb.workspace import use as use

__version__ = "0.1.0"

# Where each public name lives. They are imported when first asked for, so that
# a worker process, which needs few of them, starts quickly.
_HOMES = {
    "bazaar_nb.composition": ("Composition",),
    "bazaar_nb.errors": (
        "AccessError",
        "AssetError",
        "BazaarError",
        "ElementError",
        "EncodeError",
        "FontError",
        "InvalidValueError",
        "LimitError",
        "MissingLibraryError",
        "RenderCancelledError",
        "RenderError",
        "SceneError",
        "SettingsError",
        "StoreError",
        "UnknownRenderError",
    ),
    "bazaar_nb.jobs.export_request": ("jobs", "render_status"),
    "bazaar_nb.history.tables": ("describe_history",),
    "bazaar_nb.render.engines.engine": ("Engine", "InlineEngine"),
    "bazaar_nb.jobs.job": ("Job",),
    "bazaar_nb.jobs.limits": ("Limits",),
    "bazaar_nb.render.engines.local": ("LocalEngine",),
    "bazaar_nb.jobs.members": ("ProjectMembers",),
    "bazaar_nb.jobs.notices": ("Webhook", "verify_signature"),
    "bazaar_nb.render.progress": ("Progress",),
    "bazaar_nb.jobs.queue": ("Queue",),
    "bazaar_nb.render.result": ("Render",),
    "bazaar_nb.jobs.status": ("RenderStatus",),
    "bazaar_nb.scene.film": ("json_schema",),
    "bazaar_nb.motion.easing": (
        "back",
        "bezier",
        "bounce",
        "circle",
        "cubic",
        "ease",
        "ease_in",
        "ease_in_out",
        "ease_out",
        "elastic",
        "expo",
        "linear",
        "quad",
        "quart",
        "quint",
        "sine",
        "steps",
    ),
    "bazaar_nb.scene.elements": (
        "Column",
        "Element",
        "Ellipse",
        "Figure",
        "Fill",
        "Group",
        "Image",
        "Line",
        "Path",
        "Pixels",
        "Polygon",
        "Rect",
        "Row",
        "Span",
        "Text",
    ),
    "bazaar_nb.scene.frame": ("Frame",),
    "bazaar_nb.motion.interpolate": ("interpolate",),
    "bazaar_nb.motion.keyframes": ("keyframes",),
    "bazaar_nb.motion.noise": ("noise", "random"),
    "bazaar_nb.scene.paint": ("ConicGradient", "LinearGradient", "RadialGradient", "Shadow", "Stroke"),
    "bazaar_nb.scene.scene": ("Scene",),
    "bazaar_nb.scene.sound": ("Sound",),
    "bazaar_nb.motion.spring": ("spring", "spring_duration"),
    "bazaar_nb.scene.transition": ("Transition", "cut", "fade"),
    "bazaar_nb.scene.tree": ("FrameTree",),
    "bazaar_nb.store.options": ("StorageOptions",),
    "bazaar_nb.widgets.dashboard.widget": ("HistoryDashboard",),
    "bazaar_nb.widgets.panel.widget": ("ExportPanel",),
    "bazaar_nb.widgets.player.widget": ("Player",),
    "bazaar_nb.widgets.player.tune": ("tune",),
    "bazaar_nb.workspace": ("Workspace", "use"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

_MODULES = ("analysis",)  # public as they are, with names of their own

__all__ = sorted([*_HOME_OF, *_MODULES, "history", "scene"])


history = DefaultHistory()
"""The renders of the default workspace: ``bz.history()`` is a DataFrame; see `DefaultHistory`."""


def load_ipython_extension(shell: Any) -> None:
    """Add the cell magic ``%%scene``: what ``%load_ext bazaar_nb`` calls."""
    from bazaar_nb.magics import add_magics

    add_magics(shell)


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"bazaar_nb.{name}")
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'bazaar_nb' has no attribute {name!r}")
    value = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


if "IPython" in sys.modules:
    from bazaar_nb.widgets.notebook_cells import watch_cells

    watch_cells()
