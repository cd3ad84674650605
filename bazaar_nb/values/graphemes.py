"""Letters as readers count them: grapheme clusters, which may be several code points."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=256)
def split_graphemes(text: str) -> tuple[str, ...]:
    """Give a text's grapheme clusters in order (https://www.unicode.org/reports/tr29/).

    An e with an accent is one, and so is a family of four emoji, a flag, a syllable of Hangul.
    """
    if text.isascii() and "\r" not in text:
        return tuple(text)
    from wcwidth import iter_graphemes

    return tuple(iter_graphemes(text))
