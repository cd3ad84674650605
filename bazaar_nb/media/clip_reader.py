"""Pictures of clips as pixels, for whoever draws: decoders kept open between frames, within bounds."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from av.video.frame import VideoFrame

from bazaar_nb.media.animated_pictures import Animation
from bazaar_nb.media.clip_colors import is_as_encoded
from bazaar_nb.media.clip_decoder import ClipDecoder
from bazaar_nb.media.clip_file import ClipFile, look_into_clip
from bazaar_nb.media.clip_pixels import ClipPixels, Pixels8

_OPEN_BYTES = 256_000_000  # of all decoders, by what one keeps to decode on
_OPEN_FILES = 24
_REFERENCES = 8  # pictures that a decoder keeps, about
_A_FILE = 3  # decoders of one file: where it plays at several times at once
_MADE_BYTES = 24_000_000


class ClipReader:
    """Gives pictures of video files. For one thread at a time."""

    def __init__(self) -> None:
        self._open: list[_Open] = []  # used last at the end
        self._frame = 0
        self._converter = ClipPixels()
        self._made: OrderedDict[tuple[str, int, tuple[int, int]], Pixels8] = OrderedDict()
        self._made_bytes = 0

    def begin_frame(self) -> None:
        """Say that another frame of a film is drawn: within one, a file may play at several times."""
        self._frame += 1

    def pixels(self, path: Path, name: str, number: int, size: tuple[int, int]) -> Pixels8:
        """Give a picture.

        Parameters
        ----------
        path : Path
            The file.
        name : str
            Of its content.
        number : int
            Which of its pictures.
        size : (int, int)
            Width and height to make of it, where the file is opaque; else it has the file's own.

        Returns
        -------
        array of uint8, shape (height, width, 4)
            BGRA, upright, not premultiplied; not to be changed. Rows may be padded.

        Raises
        ------
        AssetError
            If the file can't be read there.
        """
        file = look_into_clip(path, name)
        if file.is_animation:
            return self._animated(path, name, number, file)
        key = (name, number, size)
        found = self._made.get(key)
        if found is not None:
            self._made.move_to_end(key)
            return found
        frames = self._pictures(path, name, number, file)
        made = self._converter.convert(frames, file.turn, size if file.opaque else file.size)
        self._keep(key, made)
        return made

    def decoded(self, path: Path, name: str, number: int) -> VideoFrame | None:
        """Give a picture as its file has it, if that is how encoders take pictures; else None.

        Opaque and upright, 8 bits of BT.709 with halved colours, each pixel square and of one moment.

        Returns
        -------
        VideoFrame or None
            To be labelled and encoded; its pixels are not to be changed.

        Raises
        ------
        AssetError
            If the file can't be read there.
        """
        file = look_into_clip(path, name)
        if file.is_animation or file.interlaced or file.turn or not file.opaque:
            return None
        (frame,) = self._pictures(path, name, number, file)
        if (frame.width, frame.height) != file.size or not is_as_encoded(frame):
            return None
        return self._converter.bare(frame)

    def close(self) -> None:
        """Close all files."""
        while self._open:
            self._open.pop().decoder.close()
        self._made.clear()
        self._made_bytes = 0

    def _pictures(self, path: Path, name: str, number: int, file: ClipFile) -> list[VideoFrame]:
        decoder = self._decoder(path, name, number, file)
        assert isinstance(decoder, ClipDecoder)
        return decoder.pictures(number)

    def _animated(self, path: Path, name: str, number: int, file: ClipFile) -> Pixels8:
        decoder = self._decoder(path, name, number, file)
        assert isinstance(decoder, Animation)
        return decoder.pixels(number)[:, :, (2, 1, 0, 3)]

    def _keep(self, key: tuple[str, int, tuple[int, int]], made: Pixels8) -> None:
        """Keep the last few pictures: of what stands still while something moves over it."""
        self._made[key] = made
        self._made_bytes += made.nbytes
        while self._made_bytes > _MADE_BYTES and self._made:
            self._made_bytes -= self._made.popitem(last=False)[1].nbytes

    def _decoder(self, path: Path, name: str, number: int, file: ClipFile) -> ClipDecoder | Animation:
        """Give the decoder that has the shortest way to a picture."""
        ours = [one for one in reversed(self._open) if one.name == name]
        near = [one for one in ours if isinstance(one.decoder, Animation) or one.decoder.reaches(number)]
        free = [one for one in ours if one.frame != self._frame]
        if near or free or len(ours) >= _A_FILE:
            best = (near or free[:1] or ours[-1:])[0]
            self._open.remove(best)
        else:
            best = _Open(name, Animation(path) if file.is_animation else ClipDecoder(path, file), file)
        best.frame = self._frame
        self._open.append(best)
        while len(self._open) > 1 and (
            len(self._open) > _OPEN_FILES or sum(one.weight for one in self._open) > _OPEN_BYTES
        ):
            self._open.pop(0).decoder.close()
        return best.decoder


@dataclass(eq=False)
class _Open:
    """A file that is open."""

    name: str
    decoder: ClipDecoder | Animation
    file: ClipFile
    frame: int = 0

    @property
    def weight(self) -> int:
        """Bytes that it keeps to decode on."""
        width, height = self.file.size
        return width * height * 3 // 2 * _REFERENCES
