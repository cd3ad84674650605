"""Options that several commands have, and the values that they take."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from bazaar_nb.workspace import Workspace

Command = TypeVar("Command", bound=Callable[..., Any])
_SIZE = re.compile(r"(\d{1,6})[x×](\d{1,6})")

COUNT = click.IntRange(min=1)
"""A whole number from 1 on."""


def pair(text: str) -> tuple[str, str]:
    """Give ``name=value`` as a tuple."""
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise click.BadParameter(f"expected name=value, got {text!r}")
    return name.strip(), value


def captions_file(text: str) -> tuple[str, str]:
    """Give the language and the file of ``deu=talk.srt``; English is not said."""
    language, sign, path = text.partition("=")
    if sign and len(language) == 3 and language.isalpha():
        return language, path
    return "eng", text


def counts(text: str) -> list[int]:
    """Give whole numbers from 1 on, with commas between them, as a list."""
    found = []
    for part in text.split(","):
        if not (part.strip().isascii() and part.strip().isdecimal()) or int(part) < 1:
            raise click.BadParameter(f"expected whole numbers from 1 on, as 1,10,100, got {text!r}")
        found.append(int(part))
    return found


def frame_range(text: str) -> tuple[int, int]:
    """Give ``first:stop``, half-open, as a tuple."""
    first, _, stop = text.partition(":")
    if not all(edge.isascii() and edge.isdecimal() for edge in (first, stop)):
        raise click.BadParameter(f"expected first:stop, as 0:90 for frames 0 to 89, got {text!r}")
    return int(first), int(stop)


def resolution(text: str | None) -> str | tuple[int, int] | None:
    """Give ``1280x720`` as width and height, and anything else as it is."""
    found = _SIZE.fullmatch(text or "")
    return (int(found[1]), int(found[2])) if found else text


def json_option(command: Command) -> Command:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")(command)


def root_option(command: Command) -> Command:
    """Add ``--root``."""
    return click.option(
        "--root", metavar="ROOT", help="Where movies and history are (BAZAAR_ROOT, or ./bazaar)."
    )(command)


def workspace_options(command: Command) -> Command:
    """Add what a workspace is made of, but its root."""
    for option in (
        click.option("--workers", type=COUNT, metavar="N", help="How many cores (BAZAAR_WORKERS, or all)."),
        click.option(
            "--engine",
            metavar="ENGINE",
            help="Who renders: local, inline, lithops or a Dask scheduler's address (BAZAAR_ENGINE).",
        ),
        click.option("--user", metavar="NAME", help="For whom (BAZAAR_USER, or the login name)."),
        click.option("--project", metavar="NAME", help="What it belongs to (BAZAAR_PROJECT, or default)."),
    ):
        command = option(command)
    return command


def make_workspace(
    root: str | None,
    project: str | None = None,
    user: str | None = None,
    engine: str | None = None,
    workers: int | None = None,
) -> Workspace:
    """Give the workspace that options ask for, and make it the one that the film's own code uses."""
    from bazaar_nb.workspace import Workspace, use

    return use(Workspace(root, project=project, user=user, engine=engine, workers=workers))
