"""``bazaar store``: keeps the store small."""

from __future__ import annotations

import click

from bazaar_nb.cli.options import COUNT, json_option, root_option
from bazaar_nb.cli.output import print_json
from bazaar_nb.store.store import Store, default_root


@click.command("store", short_help="Keep the store small.")
@click.option(
    "--lifecycle", is_flag=True,
    help="Print the rules by which a bucket cleans itself, for PutBucketLifecycleConfiguration.",
)  # fmt: skip
@click.option(
    "--clean", metavar="AGE", help="Remove segments and assets that nobody used for so long: 30d, 12h."
)
@click.option(
    "--days", type=COUNT, metavar="N", default=30, help="When the rules let unused segments go (30)."
)
@json_option
@root_option
def command(lifecycle: bool, clean: str | None, days: int, as_json: bool, root: str | None) -> None:
    """Remove what need not be kept, or print the rules by which a bucket does so by itself.

    Movies, saved films and the history stay. Segments that are gone are rendered again when they are needed.
    """
    if lifecycle == (clean is not None):
        raise click.UsageError("give one of --lifecycle and --clean AGE")
    if lifecycle:
        from bazaar_nb.store.lifecycle import lifecycle_rules

        print_json(lifecycle_rules(root or default_root(), days))
        return
    store = Store(root)
    files, size = store.clean(clean or "")
    if as_json:
        print_json({"root": store.root, "files": files, "size_bytes": size})
    else:
        print(f"removed {files} files, {size / 1e6:.1f} MB, from {store.root}")
