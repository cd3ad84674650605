"""Source code as lines of coloured spans, by pygments."""

from __future__ import annotations

import difflib
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import Span

_STYLES = {"dark": "github-dark", "light": "xcode"}
_PAPER = {"dark": "#0d1117", "light": "#ffffff"}
_INK = {"dark": "#e6edf3", "light": "#1f2328"}
_MOST_LINES, _MOST_LETTERS = 2_000, 20_000


class Look(NamedTuple):
    """The colours of a theme.

    Attributes
    ----------
    paper, ink, faint : colour
        Below the code, of code that is nothing in particular, of line numbers.
    accent : colour
        Of the bar behind lines that are told apart.
    """

    paper: str
    ink: str
    faint: str
    accent: str


Line = tuple[Span, ...]


def mono_font() -> str:
    """Give the file of DejaVu Sans Mono, which comes with matplotlib: the same on every machine."""
    found = find_spec("matplotlib")
    assert found is not None
    assert found.submodule_search_locations is not None
    return str(Path(found.submodule_search_locations[0]) / "mpl-data/fonts/ttf/DejaVuSansMono.ttf")


def clean_source(source: object, tab: int = 4) -> str:
    """Take source code: without tabs, blank lines around it, and what all lines are indented by.

    Raises
    ------
    InvalidValueError
        When it is no text, or too long to be read.
    """
    if not isinstance(source, str):
        raise InvalidValueError(f"code is text, got {source!r:.60} (Code)")
    lines = [line.rstrip().expandtabs(tab) for line in source.replace("\r\n", "\n").split("\n")]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    deep = min((len(line) - len(line.lstrip()) for line in lines if line), default=0)
    text = "\n".join(line[deep:] for line in lines)
    if len(lines) > _MOST_LINES or len(text) > _MOST_LETTERS:
        raise InvalidValueError(
            f"code of at most {_MOST_LINES:,} lines and {_MOST_LETTERS:,} letters can be read in a film, got "
            f"{len(lines):,} and {len(text):,} (Code)"
        )
    return text


@lru_cache(maxsize=64)
def color_lines(source: str, language: str, theme: str) -> tuple[Line, ...]:
    """Give the lines of source code as coloured spans; a line without letters has none.

    Raises
    ------
    InvalidValueError
        For a language or theme that pygments doesn't know, with near names.
    """
    from pygments import lex

    style = _style(theme)
    known = {str(kind): f"#{look['color']}" for kind, look in style if look["color"]}
    ink = find_look(theme).ink
    lines: list[list[Span]] = [[]]
    for kind, words in lex(source, _lexer(language)):
        kinds = [str(kind).rsplit(".", cut)[0] for cut in range(len(kind) + 1)]  # itself, then its parents
        color = next((known[name] for name in kinds if name in known), ink)
        for number, part in enumerate(words.split("\n")):
            if number:
                lines.append([])
            if part:  # spaces look alike in any colour: that of the word before makes fewer spans
                like_before = part.isspace() and lines[-1]
                lines[-1].append(Span(part, color=lines[-1][-1].color if like_before else color))
    count = source.count("\n") + 1
    lines = [*lines, *([] for _ in range(count - len(lines)))][:count]
    return tuple(_joined(line) for line in lines)


@lru_cache(maxsize=32)
def find_look(theme: str) -> Look:
    """Give the colours of a theme, ``dark``, ``light`` or a style of pygments."""
    if theme in _STYLES:
        ink = _INK[theme]
        return Look(_PAPER[theme], ink, "#8b949e" if theme == "dark" else "#818b98", "#388bfd")
    style = _style(theme)
    paper = style.background_color
    from bazaar_nb.values.color import parse_color

    dark = sum(parse_color(paper)[:3]) < 1.5
    return Look(paper, _INK["dark" if dark else "light"], "#8b949e", "#388bfd")


def _joined(line: list[Span]) -> Line:
    """Join neighbours of one colour: fewer spans, the same picture."""
    joined: list[Span] = []
    for span in line:
        if joined and joined[-1].color == span.color:
            joined[-1] = Span(joined[-1].text + span.text, color=span.color)
        else:
            joined.append(span)
    return tuple(joined)


def _style(theme: str):  # type: ignore[no-untyped-def]
    from pygments.styles import get_all_styles, get_style_by_name
    from pygments.util import ClassNotFound

    try:
        return get_style_by_name(_STYLES.get(theme, theme))
    except (ClassNotFound, AttributeError, TypeError):
        known = ["dark", "light", *get_all_styles()]
        raise InvalidValueError(
            f"`theme` {theme!r:.40} is none of pygments' styles{_near(str(theme), known)} (Code)"
        ) from None


def _lexer(language: str):  # type: ignore[no-untyped-def]
    from pygments.lexers import get_all_lexers, get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except (ClassNotFound, AttributeError, TypeError):
        known = [alias for _, aliases, _, _ in get_all_lexers() for alias in aliases]
        raise InvalidValueError(
            f"`language` {language!r:.40} is none that pygments knows{_near(str(language), known)}; "
            '"text" colours nothing (Code)'
        ) from None


def _near(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name.lower(), known, n=3)
    return f": did you mean {' or '.join(map(repr, near))}?" if near else ""
