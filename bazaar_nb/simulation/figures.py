"""What a simulation rests on: what frames, segments, starts, sound and the store take.

Of a history it is measured there. What it doesn't tell, and all of it where
there is none, is built in: measured by ``python -m tests.benchmarks --only
simulate``, but for cluster and bucket, which are assumed. Each figure says where it
is from.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from statistics import median
from typing import TYPE_CHECKING

from bazaar_nb.errors import InvalidValueError

if TYPE_CHECKING:
    import pandas as pd

_REFERENCE_PIXELS = 1920 * 1080
_LEAST_SEGMENTS = 4
_MOST_SEGMENTS = 5_000
_MEASURED = "built in, measured with LocalEngine on an x86-64 machine of two cores"
_ASSUMED = "assumed, as of a cluster and a bucket in one region"
_ASSUMED_FIELDS = {"start_s", "dispatch_s", "join_bytes_s", "store_bytes_s"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Seconds and bytes.

    Attributes
    ----------
    frame_s : float
        Evaluating, drawing, converting and encoding a frame of 1920x1080 on one core.
    pixel_power : float
        With which power of its pixels that grows.
    frame_bytes : float
        Of a frame of 1920x1080 in its segment; grows with the same power.
    spread : tuple of float
        How much longer or shorter than the mean segments take, one after the other in films.
    segment_s : float
        What each segment takes of a worker besides: asking the store, opening, writing.
    dispatch_s : float
        What each segment takes of the coordinator, one after the other.
    plan_frame_s : float
        Evaluating and keying a frame, where the film can't travel: one after the other.
    start_s, start_spread : float
        Until a worker begins, and the standard deviation of its logarithm.
    begin_s, end_s : float
        Of the coordinator alone, before the first segment and after the movie: rows of the history.
    sound_rate : float
        Seconds of sound that are mixed and encoded in a second.
    join_segment_s, join_bytes_s : float
        Of joining: what each segment takes, and bytes in a second.
    request_s, store_bytes_s : float
        Of the store: a request, and a worker's bytes in a second.
    sources : dict of str to str
        Where they are from.
    """

    frame_s: float = 0.0189
    pixel_power: float = 0.93
    frame_bytes: float = 5_300
    spread: tuple[float, ...] = (0.78, 0.86, 0.92, 0.96, 1.0, 1.0, 1.04, 1.08, 1.14, 1.22)
    segment_s: float = 0.02
    dispatch_s: float = 0.001
    plan_frame_s: float = 0.00014
    start_s: float = 1.5
    start_spread: float = 0.15
    begin_s: float = 0.05
    end_s: float = 0.1
    sound_rate: float = 66.0
    join_segment_s: float = 0.0017
    join_bytes_s: float = 100e6
    request_s: float = 0.01
    store_bytes_s: float = 100e6
    sources: dict[str, str] = field(default_factory=dict)

    def frame_time_s(self, pixels: int) -> float:
        """Give what a frame of so many pixels takes on one core."""
        return self.frame_s * float((pixels / _REFERENCE_PIXELS) ** self.pixel_power)

    def bytes_of_frame(self, pixels: int) -> float:
        """Give how many bytes a frame of so many pixels has."""
        return self.frame_bytes * float((pixels / _REFERENCE_PIXELS) ** self.pixel_power)

    def lines(self) -> list[str]:
        """Say what they are and where they are from, for people."""
        joining = f"{self.join_bytes_s / 1e6:.0f} MB/s and {1e3 * self.join_segment_s:.0f} ms a segment"
        store = f"{self.store_bytes_s / 1e6:.0f} MB/s a worker and {1e3 * self.request_s:.0f} ms a request"
        said = [
            ("a frame of 1080p", f"{1e3 * self.frame_s:.1f} ms, {self.frame_bytes / 1e3:.1f} kB", "frame_s"),
            ("a worker's start", f"{self.start_s:.1f} s", "start_s"),
            ("handing in a segment", f"{1e3 * self.dispatch_s:.1f} ms", "dispatch_s"),
            ("sound", f"{self.sound_rate:.0f} times real time", "sound_rate"),
            ("joining", joining, "join_bytes_s"),
            ("the store", store, "store_bytes_s"),
        ]
        return [f"{what}: {value} ({self._source(name)})" for what, value, name in said]

    def _source(self, name: str) -> str:
        return self.sources.get(name, _ASSUMED if name in _ASSUMED_FIELDS else _MEASURED)


def figures_of(segments: pd.DataFrame, where: str, base: Figures | None = None) -> Figures:
    """Take from the history's segments what they tell.

    Parameters
    ----------
    segments : DataFrame
        As `History.segments` gives it.
    where : str
        What they are called as a source.
    base : Figures, optional
        What they don't tell.

    Raises
    ------
    InvalidValueError
        If there are fewer than four that were rendered.
    """
    base = base or Figures()
    rows = segments[
        segments["cached"].eq(other=False) & segments["frames"].gt(0) & segments["encode_s"].notna()
    ]
    rows = rows.tail(_MOST_SEGMENTS)
    if len(rows) < _LEAST_SEGMENTS:
        raise InvalidValueError(
            f"{where} has {len(rows)} segments that were rendered; a simulation wants {_LEAST_SEGMENTS} at "
            "least: export something first, or simulate without a history"
        )
    worked = rows[["evaluate_s", "draw_s", "convert_s", "encode_s"]].astype(float).fillna(0.0).sum(axis=1)
    scale = (
        rows["width"].astype(float) * rows["height"].astype(float) / _REFERENCE_PIXELS
    ) ** base.pixel_power
    per_frame = worked / rows["frames"] / scale
    size = float((rows["size_bytes"].astype(float) / scale).sum() / rows["frames"].sum())
    mean = float(worked.sum() / (rows["frames"] * scale).sum())
    # Beside other segments of their own film: how films differ is not what segments do.
    own = per_frame / per_frame.groupby(rows["render_id"]).transform("mean")
    source = f"{len(rows):,} segments of {rows['render_id'].nunique():,} renders in {where}"
    return replace(
        base,
        frame_s=mean,
        frame_bytes=size,
        spread=tuple(float(value) for value in own.sample(min(len(own), 500), random_state=1)),
        segment_s=float(median(rows["store_s"].astype(float).fillna(0.0))),
        sources={**base.sources, "frame_s": source},
    )
