"""What people did with movies: plays and how much of them was seen, downloads, links."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bazaar_nb.analysis.arguments import check_whole, is_number
from bazaar_nb.analysis.groups import KEYS, By, Groups, check_by, combine, group, needs, period_key
from bazaar_nb.analysis.intervals import ratio
from bazaar_nb.analysis.periods import PERIODS
from bazaar_nb.analysis.source import is_status, moments, numbers, take_events, take_renders, texts
from bazaar_nb.errors import InvalidValueError

RENDER = "render"
VIEWER = "viewer"
_OF_EVENTS = (VIEWER, "surface", *PERIODS)
WATCHING_KEYS = (RENDER, *(key for key in KEYS if key not in PERIODS), *_OF_EVENTS)
"""What plays, downloads and links can be grouped by.

``viewer`` and ``surface`` are who did it and where, ``day``, ``week`` and
``month`` when (in UTC); the others are of the render: its ``user`` exported it.
"""

_COLUMNS = (
    *("event_id", "event_time", "render_id", "user", "kind", "surface"),
    *("watched_s", "watched_fraction", "view"),
)


class _Seen(NamedTuple):
    """Events of movies that are known, and the views that they make up."""

    movies: pd.DataFrame
    """Renders that succeeded."""
    events: pd.DataFrame
    """What was done with them."""
    movie: NDArray[np.intp]
    """Of each event: which movie."""
    first: NDArray[np.intp]
    """Of each view: one of its events."""
    fraction: NDArray[np.float64]
    """Of each view: the part of the movie that was seen, 0 to 1."""
    watched_s: NDArray[np.float64]


def engagement(
    renders: pd.DataFrame | None = None,
    events: pd.DataFrame | None = None,
    *,
    by: By = RENDER,
    complete: float = 0.95,
) -> pd.DataFrame:
    """Tell how movies were received: plays, how much of them was seen, downloads and links.

    A play of which nothing more was heard counts as one of which nothing was seen.

    Parameters
    ----------
    renders : DataFrame, optional
        As `history` gives; those of the default workspace if not given. Only what was done with
        these counts, so give some of them to look at a project.
    events : DataFrame, optional
        As ``history.engagement()`` gives; those of the default workspace if not given.
    by : str or sequence of str
        ``"render"``, ``"project"``, ``"viewer"``, ``"surface"``, ``"month"`` and others, see `WATCHING_KEYS`.
    complete : float
        The part of a movie, 0 to 1, from which it counts as seen to the end.

    Returns
    -------
    DataFrame
        The most played first, also what nobody played: ``movies``, how many renders there are
        of the group (by viewer, surface and time: with how many something was done);
        ``movies_played`` of them; ``plays``; ``viewers``, different people who played;
        ``watched_s``, seconds of film that were played; ``watched_fraction``, the mean part of
        the movie that was seen in a play, and ``completion_rate``, the share of plays that saw
        it to the end, both 0 to 1 and NaN without a play; ``downloads`` and ``links``. By
        render there are ``render_id``, ``project`` and ``composition`` instead of ``movies``
        and ``movies_played``.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> table = bz.analysis.engagement(by="project")
    """
    keys = _check(by)
    if not is_number(complete, 0, 1) or complete == 0:
        raise InvalidValueError(f"`complete` must be more than 0 and at most 1, got {complete!r:.60}")
    seen = _look(renders, events, keys)
    groups, of_event = _grouped(seen, keys)
    of_view = of_event[seen.first]
    plays = _count(of_view, groups)
    kinds, names = texts(seen.events, "kind")
    done = {kind: names.index(kind) if kind in names else -1 for kind in ("download", "link")}
    people, known = texts(seen.events, "user")
    with_events = _pairs(of_event, seen.movie, len(seen.movies), groups)
    table = groups.table(
        movies=with_events if _of_events(keys) else groups.sizes(),
        movies_played=_pairs(of_view, seen.movie[seen.first], len(seen.movies), groups),
        plays=plays,
        viewers=_pairs(of_view, people[seen.first], len(known), groups),
        watched_s=np.bincount(of_view, seen.watched_s, minlength=groups.count).astype(np.float64),
        watched_fraction=ratio(np.bincount(of_view, seen.fraction, minlength=groups.count), plays),
        completion_rate=ratio(_count(of_view[seen.fraction >= complete], groups), plays),
        downloads=_count(of_event[kinds == done["download"]], groups),
        links=_count(of_event[kinds == done["link"]], groups),
    )
    if keys == (RENDER,):
        table = table.drop(columns=["movies", "movies_played"])
    if not any(key in PERIODS for key in keys):
        table = table.sort_values(["plays", "downloads"], ascending=False, kind="stable")
    return table.reset_index(drop=True)


def retention(
    renders: pd.DataFrame | None = None,
    events: pd.DataFrame | None = None,
    *,
    by: By | None = None,
    points: int = 21,
) -> pd.DataFrame:
    """Tell how many plays saw at least a part of their movie: the curve of those who stay.

    Parameters
    ----------
    renders, events : DataFrame, optional
        As for `engagement`.
    by : str or sequence of str, optional
        A curve for each of these, see `WATCHING_KEYS`.
    points : int
        How many points a curve has, 0 and 1 included.

    Returns
    -------
    DataFrame
        By rising ``fraction`` of the movie, 0 to 1: ``plays``, how many saw so much or more, and
        ``share``, their part of all plays. Without any play there are no rows.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> table = bz.analysis.retention()
    """
    keys = () if by is None else _check(by)
    check_whole("points", points, 2)
    seen = _look(renders, events, keys)
    groups, of_event = _grouped(seen, keys)
    of_view = of_event[seen.first]
    at = np.linspace(0, 1, points)
    stayed = np.stack([_count(of_view[seen.fraction >= x - 1e-9], groups) for x in at], axis=1)
    played = stayed[:, 0] > 0
    labels = groups.labels[played]
    return labels.loc[labels.index.repeat(points)].reset_index(drop=True).assign(
        fraction=np.tile(at, int(played.sum())),
        plays=stayed[played].reshape(-1),
        share=ratio(stayed, stayed[:, :1])[played].reshape(-1),
    )  # fmt: skip


def _check(by: By) -> tuple[str, ...]:
    keys = check_by(by, WATCHING_KEYS)
    if RENDER in keys and len(keys) > 1:
        raise InvalidValueError(f"`by` 'render' goes alone, got {list(keys)}")
    return keys


def _of_events(keys: tuple[str, ...]) -> bool:
    return any(key in _OF_EVENTS for key in keys)


def _look(renders: pd.DataFrame | None, events: pd.DataFrame | None, keys: tuple[str, ...]) -> _Seen:
    of_render = [key for key in keys if key not in _OF_EVENTS and key != RENDER]
    extra = ("project", "composition") if RENDER in keys else ()
    movies = take_renders(renders, ("render_id", "status", *extra, *needs(of_render)))
    movies = movies[is_status(movies, "succeeded")].reset_index(drop=True)
    frame = take_events(events, _COLUMNS)
    movie = pd.Index(movies["render_id"]).get_indexer(pd.Index(frame["render_id"]))
    frame, movie = frame[movie >= 0].reset_index(drop=True), movie[movie >= 0]
    kinds, names = texts(frame, "kind")
    played = np.flatnonzero(
        np.isin(kinds, [names.index(kind) for kind in ("play", "watch") if kind in names])
    )
    views = frame["view"].where(frame["view"].notna(), frame["event_id"]).iloc[played]
    codes, found = pd.factorize(views)
    first = np.zeros(len(found), np.intp)
    first[codes[::-1]] = played[::-1]
    parts, seconds = (np.zeros(len(found)) for _ in range(2))
    for whole, column in ((parts, "watched_fraction"), (seconds, "watched_s")):
        # Each event tells all of its view so far: the largest is the newest.
        np.maximum.at(whole, codes, np.nan_to_num(numbers(frame, column)[played]))
    return _Seen(movies, frame, movie.astype(np.intp), first, np.clip(parts, 0, 1), seconds)


def _grouped(seen: _Seen, keys: tuple[str, ...]) -> tuple[Groups, NDArray[np.intp]]:
    """Give the groups, whose codes are the movies' or the events', and the group of each event."""
    if keys == (RENDER,):
        movies = seen.movies[["render_id", "project", "composition"]]
        return Groups(np.arange(len(movies)), movies), seen.movie
    if not _of_events(keys):
        groups = group(seen.movies, keys)
        return groups, groups.codes[seen.movie]
    own = {key: _event_key(seen.events, key) for key in keys if key in _OF_EVENTS}
    of_render = [key for key in keys if key not in own]
    if of_render:
        outer = group(seen.movies, of_render)
        inner = combine(own, len(seen.events))
        pairs, codes = np.unique(
            outer.codes[seen.movie] * max(inner.count, 1) + inner.codes, return_inverse=True
        )
        which, within = np.divmod(pairs, max(inner.count, 1))
        tables = (outer.labels.take(which), inner.labels.take(within))
        labels = pd.concat([table.reset_index(drop=True) for table in tables], axis=1)[list(keys)]
        groups = Groups(codes.reshape(-1), labels)
    else:
        groups = combine(own, len(seen.events))
    return groups, groups.codes


def _event_key(events: pd.DataFrame, key: str) -> tuple[NDArray[np.intp], pd.Index]:
    if key in PERIODS:
        return period_key(moments(events, "event_time"), key)
    codes, names = texts(events, "user" if key == VIEWER else key)
    return codes, pd.CategoricalIndex(names, categories=names)


def _count(codes: NDArray[np.intp], groups: Groups) -> NDArray[np.int64]:
    return np.bincount(codes, minlength=groups.count).astype(np.int64)


def _pairs(codes: NDArray[np.intp], own: NDArray[np.intp], most: int, groups: Groups) -> NDArray[np.int64]:
    """Count how many different things of its own each group has."""
    return _count(np.unique(codes * max(most, 1) + own) // max(most, 1), groups)
