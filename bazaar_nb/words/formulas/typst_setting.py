"""What is set by Typst (https://typst.app), in its own language, without files and network."""

from __future__ import annotations

import re
import tempfile
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from bazaar_nb.errors import InvalidValueError, MissingLibraryError
from bazaar_nb.words.formulas.typeset import EM, RULE, Glyph, Outline, Typeset, finish

_HEAD = (
    "#set page(width: auto, height: auto, margin: 0pt, fill: none)\n"
    f"#set text(size: {EM:g}pt, fallback: true)\n"
)
_FONTS = Path(__file__).parents[2] / "fonts"
_CODE = re.compile(r"(?<!\\)#|\bstd\s*\.")
_STEP = re.compile(r"([MmLlHhVvCcQqZz])([^MmLlHhVvCcQqZz]*)")
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?")
_HREF = "{http://www.w3.org/1999/xlink}href"


@lru_cache(maxsize=256)
def set_typst(source: str) -> Typeset:
    """Set a formula.

    Raises
    ------
    InvalidValueError
        When it doesn't compile, with where; when it holds code, which could read files.
    MissingLibraryError
        When the package typst isn't there.
    """
    check_markup(source, "Math")
    typst = _typst("Math")
    try:
        svg = _svg(typst, f"{_HEAD}$ {source} $")
    except typst.TypstError as error:
        raise InvalidValueError(_explained(source, error)) from None
    return finish(_glyphs(ElementTree.fromstring(svg)))


@lru_cache(maxsize=64)
def compile_typst(body: str, where: str) -> Typeset:
    """Set a page, in the letters that come with the package.

    Parameters
    ----------
    body : str
        In Typst's language; what a user wrote is in it as `quoted` text, never as code.
    where : str
        Of what, for messages.

    Raises
    ------
    InvalidValueError
        When it doesn't compile.
    MissingLibraryError
        When the package typst isn't there.
    """
    typst = _typst(where)
    try:
        svg = _svg(typst, f'{_HEAD}#set text(font: "Inter")\n{body}')
    except typst.TypstError as error:
        said = getattr(error, "message", None) or str(error)
        hints = getattr(error, "hints", None) or []
        hint = f"; {hints[0]}" if hints else ""
        raise InvalidValueError(f"Typst can't set it: {said}{hint} ({where})") from None
    return finish(_glyphs(ElementTree.fromstring(svg)))


def check_markup(source: str, where: str) -> None:
    """Check that markup holds no code: that could read files, and go on without an end.

    Raises
    ------
    InvalidValueError
        When it does, with where.
    """
    code = _CODE.search(source)
    if code is not None:
        raise InvalidValueError(
            f"there is no place for Typst's code, which could read files: {code[0]!r} at letter "
            f"{code.start() + 1} of {source!r:.60}; a sign # is written \\# ({where})"
        )


def quoted(source: str) -> str:
    """Give text as a string of Typst's language."""
    escaped = source.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "")
    return f'"{escaped}"'


def _typst(where: str) -> Any:
    try:
        return import_module("typst")
    except ImportError:
        raise MissingLibraryError(
            f"what Typst sets needs the package typst: run `pip install 'bazaar_nb[typst]'` ({where})",
            name="typst",
        ) from None


def _svg(typst: Any, source: str) -> bytes:
    with tempfile.TemporaryDirectory() as empty:  # what files it could ask for
        svg: bytes = typst.compile(
            source.encode(), format="svg", root=empty, ignore_system_fonts=True, font_paths=[str(_FONTS)],
            package_path=empty, package_cache_path=empty,
        )  # fmt: skip
        return svg


def _glyphs(svg: ElementTree.Element) -> list[Glyph]:
    outlines = {
        symbol.get("id"): _outline(path.get("d", ""))
        for symbol in _all(svg, "symbol")
        for path in _all(symbol, "path")
    }
    glyphs: list[Glyph] = []

    def walk(element: ElementTree.Element, x: float, y: float) -> None:
        x, y = _moved(element, x, y)
        name = element.tag.rpartition("}")[2]
        if name == "use":
            outline = outlines.get(element.get(_HREF, "#")[1:])
            at = x + float(element.get("x", 0)), y + float(element.get("y", 0))
            glyph = None if outline is None else outline.placed(outline.shape(), *at, 1.0, up=True)
            if glyph is not None:
                glyphs.append(glyph)
        elif name == "path":
            glyph = _rule(element, x, y)
            if glyph is not None:
                glyphs.append(glyph)
        elif name not in ("defs", "symbol", "clipPath"):
            for child in element:
                walk(child, x, y)

    walk(svg, 0.0, 0.0)
    return glyphs


def _moved(element: ElementTree.Element, x: float, y: float) -> tuple[float, float]:
    """Give where an element's origin is; Typst moves formulas, and turns its glyphs' outlines over."""
    given = element.get("transform", "")
    numbers = [float(number) for number in _NUMBER.findall(given)]
    if given.startswith("translate"):
        return x + numbers[0], y + (numbers[1] if len(numbers) > 1 else 0.0)
    if given.startswith("matrix"):
        return x + numbers[4], y + numbers[5]
    return x, y


def _rule(element: ElementTree.Element, x: float, y: float) -> Glyph | None:
    """Give a line of a fraction or root as what it covers."""
    outline = _outline(element.get("d", ""))
    width = float(element.get("stroke-width", 0))
    if element.get("stroke", "none") == "none" or width <= 0:
        return outline.placed(outline.shape(), x, y, 1.0, up=False)
    line = outline.placed(RULE, x, y, 1.0, up=False)
    if line is None:
        return None
    left, top, right, bottom = line.box
    half = width / 2
    if bottom - top <= right - left:
        top, bottom = top - half, bottom + half
    else:
        left, right = left - half, right + half
    covered = Outline()
    for command, point in zip(
        "MLLL", ((left, top), (right, top), (right, bottom), (left, bottom)), strict=True
    ):
        covered.add(command, point)
    covered.add("Z")
    return covered.placed(RULE, 0.0, 0.0, 1.0, up=False)


def _outline(data: str) -> Outline:
    outline = Outline()
    x = y = begin_x = begin_y = 0.0
    for command, rest in _STEP.findall(data):
        numbers = [float(number) for number in _NUMBER.findall(rest)]
        kind, relative = command.upper(), command.islower()
        if kind == "Z":
            outline.add("Z")
            x, y = begin_x, begin_y
            continue
        size = {"M": 2, "L": 2, "H": 1, "V": 1, "Q": 4, "C": 6}[kind]
        for at in range(0, len(numbers) - size + 1, size):
            part = numbers[at : at + size]
            if kind == "H":
                part = [part[0] + (x if relative else 0.0), y]
            elif kind == "V":
                part = [x, part[0] + (y if relative else 0.0)]
            elif relative:
                part = [value + (x, y)[number % 2] for number, value in enumerate(part)]
            step = "L" if kind in "HV" or (kind == "M" and at) else kind
            outline.add(step, part)
            x, y = part[-2], part[-1]
            if step == "M":
                begin_x, begin_y = x, y
    return outline


def _all(element: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [one for one in element.iter() if one.tag.rpartition("}")[2] == name]


def _explained(source: str, error: Any) -> str:
    place = re.search(r":(\d+):(\d+)", str(getattr(error, "diagnostic", "")))
    hints = getattr(error, "hints", None) or []
    hint = f"; {hints[0]}" if hints else ""
    if place is None:
        return f"the formula {source!r:.80} doesn't compile: {error}{hint} (Math)"
    row, column = int(place[1]) - _HEAD.count("\n") - 1, int(place[2])
    lines = source.split("\n")
    at = max(0, column - (2 if row == 0 else 0))  # Typst counts from 0, and "$ " stands before
    line = lines[min(max(row, 0), len(lines) - 1)]
    shown = line[max(0, at - 30) : at] + "▸" + line[at : at + 30]
    what = getattr(error, "message", str(error))
    return f"the formula doesn't compile at letter {at + 1}, {shown!r}: {what}{hint} (Math)"
