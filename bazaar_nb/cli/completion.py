"""``bazaar completion``: what makes a shell complete commands and options."""

from __future__ import annotations

import os
import re
from pathlib import PurePath

import click
from click.shell_completion import get_completion_class

from bazaar_nb.errors import InvalidValueError

_SHELLS = ("bash", "fish", "powershell", "zsh")


@click.command("completion", short_help="Print what makes a shell complete commands and options.")
@click.argument("shell", type=click.Choice(_SHELLS), required=False)
@click.pass_context
def command(ctx: click.Context, shell: str | None) -> None:
    """Print what makes SHELL (by default the one of the environment) complete `bazaar`.

    \b
    bash   echo 'eval "$(bazaar completion bash)"' >> ~/.bashrc
    zsh    echo 'eval "$(bazaar completion zsh)"' >> ~/.zshrc
    fish   bazaar completion fish > ~/.config/fish/completions/bazaar.fish
    """  # noqa: D301
    wanted = shell or re.sub(r"\.exe$", "", PurePath(os.environ.get("SHELL", "")).name)
    kind = get_completion_class(wanted)
    if kind is None:
        names = ", ".join(name for name in _SHELLS if get_completion_class(name))
        raise InvalidValueError(f"expected a shell of {names}, got {wanted or 'no SHELL'!r}")
    print(kind(ctx.find_root().command, {}, "bazaar", "_BAZAAR_COMPLETE").source())
