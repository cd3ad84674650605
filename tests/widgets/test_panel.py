"""The export panel's kernel side, asked as a browser asks."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import bazaar_nb as bz
from bazaar_nb.detached.presence import Presence
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.widgets.panel.export_form import ExportForm, first_choice
from bazaar_nb.widgets.panel.protocol import REQUESTS
from bazaar_nb.widgets.panel.widget import ExportPanel, JobsWidget, JobView
from tests.render.gates import until
from tests.texts import texts
from tests.widgets.screen import WAIT_S, Message, Screen

HOSTILE = ("../../x", "/etc/passwd", "..", "", " ", "a/b", "nul\0", "C:\\x", "~root/x")
STRANGE = ("<img src=x onerror=alert(1)>", "a" * 300, "\u202egpm.exe", "-rf", "con", "review.gif.mp4")

go = threading.Event()
state: dict[str, Any] = {}


@bz.scene(duration=2)
def paced(frame: bz.Frame) -> list[Any]:
    if frame.index == state.get("waits_at"):
        go.wait(WAIT_S)
    if frame.index == state.get("fails_at"):
        raise ValueError("<img src=x onerror=alert(1)> no such thing")
    return [bz.Fill("#204060"), bz.Rect(x=4 * frame.index, y=20, width=30, height=30, fill="white")]


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    go.clear()
    state.clear()
    yield
    go.set()


@pytest.fixture
def where(tmp_path: Path) -> Iterator[bz.Workspace]:
    made = bz.Workspace(tmp_path / "root", engine="inline", user="ann")
    yield made
    go.set()
    made.queue.resume()
    for job in made.queue.jobs:
        job.cancel()
        job.wait(WAIT_S)


@pytest.fixture
def film() -> bz.Composition:
    return bz.Composition([paced()], width=320, height=180, fps=30, name="review")


@pytest.fixture
def panel(film: bz.Composition, where: bz.Workspace) -> Iterator[ExportPanel]:
    made = ExportPanel(film, where)
    yield made
    made.close()


def see(widget: JobsWidget, name: str = "view-1") -> Screen:
    """Open a view."""
    screen = Screen(widget, name)
    assert screen.ask("open").kind == "reply"
    return screen


def choose(panel: ExportPanel, **changes: Any) -> dict[str, Any]:
    """What is chosen at first, with changes."""
    first: dict[str, Any] = msgspec.to_builtins(first_choice(panel._form.describe()))
    return first | changes


def finished(screen: Screen, job: str, status: str = "succeeded") -> dict[str, Any]:
    """Wait until a view was told that a job has ended."""
    told = screen.wait(
        lambda m: m.kind == "job" and m.content["job"]["id"] == job and m.content["job"]["status"] == status
    )
    found: dict[str, Any] = told.content["job"]
    return found


def fetch(screen: Screen, facts: dict[str, Any]) -> bytes:
    data = b""
    while len(data) < facts["movie"]["bytes"]:
        piece = screen.ask("file", job=facts["id"], offset=len(data))
        assert piece.content["total"] == facts["movie"]["bytes"]
        data += piece.buffers[0]
    return data


def test_offers_hold_what_exists_and_nothing_else(panel: ExportPanel) -> None:
    form = see(panel).messages[0].content["form"]
    assert [(one["name"], one["codecs"]) for one in form["formats"]] == [
        ("mp4", ["h264", "h265", "av1"]),
        ("webm", ["vp9", "vp8", "av1"]),
        ("mov", ["prores"]),
        ("gif", ["gif"]),
        ("webp", ["webp"]),
        ("apng", ["apng"]),
        ("png", ["png"]),
        ("jpeg", ["jpeg"]),
    ]
    screen = see(panel)
    tried = 0
    for one in form["formats"]:
        for codec in one["codecs"]:
            kind = form["codecs"][codec]
            for resolution, _ in kind["resolutions"]:
                for fps, _ in kind["rates"][::4]:
                    choice = choose(panel, format=one["name"], codec=codec, resolution=resolution, fps=fps)
                    checked = screen.ask("check", choice=choice).content
                    assert (checked["refusal"], checked["time"]) == (None, "no similar render yet")
                    tried += 1
    assert tried > 50
    for changes in (
        {"format": "mp4", "codec": "vp9"},
        {"format": "gif", "codec": "h264"},
        {"resolution": "9x9"},
        {"fps": "1000"},
        {"first": 5, "stop": 5},
        {"stop": 61},
        {"format": "gif", "codec": "gif", "bitrate": "low"},
    ):
        assert screen.ask("check", choice=choose(panel, **changes)).content["refusal"], changes
        assert screen.ask("export", choice=choose(panel, **changes)).content["problem"]["code"] == "refused"
    assert len(panel._form.where.history()) == 0


def test_several_files_with_captions_in_one_export(where: bz.Workspace, tmp_path: Path) -> None:
    spoken = bz.Composition(
        [paced()], width=320, height=180, fps=30, name="talk", sound=[bz.Sound(bz.tone(440, duration=1.0))]
    )
    (tmp_path / "talk.srt").write_text("1\n00:00:00,000 --> 00:00:01,500\nHello there\n")
    panel = ExportPanel(spoken, where)
    screen = see(panel)
    kinds = {one["name"]: one["kind"] for one in screen.messages[0].content["form"]["formats"]}
    assert [kinds[name] for name in ("wav", "png")] == ["Sound alone", "Pictures, a file a frame"]
    choice = choose(
        panel, codec="h265", also=["mp4", "gif", "mp3", "png", "webm"], captions=str(tmp_path / "talk.srt"),
        maxrate=2_000_000, bit_depth=10, folder=str(tmp_path / "out"),
    )  # fmt: skip
    told = screen.ask("check", choice=choice).content
    assert (told["refusal"], told["note"]) == (None, "")
    assert told["about"].endswith("medium quality · at most 2 Mbit/s · 10 bits · sound")
    also = {one["name"]: one for one in told["also"]}
    assert list(also) == ["talk.gif", "talk.mp3", "talk.zip", "talk.webm"]
    assert also["talk.gif"]["size"].startswith("about ")  # from its frames: nothing was rendered yet
    assert "PNG pictures" in also["talk.zip"]["about"]
    assert also["talk.mp3"]["about"] == "2 s of sound · MP3 · 192 kbit/s"

    def ended() -> list[Any]:
        return [job for job in where.queue.ended if job.store == where.store]

    screen.ask("export", choice=choice)
    until(lambda: len(ended()) == 5, WAIT_S)
    assert all(job.status == "succeeded" for job in ended())
    told_jobs = {one["name"]: one["pictures"] for one in screen.ask("open").content["jobs"]}
    assert (told_jobs["talk.mp3"], told_jobs["talk.mp4"]) == (0, 1)
    tracks = {}
    for name in ("talk.mp4", "talk.webm"):
        with av.open(str(tmp_path / "out" / name)) as movie:
            tracks[name] = len(movie.streams.subtitles)
            assert (movie.streams.video[0].pix_fmt == "yuv420p10le") == (name == "talk.mp4")
    assert tracks == {"talk.mp4": 1, "talk.webm": 1}
    again = screen.ask("check", choice=choice).content
    assert again["note"].startswith("replaces files that are there: talk.mp4, talk.gif")
    burnt = choose(panel, captions=str(tmp_path / "talk.srt"), burn=True, name="burnt")
    screen.ask("export", choice=burnt)
    until(lambda: len(ended()) == 6, WAIT_S)
    job = ended()[-1]
    assert job.render is not None
    assert job.render.segments_cached == 0  # the words are in its pictures
    missing = choose(panel, captions=str(tmp_path / "none.srt"))
    assert "none.srt" in screen.ask("check", choice=missing).content["refusal"]
    panel.close()


def test_an_odd_film_is_offered_even_sizes_for_videos(where: bz.Workspace) -> None:
    form = ExportForm(bz.Composition([paced()], width=321, height=181, fps=24), where)
    offers = form.describe()["codecs"]
    assert offers["h264"]["resolutions"][0] == ("320x180", "320×180")
    assert offers["gif"]["resolutions"][0] == (None, "321×181 (film)")
    assert form.check(first_choice(form.describe()))["refusal"] is None


def test_exports_and_hands_over_what_was_made(panel: ExportPanel, where: bz.Workspace) -> None:
    screen = see(panel)
    choice = choose(panel, format="webm", codec="vp9", resolution="480p", first=10, stop=40, name="cut")
    said = screen.ask("check", choice=choice).content
    assert (said["name"], said["about"]) == ("cut.webm", "854×480 · 30 fps · 1 s · VP9 · medium quality")
    job = screen.ask("export", choice=choice).content["job"]
    facts = finished(screen, job)
    assert (facts["name"], facts["frames"], facts["total"]) == ("cut.webm", 30, 30)
    (row,) = where.history().to_dict("records")
    assert (row["render_id"], row["status"], row["frames"], row["user"]) == (job, "succeeded", 30, "ann")
    data = fetch(screen, facts)
    assert data == Path(str(row["location"])).read_bytes()
    target = Path(where.root) / "again.webm"
    target.write_bytes(data)
    with av.open(str(target)) as movie:
        assert sum(1 for _ in movie.decode(video=0)) == 30
    assert screen.wait_for("picture", job=job).buffers[0][:2] == b"\xff\xd8"
    shown = dict(line[:2] for line in screen.ask("row", job=job).content["row"])
    assert (shown["status"], shown["codec"], shown["frames"]) == ("succeeded", "vp9", "30 frames")
    assert str(where.root) not in str(shown)
    expected = screen.ask("check", choice=choice | {"name": "other"}).content
    assert expected["size"].startswith("about ")
    assert expected["source"] == "from 1 similar render of this film"


def test_a_folder_gets_the_file(panel: ExportPanel, tmp_path: Path) -> None:
    screen = see(panel)
    folder = tmp_path / "movies"
    choice = choose(panel, folder=str(folder), name="review")
    finished(screen, screen.ask("export", choice=choice).content["job"])
    assert [path.name for path in folder.iterdir()] == ["review.mp4"]
    assert screen.ask("check", choice=choice).content["note"] == "replaces the file that is there"


def test_nothing_is_read_but_what_the_job_wrote(panel: ExportPanel, tmp_path: Path) -> None:
    screen = see(panel)
    folder = tmp_path / "movies"
    facts = finished(screen, screen.ask("export", choice=choose(panel, folder=str(folder))).content["job"])
    movie = folder / "review.mp4"
    size = facts["movie"]["bytes"]
    assert screen.ask("file", job=facts["id"], offset=2**53 - 1).buffers == [b""]
    link = screen.ask("link", job=facts["id"], use="share").content
    assert "doesn't show" in link["problem"]["message"]  # a path is no link
    secret = tmp_path / "secret"
    secret.write_bytes(b"s" * size)
    movie.unlink()
    movie.symlink_to(secret)
    refused = screen.ask("file", job=facts["id"], offset=0)
    assert (refused.kind, refused.buffers) == ("error", [])
    movie.unlink()
    movie.write_bytes(b"s" * (size + 1))
    assert "replaced" in screen.ask("file", job=facts["id"], offset=0).content["problem"]["message"]
    movie.unlink()
    os.mkfifo(movie)
    assert screen.ask("file", job=facts["id"], offset=0).kind == "error"
    movie.unlink()
    gone = screen.ask("file", job=facts["id"], offset=0).content["problem"]["message"]
    assert "can't be read any more" in gone
    assert str(tmp_path) not in gone


def test_cancelling_in_the_middle_leaves_one_row_and_no_file(panel: ExportPanel, where: bz.Workspace) -> None:
    state["waits_at"] = 40
    screen = see(panel)
    job = screen.ask("export", choice=choose(panel)).content["job"]
    screen.wait(lambda m: m.kind == "job" and m.content["job"]["status"] == "rendering")
    assert screen.ask("cancel", job=job).kind == "reply"
    go.set()
    finished(screen, job, "cancelled")
    assert where.history()["status"].tolist() == ["cancelled"]
    assert not list(Path(where.root).glob("projects/**/*.mp4"))


def test_one_that_goes_on_without_the_notebook(
    panel: ExportPanel, film: bz.Composition, where: bz.Workspace
) -> None:
    screen = see(panel)
    choice = choose(panel, detach=True)
    assert "start `bazaar work " in screen.ask("check", choice=choice).content["refusal"]
    assert screen.ask("export", choice=choice).content["problem"]["code"] == "refused"
    Presence(where.store, "inline").renew()
    assert "a folder" in screen.ask("check", choice=choice | {"folder": "/tmp"}).content["refusal"]
    assert screen.ask("check", choice=choice).content["refusal"] is None
    job = screen.ask("export", choice=choice).content["job"]

    other = ExportPanel(film, where)  # as in another notebook
    try:
        seen = see(other, "view-2")
        told = seen.wait(lambda m: m.kind == "jobs" and any(one["id"] == job for one in m.content["jobs"]))
        (facts,) = [one for one in told.content["jobs"] if one["id"] == job]
        assert (facts["detached"], facts["status"]) == (True, "queued")
        assert facts["about"].endswith(f"detached, by {where.user}")
        assert "again" in seen.ask("retry", job=job).content["problem"]["message"]
        assert seen.ask("cancel", job=job).kind == "reply"
        finished(screen, job, "cancelled")
        finished(seen, job, "cancelled")
    finally:
        other.close()


def test_errors_are_words_and_can_be_retried(panel: ExportPanel) -> None:
    state["fails_at"] = 45
    screen = see(panel)
    job = screen.ask("export", choice=choose(panel)).content["job"]
    problem = finished(screen, job, "failed")["problem"]
    assert (problem["scene"], problem["frame"], problem["type"]) == ("paced", 45, "SceneError")
    assert "<img src=x onerror=alert(1)> no such thing" in problem["message"]
    assert any("raise ValueError" in line for line in problem["lines"])
    state.clear()
    again = screen.ask("retry", job=job).content["job"]
    assert finished(screen, again)["movie"]["bytes"] > 0
    assert "no such thing" not in str(panel.saved)


def test_limits_are_told_before_and_when_pressed(film: bz.Composition, tmp_path: Path) -> None:
    limits = bz.Limits(pixels=100_000, renders_per_hour=1)
    where = bz.Workspace(tmp_path, engine="inline", user="ann", limits=limits)
    panel = ExportPanel(film, where)
    try:
        screen = see(panel)
        large = choose(panel, resolution="720p")
        assert "limit `pixels` is 100,000" in screen.ask("check", choice=large).content["refusal"]
        assert "limit `pixels`" in screen.ask("export", choice=large).content["problem"]["message"]
        small = choose(panel)
        assert screen.ask("check", choice=small).content["refusal"] is None
        assert len(where.history()) == 0  # looking counts nothing
        finished(screen, screen.ask("export", choice=small).content["job"])
        assert "limit `renders_per_hour` is 1" in screen.ask("check", choice=small).content["refusal"]
        assert len(where.history()) == 1
    finally:
        panel.close()


def test_the_queue_is_everybodys(panel: ExportPanel, film: bz.Composition, where: bz.Workspace) -> None:
    state["waits_at"] = 3
    first, other = see(panel), ExportPanel(film, where)
    try:
        second = see(other, "view-2")
        names = ("a", "b", "c")
        jobs = [first.ask("export", choice=choose(panel, name=name)).content["job"] for name in names]

        def order() -> list[str]:
            told: list[dict[str, Any]] = second.ask("open").content["jobs"]
            return [one["name"][0] for one in told if one["id"] in jobs]

        assert order() == ["a", "b", "c"]
        second.ask("move", job=jobs[2], by=-1)
        assert order() == ["a", "c", "b"]
        second.ask("move", job=jobs[2], by=1)
        assert order() == ["a", "b", "c"]
        assert first.ask("pause", paused=True).kind == "reply"
        assert second.ask("open").content["paused"] is True
        second.ask("cancel", job=jobs[1])
        finished(first, jobs[1], "cancelled")
        go.set()
        finished(first, jobs[0])
        second.ask("pause", paused=False)
        finished(second, jobs[2])
        assert order() == ["c", "a", "b"]
    finally:
        other.close()


def test_all_who_look_see_all_pictures(panel: ExportPanel, where: bz.Workspace) -> None:
    state["waits_at"] = 30
    film = bz.Composition([paced()] * 4, width=320, height=180, fps=30)
    other = ExportPanel(film, where)
    job = film.submit("seen.mp4", workspace=where)
    view = JobView(job)
    try:
        screens = [see(widget, f"view-{number}") for number, widget in enumerate((panel, other, view))]
        go.set()
        job.result(WAIT_S)
        late = see(panel, "late")
        for screen in (*screens, late):
            for number in range(4):
                screen.wait_for("picture", job=job.id, number=number)
    finally:
        view.close()
        other.close()


def test_a_job_shows_itself_and_what_repeats_it(film: bz.Composition, where: bz.Workspace) -> None:
    job = film.submit("shown.mp4", workspace=where)
    other = film.submit("other.mp4", workspace=where)
    other.result(WAIT_S)
    view = JobView(job)
    try:
        screen = see(view)
        opened = screen.messages[0].content
        assert opened["form"] is None
        assert [one["id"] for one in opened["jobs"]] == [job.id]
        assert screen.ask("check", choice=choice_of(film, where)).content["problem"]["code"] == "refused"
        assert "no job" in screen.ask("file", job=other.id, offset=0).content["problem"]["message"]
        again = screen.ask("retry", job=job.id).content["job"]
        finished(screen, again)
        assert [one["id"] for one in screen.ask("open").content["jobs"]] == [again, job.id]
    finally:
        view.close()


def choice_of(film: bz.Composition, where: bz.Workspace) -> dict[str, Any]:
    made: dict[str, Any] = msgspec.to_builtins(first_choice(ExportForm(film, where).describe()))
    return made


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(texts("review.mp4", "~/films", "/srv/films", "1280x720"))
@example("~nobody.of.this.name/x")
@example("\ud800")
def test_any_text_is_a_choice_or_refused_in_words(
    film: bz.Composition, where: bz.Workspace, text: str
) -> None:
    form = ExportForm(film, where)
    first = first_choice(form.describe())
    for name in ("name", "folder", "resolution", "fps"):
        choice = msgspec.structs.replace(first, **{name: text})
        assert form.check(choice)["refusal"] != ""


def test_nobody_looks_nothing_is_sent(panel: ExportPanel, film: bz.Composition, where: bz.Workspace) -> None:
    screen = see(panel)
    screen.ask("close")
    screen.quiet()  # what was on its way
    seen = len(screen.messages)
    film.submit("quiet.mp4", workspace=where).result(WAIT_S)
    until(lambda: panel.saved[0]["status"] == "succeeded")  # the end is told after the result is there
    assert [message.kind for message in screen.messages[seen:]] == []
    assert screen.ask("row", job="20200101-000000-a").content["problem"]["code"] == "unknown-view"


def test_what_a_notebook_keeps_has_no_paths_and_no_links(
    panel: ExportPanel, where: bz.Workspace, tmp_path: Path
) -> None:
    screen = see(panel)
    name = "<img src=x onerror=alert(1)>"
    choice = choose(panel, name=name, folder=str(tmp_path / "secret-folder"))
    finished(screen, screen.ask("export", choice=choice).content["job"])
    screen.quiet()
    kept = str(panel.get_state()["saved"]) + str(panel._saved_bundle())
    assert "succeeded" in kept
    assert "secret-folder" not in kept
    assert str(where.root) not in kept
    assert "http" not in kept
    assert "<img" not in panel._saved_bundle()["text/html"]


@pytest.mark.parametrize("name", [*HOSTILE, *STRANGE])
def test_names_stay_where_they_belong(panel: ExportPanel, where: bz.Workspace, name: str) -> None:
    screen = see(panel)
    answer = screen.ask("export", choice=choose(panel, name=name))
    if answer.kind == "error":
        assert name in HOSTILE
        assert answer.content["problem"]["code"] == "refused"
        return
    facts = finished(screen, answer.content["job"])
    assert facts["name"].endswith(".mp4")
    shown = (
        facts["name"],
        screen.ask("check", choice=choose(panel, name=name)).content["name"],
        str(panel.saved),
    )
    assert not any("\u202e" in text for text in shown)
    (location,) = where.history()["location"]
    movie = Path(str(location))
    assert movie.suffix == ".mp4"
    assert movie.is_relative_to(Path(where.root) / "projects" / "default")


def test_what_is_shown_of_a_film_with_a_strange_name(where: bz.Workspace) -> None:
    film = bz.Composition([paced()], width=64, height=36, name="\u202eevil\n<b>\u2066x")
    panel = ExportPanel(film, where)
    try:
        form = see(panel).messages[0].content["form"]
        assert (panel.title, form["film"], form["name"]) == ("Export of evil <b>x", *["evil <b>x"] * 2)
    finally:
        panel.close()


def test_a_player_opens_its_panel_once(film: bz.Composition) -> None:
    player = bz.Player(film)
    player.range = (10, 40)
    screen = Screen(player)
    try:
        name = screen.ask("export").content["panel"]
        assert screen.ask("export").content["panel"] == name
        panel = player._panel
        assert panel is not None
        assert panel.model_id == name
        assert see(panel, "view-2").messages[0].content["form"]["range"] == [10, 40]
        player.film = bz.Composition([paced()], width=64, height=36, fps=30, name="other")
        assert panel.film.name == "other"
    finally:
        player.close()
    assert panel.comm is None


def test_what_is_no_film_is_refused(film: bz.Composition) -> None:
    with pytest.raises(InvalidValueError, match="expected a Composition"):
        ExportPanel("film")  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="must be a Workspace"):
        ExportPanel(film, "here")  # type: ignore[arg-type]


_plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=5),
    max_leaves=10,
)
_choice = st.fixed_dictionaries(
    {
        "format": st.sampled_from(["mp4", "webm", "gif"]),
        "codec": st.sampled_from(["h264", "h265", "vp8", "vp9", "gif"]),
        "quality": st.sampled_from(["low", "high", None]) | _plain,
        "bitrate": st.none() | st.sampled_from(["low"]) | st.integers() | _plain,
        "resolution": st.none() | st.text(max_size=9),
        "fps": st.none() | st.text(max_size=6),
        "first": st.integers(-1, 70),
        "stop": st.integers(-1, 70),
        "name": st.text(max_size=30),
        "folder": st.none() | st.text(max_size=30),
        "mute": st.booleans(),
    }
)
_messages = _plain | st.fixed_dictionaries(
    {"kind": st.sampled_from([kind for kind in REQUESTS if kind != "export"]) | _plain, "id": st.just(7)},
    optional={
        "view": st.just("view-1") | _plain,
        "choice": _choice | _plain,
        "job": st.just("20200101-000000-a") | _plain,
        "by": st.integers(-2, 2) | _plain,
        "paused": st.just(False) | _plain,
        "offset": st.integers() | _plain,
        "use": st.sampled_from(["play", "share"]) | _plain,
        "more": _plain,
    },
)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=_messages, buffers=st.lists(st.binary(max_size=4), max_size=1))
def test_whatever_comes_has_one_answer(panel: ExportPanel, content: Any, buffers: list[bytes]) -> None:
    answers: list[Message] = []
    arrived = threading.Condition()

    def send(said: dict[str, Any], more: list[bytes] | None = None) -> None:
        with arrived:
            if said["kind"] in ("reply", "error"):
                answers.append(Message(said, list(more or [])))
            arrived.notify_all()

    panel.send = send
    panel._handle_msg({"content": {"data": {"method": "custom", "content": content}}, "buffers": buffers})
    with arrived:
        assert arrived.wait_for(lambda: answers, WAIT_S)
        assert not arrived.wait_for(lambda: len(answers) > 1, 0.001)
    said = answers[0].content
    assert set(said) >= {"kind", "id", "view"}
    assert len(panel._form.where.queue.jobs) == 0


@pytest.mark.parametrize(
    "data",
    [
        {"method": "update", "state": {"saved": 1, "fallback": "x"}},
        {"method": "update", "state": {}, "buffer_paths": [["no", "such"]]},
        {"method": "update"},
        {"method": "else"},
        {"method": []},
        [],
    ],
)
def test_a_comm_takes_no_state(panel: ExportPanel, caplog: pytest.LogCaptureFixture, data: Any) -> None:
    before = panel.get_state()
    panel._handle_msg({"content": {"data": data}, "buffers": [b"1"], "metadata": {}})
    assert panel.get_state() == before
    assert not [record for record in caplog.records if record.exc_info]
