"""What a render will take, from renders that were like it: time, cost, memory and bytes, as ranges.

How: each earlier render that is like the one that is wanted (see
`similar_renders`) gives what a frame takes, scaled to its pixels. The segments
that the film is cut into are laid out on the workers, and to that is added what
is done once: starting, sound, joining. Where renders of the same engine are
known, the sum is corrected by how far it was off for them. A range goes from
what one in twenty stays below to what one in twenty exceeds, as far as the
spread of those renders tells; it is wider the fewer they are and the less they
are like it. Nothing is taken to be in the store already: what is makes a render
cheaper and quicker.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from bazaar_nb.errors import InvalidValueError, StoreError
from bazaar_nb.history.query import read_query
from bazaar_nb.history.reader import read_recent, read_table
from bazaar_nb.history.segment_event import SegmentEvent
from bazaar_nb.jobs.estimate import Estimate, Range
from bazaar_nb.jobs.function_costs import FunctionUse, lambda_speed
from bazaar_nb.jobs.prices import Prices
from bazaar_nb.jobs.similar_renders import (
    SEGMENT_COLUMNS,
    SIZE_GROWTH,
    WORK_GROWTH,
    EarlierRender,
    Similar,
    Wanted,
    find_similar,
    read_earlier,
    usual_bytes,
    usual_work_s,
    with_segments,
)
from bazaar_nb.jobs.sound_estimate import sound_estimate
from bazaar_nb.media.codecs import CODECS
from bazaar_nb.render.engines.dask import DaskEngine
from bazaar_nb.render.engines.dask_connection import Scheduler, is_cluster, scheduler_of, workers_at
from bazaar_nb.render.engines.engine import Engine
from bazaar_nb.render.engines.local import available_cores
from bazaar_nb.render.request import RenderRequest
from bazaar_nb.store.store import Store
from bazaar_nb.values.number import plain_number

_GB = 2**30
_SOUND_BIT_RATE = 128_000
_BIT_RATE_ERROR = 0.15
_GROWTH_SPREAD = 0.2  # of scaling by pixels, for each e-fold of them
_PRIOR_COUNT = 3
_TIME_SPREAD = {True: 0.15, False: 0.3}  # of the model: of an engine whose renders are known, or not
_START_S = {"inline": 0.05, "local": 0.7, "dask": 1.5, "lithops": 8.0}
_START_SPREAD = 0.7
_JOIN_S = {
    "gif": 0.25,
    "webp": 0.3,
    "apng": 0.3,
    "png": 0.003,
    "jpeg": 0.001,
}  # a frame and megapixel: when all is there
_STORE_BYTES_S = 40e6  # of one connection to a bucket
_STORE_TRIP_S = 0.15
_MEMORY_BASE, _MEMORY_OF_MEGAPIXEL = 110e6, 140e6
_MEMORY_SPREAD = {True: 0.15, False: 0.35}
_EVENTS_OF_A_RENDER = 3
_SIGN_S = 1.0  # a function says once in so long that it is at work
_REQUESTS_OF_A_SEGMENT = 2  # looked for, and fetched to be joined


@dataclass(frozen=True, slots=True)
class Place:
    """Where a render would run.

    Attributes
    ----------
    memory_gb : float
        Of a function, on the engine that pays for that.
    is_remote : bool
        Whether the store is a bucket.
    """

    prices: Prices = field(default_factory=Prices)
    memory_gb: float = 2.0
    is_remote: bool = False


def estimate(wanted: Wanted, earlier: Iterable[EarlierRender], place: Place | None = None) -> Estimate:
    """Tell what a render will probably take.

    Parameters
    ----------
    earlier : iterable of EarlierRender
        The newest last.
    """
    place, earlier = place or Place(), list(earlier)
    if wanted.codec not in CODECS:
        return sound_estimate(wanted, place.prices, is_remote=place.is_remote)
    similar = find_similar(wanted, earlier)
    on_functions = wanted.engine == "lithops"
    abroad = on_functions and not any(one.engine == "lithops" for one in similar.renders)
    work = _work(wanted, similar)
    slower = 1.0
    if abroad:  # another machine's cores, and so much of one as the memory buys
        slower = 1 / lambda_speed(place.memory_gb)
        work = Range.around(work.likely, math.hypot(work.spread, 0.35))
    size, exact_size = _size(wanted, similar)
    time_s = _time(wanted, similar, earlier, work * slower, size.likely, place)
    stored = size * 2
    costs = _costs(wanted, similar, work * slower, size, place, time_s)
    return Estimate(
        time_s=time_s,
        size_bytes=size,
        stored_bytes=stored,
        memory_bytes=_memory(wanted, similar),
        cost=costs["compute"] + costs["requests"] + costs["egress"],
        costs=costs,
        currency=place.prices.currency,
        engine=wanted.engine,
        workers=wanted.workers,
        segments=len(wanted.lengths),
        frames=wanted.frames,
        renders=len(similar.renders),
        same_film=similar.same_film,
        exact_size=exact_size,
        notes=_notes(wanted, similar, abroad),
    )


def planned_engine(engine: object, workers: int | None, present: Engine) -> tuple[str, int]:
    """Give the name of an engine that an estimate is for, and how many segments it would run at once.

    Parameters
    ----------
    engine : Engine, Dask client, cluster or address, str or None
        None is the workspace's. A cluster is asked for its workers only where `workers` isn't given.
    present : Engine
        The workspace's.

    Raises
    ------
    InvalidValueError
        For what is no engine or no number of workers, and for a cluster that has no worker yet.
    EngineError
        If a cluster doesn't answer.
    """
    if workers is not None and (isinstance(workers, bool) or not isinstance(workers, int) or workers < 1):
        raise InvalidValueError(
            f"`workers` must be a whole number, at least 1, got {workers!r:.60} (estimate)"
        )
    chosen = present if engine is None else engine
    if isinstance(chosen, DaskEngine) and not chosen.is_ready:
        return chosen.name, workers or _workers_of(chosen.scheduler)
    if isinstance(chosen, Engine):
        return chosen.name, workers or chosen.workers
    if is_cluster(chosen) or (isinstance(chosen, str) and "://" in chosen):
        return DaskEngine.name, workers or _workers_of(scheduler_of(chosen))
    if not isinstance(chosen, str) or chosen not in _START_S:
        raise InvalidValueError(
            "`engine` must be an engine, a Dask client, cluster or address, or one of "
            f"{', '.join(_START_S)}, got {chosen!r:.60} (estimate)"
        )
    if chosen == "inline" and workers not in (None, 1):
        raise InvalidValueError(f"engine 'inline' has one worker, got `workers`={workers} (estimate)")
    usual = {"inline": 1, "local": available_cores()}
    if workers is None and chosen not in usual:
        raise InvalidValueError(f"engine {chosen!r} wants `workers`: how many segments run at once")
    return chosen, workers or usual[chosen]


def _workers_of(scheduler: Scheduler) -> int:
    there = workers_at(scheduler)
    if not there:
        raise InvalidValueError(
            f"the cluster at {scheduler.address} has no worker yet: say how many `workers` it will have "
            "(estimate)"
        )
    return there


def checked_memory_gb(memory_gb: float | None, present: Engine) -> float:
    """Give the memory of a function: as given, as the engine has it, or 2 GB."""
    if memory_gb is None:
        return float(getattr(present, "memory_mb", None) or 2048) / 1024
    number = plain_number(memory_gb)
    if number is None or isinstance(number, bool) or not 0.125 <= number <= 10:
        raise InvalidValueError(f"`memory_gb` must be from 0.125 to 10, got {memory_gb!r:.60} (estimate)")
    return float(number)


def read_history(store: Store, wanted: Wanted, days: int = 30) -> list[EarlierRender]:
    """Read the renders of the last days; of those that are like the one that is wanted, the segments too."""
    earlier = read_earlier(read_recent(store, days))
    like = find_similar(wanted, earlier).renders
    if not like:
        return earlier
    ids = [one.render_id for one in like]
    query = read_query(SegmentEvent, since=f"{days + 1}d", render_id=ids, columns=SEGMENT_COLUMNS)
    known = {one.render_id: one for one in with_segments(like, read_table(store, SegmentEvent, query))}
    return [known.get(one.render_id, one) for one in earlier]


def expected_frame_s(request: RenderRequest) -> float:
    """Give what a frame may take of a worker, in seconds: one in twenty takes longer, as far as is known."""
    engine = request.engine
    wanted = Wanted.of(request, engine.name, engine.workers)
    try:
        earlier = read_history(request.store, wanted)
    except StoreError:  # it is no reason not to render
        earlier = []
    similar = find_similar(wanted, earlier)
    slower = 1.0
    if engine.name == "lithops" and not any(one.engine == "lithops" for one in similar.renders):
        slower = 1 / lambda_speed(checked_memory_gb(None, engine))
    uneven = max((one.slowest for one in similar.renders), default=1.0)
    return _work(wanted, similar).high * slower * uneven


def layout_s(lengths: Sequence[float], workers: int) -> float:
    """Give how long workers take that each have the next segment when they are free.

    Parameters
    ----------
    lengths : sequence of float
        Seconds of each segment, in the order in which they are given out.
    """
    if workers >= len(lengths):
        return max(lengths, default=0.0)
    free = [0.0] * workers
    for length in lengths:
        heapq.heappush(free, heapq.heappop(free) + length)
    return max(free)


def _work(wanted: Wanted, similar: Similar) -> Range:
    """Give what a frame takes, in seconds of work."""
    usual = usual_work_s(wanted.codec, wanted.megapixels)
    if not similar.renders:
        return Range.around(usual, similar.spread)
    logs = []
    for one in similar.renders:
        rate = max(one.work_s / one.made, 1e-7)
        if similar.same_settings:
            logs.append(math.log(rate * (wanted.megapixels / one.megapixels) ** WORK_GROWTH))
        else:
            logs.append(math.log(rate * usual / usual_work_s(one.codec, one.megapixels)))
    return _from(logs, similar, wanted)


def _size(wanted: Wanted, similar: Similar) -> tuple[Range, bool]:
    """Give the size of the movie, and whether it is known without renders like it."""
    usual = usual_bytes(wanted.codec, wanted.setting, wanted.megapixels)
    logs = []
    for one in similar.renders:
        if one.size_bytes is None:
            continue
        rate = one.size_bytes / one.frames
        if similar.same_settings:
            logs.append(math.log(rate * (wanted.megapixels / one.megapixels) ** SIZE_GROWTH))
        else:
            logs.append(math.log(rate * usual / usual_bytes(one.codec, one.setting, one.megapixels)))
    if logs:
        size = _from(logs, similar, wanted) * wanted.frames
    else:
        size = Range.around(usual, max(similar.spread, 1.1)) * wanted.frames
        if wanted.has_sound:
            size = size + Range(*[_SOUND_BIT_RATE / 8 * wanted.duration_s] * 3)
    if wanted.bit_rate is None:
        return size, False
    exact = (wanted.bit_rate + _SOUND_BIT_RATE * wanted.has_sound) / 8 * wanted.duration_s
    # An encoder that has nothing to tell stays below its rate, however high that is.
    low = min(size.low if logs else exact, exact) * (1 - _BIT_RATE_ERROR)
    return Range(
        low, min(exact, max(low, size.likely) if logs else exact), exact * (1 + _BIT_RATE_ERROR)
    ), True


def _time(
    wanted: Wanted, similar: Similar, earlier: Sequence[EarlierRender], work: Range, size: float, place: Place
) -> Range:
    once_s = _once_s(wanted, similar, size, place)
    slowest = float(np.median([one.slowest for one in similar.renders])) if similar.renders else 1.5
    store_s = _store_s(similar, size / max(1, len(wanted.lengths)), place)

    def run_s(rate: float) -> float:
        lengths = [frames * rate + store_s for frames in wanted.lengths]
        return max(layout_s(lengths, wanted.workers), slowest * max(lengths))

    starting = _START_S.get(wanted.engine, 1.0)
    likely = run_s(work.likely) + once_s + starting
    # How far the same sum was off for renders that ran where this one will.
    there = [one for one in earlier if (one.engine, one.workers) == (wanted.engine, wanted.workers)]
    errors = [
        math.log(one.render_s / _as_modelled(one))
        for one in there[-12:]
        if one.render_s is not None and 2 * one.made >= one.frames
    ]
    off = float(np.mean(errors)) if errors else 0.0
    model = _next_spread(errors, _TIME_SPREAD[bool(errors)])
    if errors:
        likely *= math.exp(off * len(errors) / (len(errors) + 1))
    still = starting / (run_s(work.likely) + once_s + starting)
    return Range.around(likely, math.hypot(work.spread * (1 - still), model, _START_SPREAD * still))


def _as_modelled(one: EarlierRender) -> float:
    """Give how long a render that was takes by the sum."""
    each = (one.work_s + one.store_s) / one.segments_made
    run_s = max(layout_s([each] * one.segments_made, one.workers), one.slowest * each)
    return run_s + one.serial_s + _START_S.get(one.engine, 1.0)


def _once_s(wanted: Wanted, similar: Similar, size: float, place: Place) -> float:
    """Give what is done once, at home."""
    known = [one for one in similar.renders if one.size_bytes is not None]
    join = _JOIN_S.get(wanted.codec, 0.0001) * wanted.megapixels
    if known and similar.same_settings:
        join = float(
            np.median([one.serial_s / one.frames * (wanted.megapixels / one.megapixels) for one in known])
        )
    seconds = join * wanted.frames
    if wanted.has_sound and not known:
        seconds += 0.01 * wanted.duration_s
    if place.is_remote:  # fetched to be joined, several at a time, and sent again
        seconds += size / _STORE_BYTES_S + size / (4 * _STORE_BYTES_S)
    return seconds


def _store_s(similar: Similar, segment_bytes: float, place: Place) -> float:
    known = [one.store_s / one.segments_made for one in similar.renders if one.segments_made]
    if known:
        return float(np.median(known))
    return _STORE_TRIP_S + segment_bytes / _STORE_BYTES_S if place.is_remote else 0.01


def _memory(wanted: Wanted, similar: Similar) -> Range:
    """Give the memory of the largest worker.

    What is known of a render is the most that its workers had until then, also for what came before: so the
    range begins below the least of these.
    """
    usual = _MEMORY_BASE + _MEMORY_OF_MEGAPIXEL * wanted.megapixels
    known = [
        _MEMORY_BASE + max(0.0, one.peak_memory_bytes - _MEMORY_BASE) * wanted.megapixels / one.megapixels
        for one in similar.renders
        if one.peak_memory_bytes
    ]
    if not known:
        return Range.around(usual, _MEMORY_SPREAD[False])
    spread = _MEMORY_SPREAD[similar.same_film and similar.same_settings]
    around = Range.around(float(np.median(known)), _next_spread(np.log(known).tolist(), spread))
    return Range(min(around.low, 0.85 * min(known)), around.likely, around.high)


def _costs(
    wanted: Wanted, similar: Similar, work: Range, size: Range, place: Place, time_s: Range
) -> dict[str, Range]:
    prices, segments = place.prices, len(wanted.lengths)
    store_s = _store_s(similar, size.likely / max(1, segments), place)
    busy = work * wanted.frames + Range(*[store_s * segments] * 3)
    if wanted.engine == "lithops":
        use = FunctionUse(calls=segments, at_once=min(wanted.workers, segments), memory_gb=place.memory_gb)
        compute = Range(*(use.cost(seconds, edge, prices) for edge, seconds in enumerate(busy)))
    elif wanted.engine == "dask":  # machines are paid for while they wait, too
        compute = time_s * (wanted.workers / 3600 * prices.machine_hour)
    else:
        compute = busy * (prices.cpu_hour / 3600)
    nothing = Range(0.0, 0.0, 0.0)
    if not place.is_remote:
        return {"compute": compute, "requests": nothing, "egress": nothing, "month": nothing}
    puts: float = (
        segments + 1 + _EVENTS_OF_A_RENDER + segments
    )  # the segments' rows, too, before days are merged
    gets: float = _REQUESTS_OF_A_SEGMENT * segments
    if wanted.engine == "lithops":  # signs of life, and lithops' own; see render/engines/lithops_function.py
        signs = busy.likely / _SIGN_S
        puts, gets = puts + signs + 5 * segments, gets + signs + 5 * segments
    requests = puts * prices.put_1000 / 1000 + gets * prices.get_1000 / 1000
    sent = size * (prices.egress_gb / _GB)
    return {
        "compute": compute,
        "requests": Range(0.7 * requests, requests, 1.5 * requests),  # retries
        "egress": Range(0.0, sent.likely, sent.high),  # nothing where the notebook is in the bucket's region
        "month": size * (2 * prices.gb_month / _GB),
    }


def _notes(wanted: Wanted, similar: Similar, abroad: bool) -> tuple[str, ...]:
    notes = []
    if not similar.renders:
        notes.append("nothing like it was rendered: from films of benchmarks, and very wide")
    elif not similar.same_film:
        notes.append("from other films, which may be far simpler or richer: wide")
    elif not similar.same_settings:
        notes.append("from this film with other settings: scaled, and wide")
    if abroad:
        notes.append("no render on functions is known: their speed is taken from this machine's, and wide")
    notes.append("as if none of its segments were in the store; list prices, see `analysis.Prices`")
    if wanted.workers > len(wanted.lengths):
        notes.append(
            f"{len(wanted.lengths)} segments keep {len(wanted.lengths)} of {wanted.workers} workers busy"
        )
    return tuple(notes)


def _from(logs: list[float], similar: Similar, wanted: Wanted) -> Range:
    """Give a range of what is known as logarithms."""
    growth = max(abs(math.log(wanted.megapixels / one.megapixels)) for one in similar.renders)
    spread = math.hypot(_next_spread(logs, similar.spread), _GROWTH_SPREAD * growth)
    return Range.around(math.exp(float(np.mean(logs))), spread)


def _next_spread(values: Sequence[float], prior: float) -> float:
    """Give how far the next value may be from the mean of some: as a standard deviation, of which 1.645 hold.

    Few values tell little of their own spread: what renders usually have counts as three of them, and
    the tails are those of Student's distribution.
    """
    count = len(values)
    freedom = _PRIOR_COUNT + max(0, count - 1)
    own = float(np.sum((np.asarray(values) - np.mean(values)) ** 2)) if count else 0.0
    deviation = math.sqrt((_PRIOR_COUNT * prior**2 + own) / freedom)
    return deviation * math.sqrt(1 + 1 / max(1, count)) * (1 + 1.28 / freedom)
