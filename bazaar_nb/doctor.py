"""Is all here that rendering needs? One check after the other, each with its fix.

Nothing is changed on the machine: what the checks write they remove again.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple, TextIO

from bazaar_nb.draw.libraries import font_fix, require_opencv, require_skia
from bazaar_nb.errors import BazaarError
from bazaar_nb.media.libraries import missing_encoders, require_av
from bazaar_nb.store.store import Store

ENCODERS = (
    "libx264", "libx265", "libsvtav1", "libvpx", "libvpx-vp9", "prores_aw", "aac", "libopus",
    "libmp3lame", "gif", "libwebp_anim", "apng", "png", "ffv1",
)  # fmt: skip
"""Encoders that this package uses, by their names in libavcodec."""

SCRIPTS = {
    "Latin": "Aß",
    "Greek": "Ω",
    "Cyrillic": "Я",
    "Arabic": "ب",
    "Devanagari": "न",
    "Chinese": "季",
    "Japanese": "あ",
    "Korean": "한",
    "emoji": "😀",
}
"""Letters that stand for a script: a font that has them has the rest."""

_OLDEST_PYTHON = (3, 11)
_LITTLE_SPACE = 2 * 1024**3
_WORKER_LIMIT_S = 60.0
_COLOUR_TABLES = {int.from_bytes(tag, "big") for tag in (b"CBDT", b"COLR", b"sbix", b"SVG ")}
_COLOURS = {"ok": "\033[32m", "note": "\033[33m", "problem": "\033[31m"}


class Check(NamedTuple):
    """What one check found."""

    name: str
    state: Literal["ok", "note", "problem"]
    """ok; a note on something that can be done without; or a problem that stops rendering."""
    detail: str
    fix: str = ""


def run_checks(root: str | None = None) -> Iterator[Check]:
    """Run all checks, giving each when it is done.

    Parameters
    ----------
    root : str, optional
        The store's root; by default the one that renders use.
    """
    checks: dict[str, Callable[[], Check]] = {
        "python": _python,
        "bazaar_nb": _package,
        "skia": _skia,
        "opencv": _opencv,
        "pyav": _pyav,
        "encoders": _encoders,
        "font": _default_font,
        "letters": _letters,
        "engine": _engine,
        "store": lambda: _store(root),
    }
    for name, check in checks.items():
        try:
            yield check()
        except BazaarError as error:
            yield Check(name, "problem", str(error))
        except Exception as error:  # a doctor that falls ill says where
            yield Check(name, "problem", f"{type(error).__name__}: {error}")


def report(root: str | None = None, out: TextIO | None = None) -> int:
    """Print a line for each check; give 0 if all that is needed is there, otherwise 1."""
    out = sys.stdout if out is None else out
    colours = out.isatty() and "NO_COLOR" not in os.environ
    failed = 0
    for check in run_checks(root):
        state = f"{check.state:<7}"
        if colours:
            state = f"{_COLOURS[check.state]}{state}\033[0m"
        fix = f"; {check.fix}" if check.fix else ""
        print(f"{state}  {check.name:<9}  {check.detail}{fix}", file=out, flush=True)
        failed += check.state == "problem"
    return 1 if failed else 0


def _python() -> Check:
    found = f"{platform.python_version()} on {platform.platform(terse=True)}, {sys.executable}"
    if sys.version_info < _OLDEST_PYTHON:
        return Check("python", "problem", found, "install Python 3.11 or later")
    return Check("python", "ok", found)


def _package() -> Check:
    import bazaar_nb

    return Check("bazaar_nb", "ok", f"{bazaar_nb.__version__} in {Path(bazaar_nb.__file__).parent}")


def _skia() -> Check:
    return Check("skia", "ok", str(require_skia().__version__))


def _opencv() -> Check:
    return Check("opencv", "ok", str(require_opencv().__version__))


def _pyav() -> Check:
    return Check("pyav", "ok", str(require_av().__version__))


def _encoders() -> Check:
    missing = missing_encoders(ENCODERS)
    if missing:
        fix = "run `pip install --force-reinstall --only-binary av av`: the wheel has them all"
        return Check("encoders", "problem", f"not in this PyAV: {', '.join(missing)}", fix)
    return Check("encoders", "ok", ", ".join(ENCODERS))


def _default_font() -> Check:
    skia = require_skia()
    folder = Path(__file__).parent / "fonts"
    files = sorted(folder.glob("*.ttf"))
    broken = [file.name for file in files if skia.Typeface.MakeFromFile(str(file)) is None]
    if broken or not files:
        found = f"{', '.join(broken)} can't be read" if broken else f"no fonts in {folder}"
        return Check("font", "problem", found, "run `pip install --force-reinstall --no-deps bazaar_nb`")
    return Check("font", "ok", f"Inter, {len(files)} faces")


def _letters() -> Check:
    missing = [script for script, letters in SCRIPTS.items() if not _covered(letters)]
    if "emoji" not in missing and not _emoji_in_colour():
        missing.append("emoji in colour")
    if missing:
        return Check("letters", "note", f"no font here has {', '.join(missing)}", font_fix())
    return Check("letters", "ok", ", ".join(SCRIPTS))


def _covered(letters: str) -> bool:
    from bazaar_nb.draw.fonts import default_typefaces, find_face_for, missing_letters

    missing = missing_letters(default_typefaces()[:1], letters)
    return all(find_face_for(letter, 400, False) is not None for letter in missing)


def _emoji_in_colour() -> bool:
    from bazaar_nb.draw.fonts import find_face_for, load_typeface

    face = find_face_for(SCRIPTS["emoji"], 400, False)
    if face is None:
        return False
    return not _COLOUR_TABLES.isdisjoint(load_typeface(face.path, face.number).getTableTags())


def _engine() -> Check:
    import loky

    cores = loky.cpu_count()  # what this process may use: affinity and container limits count
    start = time.monotonic()
    try:
        with loky.ProcessPoolExecutor(max_workers=1) as executor:
            other = executor.submit(os.getpid).result(timeout=_WORKER_LIMIT_S)
    except Exception as error:
        return Check(
            "engine",
            "problem",
            f"a worker process did not come back ({type(error).__name__}: {error})",
            "look at the memory, /dev/shm and process limits (`ulimit -a`) of this machine",
        )
    took = time.monotonic() - start
    return Check("engine", "ok", f"{cores} core(s) for workers; worker {other} answered in {took:.1f} s")


def _store(root: str | None) -> Check:
    store = Store(root)
    key = f"doctor-{os.getpid()}.txt"
    if store.is_remote:
        return _bucket(store, key)
    folder = Path(store.root)
    new = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        store.write_bytes(key, b"ok")
        if store.read_bytes(key) != b"ok":
            return Check(
                "store",
                "problem",
                f"{folder} gives back other bytes than were written",
                "choose another root",
            )
        store.remove(key)
    finally:
        for path in new:
            if path.exists() and not any(path.iterdir()):
                path.rmdir()
    free = store.free_bytes() or 0
    space = f"{folder}, {free / 1024**3:.1f} GiB free"
    if free < _LITTLE_SPACE:
        return Check("store", "note", space, "free some space or choose another root (BAZAAR_ROOT)")
    return Check("store", "ok", space)


def _bucket(store: Store, key: str) -> Check:
    began = time.monotonic()
    store.write_bytes(key, b"ok")
    same = store.read_bytes(key) == b"ok"
    store.remove(key)
    if not same:
        return Check("store", "problem", f"{store.root} gives back other bytes than were written")
    return Check(
        "store", "ok", f"{store.root}; a file went there and back in {time.monotonic() - began:.2f} s"
    )
