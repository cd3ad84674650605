"""`Math`: a formula whose parts have names, which writes itself and becomes the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec.structs import replace

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.motion.easing import cubic, ease_in_out
from bazaar_nb.scene.elements import Anchor, AnyElement, Group, Path, Rect
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.paint import Stroke
from bazaar_nb.scene.shapes import Length
from bazaar_nb.values.color import Color, parse_color
from bazaar_nb.words.formulas.mathtext_setting import set_mathtext
from bazaar_nb.words.formulas.moved_parts import Changes, check_changes, with_moved_parts
from bazaar_nb.words.formulas.parts import find_places, joined, pair_glyphs
from bazaar_nb.words.formulas.typeset import EM, RULE, Glyph, Typeset
from bazaar_nb.words.formulas.typst_setting import set_typst
from bazaar_nb.words.staggering import check_seconds, staggered

Box = tuple[float, float, float, float]
_MOST_LETTERS = 4_000
_SHARE = 0.84  # of the frame: what a formula without a size takes at most
_LARGEST = 1 / 8  # of the frame's shorter side
_EVENLY = ease_in_out(cubic)
_GONE, _COMING = 0.4, 0.55  # of the time: when what goes is gone, when what comes begins


class Math:
    r"""A formula, as outlines of its glyphs.

    Parameters
    ----------
    source : str
        As in LaTeX, without the dollar signs, as far as matplotlib's mathtext knows it; with
        ``engine="typst"`` as in Typst's formulas.
    parts : dict of str to str, optional
        Names of parts, by what they are in the source's language: ``{"mass": "m"}``. A part without a name
        is told by its source.
    engine : str
        ``mathtext``, or ``typst``, which the extra ``bazaar_nb[typst]`` installs.
    size : float, optional
        Of the letters, in pixels; by default as large as fits, at most an eighth of the frame's shorter side.
    color : colour
    colors : dict of str to colour, optional
        Of parts.
    family : str
        Of mathtext's letters: ``stix``, ``cm``, ``dejavuserif``, ``dejavusans``, ``stixsans``.
    x, y : float or str, optional
        Where the formula's anchor is put; in the middle by default.
    anchor : str

    Raises
    ------
    InvalidValueError
        When it doesn't parse, with where; for a part that isn't in it.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> before = bz.words.Math(r"E = m c^2", colors={"m": "tomato"})
    >>> after = bz.words.Math(r"m = \frac{E}{c^2}", colors={"m": "tomato"})
    >>> @bz.scene(duration=4)
    ... def lesson(frame):
    ...     return before.become(after, frame, start=1.5)
    """

    def __init__(
        self,
        source: str,
        *,
        parts: Mapping[str, str] | None = None,
        engine: Literal["mathtext", "typst"] = "mathtext",
        size: float | None = None,
        color: Color = "white",
        colors: Mapping[str, Color] | None = None,
        family: str = "stix",
        x: Length | None = None,
        y: Length | None = None,
        anchor: Anchor = "center",
    ) -> None:
        if not isinstance(source, str) or not source.strip():
            raise InvalidValueError(f"a formula is text, got {source!r:.60} (Math)")
        if len(source) > _MOST_LETTERS:
            raise InvalidValueError(
                f"a formula has at most {_MOST_LETTERS:,} letters, got {len(source):,} (Math)"
            )
        if engine not in ("mathtext", "typst"):
            raise InvalidValueError(f"`engine` must be mathtext or typst, got {engine!r} (Math)")
        families = ("stix", "cm", "dejavuserif", "dejavusans", "stixsans")
        if family not in families:
            raise InvalidValueError(f"`family` must be one of {', '.join(families)}, got {family!r} (Math)")
        if size is not None and not 0 < size <= 5000:
            raise InvalidValueError(f"`size` must be pixels above 0, got {size!r} (Math)")
        self.source = source.strip().removeprefix("$").removesuffix("$").strip()
        self.engine, self.family = engine, family
        self.parts = dict(parts or {})
        self.size, self.x, self.y, self.anchor = size, x, y, anchor
        parse_color(color)
        self.typeset: Typeset = self._set(self.source)
        self.colors: list[Color] = [color] * len(self.typeset.glyphs)
        for part, other in (colors or {}).items():
            parse_color(other)
            for number in self.find(part):
                self.colors[number] = other

    def find(self, part: str) -> tuple[int, ...]:
        """Give the glyphs of a part, of all places where it is.

        Parameters
        ----------
        part : str
            A name from `parts`, or the part's source; ``"x[2]"`` is the second place of ``x`` alone.

        Raises
        ------
        InvalidValueError
            When it isn't in the formula.
        """
        found = self._places(self.parts.get(part, part))
        if not found and part.endswith("]") and "[" in part:
            words, _, number = part[:-1].rpartition("[")
            places = self._places(self.parts.get(words, words))
            if number.isdigit() and 1 <= int(number) <= len(places):
                return places[int(number) - 1]
        if not found:
            known = f"; it names {', '.join(map(repr, self.parts))}" if self.parts else ""
            raise InvalidValueError(
                f"{part!r:.60} is no part of the formula {self.source!r:.80}{known} (Math)"
            )
        return tuple(sorted({number for place in found for number in place}))

    def box(self, part: str, frame: Frame) -> Box:
        """Give the box of a part in the frame: left, top, right and bottom, in pixels.

        The formula must stand at pixels, or in the middle.
        """
        scale = self._size(frame) / EM
        boxes = [self.typeset.glyphs[number].box for number in self.find(part)]
        left, top = self._corner(frame, scale)
        return (
            left + scale * min(box[0] for box in boxes), top + scale * min(box[1] for box in boxes),
            left + scale * max(box[2] for box in boxes), top + scale * max(box[3] for box in boxes),
        )  # fmt: skip

    def show(self, frame: Frame, moved: Mapping[str, Changes] | None = None) -> Group:
        """Give the formula as it stands, or with parts of it moved.

        Parameters
        ----------
        frame : Frame
            The formula is fitted into it, unless it has a size.
        moved : dict of str to dict, optional
            What is changed of parts, told as for `find`: `dx` and `dy` in pixels, `rotation` in degrees and
            `scale` around their middle, `opacity`, `color`. The rest stays where it is.

        Examples
        --------
        >>> import bazaar_nb as bz
        >>> formula = bz.words.Math(r"E = m c^2", parts={"mass": "m"})
        >>> @bz.scene(duration=2)
        ... def lesson(frame):
        ...     up = bz.spring(frame)
        ...     return formula.show(frame, moved={"mass": {"dy": -60 * up, "scale": 1 + 0.4 * up}})
        """
        size = self._size(frame)
        if not moved:
            return self._group(joined(self.typeset, tuple(self.colors)), size)
        parts = [(self.find(part), check_changes(part, changes)) for part, changes in moved.items()]
        return self._group(with_moved_parts(self.typeset, self.colors, parts, size / EM), size)

    def write(self, frame: Frame, *, start: float = 0.0, each: float = 0.06, duration: float = 0.7) -> Group:
        """Have the formula write itself: each glyph's outline is drawn, then filled.

        Parameters
        ----------
        start : float
            When it begins, in seconds.
        each : float
            How much later each next glyph begins.
        duration : float
            How long each takes.
        """
        order = sorted(range(len(self.typeset.glyphs)), key=lambda n: self.typeset.glyphs[n].box[0])
        progress = staggered(
            len(order), frame.time, start=start, each=each, duration=duration, easing=_EVENLY
        )
        if (progress == 1.0).all():
            return self.show(frame)
        elements: list[AnyElement] = []
        for number, share in zip(order, progress.tolist(), strict=True):
            glyph, color = self.typeset.glyphs[number], self.colors[number]
            if share <= 0.0:
                continue
            if share < 1.0:
                stroke = Stroke(color, 2.2)
                edge = Path(glyph.d, x=glyph.x, y=glyph.y, stroke=stroke, end=min(1.0, 1.6 * share))
                fading = min(1.0, 2.5 * (1.0 - share))
                elements.append(replace(edge, opacity=fading))
            if share > 0.45:
                elements.append(_drawn(glyph, color, opacity=min(1.0, (share - 0.45) / 0.45)))
        return self._group(elements, self._size(frame))

    def highlight(
        self,
        frame: Frame,
        part: str,
        *,
        color: Color = "#facc15",
        mark: Literal["color", "box"] = "color",
        start: float = 0.0,
        duration: float = 0.5,
        leave: float | None = None,
    ) -> Group:
        """Tell a part apart, by its colour or a box around it.

        Parameters
        ----------
        part : str
            As for `find`.
        color : colour
        mark : str
        start, duration : float
            When it begins and how long it takes, in seconds.
        leave : float, optional
            When it goes back.
        """
        if mark not in ("color", "box"):
            raise InvalidValueError(f"`mark` must be color or box, got {mark!r} (Math.highlight)")
        numbers = set(self.find(part))
        (share,) = staggered(1, frame.time, start=start, duration=duration, leave=leave).tolist()
        if share == 0.0:
            return self.show(frame)
        size = self._size(frame)
        if mark == "color":
            mixed = tuple(
                _mixed(own, color, share) if number in numbers else own
                for number, own in enumerate(self.colors)
            )
            return self._group(joined(self.typeset, mixed), size)
        boxes = [self.typeset.glyphs[number].box for number in numbers]
        left, top = min(box[0] for box in boxes) - 14, min(box[1] for box in boxes) - 14
        right, bottom = max(box[2] for box in boxes) + 14, max(box[3] for box in boxes) + 14
        around = Rect(
            x=left, y=top, width=right - left, height=bottom - top, anchor="top-left", radius=10, fill=None,
            stroke=Stroke(color, 5), opacity=min(1.0, share),
        )  # fmt: skip
        return self._group([*joined(self.typeset, tuple(self.colors)), around], size)

    def become(self, other: Math, frame: Frame, *, start: float = 0.0, duration: float = 1.2) -> Group:
        """Have the formula become another: glyphs that stay move, the rest goes and comes.

        Parameters
        ----------
        other : Math
        start, duration : float
            When it begins and how long it takes, in seconds.
        """
        if not isinstance(other, Math):
            raise InvalidValueError(f"a formula becomes a formula, got {other!r:.60} (Math.become)")
        passed = frame.time - check_seconds(start, "start", None)
        check_seconds(duration, "duration")
        share = min(1.0, max(0.0, passed / duration)) if duration > 0 else float(passed >= 0)
        if share in (0.0, 1.0):
            return (other if share else self).show(frame)
        moved = _EVENLY(share)
        gone = _EVENLY(max(0.0, 1.0 - share / _GONE))
        come = _EVENLY(max(0.0, (share - _COMING) / (1.0 - _COMING)))
        pairs = pair_glyphs(self.typeset, other.typeset)
        stay = {after: before for before, after in pairs}
        # Both are drawn in the coordinates of a box around their common middle, as large as letters of EM.
        own, theirs = self._size(frame) / EM, other._size(frame) / EM
        elements: list[AnyElement] = []
        for number, glyph in enumerate(self.typeset.glyphs):
            if gone > 0 and number not in stay.values():
                elements.append(_at(glyph, *self._middle(glyph, own), own, self.colors[number], opacity=gone))
        for number, glyph in enumerate(other.typeset.glyphs):
            stop = other._middle(glyph, theirs)
            if number not in stay:
                if come > 0:
                    elements.append(_at(glyph, *stop, theirs, other.colors[number], opacity=come))
                continue
            origin = self.typeset.glyphs[stay[number]]
            begin = self._middle(origin, own)
            x, y = (a + (b - a) * moved for a, b in zip(begin, stop, strict=True))
            color = _mixed(self.colors[stay[number]], other.colors[number], moved)
            if glyph.key == RULE:
                elements.append(_stretched(origin, glyph, (x, y), own, theirs, moved, color))
                continue
            before = own * (origin.box[3] - origin.box[1])
            after = theirs * (glyph.box[3] - glyph.box[1])
            scale = theirs * (before + (after - before) * moved) / after if after else theirs
            elements.append(_at(glyph, x, y, scale, color))
        return Group(tuple(elements), width=0, height=0, x=self.x, y=self.y, anchor="center")

    def _set(self, source: str) -> Typeset:
        return set_typst(source) if self.engine == "typst" else set_mathtext(source, self.family)

    def _places(self, source: str) -> tuple[tuple[int, ...], ...]:
        try:
            wanted = self._set(source).glyphs
        except InvalidValueError:  # no formula by itself: no part of one
            return ()
        return find_places(self.typeset, wanted)

    def _size(self, frame: Frame) -> float:
        if self.size is not None:
            return self.size
        whole = self.typeset
        across = _SHARE * frame.width / max(whole.width, 1.0) * EM
        down = _SHARE * frame.height / max(whole.height, 1.0) * EM
        return min(_LARGEST * min(frame.width, frame.height), across, down)

    def _corner(self, frame: Frame, scale: float) -> tuple[float, float]:
        width, height = self.typeset.width * scale, self.typeset.height * scale
        x, y = (
            middle / 2 if at is None else at for at, middle in ((self.x, frame.width), (self.y, frame.height))
        )
        if isinstance(x, str) or isinstance(y, str):
            raise InvalidValueError(f"a formula at {x!r}, {y!r} has no box in pixels (Math.box)")
        across, down = _share(self.anchor)
        return x - across * width, y - down * height

    def _group(self, elements: Sequence[AnyElement], size: float) -> Group:
        """Put elements in letters of EM pixels where the formula is, in its size."""
        scale = size / EM
        inner = Group(tuple(elements), x=0, y=0, width=0, height=0, scale=scale, anchor="top-left")
        return Group(
            (inner,), width=self.typeset.width * scale, height=self.typeset.height * scale,
            x=self.x, y=self.y, anchor=self.anchor,
        )  # fmt: skip

    def _middle(self, glyph: Glyph, scale: float) -> tuple[float, float]:
        """Give where a glyph's middle is, from where the formula's anchor is put."""
        across, down = _share(self.anchor)
        left, top, right, bottom = glyph.box
        return (
            scale * ((left + right) / 2 - across * self.typeset.width),
            scale * ((top + bottom) / 2 - down * self.typeset.height),
        )

    def __repr__(self) -> str:
        return f"<Math {self.source!r:.60}>"


def _share(anchor: Anchor) -> tuple[float, float]:
    return (
        0.0 if "left" in anchor else 1.0 if "right" in anchor else 0.5,
        0.0 if "top" in anchor else 1.0 if "bottom" in anchor else 0.5,
    )


def _drawn(glyph: Glyph, color: Color, opacity: float = 1.0) -> Path:
    return Path(glyph.d, x=glyph.x, y=glyph.y, fill=color, stroke=None, opacity=opacity)


def _at(glyph: Glyph, x: float, y: float, scale: float, color: Color, opacity: float = 1.0) -> Group:
    """Put a glyph with its middle at a point."""
    left, top, right, bottom = glyph.box
    path = Path(
        glyph.d, x=glyph.x - (left + right) / 2, y=glyph.y - (top + bottom) / 2, fill=color, stroke=None
    )
    return Group((path,), x=x, y=y, width=0, height=0, scale=scale, opacity=opacity)


def _stretched(
    before: Glyph,
    after: Glyph,
    middle: tuple[float, float],
    own: float,
    theirs: float,
    moved: float,
    color: Color,
) -> Rect:
    """Give a rule on its way: as long and thick as is between the two."""
    width, height = (
        own * (before.box[i + 2] - before.box[i]) * (1 - moved)
        + theirs * (after.box[i + 2] - after.box[i]) * moved
        for i in (0, 1)
    )
    return Rect(x=middle[0], y=middle[1], width=width, height=height, fill=color)


def _mixed(one: Color, other: Color, share: float) -> Color:
    if one == other or share <= 0:
        return one
    if share >= 1:
        return other
    parts = [a + (b - a) * share for a, b in zip(parse_color(one), parse_color(other), strict=True)]
    return "#" + "".join(f"{round(255 * min(1.0, max(0.0, part))):02x}" for part in parts)
