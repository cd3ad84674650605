"""A film looked at frame by frame, and kept as data: each tree once, with what it refers to."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from hashlib import blake2b
from pathlib import Path
from shutil import copyfile
from typing import NamedTuple

from msgspec.structs import replace

from bazaar_nb.draw.asset_pinning import Pinner
from bazaar_nb.errors import AssetError, ElementError
from bazaar_nb.media.clip_file import look_into_clip
from bazaar_nb.render.evaluation import placed_error
from bazaar_nb.render.film_sounds import found_sounds, heard_sounds
from bazaar_nb.render.kept_pixels import pixels_name
from bazaar_nb.render.still import lend_file
from bazaar_nb.saved_films.drawn_figures import FigureDrawing
from bazaar_nb.saved_films.film_document import FilmDocument, SavedSpan, TreeChunk, write_document
from bazaar_nb.saved_films.packs import PackWriter, Piece, digest_bytes
from bazaar_nb.scene.clip_sounds import ClipSounds
from bazaar_nb.scene.film import Film
from bazaar_nb.scene.function_registry import one_pass
from bazaar_nb.scene.tree import FrameTree
from bazaar_nb.sources.finding import Finder, finding_with
from bazaar_nb.store.file_digests import digest_file, hash_content
from bazaar_nb.store.key_layout import RAW_PIXELS, asset_extension, film_content_key, named_asset_key
from bazaar_nb.store.store import Store

PACK = "pack"
"""Extension of packs among a film's content."""
DOCUMENT = "film"
"""Extension of a film's document among its content."""
_CHUNK_BYTES = 1_000_000  # of trees: what is unpacked to see one of them
_MOST_WAITING = 16  # frames whose figures are drawn one after the other
_AT_ONCE = 4  # packs on their way into the store

_ASSET = re.compile(rb"asset:[0-9a-f]{40}\.[a-z0-9]{1,8}")


class Captured(NamedTuple):
    """A film that is in the store, under no name yet.

    Attributes
    ----------
    content : str
        Digest of its document.
    size_bytes : int
        Of all that it is made of.
    """

    document: FilmDocument
    content: str
    size_bytes: int


def capture_film(
    film: Film,
    store: Store,
    prefix: str,
    on_frame: Callable[[int], None] = lambda _: None,
    *,
    figure_size: tuple[int, int] | None = None,
) -> Captured:
    """Put a film into a store as data.

    Parameters
    ----------
    prefix : str
        Of the keys of what it is made of.
    on_frame : function
        Called with the number of frames that were looked at; may raise to stop.
    figure_size : tuple of (int, int), optional
        Of the frames for which figures are drawn, in pixels; the composition's by default.

    Raises
    ------
    SceneError, ElementError
        For the first frame that can't be made, with its scene and frame.
    AssetError
        For a picture, font or sound that can't be read.
    StoreError
        When the store can't be written to.
    """
    whole = film.frozen()
    with _Content(store, prefix, whole, figure_size or (film.width, film.height)) as content, one_pass():
        find = content.find
        for placed in found_sounds(heard_sounds(whole, ()), find):  # what can't be read is told at once
            content.put_file(Path(placed.source))
        spans, looked_at = [], 0
        heard = ClipSounds(whole.fps)
        for span in whole.timeline.spans:
            runs: list[list[int]] = []
            waiting: list[_Frame] = []
            for index in range(span.start, span.stop):
                with finding_with(find):
                    tree = whole.frame(index)
                heard.saw(index, tree.elements)
                packed = tree.to_msgpack()
                if waiting and waiting[-1].packed == packed:
                    waiting[-1].frames += 1
                else:
                    if len(waiting) >= _MOST_WAITING:
                        last = waiting.pop()  # it may go on
                        content.keep(waiting, runs)
                        waiting = [last]
                    waiting.append(_Frame(index, tree, packed))
                looked_at += 1
                on_frame(looked_at)
            content.keep(waiting, runs)
            spans.append(SavedSpan(whole.scene_at(span.start)[0], tuple((a, b) for a, b in runs)))
        sounds = found_sounds(heard_sounds(whole, heard.runs(), find), find)
        sound = [replace(placed, source=content.put_file(Path(placed.source))) for placed in sounds]
        return content.finish(spans, tuple(sound))


class _Frame:
    """Frames in a row that show the same, not in the store yet."""

    __slots__ = ("frames", "index", "packed", "tree")

    def __init__(self, index: int, tree: FrameTree, packed: bytes) -> None:
        self.index, self.tree, self.packed, self.frames = index, tree, packed, 1


class _Content:
    """What a film is made of, on its way into the store."""

    def __init__(self, store: Store, prefix: str, film: Film, figure_size: tuple[int, int]) -> None:
        self._figure_size = figure_size
        self._store, self._prefix, self._film = store, prefix, film
        self._there = {key.rpartition("/")[2] for key in store.list(film_content_prefix(prefix))}
        self._needed: dict[str, int] = {}
        self._names: dict[str, str] = {}  # of files, by their digests
        self._numbers: dict[bytes, int] = {}
        self._chunks: list[TreeChunk] = []
        self._raw: list[bytes] = []
        self._ends: list[int] = []
        self._arrays: dict[str, Piece] = {}
        self._files: dict[str, None] = {}
        self._held = film.named_files()
        self._packs = PackWriter(self._put_pack)
        self.find = Finder(store, fetches=film.fetches)
        self._pinner = Pinner(self.put_file, self._put_array, look_into_clip, find=self.find)
        # Leaves arrays where they are: they are drawn.
        self._plain_pinner = Pinner(self.put_file, look_into_clip=look_into_clip, find=self.find)
        self._figures: FigureDrawing | None = None
        self._ending = ExitStack()
        self._putting: deque[Future[None]] = deque()

    def __enter__(self) -> _Content:
        self._threads = self._ending.enter_context(ThreadPoolExecutor(_AT_ONCE, "bazaar-save"))
        return self

    def __exit__(self, *error: object) -> None:
        self._ending.close()

    def keep(self, frames: list[_Frame], runs: list[list[int]]) -> None:
        """Keep what frames show, and note it in the runs of their span."""
        trees: list[FrameTree] = []
        drawn: dict[int, tuple[int, FrameTree]] = {}
        for number, frame in enumerate(frames):
            trees.append(self._pin(frame.index, frame.tree, self._pinner))
            if self._pinner.functions:
                drawn[number] = frame.index, self._pin(frame.index, frame.tree, self._plain_pinner)
        if drawn:
            self._figures = self._figures or FigureDrawing(self._film, self._figure_size)
            for number, tree in zip(drawn, self._figures.draw([*drawn.values()]), strict=True):
                trees[number] = self._pin(frames[number].index, tree, self._pinner)
        for frame, tree in zip(frames, trees, strict=True):
            number = self._number(tree.to_msgpack())
            if runs and runs[-1][1] == number:
                runs[-1][0] += frame.frames
            else:
                runs.append([frame.frames, number])

    def put_file(self, path: Path) -> str:
        """Keep a file, and give its asset's name."""
        digest, ext = digest_file(path), asset_extension(path)
        name = f"asset:{digest}.{ext}"
        if name not in self._files:
            self._put_file(name, path)
        return name

    def finish(self, spans: list[SavedSpan], sound: tuple[object, ...]) -> Captured:
        """Keep the last of it, and what tells where all is."""
        self._end_chunk()
        self._packs.flush()
        film = self._film
        document = FilmDocument(
            name=film.name, width=film.width, height=film.height, fps=str(film.fps),
            background=film.background, marks=film.marks, spans=tuple(spans), chunks=tuple(self._chunks),
            arrays=self._arrays, packs=tuple(self._packs.packs), files=tuple(self._files),
            sound=sound,  # type: ignore[arg-type]
            loudness=film.loudness,
        )  # fmt: skip
        while self._putting:
            self._putting.popleft().result()
        data = write_document(document)
        content = digest_bytes(data)
        self._put_bytes(content, DOCUMENT, data)
        return Captured(document, content, sum(self._needed.values()))

    def _pin(self, index: int, tree: FrameTree, pinner: Pinner) -> FrameTree:
        pinner.functions.clear()
        try:
            return pinner.pin(tree)
        except ElementError as error:
            raise placed_error(error, self._film, index) from error

    def _number(self, packed: bytes) -> int:
        """Give the number of a tree, which is kept if it is new."""
        digest = blake2b(packed, digest_size=20).digest()
        number = self._numbers.get(digest)
        if number is None:
            number = self._numbers[digest] = len(self._numbers)
            self._raw.append(packed)
            self._ends.append(len(packed) + (self._ends[-1] if self._ends else 0))
            for name in _ASSET.findall(packed):
                self._need(name.decode())
            if self._ends[-1] >= _CHUNK_BYTES:
                self._end_chunk()
        return number

    def _end_chunk(self) -> None:
        if self._raw:
            self._chunks.append(TreeChunk(self._packs.add(b"".join(self._raw)), tuple(self._ends)))
            self._raw, self._ends = [], []

    def _need(self, name: str) -> None:
        """See that what a tree refers to is kept: also what it named by its digest from the beginning."""
        if name.endswith(f".{RAW_PIXELS}") or name in self._files:
            return
        find = self._held.get(name)
        path = self._store.local(named_asset_key(name, "")) if find is None else Path(find())
        self._put_file(name, path)

    def _put_file(self, name: str, path: Path) -> None:
        digest, _, ext = name.removeprefix("asset:").partition(".")
        key = film_content_key(self._prefix, digest, ext)
        if key.rpartition("/")[2] not in self._there:
            with self._store.writing(key, once=True) as temporary:
                copyfile(path, temporary)
                if hash_content(temporary) != digest:
                    raise AssetError(f"{path} changed while it was being copied into the store")
        self._files[name] = None
        self._needed[key] = path.stat().st_size
        lend_file(name, path)

    def _put_array(self, data: bytes) -> str:
        name = pixels_name(data)
        digest = name.removeprefix("asset:").partition(".")[0]
        if digest not in self._arrays:
            self._arrays[digest] = self._packs.add(data)
        return name

    def _put_pack(self, digest: str, data: bytes) -> None:
        while len(self._putting) >= _AT_ONCE:
            self._putting.popleft().result()
        self._putting.append(self._threads.submit(self._put_bytes, digest, PACK, data))

    def _put_bytes(self, digest: str, ext: str, data: bytes) -> None:
        key = film_content_key(self._prefix, digest, ext)
        self._needed[key] = len(data)
        if key.rpartition("/")[2] not in self._there:
            self._store.write_bytes(key, data, once=True)


def film_content_prefix(prefix: str) -> str:
    """Give the prefix of the keys of a film's content."""
    return film_content_key(prefix, "0" * 40, "x").removesuffix("0" * 40 + ".x")
