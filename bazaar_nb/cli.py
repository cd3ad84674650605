"""The command line: ``python -m bazaar_nb``, or ``bazaar``."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bazaar_nb import __version__
from bazaar_nb.doctor import report
from bazaar_nb.errors import BazaarError, InvalidValueError
from bazaar_nb.store.store import Store, default_root

if TYPE_CHECKING:
    import pandas as pd

    from bazaar_nb.history.history import History


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit code: 0 if all is well, 1 if not, 2 for wrong arguments."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # names of folders and films need not be text
    options = _parser().parse_args(arguments)
    try:
        if options.command == "doctor":
            return report(options.root)
        if options.command == "policy":
            return _policy(options)
        if options.command == "work":
            return _work(options)
        if options.command == "store":
            return _store(options)
        if options.command == "simulate":
            return _simulate(options)
        return _history(options)
    except BazaarError as error:
        print(f"bazaar: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    module = sys.argv[0].endswith("__main__.py")
    parser = argparse.ArgumentParser(
        prog="python -m bazaar_nb" if module else "bazaar",
        description="Videos from Python scenes, in a Jupyter notebook.",
    )
    parser.add_argument("--version", action="version", version=f"bazaar_nb {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    doctor = commands.add_parser("doctor", help="check that all is here that rendering needs, with fixes")
    history = commands.add_parser("history", help="print the last renders, or look after the history")
    history.add_argument("-n", "--number", type=_count, default=10, help="how many (10)")
    care = history.add_mutually_exclusive_group()
    care.add_argument("--compact", action="store_true", help="merge the small files of each day into one")
    history.add_argument(
        "--wait", action="store_true",
        help="with --compact: wait ten seconds and remove what was merged; else the next time does",
    )  # fmt: skip
    care.add_argument(
        "--remove-older-than", metavar="AGE", help="remove days of the history that are older: 365d"
    )
    care.add_argument("--export", metavar="FILE", help="write all renders into one parquet file")
    care.add_argument(
        "--prometheus",
        action="store_true",
        help="print figures of all renders in the text format of Prometheus",
    )
    policy = commands.add_parser(
        "policy", help="print IAM policies for people who share a bucket: owner, member and viewer"
    )
    policy.add_argument("--bucket", required=True, help="the bucket of the root")
    policy.add_argument("--prefix", default="", help="what comes after the bucket in the root's address")
    policy.add_argument("--project", help="the only project that they are for (all)")
    policy.add_argument("--role", choices=("owner", "member", "viewer"), help="print this one alone")
    work = commands.add_parser("work", help="take detached renders of a root, until it is stopped")
    work.add_argument("root", nargs="?", help="where they are (BAZAAR_ROOT, or ./bazaar)")
    work.add_argument(
        "--engine",
        help="who runs them: local, inline, lithops or a Dask scheduler's address (BAZAAR_ENGINE, or local)",
    )
    work.add_argument("--workers", type=_count, help="how many cores to use (BAZAAR_WORKERS, or all)")
    work.add_argument("--once", action="store_true", help="end when nothing is left that could be taken")
    store = commands.add_parser("store", help="keep the store small")
    chore = store.add_mutually_exclusive_group(required=True)
    chore.add_argument(
        "--lifecycle", action="store_true",
        help="print the rules by which a bucket cleans itself, for PutBucketLifecycleConfiguration",
    )  # fmt: skip
    chore.add_argument(
        "--clean", metavar="AGE", help="remove segments and assets that nobody used for so long: 30d, 12h"
    )
    store.add_argument("--days", type=_count, default=30, help="when the rules let unused segments go (30)")
    simulation = commands.add_parser(
        "simulate", help="predict how long a film takes on how many workers, and where scaling bends"
    )
    simulation.add_argument("--film", default="10min@1080p", help="length and size: 2h@4k (10min@1080p)")
    simulation.add_argument("--fps", default="30", help="frames a second (30)")
    simulation.add_argument("--silent", action="store_true", help="the film has no sound")
    simulation.add_argument(
        "--workers", type=_counts, default=[1, 10, 100, 1000], help="how many, as a list (1,10,100,1000)"
    )
    simulation.add_argument(
        "--cores", type=_count, help="that all workers share, as on one machine (each has its own)"
    )
    simulation.add_argument("--quota", type=_count, help="how many may run at the same time, in a cloud")
    simulation.add_argument("--cold-start", type=float, metavar="S", help="seconds until a worker begins")
    simulation.add_argument(
        "--stragglers",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="of segments that come three times as late",
    )
    simulation.add_argument("--store-mb-s", type=float, metavar="MB", help="what a worker sends in a second")
    simulation.add_argument("--join-mb-s", type=float, metavar="MB", help="what the joiner sends in a second")
    simulation.add_argument(
        "--folder",
        action="store_true",
        help="the root is a folder: joined after the last segment",
    )
    simulation.add_argument(
        "--like", metavar="FILM", help="take segments' times from renders of this composition alone"
    )
    simulation.add_argument("--seed", type=int, default=0, help="of what chance decides (0)")
    for command in (doctor, history, store, simulation):
        command.add_argument("--root", help="where movies and history are (BAZAAR_ROOT, or ./bazaar)")
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, got {text}")
    return number


def _counts(text: str) -> list[int]:
    return [_count(part) for part in text.split(",")]


def _simulate(options: argparse.Namespace) -> int:
    from bazaar_nb.simulation.command import prediction

    print(prediction(options))
    return 0


def _policy(options: argparse.Namespace) -> int:
    from bazaar_nb.jobs.bucket_policy import ROLES, role_policy

    policies = {role: role_policy(role, options.bucket, options.prefix, options.project) for role in ROLES}
    print(json.dumps(policies[options.role] if options.role else policies, indent=2))
    return 0


def _work(options: argparse.Namespace) -> int:
    import signal

    from bazaar_nb.detached.worker import log_plainly, work
    from bazaar_nb.workspace import Workspace

    def on_stop(stop: Callable[[], None]) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop())

    where = Workspace(options.root, engine=options.engine, workers=options.workers)
    log_plainly()
    work(where.store, where.engine, once=options.once, on_stop=on_stop)
    return 0


def _store(options: argparse.Namespace) -> int:
    from bazaar_nb.store.lifecycle import lifecycle_rules

    if options.lifecycle:
        print(json.dumps(lifecycle_rules(options.root or default_root(), options.days), indent=2))
        return 0
    store = Store(options.root)
    files, size = store.clean(options.clean)
    print(f"removed {files} files, {size / 1e6:.1f} MB, from {store.root}")
    return 0


def _history(options: argparse.Namespace) -> int:
    # Imported here: the doctor must run where pandas doesn't.
    from bazaar_nb.history.history import History

    if options.wait and not options.compact:
        raise InvalidValueError("`--wait` goes with `--compact`")
    store = Store(options.root)
    history = History(store)
    if options.compact:
        done = history.compact(wait=options.wait)
        left = f", left {done.left:,} for the next time" if done.left else ""
        print(
            f"merged {done.events:,} events of {done.days} days, removed {done.removed:,} small files{left}, "
            f"in {store.root}"
        )
    elif options.remove_older_than:
        gone = history.remove(older_than=options.remove_older_than)
        print(
            f"removed {gone.days} days before {gone.before} ({gone.files:,} files, "
            f"{gone.size_bytes / 1e6:.1f} MB) from {store.location('history')}"
        )
    elif options.export:
        print(history.export(options.export))
    elif options.prometheus:
        from bazaar_nb.analysis.prometheus import METRIC_COLUMNS, prometheus

        print(prometheus(history(columns=METRIC_COLUMNS)), end="")
    else:
        _print_last(history, options.number)
    return 0


def _print_last(history: History, number: int) -> None:
    rows = history()
    if rows.empty:
        print(f"no renders in {history.store.location('history')}")
    else:
        print(_table(rows.tail(number)))


def _table(rows: pd.DataFrame) -> str:
    """Lay out renders for a terminal, newest last."""
    import pandas as pd

    table = pd.DataFrame(
        {
            "created (UTC)": rows["created"].dt.strftime("%Y-%m-%d %H:%M"),
            "status": rows["status"].astype("string"),
            "composition": rows["composition"],
            "project": rows["project"].astype("string"),
            "format": rows["format"].astype("string"),
            "size": rows["width"].astype("string") + "x" + rows["height"].astype("string"),
            "frames": rows["frames"].astype("string"),
            "render s": rows["render_s"].map("{:.1f}".format, na_action="ignore").astype("string"),
            "MB": (rows["size_bytes"] / 1e6).map("{:.1f}".format, na_action="ignore").astype("string"),
            "result": rows["location"].where(rows["status"] == "succeeded", rows["error_message"]),
        }
    )
    text = table.astype("string").fillna("").map(_printable)
    # Not pandas' own layout: it cuts wide columns, and a path that is cut can't be opened.
    cells = [list(text.columns), *text.values.tolist()]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in cells)


def _printable(text: str) -> str:
    """Keep the first line, and nothing that moves a terminal's cursor."""
    line = (text.splitlines() or [""])[0]
    return "".join(character if character.isprintable() else "?" for character in line)[:120]
