"""The policies allow what each role does, and nothing that it shouldn't."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given

import bazaar_nb as bz
from bazaar_nb.cli import main
from bazaar_nb.jobs.bucket_policy import ROLES, role_policy
from bazaar_nb.store import folder
from tests.render.films import plotted
from tests.texts import refused_or_read, texts

BUCKET = "arn:aws:s3:::films"
PREFIX = "team/a/"


def allows(policy: dict[str, Any], action: str, key: str | None, **context: str) -> bool:
    """Judge a request as IAM does: what is denied is denied, then what is allowed is allowed."""
    resource = BUCKET if key is None else f"{BUCKET}/{PREFIX}{key}"
    effects = {
        statement["Effect"]
        for statement in policy["Statement"]
        if f"s3:{action}" in statement["Action"]
        and any(fnmatchcase(resource, pattern) for pattern in statement["Resource"])
        and all(
            _holds(operator, name, value, context)
            for operator, wanted in statement.get("Condition", {}).items()
            for name, value in wanted.items()
        )
    }
    return effects == {"Allow"}


def _holds(operator: str, name: str, value: str, context: dict[str, str]) -> bool:
    given = context.get(name.removeprefix("s3:").replace("-", "_"))
    if operator == "Null":
        return (given is None) == (value == "true")
    assert operator == "StringLikeIfExists"
    return given is None or fnmatchcase(given, value)


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str | None, dict[str, str]]]:
    """Collect what a bucket would be asked, while a folder does the work."""
    asked: list[tuple[str, str | None, dict[str, str]]] = []
    plain = {name: getattr(folder.Folder, name) for name in dir(folder.Folder) if not name.startswith("__")}

    def reading(name: str) -> Any:
        def call(self: Any, keys: str | Iterable[str]) -> Any:
            keys = [keys] if isinstance(keys, str) else list(keys)
            asked.extend(("GetObject", key, {}) for key in keys)
            if name == "claim":
                asked.extend(("PutObject", key, {}) for key in keys)
            return plain[name](self, keys if name in ("local", "claim", "modified") else keys[0])

        return call

    for name in ("local", "claim", "exists", "size", "modified", "read_bytes"):
        monkeypatch.setattr(folder.Folder, name, reading(name))

    def put(key: str, once: bool) -> None:
        asked.append(("PutObject", key, {"if_none_match": "*"} if once else {}))

    def write_bytes(self: Any, key: str, data: bytes, once: bool) -> None:
        put(key, once)
        with plain["writing"](self, key, once, None) as path:
            path.write_bytes(data)

    @contextmanager
    def writing(self: Any, key: str, once: bool, on_bytes: Any) -> Iterator[Path]:
        put(key, once)
        with plain["writing"](self, key, once, on_bytes) as path:
            yield path

    def keys(self: Any, prefix: str) -> Any:
        asked.append(("ListBucket", None, {"prefix": PREFIX + prefix}))
        return plain["keys"](self, prefix)

    def remove(self: Any, keys: Iterable[str]) -> None:
        keys = list(keys)
        asked.extend(("DeleteObject", key, {}) for key in keys)
        plain["remove"](self, keys)

    monkeypatch.setattr(folder.Folder, "write_bytes", write_bytes)
    monkeypatch.setattr(folder.Folder, "writing", writing)
    monkeypatch.setattr(folder.Folder, "keys", keys)
    monkeypatch.setattr(folder.Folder, "remove", remove)
    return asked


def use(where: bz.Workspace, photo: Path) -> None:
    """Do what a member does: export, twice, with assets and a failure."""

    def plot(fig: Any, index: int) -> None:
        if index == 3:
            raise ValueError

    @bz.scene(duration=0.2)
    def scene(frame: bz.Frame) -> Any:
        return [bz.Image(photo, width=8), bz.Pixels(np.full((2, 2), frame.index, np.uint8))]  # type: ignore[arg-type]

    film = bz.Composition([scene()], width=64, height=36)
    for name in ("a.mp4", "b.webm", "a.gif", "a.mp4"):
        film.export(name, workspace=where, progress=False)
    with pytest.raises(bz.ElementError):
        plotted(plot).export(workspace=where, progress=False)
    segment = next(path for path in (where.root / "segments").rglob("*.mp4"))
    segment.write_bytes(b"damaged")
    film.export("c.mp4", workspace=where, progress=False)


def test_a_member_can_do_all_that_a_render_does(
    tmp_path: Path, requests: list[tuple[str, str | None, dict[str, str]]]
) -> None:
    from PIL import Image

    Image.new("RGB", (8, 8), "red").save(tmp_path / "photo.png")
    limits = bz.Limits(running=10)
    where = bz.Workspace(tmp_path / "root", project="q3", user="ada", engine="inline", limits=limits)
    use(where, tmp_path / "photo.png")
    done = {action for action, _, _ in requests}
    assert done == {"GetObject", "PutObject", "DeleteObject", "ListBucket"}
    for project in (None, "q3"):
        for role in ROLES[:2]:
            policy = role_policy(role, "films", "team/a", project)
            refused = {
                (action, key) for action, key, more in requests if not allows(policy, action, key, **more)
            }
            assert refused == set()

    viewer = role_policy("viewer", "films", "/team/a/")
    assert not any(
        allows(viewer, action, key, **more)
        for action, key, more in requests
        if action in ("PutObject", "DeleteObject")
    )
    requests.clear()
    where.history()
    bz.render_status(where.history()["render_id"].tolist()[0], where)
    assert requests
    assert all(allows(viewer, action, key, **more) for action, key, more in requests)

    requests.clear()
    where.set_project_members(owners=["ada"])
    where.set_project_members()
    owner = role_policy("owner", "films", "team/a", "q3")
    assert {action for action, _, _ in requests} == {"GetObject", "PutObject", "DeleteObject"}
    assert all(allows(owner, action, key, **more) for action, key, more in requests)


def test_what_a_role_must_not_do() -> None:
    event = "history/renders/day=2026-11-22/x.parquet"
    movie = "projects/q3/r1/film.mp4"
    for project in (None, "q3"):
        viewer, member, owner = (
            role_policy(role, "films", "team/a", project) for role in ("viewer", "member", "owner")
        )
        for key in (movie, event, "segments/aa/aa.mp4", "limits.toml", "projects/q3/members.json"):
            assert not allows(viewer, "PutObject", key, if_none_match="*")
            assert not allows(viewer, "DeleteObject", key)
        assert not allows(viewer, "GetObject", "assets/aa.png")
        assert not allows(viewer, "GetObject", "notices.toml")
        for key in ("limits.toml", "notices.toml", "projects/q3/members.json"):
            assert not allows(member, "PutObject", key, if_none_match="*")
            assert not allows(member, "DeleteObject", key)
        assert not allows(member, "DeleteObject", movie)
        assert not allows(member, "PutObject", event)
        assert not allows(member, "DeleteObject", event)
        assert allows(member, "PutObject", event, if_none_match="*")
        assert allows(owner, "PutObject", "projects/q3/members.json")
        assert allows(owner, "DeleteObject", movie)
        assert allows(owner, "PutObject", "limits.toml") == (project is None)
        assert allows(owner, "DeleteObject", event) == (project is None)
        for policy in (viewer, member, owner):
            assert not allows(policy, "ListBucket", None, prefix="team/b/")
            assert not allows(policy, "GetObject", "../b/projects/q3/r1/film.mp4")
            assert allows(policy, "GetObject", "projects/other/r1/film.mp4") == (project is None)
            assert not allows(policy, "PutBucketPolicy", None)


def test_the_command_prints_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "--bucket", "films", "--prefix", "team/a"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == {role: role_policy(role, "films", "team/a") for role in ROLES}
    assert main(["policy", "--bucket", "films", "--role", "member", "--project", "../q3"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == role_policy("member", "films", project="../q3")
    assert ".." not in json.dumps(printed)
    for wrong in (["--bucket", "My Bucket"], ["--bucket", "films", "--prefix", "*"], ["--bucket", "../x"]):
        assert main(["policy", *wrong]) == 1
        assert capsys.readouterr().err.startswith("bazaar: `")
    assert main(["policy"]) == 2


@given(texts("films", "team/a", "owner"))
def test_any_text_is_a_part_of_a_policy_or_an_error(text: str) -> None:
    wrong: Any = text
    refused_or_read(lambda: role_policy("owner", text))
    refused_or_read(lambda: role_policy("owner", "films", text, text))
    refused_or_read(lambda: role_policy(wrong, "films"))
