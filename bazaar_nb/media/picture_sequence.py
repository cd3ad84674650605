"""Segments to the pictures of a sequence: a file a frame, in a folder or in a ZIP file.

The packets of these segments are the pictures' files already: nothing is
encoded again, and one picture is in memory at a time.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

from bazaar_nb.errors import EncodeError
from bazaar_nb.media.picture_names import picture_name
from bazaar_nb.media.segment_packets import SegmentPackets, SegmentPart
from bazaar_nb.media.settings import Settings
from bazaar_nb.media.writing import removed_on_failure, writing


def write_pictures(
    segments: Iterable[SegmentPart],
    folder: Path,
    settings: Settings,
    first: int,
    on_picture: Callable[[int], None],
) -> None:
    """Write pictures into a folder that is there.

    Parameters
    ----------
    segments : iterable of SegmentPart
        In the film's order; each is read before the next is asked for.
    first : int
        The first picture's number.
    on_picture : callable
        Called after each picture with the bytes of all until then.

    Raises
    ------
    DamagedSegmentError
        If a segment can't be read or lacks frames.
    StoreError
        If a file can't be written.
    """
    total = 0
    for name, data in _pictures(segments, settings, first):
        path = folder / name
        with writing("picture", path), path.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # else a power cut can leave an empty file under the final name
        total += len(data)
        on_picture(total)


def write_zip(
    segments: Iterable[SegmentPart],
    target: Path,
    settings: Settings,
    first: int,
    on_picture: Callable[[int], None],
) -> None:
    """Write pictures into a ZIP file, as they are: they don't become smaller. As `write_pictures`."""
    total = 0
    with removed_on_failure(target), ExitStack() as ending:
        with writing("pictures", target):
            archive = zipfile.ZipFile(target, "w")
        ending.callback(_close, archive)
        for name, data in _pictures(segments, settings, first):
            about = zipfile.ZipInfo(name)  # without a time: the same pictures are the same file
            about.external_attr = 0o644 << 16
            with writing("pictures", target):
                archive.writestr(about, data)
            total += len(data)
            on_picture(total)
        with writing("pictures", target):
            archive.close()


def _close(archive: zipfile.ZipFile) -> None:
    """Close a file that is whole or will be removed."""
    with suppress(OSError, ValueError):
        archive.close()


def _pictures(segments: Iterable[SegmentPart], settings: Settings, first: int) -> Iterator[tuple[str, bytes]]:
    if settings.picture_names is None:
        raise EncodeError(f"a {settings.format} is no sequence of pictures")
    packets, number = SegmentPackets(settings.fps), first
    begun = False
    for part in segments:
        if not begun:
            packets.begin(part).close()
            begun = True
        for packet in packets.packets(part):
            yield picture_name(settings.picture_names, number), bytes(packet)
            number += 1
