"""`lower_third`: who speaks, at the bottom of the picture."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NamedTuple

from msgspec import Meta

from bazaar_nb.charts.parts.phases import eased
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.composition.composition import Composition
from bazaar_nb.films.film import film
from bazaar_nb.motion.easing import cubic, ease_in_out
from bazaar_nb.parameters.kinds import Color, ImageFile
from bazaar_nb.scene.elements import AnyElement, Group, Image, Rect
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.paint import Shadow
from bazaar_nb.scene.scene import Scene
from bazaar_nb.templates.card import Card, draw_lines, with_alpha
from bazaar_nb.templates.fitting import Fitted, fit_words
from bazaar_nb.templates.shapes import Line, SceneSeconds, Shape, ThemeName, compose

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Side = Literal["left", "right"]
_IN_S, _OUT_S, _WORDS_AFTER_S = 0.55, 0.45, 0.22
_MOVE = ease_in_out(cubic)


class _Layout(NamedTuple):
    bar: Area
    panel: Area
    name: Fitted
    role: Fitted
    words_left: float
    words_width: float
    padding: float


class LowerThird(Card[_Layout]):
    """A name and a role at the bottom of the picture: a layer over another film.

    It comes in and leaves by itself; without a background it hides nothing else.

    Parameters
    ----------
    name, role : str
    side : str
        At which side it stands.
    **options
        Those of `Card`.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> talk = bz.scene(duration=8)(lambda frame: bz.Fill("slategray"))
    >>> speaker = bz.templates.LowerThird("Ada Lovelace", "Mathematician", duration=5)
    >>> bz.Composition([talk()], layers=[speaker.to_scene().at(1)]).frames
    240
    """

    usual_duration = 5.0

    def __init__(self, name: str, role: str = "", *, side: Side = "left", **options: Any) -> None:
        super().__init__(**{"background": None, **options})
        self.name, self.role, self.side = " ".join(name.split()), " ".join(role.split()), side

    def _lay_out(self, room: Room, area: Area) -> _Layout:
        side = room.side
        most = (0.62 if room.shape == "wide" else 0.94) * area.width
        bar, padding = 0.011 * side, 0.03 * side
        inside = most - bar - 2 * padding
        name_size, role_size = 0.056 * side, 0.034 * side
        name = fit_words(
            room,
            self.name,
            inside,
            2.4 * name_size,
            name_size,
            0.6 * name_size,
            weight=700,
            leading=1.16,
            most_lines=2,
        )
        role = fit_words(
            room,
            self.role,
            inside,
            2.7 * role_size,
            role_size,
            room.letters(0.024),
            leading=1.28,
            most_lines=2,
        )
        gap = 0.006 * side if role.lines else 0.0
        high = name.height + gap + role.height + 1.5 * padding
        wide = bar + 2 * padding + max(name.width, role.width)
        bottom = area.bottom - (0.02 * side if room.shape != "tall" else 0.0)
        top = bottom - high
        if self.side == "left":
            left = area.left
            return _Layout(
                Area(left, top, left + bar, bottom),
                Area(left + bar, top, left + wide, bottom),
                name,
                role,
                left + bar + padding,
                wide - bar - 2 * padding,
                padding,
            )
        right = area.right
        return _Layout(
            Area(right - bar, top, right, bottom),
            Area(right - wide, top, right - bar, bottom),
            name,
            role,
            right - wide + padding,
            wide - bar - 2 * padding,
            padding,
        )

    def _draw(self, room: Room, layout: _Layout, time: float) -> list[AnyElement]:
        pace, last = self.phases.pace, self.duration
        leave = last - _OUT_S * pace
        there = eased(time, 0.1 * pace, _IN_S * pace, _MOVE) * (
            1.0 - eased(time, leave, _OUT_S * pace, _MOVE)
        )
        bar_in = eased(time, 0.0, 0.35 * pace, _MOVE) * (
            1.0 - eased(time, leave + 0.2 * pace, 0.25 * pace, _MOVE)
        )
        elements: list[AnyElement] = []
        if there > 0:
            elements.append(self._panel(room, layout, time / pace, there))
        if bar_in > 0:
            bar = layout.bar
            elements.append(
                Rect(
                    x=bar.left,
                    y=bar.bottom,
                    width=bar.width,
                    height=bar.height * bar_in,
                    anchor="bottom-left",
                    fill=self.accent,
                )
            )
        return elements

    def _panel(self, room: Room, layout: _Layout, time: float, there: float) -> AnyElement:
        """Give the panel with its words, seen as far as it has come out of the bar."""
        theme, panel = room.theme, layout.panel
        radius = 0.012 * room.side
        radii = (0.0, radius, radius, 0.0) if self.side == "left" else (radius, 0.0, 0.0, radius)
        seen = panel.width * there
        left = panel.left if self.side == "left" else panel.right - seen
        ground = theme.background if isinstance(theme.background, str) else "#ffffff"
        plate = Rect(
            x=left,
            y=panel.top,
            width=seen,
            height=panel.height,
            anchor="top-left",
            radius=radii,
            fill=with_alpha(ground, 0.94),
            shadow=Shadow(0.03 * room.side, 0, 0.006 * room.side, "rgba(0, 0, 0, 0.28)"),
        )
        start = _WORDS_AFTER_S
        high = layout.name.height + layout.role.height
        top = panel.top + (panel.height - high) / 2
        words = draw_lines(
            room,
            layout.name,
            layout.words_left,
            top,
            layout.words_width,
            color=theme.ink,
            weight=700,
            time=time,
            start=start,
            letter_spacing=-0.012,
            align=self.side,
        )
        words += draw_lines(
            room,
            layout.role,
            layout.words_left,
            top + layout.name.height,
            layout.words_width,
            color=theme.soft,
            time=time,
            start=start + 0.12,
            align=self.side,
        )
        clip = Rect(x=left, y=panel.top, width=max(seen, 0.01), height=panel.height, anchor="top-left")
        return Group((plate, Group(tuple(words), clip=clip)))


@film
def lower_third(
    name: Name,
    role: Line = "",
    side: Side = "left",
    shape: Shape = "16:9",
    theme: ThemeName = "light",
    accent: Color | None = None,
    background: Color = "transparent",
    picture: ImageFile | None = None,
    seconds: SceneSeconds = 5.0,
) -> Composition:
    """Show a name and a role at the bottom of the picture; it comes in and leaves by itself.

    To lay it over a film of your own, take `LowerThird` as a layer.

    Parameters
    ----------
    name : str
        Who speaks.
    role : str
        What the person is, or where this is.
    side : str
        At which side it stands.
    shape : str
        Of the film: wide, square or for a phone.
    theme : str
        Light or dark.
    accent : colour
        Of the bar; the theme's by default.
    background : colour
        Behind it: a green for a mixer that keys it out, or transparent, which `mov`, `webm`, `webp` and
        `apng` keep; other files show it as black.
    picture : picture
        Behind it, filling the frame.
    seconds : float
        How long the film lasts.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.templates.lower_third("Ada Lovelace", "Mathematician", background="#00b140").frames
    150
    """
    words = LowerThird(name, role, side=side, theme=theme, accent=accent, duration=seconds)
    behind = Scene(_behind, (picture,), duration=seconds, name="lower third")
    return compose([behind], shape, "lower_third", background=background, layers=[words.to_scene()])


def _behind(_frame: Frame, picture: str | None) -> list[AnyElement]:
    return [] if picture is None else [Image(picture, width="100%", height="100%")]
