"""The saved films of projects: names, and the versions that each has.

A version is there when its record is, which is written last and never over
another: of two notebooks that save a film under one name at the same time each
makes a version.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from bazaar_nb.errors import InvalidValueError, StoreError, UnknownFilmError
from bazaar_nb.saved_films.film_capture import DOCUMENT, Captured, capture_film
from bazaar_nb.saved_films.film_document import (
    FilmVersion,
    read_document,
    read_record,
    write_record,
)
from bazaar_nb.saved_films.packs import digest_bytes
from bazaar_nb.saved_films.saved_film import FilmContent
from bazaar_nb.scene.film import Film
from bazaar_nb.store.faults import MissingObjectError
from bazaar_nb.store.key_layout import FILMS, MOVIES, film_content_key, saved_film_prefix, saved_films_prefix
from bazaar_nb.store.store import Store

_VERSION = re.compile(r"v(\d{6,9})\.json")
_MOST_LETTERS = 200
_TRIES = 1000
_AT_ONCE = 16

T = TypeVar("T")
R = TypeVar("R")


def check_film_name(name: object) -> str:
    """Give back a name that a film can be saved under.

    Raises
    ------
    InvalidValueError
        For anything else.
    """
    if not isinstance(name, str) or not name.strip() or len(name) > _MOST_LETTERS:
        raise InvalidValueError(
            f"a saved film's name is text of 1 to {_MOST_LETTERS} letters, got {name!r:.80}"
        )
    if "/" in name or name.encode("utf-8", "replace").decode() != name:
        raise InvalidValueError(f"a saved film's name is text without '/', got {name!r:.80}")
    return name


def save_version(
    film: Film,
    store: Store,
    project: str,
    name: str,
    user: str,
    on_frame: Callable[[int], None] = lambda _: None,
) -> FilmVersion:
    """Save a film under a name, as its next version.

    Raises
    ------
    SceneError, ElementError, AssetError
        For what can't be made of it; then there is no version.
    StoreError
        When the store can't be written to.
    """
    prefix = saved_film_prefix(project, check_film_name(name))
    captured = capture_film(film, store, prefix, on_frame)
    number = max(_numbers(store, prefix), default=0)
    for _ in range(_TRIES):
        number += 1
        record = film_record(captured, project=project, name=name, version=number, user=user)
        if store.try_create(record_key(prefix, number), write_record(record)):
            _check_whole(store, prefix, record, captured)
            return record
    raise StoreError(f"{_TRIES} versions of {name!r} were saved by others meanwhile: try again")


def _check_whole(store: Store, prefix: str, record: FilmVersion, captured: Captured) -> None:
    """See that nobody has deleted the film's content while this version of it was saved."""
    where = f"the saved film {record.name!r} of project {record.project!r}"
    try:
        FilmContent(store, prefix, captured.document, where).check()
    except StoreError as error:
        store.remove(record_key(prefix, record.version))
        raise StoreError(f"{where} was deleted while it was being saved ({error}): save it again") from None


def film_record(captured: Captured, *, project: str, name: str, version: int, user: str) -> FilmVersion:
    """Give the record of a film that is in the store."""
    from bazaar_nb import __version__

    document = captured.document
    return FilmVersion(
        project=project, name=name, version=version, composition=document.name,
        saved=dt.datetime.now(dt.UTC), user=user, width=document.width, height=document.height,
        fps=float(document.rate), frames=document.frames,
        duration_s=float(document.frames / document.rate), size_bytes=captured.size_bytes,
        content=captured.content, bazaar_nb=__version__, token=secrets.token_hex(8),
    )  # fmt: skip


def find_version(store: Store, project: str, name: str, version: int | None = None) -> FilmVersion:
    """Give the record of a saved film: of its newest version if none is given.

    Raises
    ------
    UnknownFilmError
        When there is no such film, or no such version of it.
    StoreError
        When its record can't be read.
    """
    prefix = saved_film_prefix(project, check_film_name(name))
    there = _numbers(store, prefix)
    if not there:
        raise UnknownFilmError(f"project {project!r} has no saved film {name!r}{_near(store, project, name)}")
    if version is not None and version not in there:
        shown = ", ".join(map(str, there[-8:]))
        raise UnknownFilmError(
            f"the saved film {name!r} of project {project!r} has no version {version!r}, it has {shown}"
        )
    return _read(store, record_key(prefix, version or there[-1]))


def read_content(store: Store, prefix: str, record: FilmVersion) -> FilmContent:
    """Give what a version is made of; all of it was there at this moment.

    Raises
    ------
    StoreError
        When something is missing, damaged, or written by a newer version.
    """
    where = f"the saved film {record.name!r} of project {record.project!r} (version {record.version})"
    return read_film_content(store, prefix, record.content, where)


def read_film_content(store: Store, prefix: str, digest: str, where: str) -> FilmContent:
    """Give a film from the digest of its document, as `read_content` does."""
    try:
        data = store.read_bytes(film_content_key(prefix, digest, DOCUMENT))
    except MissingObjectError as error:
        raise StoreError(f"{where} is not whole: {error}") from None
    document = read_document(data, where)
    if digest_bytes(data) != digest:
        raise StoreError(f"{where} is damaged: its document is not what was saved")
    content = FilmContent(store, prefix, document, where)
    content.check()
    return content


def read_versions(
    store: Store, project: str | None = None, *, all_versions: bool = False
) -> list[FilmVersion]:
    """Give the records of saved films, by project, name and version.

    Parameters
    ----------
    all_versions : bool
        Those of all versions; of each film the newest by default.

    Raises
    ------
    StoreError
        When one can't be read.
    """
    if project is None:
        folders = [f"{found}{FILMS}" for found in store.folders(MOVIES)]
    else:
        folders = [saved_films_prefix(project)]
    prefixes = [prefix for found in _each(store, store.folders, folders) for prefix in found]
    keys: list[str] = []
    for prefix, numbers in zip(
        prefixes, _each(store, lambda prefix: _numbers(store, prefix), prefixes), strict=True
    ):
        keys += [record_key(prefix, number) for number in (numbers if all_versions else numbers[-1:])]
    records = _each(store, lambda key: _read(store, key), keys)
    return sorted(records, key=lambda record: (record.project, record.name, record.version))


def read_records(store: Store, prefix: str) -> list[FilmVersion]:
    """Give the records of all versions of the film of a prefix.

    Raises
    ------
    StoreError
        When one can't be read.
    """
    return _each(store, lambda number: _read(store, record_key(prefix, number)), _numbers(store, prefix))


def _numbers(store: Store, prefix: str) -> list[int]:
    found = (_VERSION.fullmatch(key.removeprefix(prefix)) for key in store.list(f"{prefix}v"))
    return sorted(int(match[1]) for match in found if match)


def record_key(prefix: str, number: int) -> str:
    """Give the key of a version's record, from the prefix of its film."""
    return f"{prefix}v{number:06d}.json"


def _read(store: Store, key: str) -> FilmVersion:
    return read_record(store.read_bytes(key), store.location(key))


def _near(store: Store, project: str, name: str) -> str:
    names = [record.name for record in read_versions(store, project)]
    near = difflib.get_close_matches(name, names, 3)
    if near:
        return f": did you mean {' or '.join(map(repr, near))}?"
    return f"; it has {len(names)}, see bz.films()" if names else "; film.save(name) saves one"


def _each(store: Store, work: Callable[[T], R], items: Sequence[T] | Iterable[T]) -> list[R]:
    """Do something with each; of a bucket several at a time, as each is a round trip."""
    wanted = list(items)
    if not store.is_remote or len(wanted) < 2:
        return [work(item) for item in wanted]
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="bazaar-films") as threads:
        return list(threads.map(work, wanted))
