"""``bazaar doctor``: whether all is here that rendering needs."""

from __future__ import annotations

import click

from bazaar_nb.cli.options import json_option, root_option
from bazaar_nb.cli.output import print_json
from bazaar_nb.doctor import report, run_checks


@click.command("doctor", short_help="Check that all is here that rendering needs, with fixes.")
@click.option(
    "--report", "as_report", is_flag=True,
    help="Print versions, platform, settings and checks for a bug report, without secrets.",
)  # fmt: skip
@json_option
@root_option
def command(as_report: bool, as_json: bool, root: str | None) -> int:
    """Check that all is here that rendering needs; say what is missing, and how to get it.

    Nothing is changed on the machine. With --report it prints what a bug report needs to say, as Markdown: no
    secrets, no names of users.
    """
    if as_report:
        from bazaar_nb.cli.machine_report import machine_report, markdown

        found = machine_report(root)
        if as_json:
            print_json(found)
        else:
            print(markdown(found))
        return int(any(check["state"] == "problem" for check in found["checks"]))
    if as_json:
        checks = [check._asdict() for check in run_checks(root)]
        print_json({"checks": checks})
        return int(any(check["state"] == "problem" for check in checks))
    return report(root)
