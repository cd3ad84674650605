"""A film on its way to the workers, so that whoever renders a segment evaluates it.

It travels once a render, as a file of this process that the workers of this
machine read, or that an engine sends to its workers elsewhere, then with the
author's own modules in it: code goes to the author's own workers only, and
never into a store. What can't travel is evaluated at home, and it is said why.
"""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import re
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from types import CodeType, FunctionType, ModuleType, TracebackType
from typing import Any, NamedTuple, Self

import cloudpickle
import msgspec

from bazaar_nb.render.author_modules import changed_module, own_modules
from bazaar_nb.render.still import measure_element
from bazaar_nb.render.task import FilmFile, FilmNotLoadedError
from bazaar_nb.scene.elements import Element
from bazaar_nb.scene.figure_style import current_style
from bazaar_nb.scene.film import Film
from bazaar_nb.scene.frame import Size
from bazaar_nb.store.temporary import owner_name

MOST_BYTES = 32_000_000
"""How much a film may take along: it is loaded by each worker, for each render."""
PREFIX = "bazaar-film-"
_GIVEN = re.compile(rb"given:[0-9a-f]{40}\.[a-z0-9]{1,8}")
_sending = threading.Lock()


class CarriedFilm(Film):
    """A film as it is in a worker: data, scenes, and what measures elements."""

    def __init__(self, state: dict[str, Any]) -> None:  # not as a film is made: it was checked then
        self.__setstate__(state)

    def _measure(self, element: Element, width: int, height: int) -> Size:
        return measure_element(element, width, height)


class _Place(msgspec.Struct, frozen=True):
    """Where a film's files and modules are found."""

    folder: str
    import_path: list[str]


class Luggage(NamedTuple):
    """What a worker evaluates with.

    Attributes
    ----------
    warning_filters : list
        Of the process at home.
    figure_style : dict
        matplotlib's settings there.
    """

    film: Film
    warning_filters: list[Any]
    figure_style: dict[str, Any]
    place: _Place


class Carrier:
    """Keeps a film's file while it is rendered; without one where the film can't travel.

    Parameters
    ----------
    film : Film or None
        None for a film that nobody would take.
    by_value : bool
        Whether the author's own modules, which are not installed, go along: workers elsewhere lack them.

    Attributes
    ----------
    file : FilmFile or None
    reason : str
        Why it can't travel; empty where it can.
    given : set of str
        What it refers to of bytes that were handed over, as ``given:<digest>.<ext>``.
    """

    def __init__(self, film: Film | None, reason: str = "", *, by_value: bool = False) -> None:
        self.file: FilmFile | None = None
        self.reason = reason
        self.given: set[str] = set()
        if film is None:
            return
        try:
            packed = _pack(film, by_value=by_value)
        except _StaysError as error:
            self.reason = str(error)
            return
        self.given = {found.decode() for found in _GIVEN.findall(packed)}
        with tempfile.NamedTemporaryFile(prefix=PREFIX, suffix=f"-{owner_name()}", delete=False) as file:
            file.write(packed)
        self.file = FilmFile(file.name, blake2b(packed, digest_size=16).hexdigest())

    def stay(self, reason: str) -> None:
        """Let the film travel no more."""
        self.close()
        self.reason = reason

    def close(self) -> None:
        """Remove the file."""
        if self.file is not None:
            Path(self.file.path).unlink(missing_ok=True)
            self.file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_film(file: FilmFile) -> Luggage:
    """Give a film that was sent.

    Raises
    ------
    FilmNotLoadedError
        When it can't be made here.
    """
    luggage = _load(file.path, file.digest)
    _go_to(luggage.place)
    return luggage


def _go_to(place: _Place) -> None:
    """Have files and modules found as they are at home."""
    sys.path += [folder for folder in place.import_path if folder not in sys.path]
    with contextlib.suppress(OSError):  # it is gone: what it held is gone at home, too
        os.chdir(place.folder)


class _StaysError(Exception):
    """A film can't travel; says why."""


class _LimitedFile(io.BytesIO):
    """Takes so many bytes and no more: what is too much is known before it was copied."""

    def __init__(self) -> None:
        super().__init__()
        self.beside = 0

    def write(self, data: Any, /) -> int:
        self.count(memoryview(data).nbytes + self.tell())
        return super().write(data)

    def count(self, size: int) -> None:
        if self.beside + size > MOST_BYTES:
            raise _StaysError(f"its scenes refer to more than {MOST_BYTES // 1_000_000} MB of data")

    def take_beside(self, buffer: pickle.PickleBuffer) -> bool:
        """Count an array, which is written only when it is known that all fits."""
        size = buffer.raw().nbytes
        self.count(size + self.tell())
        self.beside += size
        return False


class _Pickler(cloudpickle.CloudPickler):  # type: ignore[misc]  # which has no types
    """Notes modules, and keeps the names of files, which warnings show: cloudpickle leaves them out."""

    def __init__(self, file: io.BytesIO, **options: Any) -> None:
        super().__init__(file, protocol=5, **options)
        self.modules: set[str] = set()

    def reducer_override(self, obj: Any) -> Any:
        if type(obj) is CodeType:
            make, parts = self.dispatch_table[CodeType](obj)
            return make, tuple(obj.co_filename if part == "<dynamic-code>" else part for part in parts)
        reduced = super().reducer_override(obj)
        if isinstance(obj, ModuleType):
            self.modules.add(obj.__name__)
        elif reduced is NotImplemented and isinstance(obj, type | FunctionType):  # sent by its name
            self.modules.add(obj.__module__)
        return reduced


def _pack(film: Film, *, by_value: bool) -> bytes:
    luggage = (film.frozen().__getstate__(), list(warnings.filters), current_style())
    try:
        place = _Place(str(Path.cwd()), list(sys.path))
        packed, modules = _pickle(luggage)
        if by_value and (own := own_modules(modules)):
            with _sent_whole(own):
                packed, modules = _pickle(luggage)
    except _StaysError:
        raise
    except Exception as error:  # whatever an object of the author's says to being pickled
        raise _StaysError(
            f"its scenes refer to what can't be sent: {type(error).__name__}: {error}"[:300]
        ) from error
    changed = None if by_value else changed_module(modules)
    if changed is not None:
        raise _StaysError(f"module {changed} was changed after it was imported")
    return msgspec.msgpack.encode((place, packed))


def _pickle(luggage: object) -> tuple[bytes, set[str]]:
    """Give the pickled luggage, and the modules that it refers to by name."""
    weighed = _LimitedFile()
    pickler = _Pickler(weighed, buffer_callback=weighed.take_beside)
    pickler.dump(luggage)
    if weighed.beside:
        weighed = _LimitedFile()
        pickler = _Pickler(weighed)
        pickler.dump(luggage)
    return weighed.getvalue(), pickler.modules


@contextlib.contextmanager
def _sent_whole(modules: list[ModuleType]) -> Iterator[None]:
    """Have what is defined in some modules pickled as if it were a notebook's."""
    with _sending:
        added = [
            module for module in modules if module.__name__ not in cloudpickle.list_registry_pickle_by_value()
        ]
        try:
            for module in added:
                cloudpickle.register_pickle_by_value(module)
            yield
        finally:
            for module in added:
                cloudpickle.unregister_pickle_by_value(module)


@lru_cache(maxsize=2)
def _load(path: str, digest: str) -> Luggage:  # noqa: ARG001 (another content is another film)
    try:
        place, packed = msgspec.msgpack.decode(Path(path).read_bytes(), type=tuple[_Place, bytes])
        _go_to(place)  # before it is unpacked: that imports the author's modules
        state, filters, style = pickle.loads(packed)
    except Exception as error:
        raise FilmNotLoadedError(f"a worker can't load it: {type(error).__name__}: {error}"[:300]) from error
    return Luggage(CarriedFilm(state), filters, style, place)
