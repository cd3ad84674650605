"""Earlier renders that are like one that is wanted: what a frame of theirs took, by their own measure.

Rates are compared as logarithms: half as much and twice as much are equally far
off. What is scaled to another size, other settings or another film says less,
and its range is widened for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bazaar_nb.media.settings import Settings
from bazaar_nb.render.plan import cut_film
from bazaar_nb.render.request import RenderRequest

if TYPE_CHECKING:
    import pandas as pd

_MOST = 12  # the newest ones: code and machine change
_FAR = 16.0  # times as many pixels, or as few: it says nothing any more

WORK_GROWTH = 0.85
"""Work grows with this power of the pixels, size with the next: measured from 480p to 1080p."""
SIZE_GROWTH = 0.65

# Geometric means of title, chart, montage, hold and slideshow (tests/benchmarks/workloads.py) at 1280x720
# and medium quality, with one thread.
_MEGAPIXELS = 1280 * 720 / 1e6
_WORK_S = 0.0095
_SIZE_BYTES = 2600.0
_CODEC_WORK = {"h264": 1.0, "h265": 2.45, "av1": 1.1, "vp8": 0.95, "vp9": 0.95, "prores": 1.4, "gif": 1.4,
               "webp": 1.8, "apng": 1.8, "png": 1.15, "jpeg": 0.4}  # fmt: skip
_CODEC_SIZE = {"h264": 1.0, "h265": 0.88, "av1": 0.9, "vp8": 2.85, "vp9": 1.5, "prores": 30.0, "gif": 10.8,
               "webp": 4.0, "apng": 25.0, "png": 48.0, "jpeg": 32.0}  # fmt: skip
_QUALITY_SIZE = {"low": 0.67, "medium": 1.0, "high": 1.7}

RENDER_COLUMNS = (
    "render_id", "status", "finished", "composition", "codec", "quality", "crf", "bit_rate", "preset",
    "width", "height", "frames", "frames_drawn", "frames_held", "frames_evaluated_by_workers", "segments",
    "segments_cached", "engine", "workers", "plan_s", "draw_s", "convert_s", "encode_s", "store_s", "sound_s",
    "join_s", "render_s", "size_bytes", "peak_memory_bytes",
)  # fmt: skip
"""Of the history: what is read of each render."""
SEGMENT_COLUMNS = (
    "render_id", "cached", "frames", "evaluate_s", "draw_s", "convert_s", "encode_s", "peak_memory_bytes"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an estimate is for.

    Attributes
    ----------
    setting : str
        The quality, or the encoder's own number where that was given by hand, and the preset.
    lengths : tuple of int
        Frames of each segment.
    """

    composition: str
    codec: str
    setting: str
    bit_rate: int | None
    width: int
    height: int
    frames: int
    duration_s: float
    has_sound: bool
    engine: str
    workers: int
    lengths: tuple[int, ...]

    @classmethod
    def of(cls, request: RenderRequest, engine: str, workers: int) -> Wanted:
        """Give what matters of a request, for an engine."""
        settings = request.settings
        lengths = [cut.stop - cut.first for cut in cut_film(request.film, request.first, request.stop)]
        return cls(
            request.film.name, settings.codec, setting_of(settings), settings.bit_rate, settings.width,
            settings.height, request.frames, request.duration_s, request.has_sound, engine, workers,
            tuple(lengths),
        )  # fmt: skip

    @property
    def megapixels(self) -> float:
        """Of a frame."""
        return self.width * self.height / 1e6


@dataclass(frozen=True, slots=True)
class EarlierRender:
    """A render that has ended, well or badly, and what its frames took.

    Attributes
    ----------
    made : int
        Frames that were rendered, not found.
    work_s : float
        Of its workers, for these frames, without the store.
    serial_s : float
        Of the process at home: evaluating there, sound and joining.
    join_s : float
        Of that: joining.
    render_s, size_bytes : float and int, or None
        Of one that succeeded.
    slowest : float
        The work of a frame of its slowest segment, as a multiple of the mean.
    """

    render_id: str
    composition: str
    codec: str
    setting: str
    width: int
    height: int
    frames: int
    made: int
    segments_made: int
    engine: str
    workers: int
    work_s: float
    store_s: float
    serial_s: float
    join_s: float
    render_s: float | None
    size_bytes: int | None
    peak_memory_bytes: int
    slowest: float = 1.3

    @property
    def megapixels(self) -> float:
        """Of a frame."""
        return self.width * self.height / 1e6


@dataclass(frozen=True, slots=True)
class Similar:
    """The earlier renders that say most of one that is wanted.

    Attributes
    ----------
    renders : tuple of EarlierRender
        The newest last; none if nothing is like it.
    spread : float
        Standard deviation of the logarithm that what they are like is taken to have beside their own.
    same_film, same_settings : bool
        Whether they are of this composition, and with these settings.
    """

    renders: tuple[EarlierRender, ...]
    spread: float
    same_film: bool = False
    same_settings: bool = False


def setting_of(settings: Settings) -> str:
    """Give how good the picture is to be, and how much time that may take."""
    return _setting(settings.quality, settings.crf, settings.bit_rate, settings.preset)


def find_similar(wanted: Wanted, earlier: Iterable[EarlierRender]) -> Similar:
    """Choose the renders that say most: of this film before others, with these settings before others.

    Parameters
    ----------
    earlier : iterable of EarlierRender
        The newest last.
    """
    near = [one for one in earlier if 1 / _FAR <= one.megapixels / wanted.megapixels <= _FAR and one.made]
    own = [one for one in near if one.composition == wanted.composition]
    for renders, same_film, spreads in ((own, True, (0.30, 0.45)), (near, False, (0.55, 0.65))):
        fitting = [one for one in renders if (one.codec, one.setting) == (wanted.codec, wanted.setting)]
        same_size = [one for one in fitting if (one.width, one.height) == (wanted.width, wanted.height)]
        for chosen, same in ((same_size, True), (fitting, True), (renders, False)):
            if chosen and (same or same_film or any(one.codec == wanted.codec for one in chosen)):
                return Similar(tuple(chosen[-_MOST:]), spreads[0] if same else spreads[1], same_film, same)
    return Similar((), 1.6 if wanted.codec in ("gif", "webp", "apng", "png", "jpeg") else 1.3)


def usual_work_s(codec: str, megapixels: float) -> float:
    """Give what a frame of the benchmarks' films takes."""
    growth: float = (megapixels / _MEGAPIXELS) ** WORK_GROWTH
    return _WORK_S * _CODEC_WORK[codec] * growth


def usual_bytes(codec: str, setting: str, megapixels: float) -> float:
    """Give how large a frame of the benchmarks' films is."""
    quality = _QUALITY_SIZE.get(setting.partition(",")[0], 1.0)
    growth: float = (megapixels / _MEGAPIXELS) ** SIZE_GROWTH
    return _SIZE_BYTES * _CODEC_SIZE[codec] * quality * growth


def read_earlier(renders: pd.DataFrame) -> list[EarlierRender]:
    """Take what estimates need from the history, the oldest first; cancelled and failed ones, too."""
    rows = renders[renders["finished"].notna()].sort_values("finished")[list(RENDER_COLUMNS)].astype(object)
    rows = rows.where(rows.notna(), None)
    found = [_earlier(row) for row in rows.to_dict("records")]
    return [one for one in found if one is not None]


def with_segments(renders: Sequence[EarlierRender], segments: pd.DataFrame) -> list[EarlierRender]:
    """Add what only the segments' own rows say: the workers' memory, and how uneven they were."""
    rows = segments[~segments["cached"].astype(bool)]
    stages = [
        rows[name].astype(float).fillna(0.0) for name in ("evaluate_s", "draw_s", "convert_s", "encode_s")
    ]
    rows = rows.assign(work=sum(stages[1:], stages[0]) / rows["frames"].astype(float))
    by = rows.groupby(rows["render_id"].astype(str))
    slowest = (by["work"].max() / by["work"].mean()).to_dict()
    memory = by["peak_memory_bytes"].max().to_dict()
    return [
        replace(
            one,
            slowest=max(1.0, float(slowest.get(one.render_id, one.slowest))),
            peak_memory_bytes=int(memory.get(one.render_id, one.peak_memory_bytes)),
        )
        for one in renders
    ]


def _earlier(row: dict[Any, Any]) -> EarlierRender | None:
    needed = ("composition", "codec", "width", "height", "frames", "draw_s", "encode_s", "engine", "workers")
    made = int(row["frames_drawn"] or 0) + int(row["frames_held"] or 0)
    if any(row[name] is None for name in needed) or row["codec"] not in _CODEC_WORK:
        return None

    def seconds(*names: str) -> float:
        return sum(float(row[name] or 0.0) for name in names)

    succeeded = row["status"] == "succeeded"
    # Of the frames that were evaluated, those found in the store included: by whom is told, not when.
    elsewhere = min(1.0, int(row["frames_evaluated_by_workers"] or 0) / max(1, int(row["frames"])))
    return EarlierRender(
        render_id=str(row["render_id"]),
        composition=str(row["composition"]),
        codec=str(row["codec"]),
        setting=_setting(row["quality"], row["crf"], row["bit_rate"], row["preset"]),
        width=int(row["width"]),
        height=int(row["height"]),
        frames=int(row["frames"]),
        made=made,
        segments_made=max(1, int(row["segments"] or 1) - int(row["segments_cached"] or 0)),
        engine=str(row["engine"]),
        workers=int(row["workers"]),
        work_s=seconds("draw_s", "convert_s", "encode_s") + elsewhere * seconds("plan_s"),
        store_s=seconds("store_s"),
        serial_s=seconds("sound_s", "join_s") + (1 - elsewhere) * seconds("plan_s"),
        join_s=seconds("join_s"),
        render_s=float(row["render_s"]) if succeeded and row["render_s"] is not None else None,
        size_bytes=int(row["size_bytes"]) if succeeded and row["size_bytes"] else None,
        peak_memory_bytes=int(row["peak_memory_bytes"] or 0),
    )


def _setting(quality: Any, crf: Any, bit_rate: Any, preset: Any) -> str:
    rate = f"{bit_rate} bit/s" if crf is None else f"crf {float(crf):g}"
    return f"{quality or rate}, {preset}"
