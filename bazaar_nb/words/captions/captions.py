"""`Captions`: what is said, burnt into a film, word by word if wanted."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Literal, NamedTuple

from msgspec.structs import replace

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.media.subtitles import Cue, check_language
from bazaar_nb.scene.elements import AnyElement, Group, Rect, Span, Text
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.paint import Shadow, Stroke
from bazaar_nb.scene.scene import Scene
from bazaar_nb.scene.time import Seconds
from bazaar_nb.values.color import Color, parse_color
from bazaar_nb.values.graphemes import split_graphemes
from bazaar_nb.words.captions.caption import Caption, Word, join_words, read_captions, words_of
from bazaar_nb.words.captions.caption_files import read_caption_file
from bazaar_nb.words.captions.line_breaking import break_lines

Style = Literal["box", "outline", "plain"]
Highlight = Literal["color", "box", "reveal"]
Position = Literal["bottom", "center", "top"]
_LEADING = 1.28
_PADDING_EM = 0.38
_CLASH_S = 0.25  # captions that lie over one another for less follow one another


class _Page(NamedTuple):
    """Lines of words that are shown from one time to another."""

    start: float
    end: float
    lines: tuple[tuple[Word, ...], ...]


class Captions:
    """Captions over a film: a layer (``bz.Composition(scenes, layers=[captions])``), or a part of a scene.

    Parameters
    ----------
    source : path, list or table
        A file (SRT, VTT or ASS, in UTF-8, UTF-16 or cp1252); a list of (start, end, text), in seconds; or a
        table with the columns start, end and text, or start, end and word. In any order.
    style : str
        ``box``: each line on a dark box; ``outline``: with a dark edge and a shadow; ``plain``.
    highlight : str, optional
        What happens to the word that is said: it is in another ``color``, on a ``box``, or it and those
        before are there and those to come aren't (``reveal``). By default all are alike.
    accent : colour, optional
        Of the word that is said, or of the box behind it; by default yellow, or blue behind an edge.
    color : colour
    size : float, optional
        Of the letters, in pixels; by default 5.2% of the frame's height, 6.4% of its width if that is less.
    weight : int
    font : str, optional
        A font file or a family on this system.
    position : str
        ``bottom``, ``center`` or ``top``.
    margin : float, optional
        Pixels from the frame's edge; by default 7% of the height, in tall frames 18%, so that the buttons of
        apps lie over nothing.
    width : float
        The share of the frame's width that lines take at most.
    lines : int
        At most, in one picture; longer captions are shown in several.
    duration : seconds, optional
        Of the layer; by default to the film's end.

    Raises
    ------
    InvalidValueError
        For what holds no captions, with all that is wrong by number.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> said = [(0.2, 1.6, "Nobody counts frames by hand."), (1.8, 3.4, "Captions follow the voice.")]
    >>> captions = bz.words.Captions(said, highlight="color")
    >>> @bz.scene(duration=4)
    ... def ground(frame):
    ...     return bz.Fill("#1e293b")
    >>> film = bz.Composition([ground()], layers=[captions])
    """

    def __init__(
        self,
        source: object,
        *,
        style: Style = "box",
        highlight: Highlight | None = None,
        accent: Color | None = None,
        color: Color = "white",
        size: float | None = None,
        weight: int = 600,
        font: str | None = None,
        position: Position = "bottom",
        margin: float | None = None,
        width: float = 0.84,
        lines: int = 2,
        duration: Seconds | None = None,
    ) -> None:
        for name, value, known in (
            ("style", style, ("box", "outline", "plain")),
            ("highlight", highlight, (None, "color", "box", "reveal")),
            ("position", position, ("bottom", "center", "top")),
        ):
            if value not in known:
                raise InvalidValueError(f"`{name}` must be {_listed(known)}, got {value!r} (Captions)")
        if not 0.05 <= width <= 1 or not 1 <= lines <= 10:
            raise InvalidValueError(
                f"`width` is a share from 0.05 to 1, `lines` 1 to 10, got {width!r} and {lines!r} (Captions)"
            )
        if accent is None:
            accent = "#2563eb" if (style, highlight) == ("outline", "box") else "#fde047"
        parse_color(accent), parse_color(color)
        is_file = isinstance(source, str | os.PathLike)
        read = read_caption_file(source) if is_file else source  # type: ignore[arg-type]
        self.captions: tuple[Caption, ...] = _apart(read_captions(read))
        self.style, self.highlight, self.position = style, highlight, position
        self.accent, self.color, self.weight, self.font = accent, color, weight, font
        self.size, self.margin, self.width, self.lines = size, margin, width, lines
        self._starts = [caption.start for caption in self.captions]
        self._longest = max((caption.end - caption.start for caption in self.captions), default=0.0)
        self._pages: dict[tuple[object, ...], tuple[_Page, ...]] = {}
        self._scene = Scene(self.show, duration=duration, name="captions")

    def to_scene(self) -> Scene:
        """Give the captions as a layer; a `Composition` takes them themselves, too."""
        return self._scene

    def at(self, start: Seconds, after: Seconds = 0) -> Scene:
        """Give the layer, starting at a time of the film, or at a moment that has a name."""
        return self._scene.at(start, after)

    def add_to(self, movie: str | os.PathLike[str], *, language: str = "eng", start: float = 0.0) -> Path:
        """Put the captions into an exported movie as a subtitle track, which viewers turn on and off.

        Nothing is encoded again. The movie is replaced, whole or not at all.

        Parameters
        ----------
        movie : path
            An mp4, mov or webm on this machine.
        language : str
            Of the captions, in three letters (ISO 639-2).
        start : float
            Seconds of the movie at which the captions' time begins.

        Raises
        ------
        SettingsError
            When the file's format has no place for subtitles, as gif.

        Examples
        --------
        >>> film.export("./talk.mp4")  # doctest: +SKIP
        >>> bz.words.Captions("talk.srt").add_to("talk.mp4")  # doctest: +SKIP
        """
        from bazaar_nb.media.subtitle_track import add_subtitle_track  # av: only who asks

        letters = check_language(language, "Captions.add_to")
        cues = [Cue(start + one.start, start + one.end, one.text) for one in self.captions]
        return add_subtitle_track(Path(movie), cues, letters)

    def cues(self) -> tuple[Cue, ...]:
        """Give what is said when, as a subtitle track has it: ``film.export(…, captions=captions)``."""
        return tuple(Cue(one.start, one.end, one.text) for one in self.captions)

    def show(self, frame: Frame) -> AnyElement | None:
        """Give what is said at a frame.

        Parameters
        ----------
        frame : Frame
            Its time is that of the captions.

        Returns
        -------
        element or None
        """
        time = frame.time + 1e-9  # a caption is there with the frame in which it begins
        last = bisect_right(self._starts, time)
        said: list[AnyElement] = []
        size = self.size or min(0.052 * frame.height, 0.064 * frame.width)
        rows = 0
        for caption in reversed(self.captions[self._first(time) : last]):
            if caption.end <= time:
                continue
            for page in self._pages_of(caption, size, frame):
                if page.start <= time < page.end:
                    said.append(self._page(page, time, size, rows, frame))
                    rows += len(page.lines)
        if not said:
            return None
        return said[0] if len(said) == 1 else Group(tuple(said))

    def _first(self, time: float) -> int:
        """Give the first caption that may still be there."""
        return bisect_right(self._starts, time - self._longest - 1e-6)

    def _pages_of(self, caption: Caption, size: float, frame: Frame) -> tuple[_Page, ...]:
        key = (caption, size, frame.width, frame.height)
        found = self._pages.get(key)
        if found is None:
            if len(self._pages) > 4096:
                self._pages.clear()
            found = self._pages[key] = self._break(caption, size, frame)
        return found

    def _break(self, caption: Caption, size: float, frame: Frame) -> tuple[_Page, ...]:
        words = list(words_of(caption))
        room = self.width * frame.width - 2 * _PADDING_EM * size

        @lru_cache(maxsize=4096)
        def width_of(text: str) -> float:
            return frame.measure(self._text(text, size)).width

        words = [piece for word in words for piece in _cut_to(word, width_of, room)]

        def width_of_words(numbers: Sequence[int]) -> float:
            return width_of(join_words([words[number] for number in numbers]))

        given = caption.text.split("\n")
        if 1 < len(given) <= self.lines and all(width_of(line) <= room for line in given):
            # As whoever wrote it broke it.
            counts = [len(words_of(Caption(0, 1, line))) for line in given]
            pages = [[list(range(sum(counts[:i]), sum(counts[: i + 1]))) for i in range(len(counts))]]
        else:
            pages = break_lines([word.text for word in words], width_of_words, room, self.lines)
        made = []
        for number, page in enumerate(pages):
            lines = tuple(tuple(words[i] for i in line) for line in page)
            start = caption.start if number == 0 else words[page[0][0]].start
            following = pages[number + 1][0][0] if number + 1 < len(pages) else None
            end = caption.end if following is None else words[following].start
            made.append(_Page(start, end, lines))
        return tuple(made)

    def _text(self, text: str | tuple[Span, ...], size: float) -> Text:
        edge, shadow = None, None
        if self.style == "outline":
            edge = Stroke("rgba(0, 0, 0, 0.9)", 0.16 * size, join="round")
            shadow = Shadow(blur=0.3 * size, dy=0.06 * size, color="rgba(0, 0, 0, 0.6)")
        return Text(
            text, size=size, color=self.color, weight=self.weight, font=self.font, line_height=_LEADING,
            outline=edge, shadow=shadow,
        )  # fmt: skip

    def _page(self, page: _Page, time: float, size: float, rows: int, frame: Frame) -> AnyElement:
        """Give the lines of a page, so many rows above (or below) those that are there already."""
        words = [word for line in page.lines for word in line]
        now = max(0, sum(word.start <= time for word in words) - 1)
        leading = (_LEADING + (0.08 if self.style == "box" else 0.0)) * size
        high = leading * len(page.lines)
        margin = self.margin
        if margin is None:
            margin = frame.height * (0.18 if frame.height > 1.2 * frame.width else 0.07)
        top = {
            "bottom": frame.height - margin - high - rows * leading,
            "center": (frame.height - high) / 2 + rows * leading,
            "top": margin + rows * leading,
        }[self.position]
        elements: list[AnyElement] = []
        done = 0
        for number, line in enumerate(page.lines):
            middle = top + (number + 0.5) * leading
            elements.extend(self._line(line, now - done, size, middle, frame))
            done += len(line)
        return elements[0] if len(elements) == 1 else Group(tuple(elements))

    def _line(
        self, line: tuple[Word, ...], now: int, size: float, y: float, frame: Frame
    ) -> list[AnyElement]:
        """Give a line; `now` is the number of the word that is said, which may be in another."""
        whole = join_words(line)
        is_here = 0 <= now < len(line)
        parts: list[AnyElement] = []
        x = frame.width / 2
        if self.style == "box" or (self.highlight == "box" and is_here):
            width = frame.measure(self._text(whole, size)).width
        if self.style == "box" and (self.highlight != "reveal" or now >= 0):
            parts.append(
                Rect(x=x, y=y, width=width + 2 * _PADDING_EM * size, height=(_LEADING + 0.08) * size,
                     radius=0.22 * size, fill="rgba(10, 12, 18, 0.78)")
            )  # fmt: skip
        if self.highlight == "box" and is_here:
            before = self._width(_before(line, now), size, frame) if now else 0.0
            word = self._width(line[now].text, size, frame)
            parts.append(
                Rect(x=x - width / 2 + before - 0.16 * size, y=y, width=word + 0.32 * size,
                     height=1.16 * size, anchor="left", radius=0.2 * size, fill=self.accent)
            )  # fmt: skip
        parts.append(self._placed(self._spans(line, now, is_here, whole), size, x, y))
        return parts

    def _spans(self, line: tuple[Word, ...], now: int, is_here: bool, whole: str) -> str | tuple[Span, ...]:
        if self.highlight == "reveal":
            if now >= len(line) - 1:
                return whole
            said = join_words(line[: now + 1]) if now >= 0 else ""
            rest = whole[len(said) :]
            return (*((Span(said),) if said else ()), Span(rest, color="transparent"))
        if self.highlight is None or not is_here:
            return whole
        before = _before(line, now)
        after = whole[len(before) + len(line[now].text) :]
        ink = self.accent if self.highlight == "color" else _ink_on(self.accent)
        if self.highlight == "box" and self.style == "outline":
            ink = self.color  # its own edge is around it
        spans = (Span(before), Span(line[now].text, color=ink), Span(after))
        return tuple(span for span in spans if span.text)

    def _placed(self, text: str | tuple[Span, ...], size: float, x: float, y: float) -> Text:
        return replace(self._text(text, size), x=x, y=y)

    def _width(self, text: str, size: float, frame: Frame) -> float:
        """Give how far a text reaches, its last space too."""
        if not text.endswith(" "):
            return frame.measure(self._text(text, size)).width
        bar = frame.measure(self._text("|", size)).width
        return frame.measure(self._text(text + "|", size)).width - bar

    def __repr__(self) -> str:
        return f"<Captions: {len(self.captions)}, {self.style}>"


def _before(line: tuple[Word, ...], now: int) -> str:
    """Give what is before a word of a line, the space too."""
    return join_words(line[: now + 1])[: -len(line[now].text)]


def _cut_to(word: Word, width_of: Callable[[str], float], room: float) -> list[Word]:
    """Cut a word that is wider than a line into pieces that aren't."""
    if width_of(word.text) <= room:
        return [word]
    pieces: list[str] = []
    for letter in split_graphemes(word.text):
        if pieces and width_of(pieces[-1] + letter) <= room:
            pieces[-1] += letter
        else:
            pieces.append(letter)
    cut, at = [], word.start
    for number, piece in enumerate(pieces):
        end = at + (word.end - word.start) * len(piece) / len(word.text)
        cut.append(Word(piece, at, end, word.spaced and number == 0))
        at = end
    return cut


def _apart(captions: tuple[Caption, ...]) -> tuple[Caption, ...]:
    """Have captions that clash for a moment follow one another; those said together stay so."""
    found = list(captions)
    for number, (caption, after) in enumerate(pairwise(captions)):
        if 0 < caption.end - after.start < _CLASH_S and after.start > caption.start:
            found[number] = caption._replace(end=after.start)
    return tuple(found)


def _ink_on(color: Color) -> str:
    red, green, blue, _ = parse_color(color)
    return "#111318" if 0.3 * red + 0.59 * green + 0.11 * blue > 0.45 else "white"


def _listed(known: tuple[str | None, ...]) -> str:
    return f"{', '.join(map(repr, known[:-1]))} or {known[-1]!r}"
