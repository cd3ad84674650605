"""One video file, open: its pictures by number, each the same whichever was asked for before.

Pictures are known by their timestamps, never by counting. What a decoder gives
after a seek is taken only from where it gives what it should: where the first
picture is later than wanted, as after a keyframe that needs what is before it
(open GOP), decoding begins at an earlier one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import chain, dropwhile
from pathlib import Path

import av.error
import numpy as np
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from bazaar_nb.errors import AssetError
from bazaar_nb.media.clip_file import ClipFile, file_stamp
from bazaar_nb.media.clip_opening import broken, decoder_of, open_clip, video_of

_STEP = 4  # pictures: so few are decoded on the way rather than left out by a seek
_BEHIND_BYTES = 96_000_000  # of pictures that were decoded before the one that was wanted
_MAX_BAD_PACKETS = 200
_RECENT = 4  # of interlaced pictures, each of which is asked for three times


class ClipDecoder:
    """Gives a file's pictures.

    Parameters
    ----------
    path : Path
        Where the file is now.
    file : ClipFile
        What it holds.

    Attributes
    ----------
    number : int
        The picture that was given last; -1 before the first.
    """

    def __init__(self, path: Path, file: ClipFile) -> None:
        if path == file.path and file_stamp(path) != file.stamp:
            raise AssetError(f"clip {str(path)!r} changed while it was being read")
        self.number = -1
        self._seekable = True
        self._sought = False
        self._clean = True
        self._path = path
        self._file = file
        self._container = open_clip(path)
        self._stream = video_of(self._container, path)
        self._decoder = decoder_of(self._stream, file.alpha_decoder)
        self._pictures = self._decoded(self._container.demux(self._stream))
        self._shown: tuple[int, VideoFrame] | None = None
        self._ahead: tuple[int, VideoFrame] | None = None
        self._behind: dict[int, VideoFrame] = {}
        self._recent: deque[tuple[int, VideoFrame]] = deque(maxlen=_RECENT if file.interlaced else 1)

    def close(self) -> None:
        """Close the file."""
        self._behind.clear()
        self._recent.clear()
        self._shown = self._ahead = None
        self._container.close()

    def reaches(self, number: int) -> bool:
        """Tell whether a picture is reached without a seek."""
        if number in self._behind or any(number == recent for recent, _ in self._recent):
            return True
        here = -1 if self._shown is None else self._shown[0]
        return 0 <= here <= number and (number - here <= _STEP or self._start(number) <= here)

    def picture(self, number: int) -> VideoFrame:
        """Give a picture.

        Raises
        ------
        AssetError
            If the file can't be read there.
        """
        try:
            frame = self._picture(number)
        except (av.error.FFmpegError, ValueError) as error:
            raise broken(self._path, error) from error
        self.number = number
        return frame

    def pictures(self, number: int) -> list[VideoFrame]:
        """Give a picture; an interlaced one between its neighbours, of which it is made whole."""
        if not self._file.interlaced:
            return [self.picture(number)]
        last = self._file.frames - 1
        around = [self.picture(min(max(near, 0), last)) for near in (number - 1, number, number + 1)]
        one_kind = len({(frame.width, frame.height, frame.format.name) for frame in around}) == 1
        return around if around[1].interlaced_frame and one_kind else around[1:2]

    def _picture(self, number: int) -> VideoFrame:
        found = self._behind.get(number) or dict(self._recent).get(number)
        if found is not None:
            return found
        if self.reaches(number):
            shown = self._forward(number, deque(maxlen=1))
        else:
            shown = self._from_start(number, backwards=self.number > number)
        if shown is None:
            raise AssetError(
                f"clip {str(self._path)!r} has no picture at {self._second(number):.2f} s: it is broken there"
            )
        return shown

    def _second(self, number: int) -> float:
        return float(self._file.times[number] * self._file.time_base)

    def _start(self, number: int) -> int:
        """Give the last picture at or before this one from which decoding can begin."""
        starts = self._file.starts
        return int(starts[max(0, int(np.searchsorted(starts, number, side="right")) - 1)])

    def _from_start(self, number: int, *, backwards: bool) -> VideoFrame | None:
        """Go to where decoding can begin, and decode to a picture."""
        file = self._file
        kept: deque[tuple[int, VideoFrame]] = deque(maxlen=self._most_behind() if backwards else 1)
        place = max(0, int(np.searchsorted(file.starts, number, side="right")) - 1)
        back = 1
        while self._seekable and place >= 0:
            # Some containers land where they please: what comes first must not be later than what is wanted.
            if self._seek(place):
                kept.clear()
                shown = self._forward(number, kept)
                # What conceals a damaged first picture depends on what was decoded before it.
                if self._shown is not None and self._shown[0] <= number and self._seekable and self._clean:
                    break
            place, back = place - back, 2 * back
        else:
            self._reopen()
            kept.clear()
            shown = self._forward(number, kept)
        self._behind = dict(kept) if backwards else {}
        return shown

    def _most_behind(self) -> int:
        width, height = self._file.size
        return max(1, _BEHIND_BYTES // (width * height * 3 // 2))

    def _reopen(self) -> None:
        self._container.close()
        self._container = open_clip(self._path)
        self._stream = video_of(self._container, self._path)
        self._decoder = decoder_of(self._stream, self._file.alpha_decoder)
        self._recent.clear()
        self._shown = self._ahead = None
        self._sought = False
        self._pictures = self._decoded(self._container.demux(self._stream))

    def _seek(self, place: int) -> bool:
        """Go to one of the file's starts, or before it; tell whether that went well."""
        self._container.seek(int(self._file.seeks[place]), stream=self._stream, backward=True)
        self._decoder.flush_buffers()
        self._recent.clear()
        self._shown = self._ahead = None
        packets = dropwhile(lambda packet: not packet.is_keyframe, self._container.demux(self._stream))
        first = next(packets, None)
        if first is None or not 0 <= self._number_of(first) <= self._file.starts[place]:
            return False
        self._sought = True
        self._pictures = self._decoded(chain([first], packets))
        return True

    def _number_of(self, timed: Packet[VideoStream] | VideoFrame) -> int:
        label = timed.pts if timed.pts is not None else timed.dts
        return -1 if label is None else self._file.number_of(label)

    def _forward(self, number: int, kept: deque[tuple[int, VideoFrame]]) -> VideoFrame | None:
        """Decode on to a picture, or where it doesn't come to the last before it."""
        while self._shown is None or self._shown[0] < number:
            following = self._ahead or next(self._pictures, None)
            self._ahead = None
            if following is None:
                break
            if following[0] > number and self._shown is not None:
                self._ahead = following
                break
            self._shown = following
            self._recent.append(following)
            kept.append(following)
            if following[0] > number:
                break
        return None if self._shown is None else self._shown[1]

    def _decoded(self, packets: Iterator[Packet[VideoStream]]) -> Iterator[tuple[int, VideoFrame]]:
        """Give pictures in the order in which they are shown, with their numbers."""
        bad = 0
        newest = -1
        self._clean = True
        for packet in packets:
            try:
                frames = self._decoder.decode(packet)
            except av.error.EOFError:
                return
            except av.error.FFmpegError:
                bad += 1
                if bad > _MAX_BAD_PACKETS:
                    raise
                continue
            for frame in frames:
                number = self._number_of(frame)
                if number < 0 and self._sought:  # a container that counts otherwise after a seek
                    self._seekable = False
                    return
                if number > newest:
                    self._clean = self._clean and (newest >= 0 or not (bad or frame.is_corrupt))
                    newest = number
                    yield number, frame
