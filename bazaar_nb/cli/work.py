"""``bazaar work``: takes detached renders."""

from __future__ import annotations

import signal
from collections.abc import Callable

import click

from bazaar_nb.cli.options import COUNT


@click.command("work", short_help="Take detached renders of a root, until it is stopped.")
@click.argument("root", required=False)
@click.option(
    "--engine",
    help="Who runs them: local, inline, lithops or a Dask scheduler's address (BAZAAR_ENGINE, or local).",
)
@click.option("--workers", type=COUNT, metavar="N", help="How many cores to use (BAZAAR_WORKERS, or all).")
@click.option("--once", is_flag=True, help="End when nothing is left that could be taken.")
@click.option("--json", "as_json", is_flag=True, help="Log a JSON object a line.")
def command(root: str | None, engine: str | None, workers: int | None, once: bool, as_json: bool) -> None:
    """Take detached renders of ROOT (BAZAAR_ROOT, or ./bazaar), one after the other, until it is stopped.

    Ctrl+C or SIGTERM stop it: what it was rendering another worker goes on with.
    """
    from bazaar_nb.detached.worker import log_plainly, work
    from bazaar_nb.workspace import Workspace

    def on_stop(stop: Callable[[], None]) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop())

    where = Workspace(root, engine=engine, workers=workers)
    log_plainly(as_json=as_json)
    work(where.store, where.engine, once=once, on_stop=on_stop)
