"""All that a film's addresses have, fetched before anybody waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import NamedTuple

from bazaar_nb.draw.elements.clip import is_sequence
from bazaar_nb.errors import AssetError, BazaarError
from bazaar_nb.scene.file_references import file_references
from bazaar_nb.scene.film import Film
from bazaar_nb.scene.function_registry import one_pass
from bazaar_nb.sources.finding import Finder, finding_with
from bazaar_nb.store.store import Store
from bazaar_nb.values.addresses import is_address, shown_source

_AT_ONCE = 8
_MOST_TOLD = 10


class Preloaded(NamedTuple):
    """What a film's addresses have.

    Attributes
    ----------
    files : int
        How many addresses the film names.
    size_bytes : int
        Of all of them.
    """

    files: int
    size_bytes: int

    def __repr__(self) -> str:
        return f"<preloaded: {self.files} files, {self.size_bytes / 1e6:.1f} MB>"


class _Wanted(NamedTuple):
    source: str
    who: str


def preload_film(film: Film, store: Store, *, refresh: bool, progress: bool) -> Preloaded:
    """Fetch what all addresses of a film have, into a store, and look for its files.

    Raises
    ------
    AssetError
        For all that can't be had, with the scenes that want them.
    SceneError, ElementError
        When a frame can't be made.
    """
    from tqdm.auto import tqdm

    finder = Finder(store, fetches=film.fetches)
    with tqdm(total=film.frames, unit=" frames", desc="looking", disable=not progress, leave=False) as looked:
        wanted = list(_all_wanted(film, finder, looked))
    faults = [f"{shown_source(one.source)} is not there ({one.who})"
              for one in wanted if not is_address(one.source) and not Path(one.source).exists()]  # fmt: skip
    addresses = [one for one in wanted if is_address(one.source)]
    size = 0
    threads = ThreadPoolExecutor(_AT_ONCE, "bazaar-preload")
    try:
        with tqdm(total=len(addresses), unit=" files", desc="fetching", disable=not progress) as bar:
            going = {threads.submit(_bring, finder, one.source, refresh): one for one in addresses}
            for future, one in _as_they_end(going):
                try:
                    size += future.result()
                except BazaarError as error:
                    faults.append(f"{error} ({one.who})")
                bar.update()
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
    if faults:
        more = f"; and {len(faults) - _MOST_TOLD} more" if len(faults) > _MOST_TOLD else ""
        raise AssetError("; ".join(faults[:_MOST_TOLD]) + more)
    return Preloaded(len(addresses), size)


def _bring(finder: Finder, address: str, refresh: bool) -> int:
    if refresh:
        finder.fetch(address, refresh=True)
    try:
        return finder(address).stat().st_size
    except FileNotFoundError:  # of file://
        raise AssetError(f"{shown_source(address)} is not there") from None


def _as_they_end(going: dict[Future[int], _Wanted]) -> Iterator[tuple[Future[int], _Wanted]]:
    """Give what has ended; an interrupt comes through at once."""
    waiting = set(going)
    while waiting:
        done, waiting = wait(waiting, timeout=0.1, return_when=FIRST_COMPLETED)
        for future in done:
            yield future, going[future]


def _all_wanted(film: Film, finder: Finder, looked: object) -> Iterator[_Wanted]:
    """Give each file that frames name once, with the first that wants it."""
    seen: set[str] = set()
    with one_pass(), finding_with(finder):
        for index in range(film.frames):
            for reference in file_references(film.frame(index).elements[1:]):
                source = reference.source
                if source in seen or (reference.field != "source" and not is_address(source)):
                    continue
                seen.add(source)
                if _is_named_file(source):
                    scene, frame = film.scene_at(index)
                    yield _Wanted(
                        source, f"`{reference.field}` of {reference.element}, scene {scene!r}, frame {frame}"
                    )
            looked.update()  # type: ignore[attr-defined]
    for sound in film.sound:
        if not sound.data and sound.source not in seen and _is_named_file(sound.source):
            seen.add(sound.source)
            yield _Wanted(sound.source, sound.label)


def _is_named_file(source: str) -> bool:
    return not source.startswith(("given:", "asset:")) and not is_sequence(source)
