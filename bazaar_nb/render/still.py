"""One frame as an image, and the size of an element as it will be drawn."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image as PilImage

from bazaar_nb.draw.asset_pinning import Pinner
from bazaar_nb.draw.assets import Assets
from bazaar_nb.draw.elements.registry import measure
from bazaar_nb.draw.renderer import Renderer
from bazaar_nb.draw.text_outlines import TextOutlines, text_outlines
from bazaar_nb.errors import ElementError, InvalidValueError
from bazaar_nb.media.alpha import to_straight_alpha
from bazaar_nb.media.clip_file import look_into_clip
from bazaar_nb.media.clip_reader import ClipReader
from bazaar_nb.render.evaluation import placed_error
from bazaar_nb.scene.elements import Element, Text
from bazaar_nb.scene.film import Film
from bazaar_nb.scene.frame import Size
from bazaar_nb.scene.letter_layout import LetterLayout
from bazaar_nb.scene.repeatability import tell_figure
from bazaar_nb.scene.tree import FrameTree, check_elements
from bazaar_nb.sources.finding import Finder, UnfetchedError, find_now, finding_with
from bazaar_nb.store.file_digests import digest_file
from bazaar_nb.store.key_layout import asset_extension

Answer = TypeVar("Answer")
_lock = threading.Lock()  # a renderer is for one thread at a time
_measuring = threading.Lock()  # not the renderer's: a scene measures while its frame is drawn
_files: dict[str, Path | Callable[[], str]] = {}


def draw_still(film: Film, index: int, scale: float, wait_s: float | None = None) -> PilImage.Image:
    """Draw a frame of a film.

    Parameters
    ----------
    scale : float
        Of the composition's size.
    wait_s : float, optional
        How long to wait for what is fetched.

    Returns
    -------
    Image
        RGB, or RGBA where the film's background lets through what is below it.
    """
    finder = Finder(fetches=film.fetches, wait_s=wait_s)
    width, height = max(1, round(film.width * scale)), max(1, round(film.height * scale))
    pixels = np.empty((height, width, 4), np.uint8)
    with _lock:
        try:
            with finding_with(finder):
                shown = film.frame(index)
            # Pixels stay in the tree: nothing is sent anywhere.
            tree = Pinner(name_file, look_into_clip=look_into_clip, find=finder).pin(shown)
            renderer = _renderer(width, height)
            renderer.frame = index
            renderer.draw(tree, pixels)
            if "order" in (found := renderer.check_figures()).values():
                renderer.draw(tree, pixels)
        except ElementError as error:
            if error.scene is not None:
                raise
            raise placed_error(error, film, index) from error
    for frame, why in found.items():
        tell_figure(film, frame, why)
    if not film.is_transparent:
        return PilImage.fromarray(np.ascontiguousarray(pixels[:, :, 2::-1]), "RGB")
    return PilImage.fromarray(to_straight_alpha(pixels)[:, :, [2, 1, 0, 3]], "RGBA")


def measure_letters(text: Text, width: int, height: int) -> LetterLayout:
    """Give where the letters of a text stand, in a frame of this width and height.

    Raises
    ------
    InvalidValueError
        When it is no text, or can't be drawn.
    """
    if not isinstance(text, Text):
        raise InvalidValueError(f"letters are those of a Text(…), got {text!r:.60}")
    return _with_tree(text, width, height, _letters)


def outline_letters(text: Text, width: int, height: int) -> TextOutlines:
    """Give the outlines of a text's letters, in a frame of this width and height.

    Raises
    ------
    InvalidValueError
        When it can't be drawn.
    """
    return _with_tree(text, width, height, _outlines)


def measure_element(element: Element, width: int, height: int) -> Size:
    """Give an element's size in a frame of this width and height, in pixels: what `Frame.measure` answers.

    Raises
    ------
    InvalidValueError
        When it is no element, or can't be drawn.
    """
    if not isinstance(element, Element):
        raise InvalidValueError(f"frame.measure takes an element such as Text(…), got {element!r:.60}")
    return _with_tree(element, width, height, _size)


def _with_tree(element: Element, width: int, height: int, answer: Callable[[bytes], Answer]) -> Answer:
    try:
        checked = check_elements((element,), scene="", frame=0)  # type: ignore[arg-type]
        with _measuring:
            pinner = Pinner(name_file, look_into_clip=look_into_clip, find=find_now)
            tree = pinner.pin(FrameTree(width, height, checked))
            return answer(tree.to_msgpack())
    except ElementError as error:
        if isinstance(error.__cause__, UnfetchedError):  # home will fetch it, if it is told what
            raise error.__cause__ from None
        # Said again with the scene and the frame by whoever calls the scene.
        what = str(error).removesuffix(" (scene '', frame 0)")
        raise InvalidValueError(f"frame.measure: {what}") from None


@lru_cache(maxsize=4096)
def _size(tree: bytes) -> Size:
    found = FrameTree.from_msgpack(tree)
    return Size(*measure(found.elements[0], found.width, found.height, _assets()))


@lru_cache(maxsize=128)
def _letters(tree: bytes) -> LetterLayout:
    found = FrameTree.from_msgpack(tree)
    text = found.elements[0]
    assert isinstance(text, Text)
    setter = _assets().text
    lines = setter.lay_out(text, found.width)
    letters = setter.lay_out_letters(text, found.width)
    return LetterLayout(
        lines.width, lines.height, letters.left, letters.right, letters.baseline, letters.size, letters.lines
    )


@lru_cache(maxsize=64)
def _outlines(tree: bytes) -> TextOutlines:
    found = FrameTree.from_msgpack(tree)
    text = found.elements[0]
    assert isinstance(text, Text)
    return text_outlines(_assets().text, text, found.width)


@lru_cache(maxsize=1)
def _assets() -> Assets:
    return Assets(named_file)


@lru_cache(maxsize=1)
def _renderer(width: int, height: int) -> Renderer:
    return Renderer(width, height, named_file, clips=ClipReader())


def name_file(path: Path) -> str:
    """Give the name of a file's content, under which `named_file` finds it in this process."""
    name = f"asset:{digest_file(path)}.{asset_extension(path)}"
    _files[name] = path
    return name


def named_file(name: str) -> Path:
    """Give the file that was named so."""
    found = _files[name]
    return found if isinstance(found, Path) else Path(found())


def lend_file(name: str, file: Path | Callable[[], str]) -> None:
    """Have `named_file` find a file, or ask for it when it is wanted."""
    _files[name] = file
