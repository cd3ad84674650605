"""Limits hold exactly, and say which, how much, and when; projects have members."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import bazaar_nb as bz
from bazaar_nb.history.render_event import RenderEvent
from bazaar_nb.history.writer import record
from bazaar_nb.jobs import limits as limits_module
from bazaar_nb.jobs.limits import Asked, Earlier, check_asked, check_earlier, read_limits, rules_for
from bazaar_nb.jobs.members import members_key, read_members
from bazaar_nb.store.store import Store
from tests.render.films import counting_film
from tests.render.gates import gate
from tests.texts import refused_or_read, texts

pytestmark = pytest.mark.usefixtures("no_litter", "own_queue")

NOW = dt.datetime(2026, 11, 22, 15, 30, 12, tzinfo=dt.UTC)
ASKED = Asked("ada", 60.0, 1920, 1080, 30.0, "mp4", "high", None)


def minutes_ago(minutes: float) -> dt.datetime:
    return NOW - dt.timedelta(minutes=minutes)


def said(limits: bz.Limits, earlier: list[Earlier] | None = None, **asked: Any) -> str:
    """Give what is said of a render that these limits don't allow."""
    wish = ASKED._replace(**asked)
    rules = rules_for(wish.quality, [(limits, "in /films/limits.toml")])
    try:
        check_asked(wish, rules)
        check_earlier(wish, rules, earlier or [], NOW)
    except bz.LimitError as error:
        return str(error)
    return "it is allowed"


def test_messages_say_which_limit_its_value_the_present_use_and_when_it_frees() -> None:
    renders = [
        Earlier(minutes_ago(50), "succeeded", 300.0, "high"),
        Earlier(minutes_ago(20), "failed", 600.0, "low"),
        Earlier(minutes_ago(5), "started", 120.0, "high"),
    ]
    assert said(bz.Limits(renders_per_hour=3), renders) == (
        "limit `renders_per_hour` is 3 (in /films/limits.toml): ada has asked for 3 in the last hour; "
        "it is possible at 15:40 UTC, in 10 min"
    )
    assert said(bz.Limits(quality={"high": bz.Limits(renders_per_hour=1)}), renders) == (
        "limit `renders_per_hour` is 1 for high quality (in /films/limits.toml): ada has asked for 2 in the "
        "last hour; it is possible at 16:25 UTC, in 55 min"
    )
    assert said(bz.Limits(minutes_per_day=7.5), renders) == (
        "limit `minutes_per_day` is 7.5 (in /films/limits.toml): ada has made movies of 7.0 minutes in the "
        "last 24 hours, and this one has 1.0; it is possible at 14:40 UTC, in 23.2 h"
    )
    assert said(bz.Limits(minutes_per_day=0.5), renders).endswith(
        "and this one has 1.0; it is never possible"
    )
    assert said(bz.Limits(running=1), renders) == (
        "limit `running` is 1 (in /films/limits.toml): ada has 1 queued or running; the next is possible "
        "when one of them ends"
    )
    assert said(bz.Limits(duration_s=59.5)) == (
        "limit `duration_s` is 59.5 s (in /films/limits.toml): a movie of 60 s was asked for"
    )
    assert said(bz.Limits(pixels=1280 * 720)) == (
        "limit `pixels` is 921,600 (in /films/limits.toml): frames of 1920x1080, 2,073,600 pixels, "
        "were asked for"
    )


def test_a_render_within_its_limits_is_let_through() -> None:
    limits = bz.Limits(
        duration_s=60, pixels=1920 * 1080, fps=30, formats=("mp4",), size_bytes=1, running=1,
        renders_per_hour=2, minutes_per_day=2,
        quality={"low": bz.Limits(running=0, duration_s=0)},
    )  # fmt: skip
    rules = rules_for("high", [(limits, "here"), (None, "nowhere")])
    check_asked(ASKED, rules)
    earlier = [Earlier(minutes_ago(59), "failed", 9e9, "high"), Earlier(minutes_ago(60), "lost", 9e9, "high")]
    check_earlier(ASKED, rules, [*earlier, Earlier(minutes_ago(1439), "succeeded", 60.0, "low")], NOW)
    assert said(limits) == "it is allowed"
    assert said(limits, quality="low").startswith("limit `duration_s` is 0 s for low quality")


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3000), st.sampled_from(("queued", "succeeded", "failed")), st.integers(0, 90)
        )
    ),
    st.integers(0, 6),
    st.integers(0, 90),
)
def test_when_it_frees_it_is_free_and_not_before(
    renders: list[tuple[int, str, int]], most: int, length: int
) -> None:
    """Nothing else asked for meanwhile, that is."""
    earlier = [Earlier(minutes_ago(age), status, 60.0 * long, "low") for age, status, long in renders]
    asked = ASKED._replace(duration_s=60.0 * length)
    for limits in (bz.Limits(renders_per_hour=most), bz.Limits(minutes_per_day=30 * most)):
        rules = rules_for("high", [(limits, "here")])
        try:
            check_earlier(asked, rules, earlier, NOW)
        except bz.LimitError as error:
            if error.frees_at is None:
                later = NOW + dt.timedelta(days=30)
                with pytest.raises(bz.LimitError):
                    check_earlier(asked, rules, earlier, later)
            else:
                check_earlier(asked, rules, earlier, max(NOW, error.frees_at))
                with pytest.raises(bz.LimitError):
                    check_earlier(asked, rules, earlier, error.frees_at - dt.timedelta(seconds=1))


@pytest.mark.parametrize("limits", [{"running": 3}, {"renders_per_hour": 3}, {"minutes_per_day": 0.0501}])
def test_fifty_submits_from_five_threads(inline: bz.Workspace, limits: dict[str, Any]) -> None:
    where = bz.Workspace(inline.root, user="ada", engine=inline.engine, limits=bz.Limits(**limits))
    other = bz.Workspace(inline.root, user="bob", engine=inline.engine)
    together = threading.Barrier(5)

    def submit(thread: int) -> list[bz.Job | bz.LimitError]:
        ends: list[bz.Job | bz.LimitError] = []
        together.wait()
        for number in range(10):
            try:
                ends.append(counting_film(1).submit(f"{thread}-{number}", workspace=where))
            except bz.LimitError as error:
                ends.append(error)
        return ends

    with gate() as held:
        held.film.submit("busy", workspace=other)
        with ThreadPoolExecutor(5) as threads:
            ends = [end for each in threads.map(submit, range(5)) for end in each]
        jobs = [end for end in ends if isinstance(end, bz.Job)]
        assert (len(jobs), len(ends)) == (3, 50)
        rows = where.history()
        assert (rows["user"] == "ada").sum() == 3
        assert {error.used for error in ends if isinstance(error, bz.LimitError)} == {
            0.05 if "minutes_per_day" in limits else 3
        }
    for job in jobs:
        job.result(180)


def test_a_limit_frees_when_a_job_ends(inline: bz.Workspace) -> None:
    where = bz.Workspace(inline.root, user="ada", engine=inline.engine, limits=bz.Limits(running=1))
    with gate() as held:
        job = held.film.submit(workspace=where)
        with pytest.raises(bz.LimitError, match="limit `running` is 1 \\(set by the workspace\\)"):
            counting_film(0.1).export(workspace=where, progress=False)
        stranger = bz.Workspace(inline.root, user="bob", engine=inline.engine, limits=bz.Limits(running=1))
        waiting = counting_film(0.1).submit(workspace=stranger)
    job.result(180)
    waiting.result(180)
    assert counting_film(0.1).export(workspace=where, progress=False).frames == 3
    assert where.history()["status"].tolist() == ["succeeded"] * 3


def test_lost_renders_do_not_run(inline: bz.Workspace) -> None:
    now = dt.datetime.now(dt.UTC)
    event = RenderEvent(
        render_id="20261122-153012-aaaaaa", status="started", user="tester", created=now, pid=2**22 + 1
    )
    record(inline.store, event)
    where = bz.Workspace(inline.root, user="tester", engine=inline.engine, limits=bz.Limits(running=1))
    assert counting_film(0.1).export(workspace=where, progress=False).frames == 3


def test_limits_of_the_root(inline: bz.Workspace) -> None:
    film = counting_film(2)
    assert read_limits(inline.store) is None
    inline.store.write_bytes(
        "limits.toml", b'duration_s = 1.5\nformats = ["mp4", "gif"]\n[quality.custom]\nfps = 15.0\n'
    )
    with pytest.raises(
        bz.LimitError, match=r"`duration_s` is 1\.5 s \(in .*limits\.toml\): a movie of 2 s was"
    ) as caught:
        film.export(workspace=inline)
    assert (caught.value.limit, caught.value.allowed, caught.value.used) == ("duration_s", 1.5, 2.0)
    with pytest.raises(bz.LimitError, match=r"`formats` is mp4, gif \(in .*\): webm was asked for"):
        film.export("a.webm", frame_range=(0, 9), workspace=inline)
    with pytest.raises(
        bz.LimitError, match=r"`fps` is 15 for custom quality .* 30 frames a second were asked for"
    ):
        film.export("a.mp4", frame_range=(0, 9), crf=30, workspace=inline)
    assert film.export("a.mp4", frame_range=(0, 9), workspace=inline, progress=False).frames == 9
    assert len(inline.history()) == 1

    for text, problem in (
        (b"duration = 3", "unknown field `duration`"),
        (b"duration_s = 'long'", r"Expected `float.*\$\.duration_s"),
        (b"duration_s = ", "Invalid value"),
        (b"running = -1", "`running` must be a number, at least 0, got -1"),
        (b"[quality.best]\nfps = 3", "`quality` has limits of low, medium, high, custom"),
        (b"\xff", "can't decode"),
    ):
        inline.store.write_bytes("limits.toml", text)
        with pytest.raises(bz.InvalidValueError, match=problem) as refused:
            film.export(workspace=inline, progress=False)
        assert "limits.toml can't be used" in str(refused.value)
    assert len(inline.history()) == 1


@pytest.mark.parametrize("name", ["film.mp4", "film.gif"])
def test_a_file_that_grows_too_large(inline: bz.Workspace, tmp_path: Path, name: str) -> None:
    where = bz.Workspace(inline.root, user="ada", engine=inline.engine, limits=bz.Limits(size_bytes=900))
    with pytest.raises(
        bz.LimitError, match=r"limit `size_bytes` is 900 bytes: film\.\w+ has .* already; choose a lower"
    ):
        counting_film(1, 1).export(tmp_path / "out" / name, workspace=where, progress=False)
    assert list((tmp_path / "out").glob("*")) == []
    assert where.history()["error_class"].tolist() == ["LimitError"]
    with pytest.raises(
        bz.LimitError,
        match=r"is 900 bytes \(set by the workspace\): at this bit rate the movie has about 250 kB",
    ):
        counting_film(1, 1).export("a.mp4", bitrate=1_000_000, workspace=where, progress=False)
    assert len(where.history()) == 1


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"running": -1}, "`running` must be a number, at least 0, got -1"),
        ({"fps": "many"}, "`fps` must be a number"),
        (
            {"formats": "mp4"},
            "`formats` holds some of mp4, webm, mov, gif, webp, apng, png, jpeg, m4a, mp3, wav",
        ),
        ({"formats": ["avi"]}, "`formats` holds some of"),
        ({"quality": {"best": bz.Limits()}}, "`quality` has limits of low, medium, high, custom"),
        ({"quality": {"low": 3}}, "`quality` holds Limits without"),
        ({"quality": {"low": bz.Limits(quality={"low": bz.Limits()})}}, "`quality` holds Limits without"),
    ],
)
def test_limits_that_can_not_be(wanted: dict[str, Any], message: str) -> None:
    with pytest.raises(bz.InvalidValueError, match=message):
        bz.Limits(**wanted)
    with pytest.raises(bz.InvalidValueError, match="`limits` must be Limits"):
        bz.Workspace(limits=wanted)  # type: ignore[arg-type]


def people(where: bz.Workspace) -> Iterator[bz.Workspace]:
    for user in ("ada", "bob", "eve"):
        yield bz.Workspace(where.root, user=user, project="../q3", engine=where.engine)


def test_a_project_has_owners_and_members(inline: bz.Workspace) -> None:
    ada, bob, eve = people(inline)
    film = counting_film(0.1)
    assert eve.project_members().is_open
    film.export(workspace=eve, progress=False)
    with pytest.raises(bz.AccessError, match="you would lock yourself out of project"):
        ada.set_project_members(owners=["bob"])
    with pytest.raises(bz.InvalidValueError, match="a project with members has owners"):
        ada.set_project_members(members=["bob"])
    assert ada.set_project_members(owners=["ada", "ada"], members=["bob"]) == bob.project_members()
    assert ada.project_members() == bz.ProjectMembers(owners=("ada",), members=("bob",))
    (key,) = [key for key in inline.store.list("projects/") if key.endswith("members.json")]
    assert (key.count("/"), json.loads(inline.store.read_bytes(key))) == (
        2,
        {"owners": ["ada"], "members": ["bob"]},
    )
    for allowed in (ada, bob):
        film.export(workspace=allowed, progress=False)
    for call in (film.export, film.submit):
        with pytest.raises(
            PermissionError, match=r"'eve' is not in project '\.\./q3': ask an owner \('ada'\)"
        ):
            call(workspace=eve)
    for stranger in (bob, eve):
        with pytest.raises(bz.AccessError, match="only an owner can change who is in project"):
            stranger.set_project_members(owners=[stranger.user])
    assert eve.project_members("another").is_open
    assert len(inline.history()) == 3

    inline.store.write_bytes(key, b"{'owners':")
    with pytest.raises(bz.StoreError, match="can't be understood"):
        film.export(workspace=ada, progress=False)
    inline.store.remove(key)
    ada.set_project_members(owners=["ada"])
    ada.set_project_members()
    assert eve.project_members().is_open
    film.submit(workspace=eve).result(180)


def test_the_clock_is_utc() -> None:
    east = dt.timezone(dt.timedelta(hours=9))
    assert limits_module._when(NOW.astimezone(east) + dt.timedelta(minutes=2), NOW) == (
        "it is possible at 15:32 UTC, in 2 min"
    )


GOOD = 'duration_s = 60\nformats = ["mp4"]\npixels = 2073600\n[quality.high]\nrenders_per_hour = 3\n'


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(texts(GOOD, '{"owners": ["ada"], "members": ["bob"]}'))
@example("duration_s = " + "[" * 5000)
@example("[" * 20_000)
def test_any_text_is_limits_and_members_or_an_error(tmp_path: Path, text: str) -> None:
    store = Store(tmp_path)
    for key in (limits_module.LIMITS_KEY, members_key("p")):
        store.write_bytes(key, text.encode("utf-8", "surrogatepass"))
    refused_or_read(lambda: read_limits(store))
    refused_or_read(lambda: read_members(store, "p"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(texts("ada", "films"))
@example("\ud800")
def test_any_text_is_a_user_and_a_project_or_an_error(tmp_path: Path, text: str) -> None:
    where = bz.Workspace(tmp_path, engine="inline", user="ada")
    refused_or_read(lambda: where.set_project_members(owners=["ada", text], members=[text], project="p"))
    refused_or_read(lambda: where.set_project_members(owners=["ada"], project=text))
    refused_or_read(lambda: where.project_members(text))
    refused_or_read(lambda: bz.render_status(text, where))
