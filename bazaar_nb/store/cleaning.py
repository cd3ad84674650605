"""Removing what nobody has used for some time, and nothing that a running render uses.

A render that is running has an owner's file in ``scratch/``, from before its
first look at the store to after its last. What it finds there it claims, what
it makes is new: all that it uses is younger than its owner's file, less
`CLAIM_S`. So that is the limit, if older things were asked for too. Whatever is
about to go is looked at once more, in case it was claimed since it was listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from bazaar_nb.store.backend import CLAIM_S, Backend, Entry
from bazaar_nb.store.key_layout import ASSETS, SCRATCH, SEGMENTS
from bazaar_nb.store.temporary import is_orphaned, is_owner

LONGEST_RENDER_S = 7 * 24 * 3600.0
"""No render takes longer: an owner's file that is older was left by one that was killed on another host."""

_MARGIN_S = 1800.0
"""For clocks that differ, and for what a store remembers of having claimed (`Store.put_asset`)."""

_UNFINISHED_S = 2 * 24 * 3600.0
_AT_ONCE = 200


class Cleaned(NamedTuple):
    """What a clean removed."""

    files: int
    size_bytes: int


def clean(backend: Backend, older_than_s: float) -> Cleaned:
    """Remove segments, assets and scratch that are older than some seconds."""
    files = size = 0
    limit = backend.now() - older_than_s
    for prefix in (SEGMENTS, ASSETS):
        for batch in _batches(entry for entry in backend.entries(prefix) if entry.modified < limit):
            safe = min(limit, _running_since(backend) - CLAIM_S - _MARGIN_S)
            old = {entry.key: entry for entry in batch if entry.modified < safe}
            now = backend.modified(list(old))
            old = {key: entry for key, entry in old.items() if now.get(key, 0.0) <= entry.modified}
            backend.remove(old)
            files += len(old)
            size += sum(entry.size_bytes for entry in old.values())
    backend.drop_unfinished(min(limit, backend.now() - _UNFINISHED_S))
    dead = list(_dead_scratch(backend, limit))
    backend.remove(entry.key for entry in dead)
    for folder in {entry.key.rpartition("/")[0] for entry in dead}:
        backend.remove_folder(folder)
    return Cleaned(files + len(dead), size + sum(entry.size_bytes for entry in dead))


def _running_since(backend: Backend) -> float:
    """Give when the longest of the renders that are running began; infinite if there is none."""
    now = backend.now()
    return min(
        (
            entry.modified
            for entry in backend.entries(SCRATCH)
            if is_owner(name := entry.key.rpartition("/")[2])
            and not is_orphaned(name)
            and now - entry.modified < LONGEST_RENDER_S
        ),
        default=float("inf"),
    )


def _dead_scratch(backend: Backend, limit: float) -> Iterator[Entry]:
    """Give the scratch of renders that ended without taking it away, and are old."""
    renders: dict[str, list[Entry]] = {}
    for entry in backend.entries(SCRATCH):
        renders.setdefault(entry.key.rpartition("/")[0], []).append(entry)
    now = backend.now()
    for entries in renders.values():
        owners = [entry for entry in entries if is_owner(entry.key.rpartition("/")[2])]
        alive = any(
            not is_orphaned(owner.key.rpartition("/")[2]) and now - owner.modified < LONGEST_RENDER_S
            for owner in owners
        )
        if not alive and all(entry.modified < limit for entry in entries):
            yield from entries


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    remaining = iter(entries)
    while batch := list(islice(remaining, _AT_ONCE)):
        yield batch
