"""A detached render as it waits in the store: what is to be made, as data, and who asked for it.

::

    detached/<render_id>/order.json             there as long as the render has not ended
    detached/<render_id>/content/…              the film
    detached/<render_id>/claims/<number>.json   who has it: see `leases`
    detached/<render_id>/cancel.json            somebody wants it to end
    workers/<name>.json                         who works for the root: see `presence`
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import msgspec
from msgspec import Meta

from bazaar_nb.errors import StoreError
from bazaar_nb.jobs.export_request import ExportRequest
from bazaar_nb.media.settings import Settings
from bazaar_nb.media.subtitles import Subtitles
from bazaar_nb.render.engines.engine import Engine
from bazaar_nb.saved_films.film_document import Digest, Name
from bazaar_nb.saved_films.film_versions import read_film_content
from bazaar_nb.saved_films.saved_film import SavedFilm
from bazaar_nb.store.faults import MissingObjectError
from bazaar_nb.store.key_layout import DETACHED, detached_prefix, order_key
from bazaar_nb.store.store import Store

FORMAT = "bazaar_nb.detached_render/1"


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be rendered.

    Attributes
    ----------
    name : str
        Of the movie, with its suffix.
    first, stop : int
        Half-open range of frames, at the export's rate.
    content : str
        Digest of the film's document.
    created : datetime
        When it was asked for.
    priority : int
        Higher ones are taken first.
    most_bytes : int or None
        How large the movie may become.
    cluster : str
        Address of the Dask scheduler that it was handed to; empty if it waits for `bazaar work`.
    """

    format: str
    render_id: Name
    user: Name
    project: Name
    name: Name
    composition: Name
    settings: Settings
    first: Annotated[int, Meta(ge=0)]
    stop: Annotated[int, Meta(ge=1)]
    content: Digest
    created: dt.datetime
    priority: int = 0
    most_bytes: int | None = None
    engagement: bool = True
    metadata: dict[str, str] = {}
    has_sound: bool = False
    cluster: str = ""
    subtitles: Subtitles | None = None

    @property
    def frames(self) -> int:
        """How many frames the movie has."""
        return self.stop - self.first

    @property
    def duration_s(self) -> float:
        """How long the movie is."""
        return float(self.frames / self.settings.fps)


def write_order(store: Store, order: Order) -> None:
    """Let a render be taken; its film must be there."""
    store.create(order_key(order.render_id), msgspec.json.format(msgspec.json.encode(order)))


def read_order(store: Store, render_id: str) -> Order | None:
    """Give what is to be rendered; None if that has ended, or never was.

    Raises
    ------
    StoreError
        When it can't be read, or was written by a newer version.
    """
    key = order_key(render_id)
    try:
        order = msgspec.json.decode(store.read_bytes(key), type=Order)
    except MissingObjectError:
        return None
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise StoreError(f"{store.location(key)} can't be understood: {error}") from None
    if order.format != FORMAT:
        raise StoreError(
            f"{store.location(key)} is of format {order.format!r:.60}, this one reads {FORMAT!r}"
        )
    return order


def request_of(order: Order, store: Store, engine: Engine) -> ExportRequest:
    """Give a render that was ordered, with its film.

    Raises
    ------
    StoreError
        When something of the film is gone or damaged.
    """
    where = f"the film of render {order.render_id} ({order.name})"
    content = read_film_content(store, detached_prefix(order.render_id), order.content, where)
    return ExportRequest(
        film=SavedFilm(content), settings=order.settings, store=store, engine=engine, user=order.user,
        project=order.project, name=order.name, first=order.first, stop=order.stop,
        engagement=order.engagement, metadata=order.metadata, subtitles=order.subtitles,
    )  # fmt: skip


def remove_order(store: Store, render_id: str) -> None:
    """Take away all of a render that has ended: the order first, so that nobody begins it again."""
    prefix = detached_prefix(render_id)
    store.remove(order_key(render_id))
    keys = [*store.list(prefix)]
    store.remove_all(keys)
    for folder in sorted({key.rpartition("/")[0] for key in keys} | {prefix.rstrip("/")}, reverse=True):
        store.remove_folder(f"{folder}/")


def detached_renders(store: Store) -> list[str]:
    """Give the ids of all detached renders that have not ended, the oldest first."""
    return [prefix.removeprefix(DETACHED).rstrip("/") for prefix in store.folders(DETACHED)]
