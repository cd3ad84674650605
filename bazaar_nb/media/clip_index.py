"""When a video file's pictures are shown, and where decoding can begin: from its tables, or its packets."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path

import av.error
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from bazaar_nb.errors import AssetError
from bazaar_nb.media.clip_opening import decoder_of, opened_clip
from bazaar_nb.media.mp4_index import read_mp4_index

Times = NDArray[np.int64]

Index = tuple[Times, Times, Times, int, int]
"""Labels, starts, what leads there, the origin, and the end."""


def index_of_tables(container: InputContainer, stream: VideoStream, path: Path) -> Index | None:
    """Give the index of a file that has tables of all pictures; None where it hasn't."""
    index = read_mp4_index(container, stream, path)
    if index is None:
        return None
    labels = _rising(index.shown)
    latest = np.maximum.accumulate(index.shown)
    good = index.keys[index.shown[index.keys] == latest[index.keys]]  # see `index_of_packets`
    keys = dict(zip(index.shown[good].tolist(), index.decoded[good].tolist(), strict=True))
    return _indexed(labels, keys, stream, int(index.lengths[int(index.shown.argmax())]))


def index_of_packets(container: InputContainer, stream: VideoStream, path: Path) -> Index:
    """Give the index of a file that was just opened, by going through all of it.

    Raises
    ------
    AssetError
        If it has no pictures, or none has a time.
    """
    pts = array("q")  # of a film of 24 hours a list would be ten times as large
    keys: dict[int, int] = {}
    latest = length = 0
    timeless = False
    for packet in _packets(container, stream):
        if packet.is_discard or not packet.size:
            continue
        time = packet.pts if packet.pts is not None else packet.dts
        if time is None:
            timeless = True
            continue
        pts.append(time)
        if packet.is_keyframe and len(pts) > 1 and time <= latest:
            # It begins a part whose times were there before: a seek to any of them may land in either.
            keys = {key: seek for key, seek in keys.items() if key < time}
        elif packet.is_keyframe:
            keys[time] = time if packet.dts is None else packet.dts
        if len(pts) == 1 or time > latest:
            latest, length = time, packet.duration or 0
    if not pts and timeless:
        raise AssetError(
            f"clip {str(path)!r} holds pictures without times; "
            "`ffmpeg -i <it> -c copy clip.mp4` gives them some"
        )
    if not pts:
        raise AssetError(f"clip {str(path)!r} has no pictures")
    return _indexed(_rising(np.frombuffer(pts, np.int64)), keys, stream, length)


def _rising(labels: Times) -> Times:
    """Give each once, in order; `numpy.unique` takes 11 s for a film of 24 hours, this 0.1."""
    ordered = np.sort(labels, kind="stable")  # they nearly are
    return ordered[np.diff(ordered, prepend=ordered[0] - 1) > 0]


def _indexed(labels: Times, keys: dict[int, int], stream: VideoStream, length: int) -> Index:
    """Put an index together.

    Parameters
    ----------
    labels : array of int64
        Timestamps of all pictures, rising.
    keys : dict of int to int
        Of those from which decoding can begin: what leads there.
    length : int
        How long the last one is shown; 0 where that isn't known.
    """
    if not keys or min(keys) > labels[0]:
        keys[int(labels[0])] = int(labels[0])
    sought = sorted(keys.items())
    starts = np.searchsorted(labels, np.array([key for key, _ in sought], np.int64))
    origin = min(int(labels[0]), stream.start_time) if stream.start_time is not None else int(labels[0])
    length = length or (int(np.median(np.diff(labels))) if len(labels) > 1 else 1)
    seeks = np.array([seek for _, seek in sought], np.int64)
    return labels, starts, seeks, origin, int(labels[-1]) + length


def _packets(container: InputContainer, stream: VideoStream) -> Iterator[Packet[VideoStream]]:
    try:
        yield from container.demux(stream)
    except av.error.FFmpegError:  # what was there before it can be shown
        return


def labels_as_shown(path: Path) -> Times:
    """Give what a decoder calls the pictures, in the order in which they are shown; it decodes all."""
    with opened_clip(path) as (container, stream):
        decoder = decoder_of(stream, "")
        labels = [frame.pts for packet in container.demux(stream) for frame in _decoded(decoder, packet)]
    return np.array([label for label in labels if label is not None], np.int64)


def _decoded(decoder: VideoCodecContext, packet: Packet[VideoStream]) -> list[VideoFrame]:
    try:
        return decoder.decode(packet)
    except av.error.FFmpegError:
        return []


def starts_as_shown(starts: Times, seeks: Times, before: Times, labels: Times) -> tuple[Times, Times]:
    """Give the same of pictures that have other numbers now."""
    numbers = {int(label): number for number, label in enumerate(labels)}
    pairs = sorted(
        (numbers[int(before[start])], int(seek)) for start, seek in zip(starts, seeks, strict=True)
    )
    return np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs], np.int64)
