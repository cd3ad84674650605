"""Texts for whatever reads text: any at all, and good ones that something happened to.

A reader of text gives a value or a `BazaarError`, whatever it is given: people paste, files are damaged,
variables hold what nobody looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress

from hypothesis import strategies as st

from bazaar_nb.errors import BazaarError

ODD = (
    "", " ", "\0", "\n", "\t", "\x7f", "\u00a0", "\u200b", "\u202e", "\ufeff", "\ud800", "\udcff", "e\u0301",
    "٣", "²", "½", "Ⅷ", "０", "İ", "ß", "-", "+", ".", "..", "/", "//", "\\", ":", "://", "~", "~nobody/",
    "%", "#", "?", "*", "$", "@", "[", "]", "(", ")", "{", "}", "'", '"', "=", ",", "_", "1_0", "0x10",
    "inf", "-inf", "nan", "infinity", "1e5", "1e999", "1e-999", "1e999999999", "1/0", "0/0", "-0", "9" * 400,
    "9" * 5000, "0." + "0" * 400 + "1", "x" * 300, "é" * 5000, "../" * 100, "[::1", "None", "True",
)  # fmt: skip
"""What readers stumble over, alone and in the middle of something."""

any_text = st.text(st.characters(exclude_categories=()), max_size=40) | st.sampled_from(ODD)
"""Any text, lone surrogates and NUL among it."""


@st.composite
def _changed(draw: st.DrawFn, good: tuple[str, ...]) -> str:
    text = draw(st.sampled_from(good))
    for _ in range(draw(st.integers(0, 3))):
        first, last = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
        part = text[first:last]
        new = draw(
            st.sampled_from(("", part * 2, part * 60, part.upper(), part.swapcase(), f" {part} ", part[::-1]))
            | any_text
            | st.just(re.sub(r"\d", lambda digit: chr(0x660 + int(digit.group())), part))
        )
        text = text[:first] + new + text[last:]
    return text


def texts(*good: str) -> st.SearchStrategy[str]:
    """Give any text, and texts that were good before something happened to them."""
    return any_text | _changed(good)


def refused_or_read(read: Callable[[], object]) -> None:
    """Let something be read: whatever ends it but a `BazaarError` goes on."""
    with suppress(BazaarError):
        read()
