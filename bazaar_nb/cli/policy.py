"""``bazaar policy``: IAM policies for people who share a bucket."""

from __future__ import annotations

import click

from bazaar_nb.cli.output import print_json


@click.command("policy", short_help="Print IAM policies for people who share a bucket.")
@click.option("--bucket", required=True, help="The bucket of the root.")
@click.option("--prefix", default="", help="What comes after the bucket in the root's address.")
@click.option("--project", help="The only project that they are for (all).")
@click.option("--role", type=click.Choice(("owner", "member", "viewer")), help="Print this one alone.")
def command(bucket: str, prefix: str, project: str | None, role: str | None) -> None:
    """Print IAM policies for people who share a bucket: owner, member and viewer, as JSON.

    Limits and members of projects are courtesies; a policy is a lock.
    """
    from bazaar_nb.jobs.bucket_policy import ROLES, role_policy

    policies: dict[str, object] = {one: role_policy(one, bucket, prefix, project) for one in ROLES}
    print_json(policies[role] if role else policies)
