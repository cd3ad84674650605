"""`quote_card`: somebody's words, large and alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from msgspec import Meta

from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.composition.composition import Composition
from bazaar_nb.films.film import film
from bazaar_nb.parameters.kinds import Color, ImageFile
from bazaar_nb.scene.elements import Anchor, AnyElement, Image
from bazaar_nb.templates.card import Card, draw_lines, risen
from bazaar_nb.templates.fitting import Fitted, fit_words
from bazaar_nb.templates.shapes import Line, SceneSeconds, Shape, ThemeName, compose

Quote = Annotated[str, Meta(min_length=1, max_length=1500)]
_MARK = "“"
_MARK_TOP, _MARK_HIGH = 0.237, 0.29  # of its letters' size: where its ink begins, and how high it is
_CALM = 0.72  # of the height that there is: what a short quote takes at most
_LINES_S, _WORDS_S, _AUTHOR_AFTER_S = 0.25, 1.4, 0.35


class _Layout(NamedTuple):
    left: float
    mark_top: float
    mark_size: float
    quote: Fitted
    quote_top: float
    author: Fitted
    role: Fitted
    author_top: float
    beside: float
    width: float
    portrait: float
    apart: float


class QuoteCard(Card[_Layout]):
    """Somebody's words, with a name and a portrait below them.

    Parameters
    ----------
    text, author, role : str
    portrait : str, optional
        A picture's path.
    **options
        Those of `Card`.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> film = bz.Composition([bz.templates.QuoteCard("Simple is better.", author="Tim", duration=4)])
    """

    usual_duration = 6.0

    def __init__(
        self,
        text: str,
        author: str = "",
        role: str = "",
        *,
        portrait: str | Path | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.text = text.strip().strip('"“”„«»').strip() or text.strip()
        self.author, self.role = author, role
        self.portrait = None if portrait is None else str(portrait)

    def _lay_out(self, room: Room, area: Area) -> _Layout:
        side = room.side
        width = min(area.width, 1.42 * side)
        left = area.left if room.shape == "tall" else area.left + 0.05 * side
        width = min(width, area.right - left)
        author_size = room.letters(0.036)
        role_size = room.letters(0.028)
        portrait = 0.115 * side if self.portrait else 0.0
        beside = portrait + 0.028 * side if portrait else 0.0
        author = fit_words(
            room,
            self.author,
            width - beside,
            2.5 * author_size,
            author_size,
            0.8 * author_size,
            weight=600,
            most_lines=2,
        )
        role = fit_words(
            room, self.role, width - beside, 2.5 * role_size, role_size, 0.85 * role_size, most_lines=2
        )
        below = max(author.height + role.height, portrait)
        mark = 0.3 * side
        gap, author_gap = 0.035 * side, 0.06 * side if below else 0.0
        left_over = area.height - _MARK_HIGH * mark - gap - author_gap - below
        smallest = max(0.026 * side, room.letters(0.02))
        quote = fit_words(
            room, self.text, width, _CALM * left_over, 0.118 * side, 0.06 * side, weight=600, leading=1.18
        )
        if quote.size <= 0.0601 * side:  # long: it takes all the room, in letters as small as it needs
            quote = fit_words(
                room, self.text, width, left_over, 0.06 * side, smallest, weight=600, leading=1.22
            )
        whole = _MARK_HIGH * mark + gap + quote.height + author_gap + below
        top = area.top + max(0.0, area.height - whole) / 2
        quote_top = top + _MARK_HIGH * mark + gap
        apart = min(0.16, _WORDS_S / max(1, len(quote.lines)))
        return _Layout(
            left,
            top - _MARK_TOP * mark,
            mark,
            quote,
            quote_top,
            author,
            role,
            quote_top + quote.height + author_gap,
            beside,
            width,
            portrait,
            apart,
        )

    def _draw(self, room: Room, layout: _Layout, time: float) -> list[AnyElement]:
        theme, pace = room.theme, self.phases.pace
        time = time / pace
        mark = risen(time, -0.35)
        right = layout.left + layout.width
        leftwards = layout.quote.leftwards
        near: Literal["left", "right"] = "right" if leftwards else "left"
        corner: Anchor = "top-right" if leftwards else "top-left"
        mark_at = right if leftwards else layout.left - 0.035 * layout.mark_size
        elements: list[AnyElement] = [
            room.text(
                _MARK,
                layout.mark_size,
                self.accent,
                weight=800,
                x=mark_at,
                y=layout.mark_top + 0.05 * layout.mark_size * mark.below,
                anchor=corner,
                opacity=mark.opacity,
            )
        ]
        elements += draw_lines(
            room,
            layout.quote,
            layout.left,
            layout.quote_top,
            layout.width,
            color=theme.ink,
            weight=600,
            time=time,
            start=_LINES_S,
            apart=layout.apart,
            letter_spacing=-0.014,
        )
        start = _LINES_S + layout.apart * len(layout.quote.lines) + _AUTHOR_AFTER_S
        come = risen(time, start)
        if come.opacity <= 0:
            return elements
        high = layout.author.height + layout.role.height
        top = layout.author_top + max(0.0, layout.portrait - high) / 2
        width = layout.width - layout.beside
        left = layout.left if leftwards else layout.left + layout.beside
        if layout.portrait and self.portrait:
            radius = layout.portrait / 2
            at = right if leftwards else layout.left
            elements.append(
                Image(
                    self.portrait,
                    x=at,
                    y=layout.author_top,
                    width=layout.portrait,
                    height=layout.portrait,
                    radius=radius,
                    anchor=corner,
                    opacity=come.opacity,
                )
            )
        elements += draw_lines(
            room,
            layout.author,
            left,
            top,
            width,
            color=theme.ink,
            weight=600,
            time=time,
            start=start,
            align=near,
        )
        elements += draw_lines(
            room,
            layout.role,
            left,
            top + layout.author.height,
            width,
            color=theme.soft,
            time=time,
            start=start + 0.12,
            align=near,
        )
        return elements


@film
def quote_card(
    text: Quote,
    author: Line = "",
    role: Line = "",
    portrait: ImageFile | None = None,
    shape: Shape = "16:9",
    theme: ThemeName = "light",
    accent: Color | None = None,
    seconds: SceneSeconds = 6.0,
) -> Composition:
    """Show somebody's words, large, line by line, with a name and a portrait below them.

    Parameters
    ----------
    text : str
        The words; quotation marks around them are left out, a large one is drawn.
    author : str
        Whose they are.
    role : str
        What the author is, or where it was said.
    portrait : picture
        Of the author; cut to a circle.
    shape : str
        Of the film: wide, square or for a phone.
    theme : str
        Light or dark.
    accent : colour
        Of the quotation mark; the theme's by default.
    seconds : float
        How long the film lasts.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.templates.quote_card("Less, but better.", author="Dieter Rams", theme="dark").frames
    180
    """
    card = QuoteCard(
        text,
        author,
        role,
        portrait=portrait,
        theme=theme,
        accent=accent,
        duration=seconds,
        scene_name="quote",
    )
    return compose([card], shape, "quote_card")
