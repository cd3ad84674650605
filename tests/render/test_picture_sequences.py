"""A film as pictures, a file a frame: in a folder that is there whole or not at all, or in a ZIP file."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import bazaar_nb as bz
from bazaar_nb.media.picture_names import picture_name
from bazaar_nb.workspace import Workspace

SIZE = (97, 64)


@bz.scene(duration=2)
def moving(frame: bz.Frame, color: str = "tomato") -> list[bz.Element]:
    """Give a disc that moves for a second, and a veil that lets half through."""
    place = min(frame.index, 10)
    return [
        bz.Ellipse(x=12 + 3 * place, y=20, width=20, height=20, fill=color),
        bz.Rect(x=48, y=48, width=70, height=16, fill="#0000ff80"),
    ]


def film(background: str = "transparent", **more: Any) -> bz.Composition:
    parts = [moving(), moving("gold")]
    return bz.Composition(parts, width=SIZE[0], height=SIZE[1], fps=10, background=background, **more)


def pixels(source: Any) -> NDArray[np.int16]:
    with Image.open(source) as image:
        return np.asarray(image, np.int16)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("background", ["transparent", "navy"])
def test_a_folder_of_png_has_the_pixels_of_the_stills(
    inline: Workspace, tmp_path: Path, background: str
) -> None:
    shown = film(background)
    render = shown.export(tmp_path / "new" / "frames" / "shot-%04d.png", workspace=inline, progress=False)
    assert render.path == tmp_path / "new" / "frames"
    assert names(tmp_path / "new") == ["frames"]
    assert names(render.path) == [f"shot-{number:04d}.png" for number in range(40)]
    for number in (0, 7, 19, 20, 39):
        with Image.open(render.path / f"shot-{number:04d}.png") as picture:
            still = shown.still(number)
            assert picture.mode == still.mode == ("RGBA" if background == "transparent" else "RGB")
            np.testing.assert_array_equal(np.asarray(picture), np.asarray(still))
    size = sum(path.stat().st_size for path in render.path.iterdir())
    row = inline.history().iloc[0]
    assert (row["format"], row["codec"], row["frames"], row["size_bytes"]) == ("png", "png", 40, size)
    assert (row["location"], row["alpha"]) == (str(render.path), background == "transparent")
    assert (row["frames_drawn"], row["frames_held"]) == (22, 18)
    assert render.size_bytes == size
    assert "40 pictures, 97x64, png" in repr(render)
    assert "shot-0000.png" in render._repr_html_()
    assert render.link() == str(render.path)
    copied = render.download(tmp_path / "copy", progress=False)
    assert names(copied) == names(render.path)


@pytest.mark.filterwarnings("ignore:Composition 'over black' is transparent")
def test_jpegs_have_a_quality_and_numbers_of_frames(inline: Workspace, tmp_path: Path) -> None:
    shown, sizes = film(name="over black"), []
    for quality in ("low", "high"):
        render = shown.export(
            tmp_path / quality / "%d.jpg", workspace=inline, progress=False, quality=quality,
            frame_range=(18, 23),
        )  # fmt: skip
        assert names(render.path) == ["18.jpg", "19.jpg", "20.jpg", "21.jpg", "22.jpg"]
        sizes.append(render.size_bytes)
    assert sizes[0] < sizes[1]
    black = np.asarray(film("black").still(20), np.int16)
    assert np.abs(pixels(tmp_path / "high" / "20.jpg") - black).mean() < 1.5
    half = shown.export(tmp_path / "half" / "%03d.jpeg", workspace=inline, progress=False, fps=5)
    assert names(half.path)[-1] == "019.jpeg"  # its own frames, at five a second


def test_without_a_folder_they_are_in_a_zip_file(inline: Workspace, tmp_path: Path) -> None:
    shown = film("navy", name="shots")
    asked: tuple[tuple[Any, dict[str, Any]], ...] = (
        (None, {"format": "png"}),
        ("%03d.png", {}),
        (tmp_path / "out" / "all.zip", {}),
        ("some.zip", {"format": "jpg", "resolution": (48, 32), "fps": 1}),
    )
    found = []
    for path, options in asked:
        render = shown.export(path, workspace=inline, progress=False, **options)
        with zipfile.ZipFile(render.path) as archive:
            assert archive.testzip() is None
            found.append((render.name, archive.namelist()[3], render.frames))
            picture = pixels(io.BytesIO(archive.read(archive.namelist()[3])))
        assert render.size_bytes == render.path.stat().st_size
        if render.settings.codec == "png":
            np.testing.assert_array_equal(picture, np.asarray(shown.still(3)))
        else:
            assert picture.shape == (32, 48, 3)
    assert found == [
        ("shots.zip", "0003.png", 40),
        ("shots.zip", "003.png", 40),
        ("all.zip", "0003.png", 40),
        ("some.zip", "0003.jpg", 4),
    ]
    assert "<img" not in render._repr_html_()
    attached = bz.attach(render.id, workspace=inline)
    assert attached.render is not None
    assert attached.render.path == render.path


def test_again_costs_what_changed_and_replaces_the_whole_folder(local: Workspace, tmp_path: Path) -> None:
    place = tmp_path / "frames" / "%04d.png"
    first = film("navy").export(place, workspace=local, progress=False)
    (tmp_path / "frames" / ".DS_Store").write_bytes(b"")
    edited = bz.Composition(
        [moving(), moving("lime")], width=SIZE[0], height=SIZE[1], fps=10, background="navy"
    )
    again = edited.export(place, workspace=local, progress=False)
    assert (again.segments, again.segments_cached) == (first.segments, first.segments - 1)
    np.testing.assert_array_equal(pixels(place.with_name("0030.png")), np.asarray(edited.still(30)))
    part = edited.export(place, workspace=local, progress=False, frame_range=(0, 20))
    assert part.segments_cached == part.segments
    assert names(part.path) == [f"{number:04d}.png" for number in range(20)]
    job = edited.submit(place, workspace=local)
    job.result()
    assert names(job.retry().result().path)[-1] == "0039.png"
    movie, pictures = edited.export(
        ["a.webp", tmp_path / "more" / "%04d.png"], workspace=local, progress=False
    )
    assert (movie.frames_cached, pictures.frames_cached) == (0, 40)


def test_one_that_is_interrupted_leaves_all_as_it_was(
    inline: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out" / "frames"
    film("navy").export(folder / "%04d.png", workspace=inline, progress=False, frame_range=(0, 5))
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def interrupted(pattern: str, number: int) -> str:
        if number == 12:
            raise KeyboardInterrupt
        return picture_name(pattern, number)

    monkeypatch.setattr("bazaar_nb.media.picture_sequence.picture_name", interrupted)
    for place in (folder / "%04d.png", tmp_path / "out" / "new" / "%04d.png", tmp_path / "out" / "a.zip"):
        with pytest.raises(KeyboardInterrupt):
            film("red").export(place, workspace=inline, progress=False)
    assert names(tmp_path / "out") == ["frames"]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert list(inline.history()["status"].sort_values()) == ["succeeded"] + ["cancelled"] * 3


def test_a_damaged_segment_is_made_again(inline: Workspace, tmp_path: Path) -> None:
    place = tmp_path / "frames" / "%04d.png"
    film("navy").export(place, workspace=inline, progress=False)
    damaged = next(key for key in inline.store.list("segments/") if key.endswith(".mov"))
    inline.store.write_bytes(damaged, inline.store.read_bytes(damaged)[:-200])
    render = film("navy").export(place, workspace=inline, progress=False)
    assert len(names(render.path)) == 40
    assert render.segments_cached == render.segments - 1


def test_files_of_others_are_never_taken_along(inline: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "notes.txt").write_text("keep")
    (folder / "0001.jpg").write_text("keep")
    with pytest.raises(bz.SettingsError, match=r"other files, '0001.jpg' and 1 more. Give another one"):
        film().export(folder / "%04d.png", workspace=inline, progress=False)
    late = film("navy").submit(tmp_path / "late" / "%04d.png", workspace=inline)
    late.result()
    inline.queue.pause()
    again = film("navy").submit(tmp_path / "late" / "%04d.png", workspace=inline)
    (tmp_path / "late" / "notes.txt").write_text("keep")
    inline.queue.resume()
    with pytest.raises(bz.StoreError, match=r"late: it has other files, 'notes.txt'"):
        again.result()
    assert (tmp_path / "late" / "notes.txt").read_text() == "keep"
    assert names(folder) == ["0001.jpg", "notes.txt"]


@pytest.mark.parametrize(
    ("place", "options", "message"),
    [
        ("out/frame.png", {}, r"is the name of one picture.*'frames/%04d.png' makes a file of every frame"),
        ("out/%04d.png", {"quality": "low"}, "png has no quality='low': it takes `resolution` and `fps`"),
        (
            "out/%04d.jpg",
            {"crf": 3, "loop": 2},
            "jpeg has no crf=3 or loop=2: it takes `quality`",
        ),
        ("out/%04d.png", {"format": "jpeg"}, "ends in .png but `format` is 'jpeg'"),
        ("out/%04d-%d.png", {}, "need one number, as %d or %04d"),
        ("out/%s.png", {}, "need one number, as %d or %04d"),
        ("out/####.png", {}, r"number as %04d, not as '####': 'frames/%04d.png', say"),
        ("out/*.jpg", {}, r"number as %04d, not as '\*'"),
        ("out.zip/%04d.png", {}, "can't end in .zip"),
        ("./%04d.png", {}, "it holds the folder that this process works in. Give another one"),
        (
            "s3://films/frames/%04d.png",
            {},
            r"in one file, s3://films/frames/film.zip say",
        ),
        ("out/%04d.png", {"captions": [(0, 1, "hello")]}, "captions"),
    ],
)
def test_what_can_not_be_is_said(
    inline: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str, options: Any, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(bz.SettingsError, match=message):
        film().export(place, workspace=inline, progress=False, **options)
    assert not inline.root.exists()


def test_limits_and_estimates_know_them(inline: Workspace, tmp_path: Path) -> None:
    told = film().estimate("frames/%04d.png", workspace=inline)
    assert told.size_bytes.low < told.size_bytes.likely
    strict = Workspace(tmp_path / "root", engine="inline", limits=bz.Limits(formats=("mp4", "png")))
    film().export("%04d.png", workspace=strict, progress=False)
    with pytest.raises(bz.LimitError, match="formats"):
        film("navy").export("%04d.jpg", workspace=strict, progress=False)
    small = Workspace(tmp_path / "root", engine="inline", limits=bz.Limits(size_bytes=2000))
    with pytest.raises(bz.LimitError, match="size_bytes"):
        film().export(tmp_path / "large" / "%04d.png", workspace=small, progress=False)
    assert not (tmp_path / "large").exists()
