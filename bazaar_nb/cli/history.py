"""``bazaar history``: the last renders, and care for the files that tell of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bazaar_nb.cli.options import COUNT, json_option, root_option
from bazaar_nb.cli.output import print_json, records, table_text
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.store.store import Store

if TYPE_CHECKING:
    import pandas as pd

    from bazaar_nb.history.history import History


@click.command("history", short_help="Print the last renders, or look after the history.")
@click.option("-n", "--number", type=COUNT, default=10, help="How many (10).")
@click.option("--since", metavar="TIME", help="Only renders from then on: a date, or a time ago as 30d.")
@click.option("--until", metavar="TIME", help="Only renders before then.")
@click.option("--project", help="Only renders of this project.")
@click.option("--user", help="Only renders of this user.")
@click.option("--status", help="Only renders that are so: succeeded, failed, cancelled, lost …")
@click.option("--compact", is_flag=True, help="Merge the small files of each day into one.")
@click.option(
    "--wait", is_flag=True,
    help="With --compact: wait ten seconds and remove what was merged; else the next time does.",
)  # fmt: skip
@click.option("--remove-older-than", metavar="AGE", help="Remove days of the history that are older: 365d.")
@click.option("--export", metavar="FILE", help="Write all renders into one parquet file.")
@click.option(
    "--prometheus", is_flag=True, help="Print figures of all renders in the text format of Prometheus."
)
@json_option
@root_option
def command(
    number: int,
    since: str | None,
    until: str | None,
    project: str | None,
    user: str | None,
    status: str | None,
    compact: bool,
    wait: bool,
    remove_older_than: str | None,
    export: str | None,
    prometheus: bool,
    as_json: bool,
    root: str | None,
) -> None:
    """Print the last renders, newest last; or look after the files that tell of them."""
    # Imported here: the doctor must run where pandas doesn't.
    from bazaar_nb.history.history import History

    chores = [compact, remove_older_than is not None, export is not None, prometheus]
    if sum(chores) > 1:
        raise click.UsageError("--compact, --remove-older-than, --export and --prometheus don't go together")
    if wait and not compact:
        raise InvalidValueError("`--wait` goes with `--compact`")
    store = Store(root)
    history = History(store)
    if compact:
        _compact(history, wait, as_json)
    elif remove_older_than is not None:
        _remove(history, remove_older_than, as_json)
    elif export is not None:
        path = history.export(export)
        print_json({"path": str(path)}) if as_json else print(path)
    elif prometheus:
        from bazaar_nb.analysis.prometheus import METRIC_COLUMNS
        from bazaar_nb.analysis.prometheus import prometheus as figures

        print(figures(history(columns=METRIC_COLUMNS)), end="")
    else:
        rows = history(since=since, until=until, user=user, project=project, status=status).tail(number)
        if as_json:
            print_json({"root": store.root, "renders": records(rows)})
        elif rows.empty:
            print(f"no renders in {store.location('history')}")
        else:
            print(_table(rows))


def _compact(history: History, wait: bool, as_json: bool) -> None:
    done = history.compact(wait=wait)
    if as_json:
        print_json({"events": done.events, "days": done.days, "removed": done.removed, "left": done.left})
        return
    left = f", left {done.left:,} for the next time" if done.left else ""
    print(
        f"merged {done.events:,} events of {done.days} days, removed {done.removed:,} small files{left}, "
        f"in {history.store.root}"
    )


def _remove(history: History, age: str, as_json: bool) -> None:
    gone = history.remove(older_than=age)
    if as_json:
        said = {"days": gone.days, "before": gone.before, "files": gone.files, "size_bytes": gone.size_bytes}
        print_json(said)
        return
    print(
        f"removed {gone.days} days before {gone.before} ({gone.files:,} files, "
        f"{gone.size_bytes / 1e6:.1f} MB) from {history.store.location('history')}"
    )


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
    text = table.astype("string").fillna("")
    # Not pandas' own layout: it cuts wide columns, and a path that is cut can't be opened.
    return table_text(list(text.columns), text.values.tolist())
