"""A folder of files that appears whole or not at all, in the place of one of the same kind.

It is written beside the final one under a temporary name, then renamed. A
folder can't be exchanged for another in one step everywhere: between two
renames there is a moment without any, and what was there is put back if the
second one fails.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bazaar_nb.errors import BazaarError, StoreError
from bazaar_nb.store.faults import store_fault
from bazaar_nb.store.folder import fault_of_disk
from bazaar_nb.store.temporary import is_leftover, temporary_name

_LEFT_BY_SYSTEMS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


def why_not_replaced(folder: Path, is_own: Callable[[str], bool]) -> str | None:
    """Say why a folder can't be written as a whole, in words; None if it can be.

    Parameters
    ----------
    is_own : function
        Tells of a file's name whether it is one of those that are written: what else is there must not go.
    """
    try:
        if not folder.exists():
            return None
        if not folder.is_dir():
            return "there is a file of that name"
        if folder.is_mount():
            return "a disk is mounted there"
        if Path.cwd().is_relative_to(folder.resolve()):
            return "it holds the folder that this process works in"
        others = sorted(
            entry.name
            for entry in os.scandir(folder)
            if entry.name not in _LEFT_BY_SYSTEMS and not (is_own(entry.name) and entry.is_file())
        )
    except OSError as error:
        raise store_fault(error, "look at", folder) from error
    if not others:
        return None
    more = f" and {len(others) - 1} more" if len(others) > 1 else ""
    return f"it has other files, {others[0]!r:.80}{more}"


@contextmanager
def writing_folder(folder: Path, is_own: Callable[[str], bool]) -> Iterator[Path]:
    """Give a folder to write files into; it gets its place when the block ends well.

    After an exception, an interrupt included, nothing is left and what was there is as before.

    Parameters
    ----------
    folder : Path
        Where it will be; what its folder needs is made.
    is_own : function
        See `why_not_replaced`.

    Raises
    ------
    StoreError
        If the disk is full or can't be written to, or what is there must not go.
    """
    folder = folder.resolve()  # a link's target: renaming would replace the link
    temporary = folder.with_name(temporary_name(folder.name))
    try:
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            _remove_leftovers(folder)
            temporary.mkdir()
        except OSError as error:
            raise store_fault(error, "write to", folder.parent) from error
        try:
            yield temporary
        except (OSError, BazaarError) as error:
            fault = fault_of_disk(error, temporary)
            if fault is None:
                raise
            raise store_fault(fault, "write to", folder) from error
        if why := why_not_replaced(folder, is_own):
            raise StoreError(f"can't write to {folder}: {why}; give a folder of its own")
        try:
            _exchange(temporary, folder)
        except OSError as error:
            raise store_fault(error, "write to", folder) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _exchange(new: Path, folder: Path) -> None:
    if not folder.exists():
        new.rename(folder)
        return
    aside = folder.with_name(temporary_name(folder.name))
    folder.rename(aside)
    try:
        new.rename(folder)
    except BaseException:
        aside.rename(folder)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _remove_leftovers(folder: Path) -> None:
    """Remove what killed processes were writing for this folder."""
    ending = f"~{temporary_name(folder.name).rpartition('~')[2]}"
    for entry in os.scandir(folder.parent):
        with suppress(OSError):
            if entry.name.endswith(ending) and is_leftover(entry.name, entry.stat().st_mtime, time.time()):
                shutil.rmtree(entry.path)
