"""The native libraries that drawing stands on: their versions, and how to get what they lack.

skia's wheel loads libEGL and libGL when it is imported, although this package
draws on the CPU alone. Bare servers and containers don't have them, and the
import then fails with a message that doesn't help. Everything in ``draw`` gets
skia from here.
"""

from __future__ import annotations

import os
import platform
import re
from functools import lru_cache
from types import ModuleType
from typing import NamedTuple

from bazaar_nb.errors import MissingLibraryError

DRAWING = 3
"""Raised whenever the same tree gives another picture, by code or by the fonts that come with the package."""


class _System(NamedTuple):
    """How a family of Linux systems installs what its packages have."""

    command: str
    libraries: str
    """Packages with libEGL.so.1 and libGL.so.1."""
    fonts: str
    """Packages with letters of all scripts, and emoji."""


_SYSTEMS = {  # by the ID and ID_LIKE of /etc/os-release
    "debian": _System(
        "{sudo}apt-get update && {sudo}apt-get install -y",
        "libegl1 libgl1",
        "fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji",
    ),
    "fedora": _System(
        "{sudo}dnf install -y",
        "libglvnd-egl libglvnd-glx",
        "google-noto-sans-fonts google-noto-sans-arabic-fonts google-noto-sans-devanagari-fonts "
        "google-noto-sans-cjk-fonts google-noto-color-emoji-fonts",
    ),
    "arch": _System("{sudo}pacman -S --noconfirm", "libglvnd", "noto-fonts noto-fonts-cjk noto-fonts-emoji"),
}


@lru_cache(maxsize=1)
def drawing_version() -> str:
    """Give the versions of all that decides how a tree's pixels come out, as text for segment keys."""
    import cv2
    import numpy as np

    skia = require_skia()
    return f"draw {DRAWING} skia {skia.__version__} cv {cv2.__version__} numpy {np.__version__}"


def require_skia() -> ModuleType:
    """Import skia and give the module.

    Raises
    ------
    MissingLibraryError
        If a system library that skia loads isn't here, or skia itself isn't;
        the message has the command that installs it on this system.
    """
    try:
        import skia
    except ImportError as error:
        raise MissingLibraryError(_explain(error), name=error.name, path=error.path) from error
    module: ModuleType = skia  # skia has no types
    return module


def require_opencv() -> ModuleType:
    """Import OpenCV and give the module.

    Raises
    ------
    MissingLibraryError
        If it can't be imported; the message says how to get it.
    """
    try:
        import cv2
    except ImportError as error:
        raise MissingLibraryError(
            f"OpenCV can't be imported ({error}): run `pip install opencv-python-headless`, "
            "the build that needs no display libraries",
            name=error.name,
            path=error.path,
        ) from error
    return cv2


def library_fix() -> str:
    """Say how to install libEGL and libGL here: the command, in backquotes, or words where none is known."""
    system = _system()
    if system is None:
        return "install the packages of your system that have libEGL.so.1 and libGL.so.1 (libglvnd or Mesa)"
    return f"run `{_command(system)} {system.libraries}`"


def font_fix() -> str:
    """Say how to install fonts for all scripts here: the command, in backquotes, or words."""
    system = _system()
    if system is None:
        return "install Noto Sans, Noto Sans CJK and Noto Color Emoji from https://fonts.google.com/noto"
    return f"run `{_command(system)} {system.fonts}`"


def _explain(error: ImportError) -> str:
    missing = re.search(r"(\S+\.so[.\d]*): cannot open shared object file", str(error))
    if missing is None:
        return f"skia can't be imported ({error}): run `pip install --force-reinstall skia-python`"
    library = missing.group(1)
    if library.startswith(("libEGL", "libGL")):
        return f"skia needs the system library {library}, which isn't here: {library_fix()}"
    return f"skia needs the system library {library}, which isn't here: install the package that has it"


def _command(system: _System) -> str:
    # Whoever is root, as in most containers, often has no sudo at all.
    sudo = "" if getattr(os, "geteuid", lambda: 0)() == 0 else "sudo "
    return system.command.format(sudo=sudo)


def _system() -> _System | None:
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return None
    names = [release.get("ID", ""), *release.get("ID_LIKE", "").split()]
    return next((_SYSTEMS[name] for name in names if name in _SYSTEMS), None)
