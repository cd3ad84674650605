"""A film that is data: its frames are read from a store when they are asked for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from itertools import accumulate
from typing import Any, Self

import msgspec
from msgspec.structs import replace

from bazaar_nb.errors import InvalidValueError, SettingsError, StoreError
from bazaar_nb.render.still import lend_file
from bazaar_nb.saved_films.film_capture import PACK, film_content_prefix
from bazaar_nb.saved_films.film_document import FilmDocument, SavedSpan
from bazaar_nb.saved_films.packs import Piece, decompress
from bazaar_nb.scene.elements import Drawing, Figure, Pixels
from bazaar_nb.scene.film import Film, RecordedScene
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.picture_elements import OBJECT
from bazaar_nb.scene.sound import Sound
from bazaar_nb.scene.time import Seconds, as_fps, format_fps
from bazaar_nb.scene.tree import Elements, FrameTree, check_depth, share_defaults
from bazaar_nb.store.file_digests import digest_file
from bazaar_nb.store.key_layout import RAW_PIXELS, film_content_key
from bazaar_nb.store.store import Store

_RAW = f".{RAW_PIXELS}"
_NAMES = ("source", "font", "fonts", "fallback", "asset")
_FUNCTIONS = ("plot", "setup", "update")


class FilmContent:
    """Reads what a film is made of.

    Parameters
    ----------
    prefix : str
        Of the keys of its content.
    where : str
        Which film it is, for messages.
    """

    def __init__(self, store: Store, prefix: str, document: FilmDocument, where: str) -> None:
        self.document = document
        self._store, self._prefix, self._where = store, prefix, where
        self._firsts = document.first_trees()
        self._chunk: tuple[int, bytes] = (-1, b"")
        self._tree: tuple[int, Elements] = (-1, ())

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what was read."""
        return {**vars(self), "_chunk": (-1, b""), "_tree": (-1, ())}

    def check(self) -> None:
        """See that all that the film is made of is there.

        Raises
        ------
        StoreError
            With what is not.
        """
        there = set(self._store.list(film_content_prefix(self._prefix)))
        wanted = [film_content_key(self._prefix, digest, PACK) for digest in self.document.packs]
        wanted += map(self._file_key, self.document.files)
        missing = [key for key in wanted if key not in there]
        if missing:
            more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            raise StoreError(f"{self._where} is not whole: {self._store.location(missing[0])} is gone{more}")

    def elements(self, number: int) -> Elements:
        """Give what a tree shows, without the background.

        Raises
        ------
        StoreError
            When it can't be read, or is no tree.
        """
        known = self._tree
        if known[0] == number:
            return known[1]
        at = bisect_right(self._firsts, number) - 1
        chunk, place = self.document.chunks[at], number - self._firsts[at]
        raw = self._chunk
        if raw[0] != at:
            raw = self._chunk = at, self._read(chunk.piece)
        packed = raw[1][chunk.ends[place - 1] if place else 0 : chunk.ends[place]]
        elements = self._decode(packed)
        self._tree = number, elements
        return elements

    def file(self, name: str) -> str:
        """Give the path of a file of the film on this machine, by its asset's name."""
        return str(self._store.local(self._file_key(name)))

    def _file_key(self, name: str) -> str:
        digest, _, ext = name.removeprefix("asset:").partition(".")
        return film_content_key(self._prefix, digest, ext)

    def _decode(self, packed: bytes) -> Elements:
        try:
            elements = FrameTree.from_msgpack(packed).elements[1:]
            check_depth(elements)
            _check_names(elements)
            if _RAW.encode() in packed:
                elements = self._with_arrays(elements)
            share_defaults(elements)
        except (msgspec.DecodeError, InvalidValueError, UnicodeError, RecursionError) as error:
            raise StoreError(f"{self._where} is damaged: {error}") from None
        return elements

    def _with_arrays(self, value: Any) -> Any:
        """Give elements with their pixels and large arrays in them, as scenes give them."""
        if isinstance(value, tuple):
            made = tuple(map(self._with_arrays, value))
            return value if all(a is b for a, b in zip(made, value, strict=True)) else made
        if not isinstance(value, msgspec.Struct):
            return value
        name = getattr(value, "asset", "")
        if isinstance(name, str) and name.endswith(_RAW):
            field = "array" if isinstance(value, Pixels) else "data"
            return replace(value, asset="", **{field: self._array(name)})
        changed = {
            field: made
            for field, inner in _structs_in(value)
            if (made := self._with_arrays(inner)) is not inner
        }
        return replace(value, **changed) if changed else value

    def _array(self, name: str) -> bytes:
        piece = self.document.arrays.get(name.removeprefix("asset:").removesuffix(_RAW))
        if piece is None:
            raise InvalidValueError(f"a frame refers to {name}, which is not in the film")
        return self._read(piece)

    def _read(self, piece: Piece) -> bytes:
        digest = self.document.packs[piece.pack]
        path = self._store.local(film_content_key(self._prefix, digest, PACK))
        if digest_file(path) != digest:
            raise StoreError(f"{self._where} is damaged: {path} is not what was saved")
        with path.open("rb") as file:
            file.seek(piece.offset)
            packed = file.read(piece.packed_bytes)
        try:
            return decompress(packed, piece.raw_bytes)
        except StoreError as error:
            raise StoreError(f"{self._where} is damaged: {error}") from None


def _structs_in(value: msgspec.Struct) -> Iterator[tuple[str, Any]]:
    for field in value.__struct_fields__:
        inner = getattr(value, field)
        if isinstance(inner, msgspec.Struct | tuple):
            yield field, inner


def _check_names(value: Any) -> None:
    """Refuse what refers to files or functions of whoever reads it: all that a film needs is in it."""
    if isinstance(value, tuple):
        for item in value:
            if isinstance(item, msgspec.Struct | tuple):
                _check_names(item)
        return
    for field in value.__struct_fields__:
        inner = getattr(value, field)
        if field in _NAMES:
            names = inner if isinstance(inner, tuple) else (inner,)
            for name in names:
                if name and name != OBJECT and not str(name).startswith("asset:"):
                    raise InvalidValueError(f"a frame refers to {name!r:.60}, which is not in the film")
        elif isinstance(inner, msgspec.Struct | tuple):
            _check_names(inner)
    if isinstance(value, Drawing) or (
        isinstance(value, Figure) and any(getattr(value, name) for name in _FUNCTIONS)
    ):
        raise InvalidValueError("a frame refers to a function, and a saved film has none")


class SavedScene(RecordedScene):
    """Frames of a saved film during which the same scenes are seen."""

    def __init__(self, content: FilmContent, span: SavedSpan, fps: Fraction, start: int) -> None:
        self._content = content
        self._trees = [number for _, number in span.runs]
        self._stops = list(accumulate(count for count, _ in span.runs))
        super().__init__((), fps, span.name, start, stops=self._stops)

    def elements(self, frame: Frame) -> Elements:
        """Give what was saved; at a lower rate that of the frame shown at that time."""
        index = frame.index * self._stops[-1] // frame.frames
        return self._content.elements(self._trees[bisect_right(self._stops, index)])


class SavedFilm(Film):
    """A film that was saved.

    It has the frames that were saved, and none between them: it can be exported at any size, and at its
    own frame rate or a lower one.
    """

    def __init__(self, content: FilmContent) -> None:
        document = content.document
        self._content = content
        self._placed: tuple[Sound, ...] = ()
        lengths = [sum(count for count, _ in span.runs) for span in document.spans]
        starts = accumulate(lengths, initial=0)
        super().__init__(
            [
                SavedScene(content, span, document.rate, start)
                for span, start in zip(document.spans, starts, strict=False)
            ],
            width=document.width,
            height=document.height,
            fps=document.rate,
            background=document.background,
            loudness=document.loudness,
            name=document.name,
        )
        self._placed = document.sound
        self._recorded_marks = document.marks
        for name, find in self.named_files().items():
            lend_file(name, find)

    def named_files(self) -> dict[str, Callable[[], str]]:
        """Give how to get the files that frames name by their digests."""
        return {name: partial(self._content.file, name) for name in self._content.document.files}

    @property
    def sound(self) -> tuple[Sound, ...]:
        """What is heard, from files on this machine: of a bucket they are fetched now if need be."""
        return tuple(replace(sound, source=self._content.file(sound.source)) for sound in self._placed)

    @sound.setter
    def sound(self, value: tuple[Sound, ...]) -> None:
        if value:
            raise InvalidValueError(
                f"the sound of a saved film is what was saved (Composition {self.name!r})"
            )

    def at_fps(self, fps: Seconds) -> Self:
        """Give the same film at a lower frame rate: frames are left out.

        Raises
        ------
        SettingsError
            For a higher one.
        """
        rate = as_fps(fps, f" (Composition {self.name!r})")
        if rate > self.fps:
            wanted = format_fps(rate)
            raise SettingsError(
                f"a saved film has the frames that were saved, {format_fps(self.fps)} a second, and none "
                f"between them: `fps` may be at most that, got {wanted}; to have more, save it from its "
                f"scenes with film.at_fps({wanted}).save(…)"
            )
        return super().at_fps(rate)
