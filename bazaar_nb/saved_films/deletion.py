"""Deleting saved films: a version's record first, then what no other version needs.

A film without its record is not there any more, so that one whose deletion is cut off is gone, with some of
its content left, which the next deletion under its name takes. A save that is under way at the same time
looks, once its record is written, whether all of its content still is there.
"""

from __future__ import annotations

from typing import NamedTuple

from bazaar_nb.errors import StoreError
from bazaar_nb.saved_films.film_capture import DOCUMENT, PACK, film_content_prefix
from bazaar_nb.saved_films.film_document import FilmVersion, read_document
from bazaar_nb.saved_films.film_versions import find_version, read_records, record_key
from bazaar_nb.store.key_layout import film_content_key, saved_film_prefix
from bazaar_nb.store.store import Store


class DeletedFilm(NamedTuple):
    """What was deleted of a saved film.

    Attributes
    ----------
    versions : tuple of int
        Those that are gone.
    files, size_bytes : int
        Of their content; what other versions need stayed.
    """

    versions: tuple[int, ...]
    files: int
    size_bytes: int


def delete_versions(store: Store, project: str, name: str, version: int | None = None) -> DeletedFilm:
    """Delete a saved film, or one version of it.

    Raises
    ------
    UnknownFilmError
        When there is no such film, or no such version.
    StoreError
        When the store can't be written to.
    """
    find_version(store, project, name, version)  # it is there, or says what is
    prefix = saved_film_prefix(project, name)
    gone = [record for record in read_records(store, prefix) if version in (None, record.version)]
    store.remove_all([record_key(prefix, record.version) for record in gone])
    kept = _needed(store, prefix, read_records(store, prefix))
    files = size = 0
    if kept is not None:
        entries = [one for one in store.entries(film_content_prefix(prefix)) if one.key not in kept]
        store.remove_all([one.key for one in entries])
        files, size = len(entries), sum(one.size_bytes for one in entries)
        if not kept:
            store.remove_folder(film_content_prefix(prefix))
            store.remove_folder(prefix)
    return DeletedFilm(tuple(record.version for record in gone), files, size)


def _needed(store: Store, prefix: str, records: list[FilmVersion]) -> set[str] | None:
    """Give the keys of all that versions are made of; None where one can't be read: then all is kept."""
    kept: set[str] = set()
    for record in records:
        key = film_content_key(prefix, record.content, DOCUMENT)
        try:
            document = read_document(store.read_bytes(key), store.location(key))
        except StoreError:
            return None
        kept.add(key)
        kept.update(film_content_key(prefix, digest, PACK) for digest in document.packs)
        for name in document.files:
            digest, _, ext = name.removeprefix("asset:").partition(".")
            kept.add(film_content_key(prefix, digest, ext))
    return kept
