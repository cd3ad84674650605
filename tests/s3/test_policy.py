"""The printed policies, held by a real server: for each role what it can do, and what it is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

import bazaar_nb as bz
from bazaar_nb.jobs.bucket_policy import Role, role_policy
from tests.render.films import counting_film, numbers_in
from tests.s3.server import Server

STRANGER = "arn:aws:iam::000000000000:user/stranger"


def grant(server: Server, bucket: str, role: Role, project: str | None) -> None:
    """Give the stranger a role, by a policy of the bucket."""
    policy = role_policy(role, bucket, "team", project)
    for statement in policy["Statement"]:
        statement["Principal"] = {"AWS": STRANGER}
        # This server doesn't know two conditions that Amazon's does: what they allow is tested apart.
        if statement["Sid"] == "List":
            statement["Condition"] = {"StringLike": statement["Condition"]["StringLikeIfExists"]}
        elif statement["Sid"] == "AddHistory":
            del statement["Condition"]
    server.client().put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))


def refused(call: Any, **wanted: str) -> bool:
    from botocore.exceptions import ClientError

    try:
        call(**wanted)
    except ClientError as error:
        return str(error.response["Error"]["Code"]) == "AccessDenied"
    return False


@pytest.mark.parametrize("project", [None, "q3"])
def test_each_role_can_do_its_part_and_no_more(
    server: Server, bucket: str, options: dict[str, Any], project: str | None
) -> None:
    key, secret = server.stranger
    root = f"s3://{bucket}/team"
    ann = bz.Workspace(root, storage_options=options, user="ann", project="q3", engine="inline")
    bobs_options = {**options, "key": key, "secret": secret}
    bob = bz.Workspace(root, storage_options=bobs_options, user="bob", project="q3", engine="inline")
    stranger = server.client(server.stranger)
    film = counting_film(0.2)
    first = film.export("first.mp4", workspace=ann, progress=False)
    event = f"team/{next(iter(ann.store.list('history/renders/')))}"
    movie = f"team/{first.key}"

    with pytest.raises(bz.StoreError, match="access denied"):
        bob.history()

    grant(server, bucket, "viewer", project)
    assert bob.history()["status"].tolist() == ["succeeded"]
    assert bz.render_status(first.id, bob).done
    with pytest.raises(bz.StoreError, match="access denied"):
        film.export("bobs.mp4", workspace=bob, progress=False)
    for name in (movie, event, "team/segments/aa/x.mp4", "team/limits.toml"):
        assert refused(stranger.put_object, Bucket=bucket, Key=name, Body="x")
        assert refused(stranger.delete_object, Bucket=bucket, Key=name)

    grant(server, bucket, "member", project)
    bobs = film.export("bobs.mp4", workspace=bob, progress=False)
    assert numbers_in(bobs.path) == list(range(6))
    assert ann.history()["user"].tolist() == ["ann", "bob"]
    with pytest.raises(bz.StoreError, match="access denied"):
        bob.set_project_members(owners=["bob"])
    for name in (event, movie):
        assert refused(stranger.delete_object, Bucket=bucket, Key=name)
    for name in ("team/limits.toml", "team/notices.toml", "team/projects/q3/members.json", "elsewhere/x"):
        assert refused(stranger.put_object, Bucket=bucket, Key=name, Body="x")
    assert refused(stranger.list_objects_v2, Bucket=bucket, Prefix="elsewhere/")
    assert refused(stranger.put_bucket_policy, Bucket=bucket, Policy="{}")
    if project:
        other = bz.Workspace(root, storage_options=bobs_options, user="bob", project="other", engine="inline")
        with pytest.raises(bz.StoreError, match="access denied"):
            film.export("other.mp4", workspace=other, progress=False)

    grant(server, bucket, "owner", project)
    bob.set_project_members(owners=["bob"], members=["ann"])
    assert ann.project_members().members == ("ann",)
    for name in (event, "team/limits.toml"):
        assert refused(stranger.delete_object, Bucket=bucket, Key=name) == (project is not None)
    assert not refused(stranger.delete_object, Bucket=bucket, Key=movie)
