"""A subset of Markdown as elements: headings, paragraphs, lists, quotes, code, rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import Anchor, AnyElement, Column, Rect, Row, Span, Text
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.shapes import Length
from bazaar_nb.values.color import Color
from bazaar_nb.words.code.code import Code
from bazaar_nb.words.code.tokens import mono_font
from bazaar_nb.words.lists import SubList, bullets

_MOST_LETTERS = 20_000
_HEADINGS = {"h1": 1.9, "h2": 1.5, "h3": 1.25, "h4": 1.1, "h5": 1.0, "h6": 1.0}
_REFUSED = {
    "table_open": "a table: bz.charts.Table shows one",
    "image": "an image: bz.Image shows one",
    "html_block": "HTML",
    "html_inline": "HTML",
}


def markdown(
    source: str,
    frame: Frame,
    *,
    width: float | None = None,
    size: float | None = None,
    color: Color = "white",
    accent: Color = "#7dd3fc",
    code_theme: str = "dark",
    font: str | None = None,
    x: Length | None = None,
    y: Length | None = None,
    anchor: Anchor = "center",
) -> Column:
    r"""Give text in Markdown as elements, below one another.

    Headings, paragraphs, **bold**, *italic*, ~~struck~~, `code`, links (as their words), lists with bullets
    or numbers, nested, quotes, code blocks and rules; tables, images and HTML are refused, with their line.

    Parameters
    ----------
    source : str
    frame : Frame
    width : float, optional
        Pixels that lines take; by default 80% of the frame.
    size : float, optional
        Of the letters of paragraphs, in pixels; by default 1/24 of the frame's shorter side.
    color, accent : colour
        Of words; of links, bullets and code in a line.
    code_theme : str
        As for `Code`.
    font : str, optional
    x, y : float or str, optional
        Where the text's anchor is put; in the middle by default.
    anchor : str

    Returns
    -------
    Column
        Of blocks, and of lists' items: `stagger` brings them in one by one.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=2)
    ... def shown(frame):
    ...     return bz.words.markdown("# Results\n\nSales are **up**", frame)
    >>> picture = bz.Composition([shown()], width=1280, height=720).still(30)
    """
    if not isinstance(source, str):
        raise InvalidValueError(f"markdown takes text, got {source!r:.60}")
    if len(source) > _MOST_LETTERS:
        raise InvalidValueError(f"markdown takes at most {_MOST_LETTERS:,} letters, got {len(source):,}")
    from markdown_it import MarkdownIt

    tokens: list[Any] = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(source)
    look = _Look(
        frame,
        0.8 * frame.width if width is None else width,
        min(frame.width, frame.height) / 24 if size is None else size,
        color,
        accent,
        code_theme,
        font,
    )
    return Column(
        tuple(_Blocks(look, tokens).read()), gap=0.6 * look.size, align="start", x=x, y=y, anchor=anchor
    )


class _Look:
    def __init__(
        self,
        frame: Frame,
        width: float,
        size: float,
        color: Color,
        accent: Color,
        theme: str,
        font: str | None,
    ) -> None:
        self.frame, self.width, self.size, self.font = frame, width, size, font
        self.color, self.accent, self.theme = color, accent, theme

    def narrower(self, by: float) -> _Look:
        return _Look(self.frame, self.width - by, self.size, self.color, self.accent, self.theme, self.font)


class _Blocks:
    """Reads blocks from Markdown's tokens."""

    def __init__(self, look: _Look, tokens: Sequence[Any]) -> None:
        self._look = look
        self._tokens = tokens
        self._at = 0

    def read(self, until: str | None = None) -> list[AnyElement]:
        """Give the blocks up to a token."""
        blocks: list[AnyElement] = []
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            self._at += 1
            if token.type == until:
                break
            if token.type in _REFUSED:
                raise _refused(token)
            blocks.extend(self._block(token))
        return blocks

    def _block(self, token: Any) -> list[AnyElement]:
        look = self._look
        if token.type == "heading_open":
            spans = self._inline()
            factor = _HEADINGS[token.tag]
            return [self._text(spans, size=factor * look.size, weight=700)]
        if token.type == "paragraph_open":
            return [self._text(self._inline())]
        if token.type in ("bullet_list_open", "ordered_list_open"):
            numbered = token.type.startswith("ordered")
            items = self._items(token.type.replace("open", "close"))
            made = bullets(items, width=look.width, size=look.size, color=look.color, accent=look.accent,
                           marker="1." if numbered else None, font=look.font)  # fmt: skip
            return list(made.children)
        if token.type in ("fence", "code_block"):
            language = (token.info or "").strip().split(" ")[0] or "text"
            return [Code(token.content, language, size=0.85 * look.size, theme=look.theme).show(look.frame)]
        if token.type == "blockquote_open":
            inset = 0.9 * look.size
            inner = _Blocks(look.narrower(inset), self._tokens)
            inner._at = self._at
            quoted = Column(tuple(inner.read("blockquote_close")), gap=0.4 * look.size, align="start")
            self._at = inner._at
            height = look.frame.measure(quoted).height
            bar = Rect(width=0.14 * look.size, height=height, radius=0.07 * look.size, fill=look.accent)
            return [Row((bar, quoted), gap=inset - 0.14 * look.size, align="start")]
        if token.type == "hr":
            return [Rect(width=look.width, height=max(2.0, 0.05 * look.size), fill=look.color, opacity=0.35)]
        return []

    def _items(self, until: str) -> list[Any]:
        """Give a list's items, and the lists in them as lists."""
        items: list[Any] = []
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            self._at += 1
            if token.type == until:
                break
            if token.type == "paragraph_open":
                items.append(self._inline())
            elif token.type in ("bullet_list_open", "ordered_list_open"):
                inner = SubList(self._items(token.type.replace("open", "close")))
                inner.marker = "1." if token.type.startswith("ordered") else None
                items.append(inner)
            elif token.type in _REFUSED:
                raise _refused(token)
        return items

    def _inline(self) -> tuple[Span, ...]:
        token = self._tokens[self._at]
        self._at += 1
        look = self._look
        spans: list[Span] = []
        state: dict[str, int] = {"strong": 0, "em": 0, "s": 0, "link": 0}
        for child in token.children or ():
            kind, _, edge = child.type.rpartition("_")
            if child.type in _REFUSED:
                raise _refused(child, token)
            if edge in ("open", "close") and kind in state:
                state[kind] += 1 if edge == "open" else -1
                continue
            if child.type in ("softbreak", "hardbreak"):
                spans.append(Span(" " if child.type == "softbreak" else "\n"))
                continue
            is_code = child.type == "code_inline"
            if child.content:
                spans.append(
                    Span(
                        child.content,
                        weight=700 if state["strong"] else None,
                        italic=True if state["em"] else None,
                        strike=bool(state["s"]),
                        underline=bool(state["link"]),
                        color=look.accent if is_code or state["link"] else None,
                        font=mono_font() if is_code else None,
                        size=0.88 * look.size if is_code else None,
                    )
                )
        return tuple(spans) or (Span(" "),)

    def _text(self, spans: tuple[Span, ...], size: float | None = None, weight: int = 400) -> Text:
        look = self._look
        return Text(
            spans, size=size or look.size, color=look.color, weight=weight, font=look.font, width=look.width,
            align="left", line_height=1.3 if size is None else 1.15,
        )  # fmt: skip


def _refused(token: Any, around: Any = None) -> InvalidValueError:
    place = token.map or getattr(around, "map", None)
    where = f", line {place[0] + 1}" if place else ""
    return InvalidValueError(f"markdown: there is no place for {_REFUSED[token.type]}{where}")
