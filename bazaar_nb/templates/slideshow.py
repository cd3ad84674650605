"""`slideshow`: photographs one after the other, with a slow zoom, fades and captions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, NamedTuple

from msgspec import Meta

from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.composition.composition import Composition
from bazaar_nb.errors import BazaarError, ParameterError
from bazaar_nb.films.film import film
from bazaar_nb.parameters.kinds import ImageFile
from bazaar_nb.scene.elements import AnyElement, Group, Image, Rect
from bazaar_nb.scene.paint import LinearGradient, Shadow
from bazaar_nb.scene.transition import Transition, fade
from bazaar_nb.sources.finding import find_now
from bazaar_nb.templates.card import Card, draw_lines
from bazaar_nb.templates.fitting import Fitted, fit_words
from bazaar_nb.templates.shapes import Shape, ThemeName, Title, compose

Fitting = Literal["auto", "cover", "contain"]
Photos = Annotated[Sequence[ImageFile], Meta(min_length=1, max_length=200)]
Captions = Annotated[Sequence[Annotated[str, Meta(max_length=300)]], Meta(max_length=200)]
_MOST_LOST = 0.42  # of a photograph, that filling the frame may cut off
_TURNED = (5, 6, 7, 8)  # EXIF's orientations in which width and height change places
_ORIENTATION = 274


class _Layout(NamedTuple):
    whole: tuple[float, float] | None
    title: Fitted
    caption: Fitted
    words: Area
    scrim_top: float


class Slide(Card[_Layout]):
    """A photograph with a slow zoom, and words at its foot.

    Parameters
    ----------
    photo : str
        A picture's path.
    caption, title : str
    place : int
        Which slide it is, from 0: the zoom goes in and out in turn.
    zoom : float
        How much larger it is in the end, as a share.
    fit : str
        ``cover`` fills the frame, ``contain`` shows all of it before a soft copy of itself; ``auto`` fills
        the frame unless much would be cut off.
    size : (int, int)
        Of the photograph, in pixels.
    **options
        Those of `Card`.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> slide = bz.templates.Slide("photo.jpg", "The harbour", size=(1920, 1080), duration=4)
    """

    def __init__(
        self,
        photo: str,
        caption: str = "",
        title: str = "",
        *,
        place: int = 0,
        zoom: float = 0.08,
        fit: Fitting = "auto",
        size: tuple[int, int],
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.photo, self.caption, self.words = photo, caption, title
        self.place, self.zoom, self.fit, self.size = place, zoom, fit, size

    def _lay_out(self, room: Room, area: Area) -> _Layout:
        side = room.side
        width = min(area.width, 1.5 * side)
        title = fit_words(
            room,
            self.words,
            width,
            0.34 * room.height,
            0.1 * side,
            room.letters(0.04),
            weight=800,
            leading=1.08,
            most_lines=4,
        )
        caption = fit_words(
            room,
            self.caption,
            width,
            0.2 * room.height,
            0.042 * side,
            room.letters(0.028),
            weight=500,
            leading=1.28,
            most_lines=4,
        )
        gap = 0.022 * side if title.lines and caption.lines else 0.0
        bottom = area.bottom - 0.01 * side
        top = bottom - title.height - gap - caption.height
        words = Area(area.left, top, area.left + width, bottom)
        return _Layout(self._whole(room), title, caption, words, top - 0.16 * side)

    def _whole(self, room: Room) -> tuple[float, float] | None:
        """Give the size of a photograph that is shown whole; None for one that fills the frame."""
        wide, high = self.size
        scales = room.width / wide, room.height / high
        lost = 1.0 - min(scales) / max(scales)
        if self.fit == "cover" or (self.fit == "auto" and lost <= _MOST_LOST) or lost < 0.01:
            return None
        return wide * min(scales), high * min(scales)

    def _draw(self, room: Room, layout: _Layout, time: float) -> list[AnyElement]:
        part = time / self.duration
        nearer = part if self.place % 2 == 0 else 1.0 - part
        scale = round(1.0 + self.zoom * nearer, 6)
        elements: list[AnyElement] = []
        if layout.whole is None:
            elements.append(Image(self.photo, width="100%", height="100%", scale=scale))
        else:
            wide, high = layout.whole
            soft = Image(self.photo, width="116%", height="116%", blur=0.04 * room.side)
            shade = Rect(fill="rgba(0, 0, 0, 0.38)")
            scale = round(scale / (1.0 + self.zoom), 6)  # at its largest it touches the frame
            shadow = Shadow(0.05 * room.side, 0, 0.01 * room.side, "rgba(0, 0, 0, 0.45)")
            has_words = layout.title.lines or layout.caption.lines
            lowest = layout.words.top - 0.04 * room.side if has_words else room.height
            y = max(
                high / 2, min(room.height / 2, lowest - high / 2)
            )  # the words beside it, where they can be
            photo = Image(self.photo, y=y, width=wide, height=high, scale=scale, shadow=shadow)
            elements += [soft, shade, photo]
        if not layout.title.lines and not layout.caption.lines:
            return elements
        clear, dark = "rgba(0, 0, 0, 0)", "rgba(0, 0, 0, 0.68)"
        top = max(0.0, layout.scrim_top)
        elements.append(
            Rect(
                x=0,
                y=top,
                width="100%",
                height=room.height - top,
                anchor="top-left",
                fill=LinearGradient((clear, "rgba(0, 0, 0, 0.42)", dark), stops=(0.0, 0.42, 1.0)),
            )
        )
        words, pace = layout.words, self.phases.pace
        elements += draw_lines(
            room,
            layout.title,
            words.left,
            words.top,
            words.width,
            color="white",
            weight=800,
            time=time / pace + 0.3,
            letter_spacing=-0.02,
        )
        elements += draw_lines(
            room,
            layout.caption,
            words.left,
            words.bottom - layout.caption.height,
            words.width,
            color="white",
            weight=500,
            time=time / pace,
            start=0.25,
        )
        return [Group(tuple(elements), clip=Rect())]


@film
def slideshow(
    photos: Photos,
    captions: Captions = (),
    title: Title = "",
    fit: Fitting = "auto",
    zoom: Annotated[float, Meta(ge=0, le=0.5)] = 0.08,
    shape: Shape = "16:9",
    theme: ThemeName = "dark",
    seconds_each: Annotated[float, Meta(ge=1, le=60)] = 4.0,
    fade_seconds: Annotated[float, Meta(ge=0, le=5)] = 1.0,
) -> Composition:
    """Show photographs one after the other, with a slow zoom, soft fades and captions.

    Parameters
    ----------
    photos : pictures
        In this order.
    captions : list of str
        At the foot of each photograph, in the same order; empty ones are left out.
    title : str
        Over the first photograph.
    fit : str
        ``cover`` fills the frame, ``contain`` shows each photograph whole; ``auto`` fills it unless much
        would be cut off.
    zoom : float
        How much larger a photograph grows while it is seen: 0.08 is 8%.
    shape : str
        Of the film: wide, square or for a phone.
    theme : str
        What the film begins in and ends with: white or near black.
    seconds_each : float
        How long each photograph is seen, half of each fade included.
    fade_seconds : float
        How long one fades into the next.

    Examples
    --------
    >>> film = bz.templates.slideshow(["a.jpg", "b.jpg"], captions=["Morning", "Evening"])  # doctest: +SKIP
    """
    if len(captions) > len(photos):
        told = ("captions", f"{len(captions)} of them", f"at most one for each of the {len(photos)} photos")
        raise ParameterError(f"`{told[0]}` must be {told[2]}, got {told[1]} (slideshow)", problems=(told,))
    fading = min(fade_seconds, 0.8 * seconds_each)
    steps: list[object] = []
    for number, photo in enumerate(photos):
        slide = Slide(
            str(photo),
            captions[number] if number < len(captions) else "",
            title if number == 0 else "",
            place=number,
            zoom=zoom,
            fit=fit,
            size=_photo_size(str(photo)),
            theme=theme,
            duration=seconds_each + fading,
            scene_name=f"photo {number + 1}",
        )
        steps += [slide] if not steps else [_fade(fading), slide]
    ground = Slide(str(photos[0]), size=(1, 1), theme=theme).background
    return compose(steps, shape, "slideshow", background=ground or "black")


def _fade(seconds: float) -> Transition:
    return fade(round(seconds, 3))


def _photo_size(path: str) -> tuple[int, int]:
    """Give the size of a photograph as it is shown, from its file's head."""
    from PIL import Image as PilImage

    try:
        file = find_now(path)
    except BazaarError:  # said when it is drawn
        return 3, 2
    if not file.is_file():  # in a store: taken for a photograph of the usual shape
        return 3, 2
    with PilImage.open(file) as found:
        wide, high = found.size
        return (high, wide) if found.getexif().get(_ORIENTATION) in _TURNED else (wide, high)
