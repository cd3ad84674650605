"""Trees made independent of the machine that they were written on.

A scene names files and fonts as its author does: by paths, by addresses, or by
the bytes themselves. Before a frame is keyed, sent to a worker or drawn, each
name is replaced by the digest of what it stands for: ``asset:<digest>.<ext>``.
Equal pictures then have equal trees on every machine, and a changed file
changes the tree. What a kind of element refers to, it says itself (see `bazaar_nb.draw.elements`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path as FilePath

from msgspec.structs import replace

from bazaar_nb.draw import elements as _kinds  # noqa: F401 (registers them)
from bazaar_nb.draw.clip_frames import ClipFacts, LookIntoClip
from bazaar_nb.draw.elements.registry import KINDS
from bazaar_nb.draw.svg_path import parse_path
from bazaar_nb.errors import BazaarError, ElementError, InvalidValueError
from bazaar_nb.scene.elements import AnyElement, Path
from bazaar_nb.scene.tree import Elements, FrameTree
from bazaar_nb.values.addresses import shown_source

FindFile = Callable[[str], FilePath]
"""Gives the file of a path, an address or ``given:<digest>.<ext>``; of a path the path itself."""
PutFile = Callable[[FilePath], str]
"""Takes a file and gives its asset's name, ``asset:<digest>.<ext>``."""
PutPixels = Callable[[bytes], str]
"""Takes pixels and gives their asset's name."""


class Pinner:
    """Replaces the names of files and fonts in trees by digests.

    Parameters
    ----------
    put_file, put_pixels : function
        Keep what an element refers to and give its name. Without the second
        one arrays stay in their trees.
    look_into_clip : function, optional
        Gives what a video file holds; without it, clips are refused.
    find : function, optional
        Gives the files that elements name. Without it they are paths.
    """

    def __init__(
        self,
        put_file: PutFile,
        put_pixels: PutPixels | None = None,
        look_into_clip: LookIntoClip | None = None,
        *,
        find: FindFile = FilePath,
    ) -> None:
        self.put_file = put_file
        self._find = find
        self._found: dict[str, str] = {}
        self._look = look_into_clip
        self._put_pixels = put_pixels
        self.functions: set[str] = set()

    def find(self, source: str) -> FilePath:
        """Give the file that an element names; whatever is said of it is said of that name."""
        path = self._find(source)
        if str(path) != source:
            self._found[str(path)] = shown_source(source)
        return path

    def put_pixels(self, pixels: bytes) -> str | None:
        """Keep an array's pixels and give their asset's name; None if they stay in the tree."""
        return None if self._put_pixels is None else self._put_pixels(pixels)

    def look_into_clip(self, path: FilePath, name: str = "") -> ClipFacts:
        """Give what a video file holds."""
        if self._look is None:
            raise InvalidValueError("video files aren't read here")
        return self._look(path, name)

    def pin(self, tree: FrameTree) -> FrameTree:
        """Give a tree without references to this machine.

        Also fills `functions` with the names of the functions that it draws with.

        Raises
        ------
        ElementError
            When something that it refers to is missing, broken or too large.
        """
        elements = self.pin_all(tree.elements)
        return tree if elements is tree.elements else replace(tree, elements=elements)

    def pin_all(self, elements: Elements) -> Elements:
        """Give elements without references to this machine; the same ones where they have none."""
        pinned = None
        for number, element in enumerate(elements):
            kind = KINDS[type(element)]
            if kind.pin is None and element.clip is None:
                continue
            try:
                _check_clip(element)
                changed = element if kind.pin is None else kind.pin(element, self)
            except ElementError as error:
                error.element = f"{type(element).__name__}[{number}]" + (
                    f" > {error.element}" if error.element else ""
                )
                raise
            except BazaarError as error:
                raise ElementError(
                    self._said(error),
                    element=f"{type(element).__name__}[{number}]",
                    field=kind.pin_field or None,
                ) from error
            if changed is not element:
                pinned = list(elements) if pinned is None else pinned
                pinned[number] = changed
        return elements if pinned is None else tuple(pinned)

    def _said(self, error: BazaarError) -> str:
        said = str(error)
        for path, name in self._found.items():
            said = said.replace(path, name)
        return said


def _check_clip(element: AnyElement) -> None:
    if isinstance(element.clip, Path) and isinstance(element.clip.d, str):
        try:
            parse_path(element.clip.d)
        except InvalidValueError as error:
            raise ElementError(str(error), field="clip") from None
