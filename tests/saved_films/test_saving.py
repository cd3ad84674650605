"""A saved film is the film that was saved: the same frames, keys and bytes, with nothing of its notebook."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import subprocess
import sys
import textwrap
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bazaar_nb as bz
from bazaar_nb.scene.clip_sounds import clips_in
from bazaar_nb.scene.elements import AnyElement
from bazaar_nb.store.key_layout import ASSETS, SEGMENTS, saved_film_prefix
from tests.render.films import counting_film, segments_of
from tests.saved_films.kept import everything_film
from tests.scene.element_strategies import elements


def save(
    film: bz.Composition, workspace: bz.Workspace, name: str | None = None, **how: Any
) -> bz.FilmVersion:
    return film.save(name, workspace=workspace, progress=False, **how)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(elements, max_size=3), min_size=1, max_size=4))
def test_whatever_a_frame_shows_comes_back(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[list[AnyElement]]
) -> None:
    workspace = bz.Workspace(tmp_path_factory.mktemp("root"), engine="inline")

    @bz.scene(duration=1)
    def anything(frame: bz.Frame) -> list[AnyElement]:
        return drawn[frame.index % len(drawn)]

    film = bz.Composition([anything(), anything()], width=160, height=90, fps=4)
    save(film, workspace, "anything")
    opened = bz.open_film("anything", workspace=workspace)
    if not any(list(clips_in(elements)) for elements in drawn):  # they come back as what is kept of them
        assert [opened.frame(i) for i in range(8)] == [film.frame(i) for i in range(8)]
    pictures = [[segment._replace(heard=()) for segment in segments_of(one)] for one in (opened, film)]
    assert pictures[0] == pictures[1]


def test_an_export_is_the_same_in_a_process_with_nothing_of_the_notebook(
    inline: bz.Workspace, tmp_path: Path
) -> None:
    film = everything_film(tmp_path)
    original = film.export(tmp_path / "original.mp4", workspace=inline, progress=False)
    save(film, inline, "review")
    for path in (tmp_path / "logo.png", tmp_path / "voice.wav"):
        path.unlink()
    inline.store.remove_all([*inline.store.list(ASSETS)])  # a film keeps its own
    script = f"""
        import bazaar_nb as bz
        workspace = bz.Workspace({str(inline.store.root)!r}, engine="inline", user="tester")
        film = bz.open_film("review", workspace=workspace)
        reused = film.export({str(tmp_path / "again.mp4")!r}, workspace=workspace, progress=False)
        print(reused.segments, reused.segments_cached)
        other = bz.Workspace({str(tmp_path / "other")!r}, engine="local", workers=2, user="tester")
        film.export({str(tmp_path / "anew.mp4")!r}, workspace=other, progress=False)
        film.still(10).save({str(tmp_path / "still.png")!r})
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, cwd="/", check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(original.segments)] * 2
    bytes_of = [(tmp_path / f"{name}.mp4").read_bytes() for name in ("original", "again", "anew")]
    assert bytes_of[0] == bytes_of[1] == bytes_of[2]


def test_figures_are_drawn_into_it(inline: bz.Workspace, tmp_path: Path) -> None:
    film = everything_film(tmp_path, figures=True)
    save(film, inline)
    opened = bz.open_film("everything", workspace=inline)
    other = bz.Workspace(tmp_path / "other", engine="inline")
    film.export(tmp_path / "one.mp4", workspace=inline, progress=False)
    opened.export(tmp_path / "two.mp4", workspace=other, progress=False)
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()
    assert b"function:" not in b"".join(opened.frame(i).to_msgpack() for i in range(opened.frames))


def test_figures_keep_their_place_when_they_are_scaled_stacked_or_not_seen(inline: bz.Workspace) -> None:
    def line(fig: Any, label: str) -> None:
        fig.subplots().set_title(label)

    @bz.scene(duration=0.5)
    def scene(frame: bz.Frame) -> list[Any]:
        one = bz.Figure(line, args=("one",), width=200, height=90)  # type: ignore[arg-type]
        seen = bz.Figure(line, args=("two",), width=80, height=60, opacity=frame.progress)  # type: ignore[arg-type]
        return [
            bz.Fill("white"),
            bz.Group((one, one), scale=0.5, rotation=10, x=80, shadow=bz.Shadow(blur=6)),
            bz.Row((seen, bz.Rect(width=20, height=20, fill="red")), y=150, blur=2),
            bz.Group((bz.Figure(line, args=("one",), blur=3),), width=100, height=80, x=240, y=60),  # type: ignore[arg-type]
        ]

    film = bz.Composition([scene()], width=320, height=180, fps=4)
    save(film, inline)
    opened = bz.open_film("film", workspace=inline)
    for index in range(film.frames):
        assert opened.still(index).tobytes() == film.still(index).tobytes(), index


def test_saving_again_keeps_versions(inline: bz.Workspace) -> None:
    first, second = counting_film(0.2), counting_film(0.4)
    assert [save(film, inline, "review").version for film in (first, second, first)] == [1, 2, 3]
    frames = [bz.open_film("review", version=number, workspace=inline).frames for number in (1, 2, 3)]
    assert frames == [6, 12, 6]
    assert bz.open_film("default/review", workspace=inline).saved.version == 3
    content = [*inline.store.list(saved_film_prefix("default", "review") + "content/")]
    assert len(content) == 4  # a pack and a document of each: the third is the first

    table = bz.films(workspace=inline)
    assert table.drop(columns=["saved", "bytes"]).to_dict("records") == [
        {
            "project": "default", "name": "review", "version": 3, "user": "tester",
            "duration": dt.timedelta(seconds=0.2), "size": "64x36", "fps": 30.0, "frames": 6,
        }
    ]  # fmt: skip
    save(first, inline, "a/b".replace("/", " "), project="other")
    assert list(bz.films(workspace=inline)["name"]) == ["review", "a b"]
    assert list(bz.films("default", versions=True, workspace=inline)["version"]) == [1, 2, 3]
    assert bz.films("nowhere", workspace=inline).empty


def test_two_notebooks_that_save_one_name_at_once_both_have_a_version(inline: bz.Workspace) -> None:
    films = [counting_film(0.1 * length) for length in range(1, 7)]
    together = threading.Barrier(len(films))
    saved: dict[int, int] = {}

    def one(number: int) -> None:
        together.wait()
        saved[number] = save(films[number], inline, "review").version

    threads = [threading.Thread(target=one, args=(number,)) for number in range(len(films))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(saved.values()) == [1, 2, 3, 4, 5, 6]
    for number, version in saved.items():
        opened = bz.open_film("review", version=version, workspace=inline)
        assert opened.frames == films[number].frames


def test_an_opened_film_can_be_saved_again_and_shown_slower(inline: bz.Workspace, tmp_path: Path) -> None:
    film = everything_film(tmp_path)
    save(film, inline, "review")
    opened = bz.open_film("review", workspace=inline)
    save(opened, inline, "copy")
    copy = bz.open_film("copy", workspace=inline)
    assert segments_of(copy) == segments_of(film)
    assert [mark.name for mark in copy.marks] == ["title", "chart", "looks"]
    assert copy.at_fps(5).frames == film.at_fps(5).frames
    gif = copy.export("review.gif", fps=12.5, workspace=inline, progress=False)
    assert gif.frames == 15, "half of 30, though some scenes have an odd number"
    with pytest.raises(bz.SettingsError, match=r"25 a second.*at most that, got 50.*at_fps\(50\)\.save"):
        copy.export("review.mp4", fps=50, workspace=inline, progress=False)
    save(film.at_fps(50), inline, "smooth")
    assert bz.open_film("smooth", workspace=inline).frames == 2 * film.frames


def test_what_fails_leaves_no_version(inline: bz.Workspace, tmp_path: Path) -> None:
    @bz.scene(duration=1)
    def broken(frame: bz.Frame) -> Any:
        return bz.Text(1 / (frame.index - 20), size=10)  # type: ignore[arg-type]

    film = bz.Composition([broken()], width=64, height=36)
    with pytest.raises(bz.SceneError, match=r"'broken' failed at frame 20"):
        save(film, inline, "review")
    with pytest.raises(bz.AssetError, match="missing"):
        save(bz.Composition([broken()], sound=[bz.Sound("missing.wav")]), inline, "review")
    assert bz.films(workspace=inline).empty
    with pytest.raises(bz.UnknownFilmError, match="has no saved film 'review'"):
        bz.open_film("review", workspace=inline)


@pytest.mark.parametrize("name", ["", " ", "a/b", "x" * 300, 7, "\ud800"])
def test_names_that_nothing_is_saved_under(inline: bz.Workspace, name: Any) -> None:
    with pytest.raises(bz.InvalidValueError, match="a saved film's name is text"):
        save(counting_film(0.1), inline, name)


def test_films_that_are_not_there(inline: bz.Workspace) -> None:
    save(counting_film(0.1), inline, "review")
    with pytest.raises(bz.UnknownFilmError, match=r"no saved film 'revue': did you mean 'review'"):
        bz.open_film("revue", workspace=inline)
    with pytest.raises(bz.UnknownFilmError, match=r"has no version 2, it has 1"):
        bz.open_film("review", version=2, workspace=inline)
    with pytest.raises(bz.InvalidValueError, match="`version` must be a whole number"):
        bz.open_film("review", version=0, workspace=inline)
    with pytest.raises(bz.InvalidValueError, match="project is given twice"):
        bz.open_film("default/review", project="other", workspace=inline)


def test_start_render_checks_all_before_anything_is_rendered(inline: bz.Workspace) -> None:
    film = counting_film(0.5)
    save(film, inline, "review", project="team")
    job = bz.start_render("team/review", format="webm", quality="high", workspace=inline)
    render = job.result(timeout=300)
    assert render.key.startswith("projects/team/")
    assert render.key.endswith("/review.webm")
    made = len([*inline.store.list(SEGMENTS)])

    inline.set_project_members(owners=["tester"], project="team")
    stranger = bz.Workspace(inline.store.root, user="stranger", engine=inline.engine)
    with pytest.raises(bz.AccessError, match="'stranger' is not in project 'team'"):
        bz.start_render("team/review", workspace=stranger)
    with pytest.raises(bz.AccessError, match="'stranger' is not in project 'team'"):
        save(film, stranger, "review", project="team")
    with pytest.raises(bz.SettingsError):
        bz.start_render("team/review", quality="splendid", workspace=inline)
    strict = bz.Workspace(
        inline.store.root, user="tester", engine=inline.engine, limits=bz.Limits(duration_s=0.1)
    )
    with pytest.raises(bz.LimitError, match="duration_s"):
        bz.start_render("team/review", workspace=strict)
    with pytest.raises(bz.UnknownFilmError):
        bz.start_render("review", workspace=inline)
    content = next(inline.store.list(f"{saved_film_prefix('team', 'review')}content/"))
    Path(inline.store.location(content)).unlink()
    with pytest.raises(bz.StoreError, match="is not whole"):
        bz.start_render("team/review", workspace=inline)
    assert len([*inline.store.list(SEGMENTS)]) == made
    assert len(inline.history()) == 1


def test_cleaning_takes_nothing_of_a_saved_film(inline: bz.Workspace, tmp_path: Path) -> None:
    film = everything_film(tmp_path)
    save(film, inline, "review")
    before = [*inline.store.list(saved_film_prefix("default", "review"))]
    for key in itertools.chain(before, inline.store.list(ASSETS)):
        os.utime(inline.store.location(key), (0, 0))
    inline.store.clean("1d")
    assert [*inline.store.list(saved_film_prefix("default", "review"))] == before
    assert bz.open_film("review", workspace=inline).export(workspace=inline, progress=False).frames


def test_many_slides_are_small(inline: bz.Workspace) -> None:
    """With a bar below that is longer in each frame, so that no two frames are the same."""

    @bz.scene(duration=60)
    def slide(frame: bz.Frame, title: str) -> list[Any]:
        points = [bz.Text(f"{title}: point {n}", size=50, x=120, y=300 + 90 * n) for n in range(4)]
        return [bz.Fill("white"), bz.Text(title, size=90, y=100), *points]

    @bz.scene
    def bar(frame: bz.Frame) -> Any:
        return bz.Rect(x=0, y=1070, width=1920 * frame.progress, height=10, anchor="left", fill="tomato")

    film = bz.Composition([slide(f"Slide {n}") for n in range(6)], fps=25, layers=[bar()])
    saved = save(film, inline)
    assert saved.frames == 9_000
    assert saved.size_bytes <= 2_000_000
    opened = bz.open_film("film", workspace=inline)
    assert [opened.frame(i) for i in (0, 4_499, 8_999)] == [film.frame(i) for i in (0, 4_499, 8_999)]
