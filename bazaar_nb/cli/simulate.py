"""``bazaar simulate``: how long a film would take on how many workers."""

from __future__ import annotations

from typing import Any

import click

from bazaar_nb.cli.options import COUNT, counts, json_option, root_option
from bazaar_nb.cli.output import print_json


@click.command("simulate", short_help="Predict how long a film takes on how many workers.")
@click.option("--film", default="10min@1080p", help="Length and size: 2h@4k (10min@1080p).")
@click.option("--fps", default="30", help="Frames a second (30).")
@click.option("--silent", is_flag=True, help="The film has no sound.")
@click.option("--workers", type=counts, default="1,10,100,1000", help="How many, as a list (1,10,100,1000).")
@click.option("--cores", type=COUNT, help="That all workers share, as on one machine (each has its own).")
@click.option("--quota", type=COUNT, help="How many may run at the same time, in a cloud.")
@click.option("--cold-start", type=float, metavar="S", help="Seconds until a worker begins.")
@click.option(
    "--stragglers",
    type=float,
    default=0.0,
    metavar="SHARE",
    help="Of segments that come three times as late.",
)
@click.option("--store-mb-s", type=float, metavar="MB", help="What a worker sends in a second.")
@click.option("--join-mb-s", type=float, metavar="MB", help="What the joiner sends in a second.")
@click.option("--folder", is_flag=True, help="The root is a folder: joined after the last segment.")
@click.option("--like", metavar="FILM", help="Take segments' times from renders of this composition alone.")
@click.option("--seed", type=int, default=0, help="Of what chance decides (0).")
@json_option
@root_option
def command(as_json: bool, **given: Any) -> None:
    """Predict how long a film takes on how many workers, and where scaling bends. Nothing is rendered."""
    from bazaar_nb.simulation.command import SimulationOptions, prediction

    found = prediction(SimulationOptions(**given))
    if not as_json:
        print(found)
        return
    print_json({
        "frames": found.film.frames,
        "segments": len(found.film.segments()),
        "bend": found.bend,
        "needed_s": {str(workers): float(seconds) for workers, seconds in found.needed_s.items()},
        "steps": [
            {name: getattr(one, name) for name in ("workers", "time_s", "efficiency", "held_by")}
            for one in found.steps
        ],
    })  # fmt: skip
