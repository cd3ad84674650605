"""The history for Prometheus, in its text format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from bazaar_nb.analysis.arguments import is_number
from bazaar_nb.analysis.groups import group
from bazaar_nb.analysis.outcomes import ENDS
from bazaar_nb.analysis.source import amounts, is_status, numbers, take_renders
from bazaar_nb.errors import InvalidValueError

BUCKETS_S = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)
"""Upper ends of the buckets of render times, in seconds."""

_KEYS = ("status", "format", "project")
METRIC_COLUMNS = (*_KEYS, "render_s", "frames", "frames_cached", "size_bytes")
"""The columns of the history that `prometheus` reads."""


def prometheus(renders: pd.DataFrame | None = None, *, buckets: Sequence[float] = BUCKETS_S) -> str:
    r"""Give the history in the text format of Prometheus, version 0.0.4.

    Serve it as ``text/plain; version=0.0.4``, or write it into a file for a
    node exporter. Renders are counted once they have ended, so counts only grow,
    unless old parts of the history are removed.

    Parameters
    ----------
    renders : DataFrame, optional
        As `history` gives; those of the default workspace if not given.
    buckets : sequence of float
        Upper ends of the buckets of render times, in seconds, rising.

    Returns
    -------
    str
        ``bazaar_renders_total`` by status, format and project; ``bazaar_render_seconds``, a
        histogram of what succeeded renders took, by format; ``bazaar_running_renders`` by
        status; of succeeded renders ``bazaar_rendered_frames``, ``bazaar_cached_frames`` and
        ``bazaar_movie_bytes``.

    References
    ----------
    https://prometheus.io/docs/instrumenting/exposition_formats/

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> text = bz.analysis.prometheus()
    """
    ends = _checked(buckets)
    frame = take_renders(renders, METRIC_COLUMNS)
    ended, done = is_status(frame, *ENDS), is_status(frame, "succeeded")
    lines: list[str] = []
    counts = group(frame[ended], _KEYS)
    _metric(
        lines, "bazaar_renders_total", "counter", "Renders that have ended.",
        (
            ("", dict(zip(_KEYS, map(str, labels), strict=True)), count)
            for labels, count in zip(
                counts.labels.itertuples(index=False, name=None), counts.sizes().tolist(), strict=True
            )
        ),
    )  # fmt: skip
    _metric(
        lines, "bazaar_render_seconds", "histogram", "Seconds that succeeded renders took.",
        _histogram(frame[done & ~np.isnan(numbers(frame, "render_s"))], ends),
    )  # fmt: skip
    under_way = {"queued": is_status(frame, "queued"), "started": is_status(frame, "started")}
    _metric(
        lines, "bazaar_running_renders", "gauge", "Renders that have not ended yet.",
        (("", {"status": status}, int(which.sum())) for status, which in under_way.items()),
    )  # fmt: skip
    frames, cached = (
        np.where(done, amounts(frame, column), 0).sum() for column in ("frames", "frames_cached")
    )
    size = np.where(done, amounts(frame, "size_bytes"), 0).sum()
    for name, told, value in (
        ("bazaar_rendered_frames", "Frames of movies that were rendered.", frames - cached),
        ("bazaar_cached_frames", "Frames of movies that were there already.", cached),
        ("bazaar_movie_bytes", "Size of all movies.", size),
    ):
        _metric(lines, name, "gauge", told, [("", {}, int(value))])
    return "\n".join(lines) + "\n"


Sample = tuple[str, Mapping[str, str], float]
"""What is added to the metric's name, the labels, the value."""


def _checked(buckets: Sequence[float]) -> list[float]:
    ends = list(buckets) if isinstance(buckets, Sequence) and not isinstance(buckets, str) else []
    if not ends or not all(is_number(end, 0) for end in ends) or sorted(set(ends)) != ends:
        raise InvalidValueError(f"`buckets` must be seconds that rise, got {buckets!r:.60}")
    return [float(end) for end in ends]


def _histogram(frame: pd.DataFrame, ends: list[float]) -> Iterable[Sample]:
    groups = group(frame, ("format",))
    took = numbers(frame, "render_s")
    sums = groups.sums(took)
    up_to = np.stack([groups.sizes(took <= end) for end in [*ends, np.inf]], axis=1)
    for index, name in enumerate(groups.labels["format"]):
        labels = {"format": str(name)}
        for end, count in zip([*map(_number, ends), "+Inf"], up_to[index].tolist(), strict=True):
            yield "_bucket", {**labels, "le": end}, count
        yield "_sum", labels, float(sums[index])
        yield "_count", labels, int(up_to[index, -1])


def _metric(lines: list[str], name: str, kind: str, told: str, samples: Iterable[Sample]) -> None:
    lines += [f"# HELP {name} {told}", f"# TYPE {name} {kind}"]
    for suffix, labels, value in samples:
        inside = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        lines.append(f"{name}{suffix}{{{inside}}} {_number(value)}" if inside else f"{name} {_number(value)}")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))
