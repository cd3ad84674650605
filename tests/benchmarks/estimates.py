"""How often a render is where its estimate said: ``python -m tests.benchmarks.estimates [--renders 60]``.

Each film is estimated, then rendered into the same workspace, so that the first
know of nothing, and the later ones of more and more. Printed is how often the
truth was between low and high (nine of ten is what estimates say), and how far
apart these are, by what the estimate was from.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

import bazaar_nb as bz
from tests.benchmarks import workloads

_MEASURES = ("time_s", "size_bytes", "memory_bytes", "cost")
_SETTINGS: tuple[dict[str, Any], ...] = (
    *({"codec": "h264", "quality": quality} for quality in ("medium", "medium", "medium", "low", "high")),
    {"codec": "h265"}, {"codec": "vp9"}, {"codec": "h264", "bitrate": "medium"},
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--renders", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--all", action="store_true", help="print each render's cost, too")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = bz.LocalEngine(2)
        where = bz.Workspace(Path(folder) / "bazaar", engine=engine, user="bench")
        try:
            told = measure(Path(folder), where, asked.renders, random.Random(asked.seed), each=asked.all)
        finally:
            engine.close()
    print(f"{'estimate from':28}{'renders':>8}" + "".join(f"{name:>24}" for name in _MEASURES))
    for source, rows in sorted(told.items()):
        cells = []
        for name in _MEASURES:
            inside = sum(low <= truth <= high for low, high, truth in (row[name] for row in rows))
            wide = math.exp(sum(math.log(row[name][1] / row[name][0]) for row in rows) / len(rows))
            cells.append(f"{inside}/{len(rows)} in, x{wide:.1f}")
        print(f"{source:28}{len(rows):>8}" + "".join(f"{cell:>24}" for cell in cells))


def measure(
    folder: Path, where: bz.Workspace, renders: int, chance: random.Random, *, each: bool
) -> dict[str, list[dict[str, tuple[float, float, float]]]]:
    """Give (low, high, truth) of each measure, by what the estimate was from."""
    makers = (workloads.title, workloads.chart, workloads.montage, workloads.hold, workloads.slideshow)
    told = defaultdict(list)
    for number in range(renders):
        film = chance.choice(makers)(folder, chance.choice((4, 6, 8)))
        options = {**chance.choice(_SETTINGS), "resolution": chance.choice(("480p", "720p", "720p", "1080p"))}
        name = f"{number}.{'webm' if options['codec'] == 'vp9' else 'mp4'}"
        before = film.estimate(name, workspace=where, **options)
        render = film.export(name, workspace=where, progress=False, **options)
        where.close()  # a worker's peak is that of all that it ever did: the next has workers of its own
        if 2 * render.frames_cached > render.frames:
            continue  # estimates are of films of which nothing is there
        rows = where.history.segments(render_id=render.id)
        stages = ("evaluate_s", "draw_s", "convert_s", "encode_s", "store_s")
        truth = {
            "time_s": render.render_s,
            "size_bytes": render.size_bytes,
            "memory_bytes": float(rows["peak_memory_bytes"].astype(float).max()),
            "cost": np.nansum(rows[list(stages)].astype(float)) / 3600 * bz.analysis.Prices().cpu_hour,
        }
        source = "nothing" if not before.renders else "this film" if before.same_film else "other films"
        if any("other settings" in note for note in before.notes):
            source += ", other settings"
        if each:
            shown = " ".join(
                f"{getattr(before, key).likely / truth[key]:6.2f}{_outside(getattr(before, key), truth[key])}"
                for key in _MEASURES
            )
            print(
                f"{film.name:10} {options} {film.frames} frames, {source}: likely/truth {shown}  "
                f"load {os.getloadavg()[0]:.0f}"
            )
        told[source].append({
            key: (getattr(before, key).low, getattr(before, key).high, truth[key]) for key in _MEASURES
        })  # fmt: skip
    return told


def _outside(around: Any, truth: float) -> str:
    return " " if around.low <= truth <= around.high else "!"


if __name__ == "__main__":
    main()
