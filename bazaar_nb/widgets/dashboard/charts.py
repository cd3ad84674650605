"""The charts of a dashboard: bars that were counted here, so that the browser gets sums and no rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.analysis.engagement import engagement
from bazaar_nb.analysis.failures import LOST, errors
from bazaar_nb.analysis.groups import group
from bazaar_nb.analysis.popular import popular
from bazaar_nb.analysis.source import is_status, texts
from bazaar_nb.analysis.speed import RENDER, speed, speeds
from bazaar_nb.widgets.dashboard.protocol import Bar
from bazaar_nb.widgets.dashboard.times import starts_of

if TYPE_CHECKING:
    import pandas as pd

REST = ""
"""The key of a bar that stands for all that have none of their own."""

_MOST_BARS = 6
_MOST_POINTS = 240
_MOST_PLAYED = 6
_LONGEST = 80
_TOPICS = {"format": "Format", "codec": "Codec", "quality": "Quality", "resolution": "Resolution"}
_LABELS = {
    "h264": "H.264",
    "h265": "H.265",
    "vp9": "VP9",
    "vp8": "VP8",
    "av1": "AV1",
    "prores": "ProRes",
    "mov": "MOV",
    "mp4": "MP4",
    "webm": "WebM",
    "gif": "GIF",
    "webp": "WebP",
    "apng": "APNG",
    "png": "PNG",
    "jpeg": "JPEG",
    "m4a": "M4A",
    "mp3": "MP3",
    "wav": "WAV",
    "aac": "AAC",
    "pcm": "PCM",
}


def bar_charts(rows: pd.DataFrame, events: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Count renders for all charts but that over time.

    Parameters
    ----------
    rows, events : DataFrame
        Renders and engagement, as the history gives them.
    """
    return {
        **{topic: _popular(rows, topic) for topic in _TOPICS},
        "error": _errors(rows),
        "speed": _speeds(rows),
        "points": _points(rows),
        "plays": _plays(rows, events),
    }


def in_bar(rows: pd.DataFrame, bar: Bar, step: str, bars: list[dict[str, Any]]) -> NDArray[np.bool_]:
    """Tell which renders a bar stands for.

    Parameters
    ----------
    step : str
        How long a column of the chart over time is.
    bars : list of dict
        All bars of the same chart: what has none of its own is in that of the rest.
    """
    if bar.chart == "outcomes":
        found: NDArray[np.bool_] = starts_of(rows, step) == np.datetime64(bar.key, "s")
        return found if bar.series is None else found & is_status(rows, bar.series)
    if bar.chart == "error":
        codes, names = _error_codes(rows)
        there = is_status(rows, "failed", "lost")
    else:
        topic = "resolution" if bar.chart == "speed" else bar.chart
        groups = group(rows, (topic,))
        codes, names = groups.codes, [str(name) for name in groups.labels[topic]]
        there = speeds(rows)[0] if bar.chart == "speed" else np.ones(len(rows), bool)
    shown = {one["key"] for one in bars}
    wanted = [
        place for place, name in enumerate(names) if (name == bar.key if bar.key else name not in shown)
    ]
    return there & np.isin(codes, wanted)


def name_bar(bar: Bar, label: str) -> str:
    """Give what a bar is, for people."""
    if bar.chart == "outcomes":
        status = "All renders" if bar.series is None else bar.series.capitalize()
        return f"{status}, {label}"
    if bar.chart == "error":
        return f"Ended by {label}"
    return f"{_TOPICS.get(bar.chart, 'Measured in')} {label}"


def _popular(rows: pd.DataFrame, topic: str) -> list[dict[str, Any]]:
    table = popular(rows, by=topic, top=_MOST_BARS)
    pairs = zip(table[topic].astype("str"), table["renders"], strict=True)
    bars = [_bar(name, _LABELS.get(name, name), int(count)) for name, count in pairs]
    if len(bars) > _MOST_BARS:
        bars[-1]["key"] = REST
    return bars


def _errors(rows: pd.DataFrame) -> list[dict[str, Any]]:
    table = errors(rows)
    pairs = list(zip(table["error_class"], table["renders"], strict=True))
    bars = [_bar(name, name, int(count)) for name, count in pairs[:_MOST_BARS]]
    if rest := pairs[_MOST_BARS:]:
        bars.append(_bar(REST, "others", int(sum(count for _, count in rest)), f"{len(rest)} kinds"))
    return bars


def _error_codes(rows: pd.DataFrame) -> tuple[NDArray[np.intp], list[str]]:
    codes, names = texts(rows, "error_class")
    return np.where(is_status(rows, "lost"), len(names), codes), [*names, LOST]


def _speeds(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the median speed of each resolution, the smallest first."""
    table = speed(rows, by="resolution").sort_values("resolution")
    columns = zip(table["resolution"].astype("str"), table["frames_per_s"], table["renders"], strict=True)
    return [
        _bar(name, name, round(float(fps), 2), f"{count:,} render{'' if count == 1 else 's'}")
        for name, fps, count in columns
    ]


def _points(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Give length and time of finished renders, of many an even sample by time."""
    table = speed(rows, by=RENDER)
    table = table[table["duration_s"] > 0]
    table = table.iloc[:: -(-len(table) // _MOST_POINTS) or 1]
    names = ("render_id", "composition", "duration_s", "render_s")
    return [
        {
            "id": str(render_id),
            "label": str(film)[:_LONGEST],
            "length_s": round(float(length_s), 3),
            "render_s": round(float(render_s), 3),
        }
        for render_id, film, length_s, render_s in zip(*(table[name] for name in names), strict=True)
    ]


def _plays(rows: pd.DataFrame, events: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the movies that were played most."""
    table = engagement(rows, events)
    table = table[table["plays"] > 0].head(_MOST_PLAYED)
    names = ("render_id", "composition", "plays", "viewers", "watched_fraction", "downloads")
    return [
        {
            "id": str(render_id),
            "label": str(film)[:_LONGEST],
            "plays": int(plays),
            "viewers": int(viewers),
            "watched": round(float(np.nan_to_num(watched)), 3),
            "downloads": int(downloads),
        }
        for render_id, film, plays, viewers, watched, downloads in zip(
            *(table[name] for name in names), strict=True
        )
    ]


def _bar(key: str, label: str, value: float, more: str = "") -> dict[str, Any]:
    return {"key": key, "label": label[:_LONGEST], "value": value, "more": more}
