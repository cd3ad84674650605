"""A film's scenes as their cells define them at one time, and when they are seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.arrangement import ArrangedScene
from bazaar_nb.scene.cell_definitions import revision
from bazaar_nb.scene.own_transition import OwnTransition, as_transition
from bazaar_nb.scene.scene import Scene, SceneFunction, as_scene
from bazaar_nb.scene.timeline import Timeline


@dataclass(frozen=True, slots=True)
class FilmRevision:
    """What a film shows until a cell defines one of its scenes anew.

    Attributes
    ----------
    revision : int
        Of all definitions, when this was last found to be the newest.
    version : int
        The revision at which it was made.
    wanted : tuple of object
        Scenes, transitions and layers as their cells define them.
    items, layers : tuple of object
        The same as they are shown: a scene that no longer fits into the film is
        one that refuses.
    """

    revision: int
    version: int
    wanted: tuple[object, ...]
    items: tuple[object, ...]
    layers: tuple[object, ...]
    timeline: Timeline


def first_revision(
    items: Sequence[object], layers: Sequence[object], fps: Fraction, where: str
) -> FilmRevision:
    """Make a film's first revision.

    Raises
    ------
    InvalidValueError
        When the scenes can't follow one another like this.
    """
    now = revision()  # before the definitions are looked at: one that comes meanwhile is seen next time
    wanted = tuple(_newest(item) for item in (*items, *layers))
    return _make(now, now, wanted, wanted, len(items), fps, where)


def next_revision(
    last: FilmRevision, items: Sequence[object], layers: Sequence[object], fps: Fraction, where: str
) -> FilmRevision:
    """Give the revision as the cells define the scenes now.

    Scenes that no longer fit into the film keep their place in it, and raise when
    a frame of them is made.
    """
    now = revision()
    pairs = zip((*items, *layers), last.wanted, strict=True)
    wanted = tuple(_newest(item, before) for item, before in pairs)
    if all(scene is before for scene, before in zip(wanted, last.wanted, strict=True)):
        return replace(last, revision=now)
    try:
        return _make(now, now, wanted, wanted, len(items), fps, where)
    except InvalidValueError as error:
        slots = zip(wanted, last.wanted, (*last.items, *last.layers), strict=True)
        shown = tuple(
            place if scene is before else _in_place(scene, place, str(error))
            for scene, before, place in slots
        )
        return _make(now, now, wanted, shown, len(items), fps, where)


def revision_at(last: FilmRevision, fps: Fraction, where: str) -> FilmRevision:
    """Give the same revision at another frame rate."""
    shown = (*last.items, *last.layers)
    return _make(last.revision, last.version, last.wanted, shown, len(last.items), fps, where)


def _make(
    now: int,
    version: int,
    wanted: tuple[object, ...],
    shown: tuple[object, ...],
    count: int,
    fps: Fraction,
    where: str,
) -> FilmRevision:
    items, layers = shown[:count], shown[count:]
    return FilmRevision(now, version, wanted, items, layers, Timeline(items, layers, fps, where))


def _newest(item: object, before: object = None) -> object:
    """Give a scene as its cell defines it now: the one before if that is it; what is no scene stays."""
    if isinstance(item, ArrangedScene):
        made = item.newest()
        return before if isinstance(before, ArrangedScene) and _are_same(before.parts, made) else made
    between = as_transition(item)
    if isinstance(between, OwnTransition):
        newest = between.newest()
        return before if isinstance(before, OwnTransition) and before.is_like(newest) else newest
    function = item if isinstance(item, SceneFunction) else item.made_by if isinstance(item, Scene) else None
    if function is None:
        return item
    if isinstance(before, Scene) and before.made_by is function.newest():
        return before
    return as_scene(item, "").newest()


def _are_same(parts: tuple[object, ...], made: Scene) -> bool:
    return isinstance(made, ArrangedScene) and len(parts) == len(made.parts) and all(
        old is new or (isinstance(old, Scene) and isinstance(new, Scene) and old.made_by is not None
                       and old.made_by is new.made_by)
        for old, new in zip(parts, made.parts, strict=True)
    )  # fmt: skip


def _in_place(scene: object, place: object, why: str) -> object:
    """Give a changed scene, or one that refuses if it is the changed one's length that doesn't fit."""
    if not isinstance(scene, Scene) or not isinstance(place, Scene) or scene.duration == place.duration:
        return scene
    return place.refused(f"does not fit into the film any more: {why}")
