"""The browser side of the widgets, which the package's build makes of ``widgets/src``."""

from __future__ import annotations

from pathlib import Path

from bazaar_nb.errors import MissingLibraryError

_STATIC = Path(__file__).parent.parent / "static"


def bundled(name: str) -> Path | str:
    """Give a bundled file; an empty text where the package was not built, so that importing works."""
    path = _STATIC / name
    return path if path.is_file() else ""


def check_bundle() -> None:
    """Make sure that the browser side is there.

    Raises
    ------
    MissingLibraryError
        If it was never built, with the command that does.
    """
    if not (_STATIC / "player.js").is_file():
        raise MissingLibraryError(
            "the browser side of the player is not built: this is a checkout without it; "
            "run `pip install -e .` in it"
        )
