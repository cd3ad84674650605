"""All commands, each imported when it is asked for; errors as one line, and as exit codes.

Exit codes
----------
0
    It is done.
1
    It could not be done: the reason is on standard error. Of `doctor`: something that rendering needs
    is missing.
2
    The command line is wrong.
3
    The film can't be made: its notebook, module, a scene, an element or a parameter of it is wrong.
4
    It is not allowed: a limit, or a project that is not yours.
130, 143
    It was interrupted, by Ctrl+C or by a signal to end (SIGTERM).
"""

from __future__ import annotations

import importlib
import io
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from bazaar_nb import __version__
from bazaar_nb.cli.output import print_json
from bazaar_nb.cli.signals import Terminated
from bazaar_nb.errors import (
    AccessError,
    AssetError,
    BadRowsError,
    BazaarError,
    ElementError,
    FilmSourceError,
    FontError,
    LimitError,
    ParameterError,
    SceneError,
)

COMMANDS = (
    "completion", "doctor", "films", "history", "policy", "preview", "render", "simulate", "store", "work",
)  # fmt: skip
"""Names of the commands; each is ``command`` in the file of its name."""

OF_THE_FILM = (
    SceneError, ElementError, AssetError, FontError, ParameterError, BadRowsError, FilmSourceError,
)  # fmt: skip
NOT_ALLOWED = (LimitError, AccessError)


class Commands(click.Group):
    """The commands, by their files."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take no command for a wrong one, as newer clicks do."""
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), err=True)
            ctx.exit(2)
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give their names."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None if there is no such one."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = importlib.import_module(f"bazaar_nb.cli.{cmd_name}").command
        return found

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find the command that is meant; say which are near one that isn't there."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, 1) if args else []
            if not near or "did you mean" in error.message.lower():  # newer clicks say it
                raise
            raise click.UsageError(f"{error.message} Did you mean {near[0]!r}?", ctx) from None


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done; 1 it could not be done; 2 wrong arguments; 3 the film can't be made; "
    "4 not allowed; 130 or 143 interrupted.",
)
@click.version_option(__version__, message="bazaar_nb %(version)s")
def program() -> None:
    """Videos from Python scenes, in a Jupyter notebook or without one."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the process by default.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # names of folders and films need not be text
    given = sys.argv[1:] if arguments is None else list(arguments)
    as_module = sys.argv[0].endswith("__main__.py")
    try:
        ended = program.main(
            given, prog_name="python -m bazaar_nb" if as_module else "bazaar", standalone_mode=False
        )
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt) as error:  # click makes the first of the second
        print("bazaar: interrupted", file=sys.stderr)
        return 143 if isinstance(error.__cause__ or error, Terminated) else 130
    except BrokenPipeError:  # as of `bazaar history | head`: nobody reads the rest
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except BazaarError as error:
        return _tell(error, as_json="--json" in given)
    return ended if isinstance(ended, int) else 0


def _tell(error: BazaarError, *, as_json: bool) -> int:
    print(f"bazaar: {error}", file=sys.stderr)
    trace = getattr(error, "scene_traceback", "") or getattr(error, "source_traceback", "")
    if trace:
        print(trace.rstrip(), file=sys.stderr)
    code = 3 if isinstance(error, OF_THE_FILM) else 4 if isinstance(error, NOT_ALLOWED) else 1
    if as_json:
        print_json({"error": {"type": type(error).__name__, "message": str(error), "exit_code": code}})
    return code
