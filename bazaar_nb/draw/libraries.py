"""The native libraries that drawing stands on, and how to get what they lack.

skia's wheel loads libEGL and libGL when it is imported, although this package
draws on the CPU alone. Bare servers and containers don't have them, and the
import then fails with a message that doesn't help. Everything in ``draw`` gets
skia from here.
"""

from __future__ import annotations

import os
import platform
import re
from types import ModuleType

from bazaar_nb.errors import MissingLibraryError

_INSTALL = (
    # IDs of /etc/os-release, and the command that brings libEGL.so.1 and libGL.so.1 there.
    (("debian", "ubuntu"), "apt-get update && {sudo}apt-get install -y libegl1 libgl1"),
    (("fedora", "rhel", "centos"), "dnf install -y libglvnd-egl libglvnd-glx"),
    (("arch",), "pacman -S --noconfirm libglvnd"),
    (("suse", "opensuse"), "zypper install -y libglvnd"),
)


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


def install_command() -> str:
    """Give the shell command that installs libEGL and libGL on this system, or words where none is known."""
    for names, command in _INSTALL:
        if not _system_ids().isdisjoint(names):
            # Whoever is root, as in most containers, often has no sudo at all.
            sudo = "" if getattr(os, "geteuid", lambda: 1)() == 0 else "sudo "
            return sudo + command.format(sudo=sudo)
    return "install the packages of your system that have libEGL.so.1 and libGL.so.1 (Mesa or libglvnd)"


def _explain(error: ImportError) -> str:
    missing = re.search(r"(\S+\.so[.\d]*): cannot open shared object file", str(error))
    if missing is None:
        return f"skia can't be imported ({error}): run `pip install --force-reinstall skia-python`"
    library = missing.group(1)
    if library.startswith(("libEGL", "libGL")):
        return f"skia needs the system library {library}, which isn't here: run `{install_command()}`"
    return (
        f"skia needs the system library {library}, which isn't here: "
        f"install the package of your system that has it, beside those of `{install_command()}`"
    )


def _system_ids() -> set[str]:
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return set()
    # "opensuse-leap" and the like count as their family too.
    names = f"{release.get('ID', '')} {release.get('ID_LIKE', '')}".lower().split()
    return {part for name in names for part in (name, name.split("-")[0])}
