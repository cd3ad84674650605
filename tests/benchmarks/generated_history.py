"""A history that looks like a team's year, made up: for measuring, and for notebooks that say so.

``python -m tests.benchmarks.generated_history FOLDER --renders 100000 --days 365``
writes one. Each day is a merged file for each table, as `bz.history.compact()`
leaves it.
"""

from __future__ import annotations

import argparse
import datetime as dt
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bazaar_nb.history.columns import arrow_schema
from bazaar_nb.history.day_merging import digest_of, write_merged
from bazaar_nb.history.engagement_event import EngagementEvent
from bazaar_nb.history.event import Event
from bazaar_nb.history.render_event import RenderEvent
from bazaar_nb.history.segment_event import SegmentEvent
from bazaar_nb.store.key_layout import merged_events_key
from bazaar_nb.store.store import Store

Columns = dict[str, Any]

PEOPLE = (
    "ada",
    "bob",
    "carol",
    "dmitri",
    "emre",
    "fatima",
    "grace",
    "hiro",
    "ines",
    "jonas",
    "kaori",
    "lena",
)
PROJECTS = ("quarterly", "launch", "research", "teaching", "social", "support")
FILMS = tuple(
    f"{what} {number}" for what in ("Review", "Race", "Intro", "Results", "Montage") for number in range(1, 9)
)
_KINDS = (
    ("mp4", "h264", 0.68), ("mp4", "h265", 0.09),
    ("webm", "vp9", 0.12), ("webm", "vp8", 0.02), ("gif", "gif", 0.09),
)  # fmt: skip
_SPEED = {"h264": 1.0, "h265": 2.6, "vp9": 3.1, "vp8": 1.4, "gif": 0.9}
_SIZES = ((1280, 720), (1920, 1080), (3840, 2160), (640, 360))
_QUALITIES = ("low", "medium", "high", None)
_ENDS = (("succeeded", 0.935), ("failed", 0.035), ("cancelled", 0.02), ("started", 0.01))
_ERRORS = ("SceneError", "StoreError", "LimitError", "ElementError", "EncodeError", "RenderError")
_LETTERS = np.array(list("0123456789abcdefghjkmnpqrstvwxyz"))
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Made(NamedTuple):
    """What was generated."""

    renders: int
    events: int
    segments: int
    engagement: int


def generate_history(
    store: Store,
    renders: int = 1_000_000,
    days: int = 365,
    *,
    last: dt.date | None = None,
    details: float = 0.0,
    seed: int = 20261122,
) -> Made:
    """Write a made-up history into a store.

    Parameters
    ----------
    days : int
        How many, up to and with the last one.
    last : date, optional
        Yesterday by default.
    details : float
        Part of the renders that have segments and engagement too.
    """
    random = np.random.default_rng(seed)
    last = last or dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
    dates = [last - dt.timedelta(days=back) for back in reversed(range(days))]
    growth = np.linspace(0.6, 1.4, days)
    share = growth * np.array([0.35 if date.weekday() >= 5 else 1.0 for date in dates])
    counts = np.diff(np.round(np.cumsum(share) / share.sum() * renders), prepend=0).astype(int)
    made = np.zeros(4, int)
    for date, count in zip(dates, counts, strict=True):
        if not count:
            continue
        ends = _renders(random, date, int(count))
        events = pa.concat_tables([_as(ends, "queued", random), _as(ends, "started", random), _ended(ends)])
        _write(store, RenderEvent, date, events)
        some = ends.filter(pc.equal(ends["status"], "succeeded"))
        some = some.slice(0, int(details * count))
        segments, engagement = _segments(random, some), _engagement(random, some)
        for kind, table in ((SegmentEvent, segments), (EngagementEvent, engagement)):
            if table.num_rows:
                _write(store, kind, date, table)
        made += [count, events.num_rows, segments.num_rows, engagement.num_rows]
    return Made(*map(int, made))


def _renders(random: np.random.Generator, date: dt.date, count: int) -> pa.Table:
    """Make the newest events of a day's renders."""
    start_us = (dt.datetime.combine(date, dt.time(), dt.UTC) - _EPOCH) // dt.timedelta(microseconds=1)
    hours = np.clip(random.normal(13, 3.2, count), 0, 23.4)
    created = np.sort(start_us + (hours * 3.6e9).astype(np.int64))
    wait_s, user = random.exponential(2.0, count), (random.zipf(1.6, count) - 1) % len(PEOPLE)
    project = (user + random.integers(0, 2, count)) % len(PROJECTS)
    film = (project * 7 + random.integers(0, 9, count)) % len(FILMS)
    kind = random.choice(len(_KINDS), count, p=[one[2] for one in _KINDS])
    size = random.choice(len(_SIZES), count, p=[0.35, 0.5, 0.05, 0.1])
    width, height = (np.array([one[place] for one in _SIZES])[size] for place in (0, 1))
    quality = random.choice(len(_QUALITIES), count, p=[0.15, 0.6, 0.2, 0.05])
    frames = np.clip(random.lognormal(5.9, 0.8, count), 12, 20_000).astype(np.int64)
    segments = np.maximum(1, frames // 70)
    cached = np.where(
        random.random(count) < 0.45, (segments * random.beta(4, 1.5, count)).astype(np.int64), 0
    )
    frames_cached = frames * cached // segments
    drawn = ((frames - frames_cached) * random.beta(6, 2, count)).astype(np.int64)
    megapixels = width * height / 1e6 * (frames - frames_cached)
    codec = [_KINDS[one][1] for one in kind]
    slow = random.lognormal(0, 0.25, count) * np.where(random.random(count) < 0.004, 9.0, 1.0)
    work = megapixels * np.array([_SPEED[name] for name in codec]) * slow
    stages = {
        "plan_s": frames * 2.5e-4 * slow,
        "draw_s": drawn * width * height / 1e6 * 0.004 * slow,
        "convert_s": megapixels * 0.0016 * slow,
        "encode_s": work * 0.006,
        "store_s": 0.02 * segments * slow,
        "join_s": 0.03 + frames * 8e-5,
    }
    render_s = 0.4 + sum(stages.values()) / 1.8
    started = created + (wait_s * 1e6).astype(np.int64)
    # All of a day's events are in its file.
    day_end = start_us + 86_399_999_999
    started = np.minimum(started, day_end - 1)
    finished = np.minimum(started + (render_s * 1e6).astype(np.int64), day_end)
    ids = _render_ids(random, created)
    columns: Columns = {
        "event_id": _event_ids(random, finished),
        "event_time": finished,
        "render_id": ids,
        "status": _pick(random, count, [name for name, _ in _ENDS], [part for _, part in _ENDS]),
        "user": _names(PEOPLE, user),
        "project": _names(PROJECTS, project),
        "composition": _names(FILMS, film),
        "format": _names([one[0] for one in _KINDS], kind),
        "codec": pa.array(codec),
        "quality": _names(_QUALITIES, quality),
        "crf": np.array([28.0, 23.0, 18.0, 20.0])[quality],
        "preset": _names(["medium"], np.zeros(count, int)),
        "width": width,
        "height": height,
        "fps": np.full(count, 30.0),
        "fps_num": np.full(count, 30),
        "fps_den": np.full(count, 1),
        "frames": frames,
        "duration_s": frames / 30,
        "size_bytes": (frames * width * height * 0.011 * random.lognormal(0, 0.4, count)).astype(np.int64),
        "location": pc.binary_join_element_wise(
            pa.scalar("s3://films/team/projects"), _names(PROJECTS, project), ids, "movie.mp4", "/"
        ),
        "has_sound": random.random(count) < 0.4,
        **stages,
        "sound_s": np.where(random.random(count) < 0.4, 0.2 + frames * 1e-4, np.nan),
        "render_s": render_s,
        "frames_drawn": drawn,
        "frames_held": frames - frames_cached - drawn,
        "frames_cached": frames_cached,
        "segments": segments,
        "segments_cached": cached,
        "segments_retried": random.poisson(0.01, count),
        "engine": _pick(random, count, ["local", "dask", "inline"], [0.9, 0.07, 0.03]),
        "workers": random.choice([2, 4, 8], count),
        "peak_memory_bytes": (2.2e8 + width * height * 60 * slow).astype(np.int64),
        "error_class": _names(_ERRORS, (random.zipf(1.8, count) - 1) % len(_ERRORS)),
        "error_message": _names([f"what a {name} says" for name in _ERRORS], user % len(_ERRORS)),
        "host": _names([f"made-up-{number}" for number in range(6)], user % 6),
        "pid": random.integers(1000, 60_000, count),
        "process_started": created - 3_600_000_000,
        "python": _names(["3.11.9", "3.12.7", "3.13.1"], user % 3),
        "version": _names(["0.1.0"], np.zeros(count, int)),
        "created": created,
        "started": started,
        "finished": finished,
    }
    return _table(RenderEvent, columns, count)


def _ended(ends: pa.Table) -> pa.Table:
    """Leave out what only another end has, and renders that never ended."""
    ends = ends.filter(pc.not_equal(ends["status"], "started"))
    succeeded = pc.equal(ends["status"], "succeeded")
    ends = _only_where(ends, succeeded, ("size_bytes", "location", "join_s", "sound_s"))
    return _only_where(ends, pc.invert(succeeded), ("error_class", "error_message"))


_AT_END = (
    "size_bytes", "location", "plan_s", "draw_s", "convert_s", "encode_s", "sound_s", "join_s", "store_s",
    "render_s", "frames_drawn", "frames_held", "frames_cached", "segments", "segments_cached",
    "segments_retried",
    "peak_memory_bytes", "error_class", "error_message", "finished",
)  # fmt: skip


def _as(ends: pa.Table, status: str, random: np.random.Generator) -> pa.Table:
    """Make the events that came before the ends."""
    count = ends.num_rows
    times = ends["created" if status == "queued" else "started"].combine_chunks().cast(pa.int64()).to_numpy()
    columns = {name: ends[name] for name in ends.column_names if name not in _AT_END}
    columns |= {
        "event_id": _event_ids(random, times),
        "event_time": times,
        "status": pa.array([status] * count),
    }
    if status == "queued":
        del columns["started"]
    return _table(RenderEvent, columns, count)


def _segments(random: np.random.Generator, renders: pa.Table) -> pa.Table:
    """Make the segments of some renders."""
    counts = renders["segments"].to_numpy()
    of = np.repeat(np.arange(renders.num_rows), counts)
    number = np.arange(len(of)) - np.repeat(np.cumsum(counts) - counts, counts)
    shared = ("event_time", "render_id", "user", "project", "codec", "width", "height", "engine", "host")
    columns: Columns = {name: renders[name].take(of) for name in shared}
    frames = np.full(len(of), 70)
    cached = number < renders["segments_cached"].to_numpy()[of]
    columns |= {
        "event_id": _event_ids(random, renders["event_time"].cast(pa.int64()).to_numpy()[of]),
        "number": number,
        "first_frame": number * 70,
        "frames": frames,
        "segment": _tokens(random, len(of), 40),
        "cached": cached,
        "tries": np.where(random.random(len(of)) < 0.005, 2, 1),
    }
    for name in ("draw_s", "convert_s", "encode_s", "store_s"):
        columns[name] = renders[name].to_numpy()[of] / counts[of] * random.lognormal(0, 0.1, len(of))
    columns["size_bytes"] = renders["size_bytes"].to_numpy()[of] // counts[of]
    columns["peak_memory_bytes"] = renders["peak_memory_bytes"].take(of)
    columns["frames_drawn"], columns["frames_held"] = frames - 5, np.full(len(of), 5)
    work = [
        name
        for name in SegmentEvent.__struct_fields__
        if name.endswith(("_s", "_bytes", "drawn", "held", "tries"))
    ]
    return _only_where(_table(SegmentEvent, columns, len(of)), pa.array(~cached), tuple(work))


def _engagement(random: np.random.Generator, renders: pa.Table) -> pa.Table:
    """Make plays, with how much of each was seen, downloads and links of some renders."""
    tables = []
    for kind, each in (("play", 1.6), ("download", 0.25), ("link", 0.2)):
        of = np.repeat(np.arange(renders.num_rows), random.poisson(each, renders.num_rows))
        end = renders["event_time"].cast(pa.int64()).to_numpy()[of]
        day_end = (end // 86_400_000_000 + 1) * 86_400_000_000 - 1
        times = np.minimum(
            end + (random.exponential(2400, len(of)) * 1e6).astype(np.int64), day_end - 60_000_000
        )
        movie_s, views = renders["duration_s"].to_numpy()[of], _tokens(random, len(of), 16)
        columns: Columns = {name: renders[name].take(of) for name in ("render_id", "project")}
        columns |= {
            "event_id": _event_ids(random, times),
            "event_time": times,
            "user": _names(PEOPLE, (random.zipf(1.5, len(of)) - 1) % len(PEOPLE)),
            "kind": pa.array([kind] * len(of)),
            "surface": _pick(
                random, len(of), ["panel", "job", "player", "dashboard", "code"], [0.4, 0.2, 0.2, 0.15, 0.05]
            ),
            "movie_s": movie_s,
        }
        if kind == "play":
            columns["view"] = views
        tables.append(_table(EngagementEvent, columns, len(of)))
        if kind == "play":
            seen = np.clip(random.beta(1.4, 0.7, len(of)) * 1.1, 0, 1)
            later = times + np.minimum(movie_s * seen * 1e6, 59e6).astype(np.int64)
            watch = {
                "event_id": _event_ids(random, later),
                "event_time": later,
                "kind": pa.array(["watch"] * len(of)),
                "watched_fraction": seen,
                "watched_s": seen * movie_s,
            }
            tables.append(_table(EngagementEvent, columns | watch, len(of)))
    return pa.concat_tables(tables)


def _write(store: Store, kind: type[Event], day: dt.date, table: pa.Table) -> None:
    key = merged_events_key(kind.table, day, digest_of(table["event_id"].to_pylist()))
    with store.writing(key, once=True) as path:
        write_merged(path, table, kind)


def _table(kind: type[Event], columns: Columns, count: int) -> pa.Table:
    schema = arrow_schema(kind)
    arrays = []
    for field in schema:
        values = columns.get(field.name)
        if values is None:
            arrays.append(pa.nulls(count, field.type))
            continue
        array = (
            values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values, from_pandas=True)
        )
        arrays.append(array.cast(field.type))
    return pa.table(arrays, schema=schema)


def _only_where(table: pa.Table, mask: Any, names: tuple[str, ...]) -> pa.Table:
    for name in names:
        field = table.schema.field(name)
        kept = pc.if_else(mask, table[name], pa.scalar(None, field.type))
        table = table.set_column(table.schema.get_field_index(name), field, kept)
    return table


def _names(of: Any, which: NDArray[Any]) -> pa.Array:
    return pa.array(list(of), pa.string()).take(pa.array(which))


def _pick(random: np.random.Generator, count: int, of: list[str], parts: list[float]) -> pa.Array:
    return _names(of, random.choice(len(of), count, p=parts))


def _tokens(random: np.random.Generator, count: int, length: int) -> pa.Array:
    letters = _LETTERS[random.integers(0, len(_LETTERS), (count, length))]
    return pa.array(np.ascontiguousarray(letters).view(f"<U{length}").ravel() if count else [], pa.string())


def _event_ids(random: np.random.Generator, times: NDArray[np.int64]) -> pa.Array:
    told = pc.strftime(pa.array(times).cast(pa.timestamp("us")), format="%Y%m%dT%H%M%S")
    told = pc.replace_substring(told, ".", "")
    return pc.binary_join_element_wise(
        pc.binary_join_element_wise(told, "Z", ""), _tokens(random, len(times), 10), "-"
    )


def _render_ids(random: np.random.Generator, times: NDArray[np.int64]) -> pa.Array:
    told = pc.strftime(
        pa.array(times // 1_000_000 * 1_000_000).cast(pa.timestamp("us")).cast(pa.timestamp("s")),
        format="%Y%m%d-%H%M%S",
    )
    return pc.binary_join_element_wise(told, _tokens(random, len(times), 6), "-")


def main() -> None:
    """Write a made-up history into a folder."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.generated_history")
    parser.add_argument("folder")
    parser.add_argument("--renders", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument(
        "--details", type=float, default=0.0, help="part of the renders with segments and plays"
    )
    args = parser.parse_args()
    print(generate_history(Store(args.folder), args.renders, args.days, details=args.details))


if __name__ == "__main__":
    main()
