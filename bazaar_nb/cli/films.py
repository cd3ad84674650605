"""``bazaar films``: the saved films of projects."""

from __future__ import annotations

from typing import Any

import click

from bazaar_nb.cli.options import COUNT, json_option, make_workspace, root_option
from bazaar_nb.cli.output import print_json, records, table_text


@click.group("films", invoke_without_command=True, short_help="List saved films, or delete one.")
@click.option("--project", help="Only this project's (all).")
@click.option("--versions", is_flag=True, help="All versions, not only the newest of each film.")
@json_option
@root_option
@click.pass_context
def command(ctx: click.Context, project: str | None, versions: bool, as_json: bool, root: str | None) -> None:
    """List the films that `film.save(…)` has kept in projects; `bazaar films delete` lets one go.

    `bazaar render project/name` renders one.
    """
    if ctx.invoked_subcommand is not None:
        return
    from bazaar_nb.project_films import films

    where = make_workspace(root)
    table = films(project, versions=versions, workspace=where)
    if as_json:
        print_json({"root": where.store.root, "films": records(table)})
    elif table.empty:
        print(f"no saved films in {where.store.root}")
    else:
        rows_of: list[Any] = list(table.itertuples(index=False))
        rows = [
            (
                f"{row.project}/{row.name}", row.version, f"{row.saved:%Y-%m-%d %H:%M}", row.user,
                f"{row.duration.total_seconds():.2f}", row.size, f"{row.fps:g}", row.frames,
                f"{row.bytes / 1e6:.2f}",
            )
            for row in rows_of
        ]  # fmt: skip
        columns = ("film", "version", "saved (UTC)", "user", "seconds", "size", "fps", "frames", "MB")
        print(table_text(columns, rows))


@command.command("delete", short_help="Delete a saved film, or a version of it.")
@click.argument("name")
@click.option("--version", type=COUNT, help="Only this version (all of them).")
@click.option("--project", help="The film's project, if NAME doesn't say it (BAZAAR_PROJECT, or default).")
@click.option("--user", help="Who deletes it (BAZAAR_USER, or the login name).")
@click.option("-y", "--yes", is_flag=True, help="Don't ask.")
@json_option
@root_option
def delete(
    name: str,
    version: int | None,
    project: str | None,
    user: str | None,
    yes: bool,
    as_json: bool,
    root: str | None,
) -> None:
    """Delete the saved film NAME, as review or project/review: all its versions, or the one of --version.

    Movies that were rendered from it stay. It can't be taken back.
    """
    from bazaar_nb.project_films import delete_film, open_film

    where = make_workspace(root, user=user)
    found = open_film(name, version=version, project=project, workspace=where).saved
    what = f"version {version}" if version is not None else f"all versions (the newest is {found.version})"
    if not yes:
        said = f"Delete {what} of {found.project}/{found.name} in {where.store.root}?"
        click.confirm(said, abort=True, err=True)
    gone = delete_film(name, version=version, project=project, workspace=where)
    if as_json:
        said_of = {"project": found.project, "name": found.name, "versions": list(gone.versions)}
        print_json({**said_of, "files": gone.files, "size_bytes": gone.size_bytes})
    else:
        versions = ", ".join(map(str, gone.versions))
        print(
            f"deleted version{'s' * (len(gone.versions) > 1)} {versions} of {found.project}/{found.name}: "
            f"{gone.files} files, {gone.size_bytes / 1e6:.2f} MB"
        )
