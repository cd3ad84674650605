"""Pictures, clips, sounds and fonts from anywhere, in renders, players and documents."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pytest
from PIL import Image as PilImage

import bazaar_nb as bz
from bazaar_nb.cli import main
from bazaar_nb.draw.fonts import FONT_FOLDER
from bazaar_nb.errors import AssetError, ElementError, InvalidValueError
from bazaar_nb.media.sound_mix import mix_sound
from bazaar_nb.render.film_sounds import film_sounds, found_sounds
from bazaar_nb.sources.fetch_limits import use_fetch_limits
from bazaar_nb.sources.fetching import forget_fetched
from bazaar_nb.sources.finding import find_now
from tests.media.clip_files import make_clip
from tests.media.films import lumas
from tests.media.sound_files import write_wav
from tests.sources.conftest import own_sources as own_sources
from tests.sources.conftest import server as server
from tests.sources.servers import FileServer, rude_server
from tests.sources.test_fetching import hang, png

make: Any = bz  # given what no type allows
SIZE: dict[str, Any] = {"width": 64, "height": 36, "fps": 10}


def film_of(*elements: Any, duration: float = 0.5, **options: Any) -> bz.Composition:
    @bz.scene(duration=duration)
    def shown(frame: bz.Frame) -> list[Any]:
        return [element() for element in elements]

    return bz.Composition([shown()], **{**SIZE, **options})


def middle(image: PilImage.Image) -> tuple[int, ...]:
    found: Any = image.convert("RGB").getpixel((image.width // 2, image.height // 2))
    return tuple(found)


@pytest.fixture(scope="module")
def clip_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    sound = ("-f", "lavfi", "-i", "sine=frequency=440:duration=2")
    return make_clip(path, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", frames=50, before=sound)


def tone(seconds: float = 1.0) -> np.ndarray[Any, Any]:
    return 0.5 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * 48_000)) / 48_000)[:, np.newaxis]


def test_a_picture_however_it_is_handed_over(server: FileServer, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png("blue"))
    fsspec.filesystem("memory").pipe("/a.png", png("blue"))
    array = np.zeros((16, 24, 3), np.uint8)
    array[:, :, 2] = 255
    image = PilImage.open(path)
    opened = path.open("rb")
    ways: list[Any] = [
        path, str(path), path.as_uri(), png("blue"), bytearray(png("blue")), io.BytesIO(png("blue")), opened,
        image, image.convert("P"), image.convert("CMYK"), array, array / 255.0,
        server.put("/a.png", png("blue")), "memory://a.png",
    ]  # fmt: skip
    for way in ways:
        film = film_of(lambda way=way: make.Image(way, width="100%", height="100%"), duration=0.3)
        for index in (0, 2):
            assert middle(film.still(index)) == (0, 0, 255), way
    opened.close()
    assert make.Image(png("blue")) == make.Image(io.BytesIO(png("blue")))


def test_elements_stay_small_whatever_is_handed_over() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (600, 800, 3), np.uint8)
    target = io.BytesIO()
    PilImage.fromarray(noise).save(target, "PNG")
    for element in (make.Image(target.getvalue()), make.Image(noise), make.Clip(target.getvalue())):
        film = film_of(lambda element=element: element)
        assert len(film.frame(0).to_msgpack()) < 300


def test_what_can_not_be_handed_over_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "a.txt"
    text.write_text("hello")
    with (
        text.open() as file,
        pytest.raises(InvalidValueError, match="text mode: open the file with mode 'rb'"),
    ):
        make.Image(file)
    for element in (make.Image, make.Clip, make.Sound):
        with pytest.raises(InvalidValueError, match="without any bytes"):
            element(b"")
    with pytest.raises(InvalidValueError, match="can't be read: the picture is empty or no picture"):
        make.Image(b"hello")
    with pytest.raises(InvalidValueError, match=r"floats from 0 to 200, wanted 0 to 1.*\(Image\)"):
        make.Image(np.linspace(0, 200, 64).reshape(8, 8))
    with pytest.raises(ElementError, match="expected the path or address of a video, or its bytes"):
        film_of(lambda: make.Clip(7)).frame(0)
    wide = PilImage.new("L", (100_000, 1), 255)
    assert film_of(lambda: make.Image(wide, width=64, height=36)).still(0).size == (64, 36)


def test_workers_get_what_was_handed_over_and_what_was_fetched(
    server: FileServer, clip_file: Path, local: bz.Workspace, tmp_path: Path
) -> None:
    """One picture is made before the film, one by each frame; addresses are asked once, by home."""
    before = make.Image(png("red"), width="50%", height="100%", x=0, anchor="left", y=18)
    font = next(FONT_FOLDER.glob("*.ttf"))
    letters = server.put("/letters.ttf", font.read_bytes())
    picture = server.put("/a.png", png("lime"))
    video = server.put("/clip.mp4", clip_file.read_bytes())
    wave = tmp_path / "tone.wav"
    write_wav(wave, tone(6))
    data = png("blue")

    @bz.scene(duration=6)
    def shown(frame: bz.Frame) -> list[Any]:
        late = frame.index > 40
        return [
            before,
            make.Image(picture if not late else f"{picture}?late", width="25%", height="100%", x="75%", y=18),
            make.Image(data, width="25%", height="50%", x=64, y=36, anchor="bottom-right"),
            make.Text("W", font=letters, size=10, x=8, y=8),
            make.Clip(video, width=16, height=9, x=8, y=30),
        ]

    sound = [
        make.Sound(server.put("/tone.wav", wave.read_bytes())),
        make.Sound(wave.read_bytes(), gain_db=-12),
    ]
    film = make.Composition([shown()], sound=sound, **SIZE)
    render = film.export(tmp_path / "film.mp4", workspace=local, progress=False)
    assert render.frames == 60
    assert {path.partition("?")[0] for path in server.asked} == {
        "/letters.ttf",
        "/a.png",
        "/clip.mp4",
        "/tone.wav",
    }
    assert len(server.asked) == len(set(server.asked)) == 5
    first = lumas(tmp_path / "film.mp4")[0]
    still = np.asarray(film.still(0).convert("L"), float)
    assert abs(np.asarray(first, float).mean() * 255 / 219 - 16 * 255 / 219 - still.mean()) < 40

    # The addresses are gone, and so is what this machine has of them: the store has it all.
    server.stop()
    forget_fetched()
    for path in sorted((tmp_path / "cache").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    again = film.export(tmp_path / "again.mp4", workspace=local, progress=False, quality="low")
    assert again.segments_cached < again.segments
    assert again.frames == 60
    third = film.export(tmp_path / "third.mp4", workspace=local, progress=False)
    assert third.segments_cached == third.segments
    assert (tmp_path / "third.mp4").read_bytes() == (tmp_path / "film.mp4").read_bytes()


def test_sound_is_found_like_pictures(server: FileServer, tmp_path: Path) -> None:
    wave = tmp_path / "tone.wav"
    write_wav(wave, tone())
    data = wave.read_bytes()
    with wave.open("rb") as opened:
        placed = [
            make.Sound(wave),
            make.Sound(server.put("/a.wav", data)),
            make.Sound(data),
            make.Sound(opened),
        ]
    heard = []
    for sound in placed:
        film = film_of(lambda: make.Fill("black"), duration=1, sound=[sound])
        found = found_sounds(film_sounds(film), find_now)
        heard.append(np.concatenate(list(mix_sound(found, film.duration))))
    assert all(np.array_equal(heard[0], one) for one in heard[1:])
    assert np.abs(heard[0]).max() > 0.3


def test_a_missing_one_is_told_before_anything_is_rendered(
    server: FileServer, inline: bz.Workspace, tmp_path: Path
) -> None:
    made: list[int] = []

    @bz.scene(duration=20)
    def long(frame: bz.Frame) -> list[Any]:
        made.append(frame.index)
        return [make.Fill("navy"), make.Image(tmp_path / "here.png")]

    @bz.scene(duration=1)
    def broken(frame: bz.Frame, source: Any) -> list[Any]:
        return [make.Fill("navy"), make.Row([make.Text("a"), make.Image(source)])]

    (tmp_path / "here.png").write_bytes(png())
    address = f"{server.url}/gone.png?token=secret"
    film = make.Composition([long(), broken(tmp_path / "gone.png"), broken(address)], **SIZE)
    with pytest.raises(ElementError, match=r"gone\.png' is not there \(scene 'broken', frame 0\)") as caught:
        film.export(tmp_path / "film.mp4", workspace=inline, progress=False)
    assert (caught.value.scene, caught.value.frame, caught.value.field) == ("broken", 0, "source")
    assert caught.value.element == "Row[1] > Image[1]"
    assert "gone.png?… answered 404" in str(caught.value)  # all that is missing is told at once
    assert len(made) < 10  # of 200 frames
    row = inline.history().iloc[-1]
    assert row["status"] == "failed"
    assert "secret" not in str(row.to_dict())

    with pytest.raises(AssetError, match=r"no such file: .*gone\.wav|gone\.wav"):
        film_of(lambda: make.Fill("red"), sound=[make.Sound(tmp_path / "gone.wav")]).export(
            tmp_path / "film.mp4", workspace=inline, progress=False
        )
    with pytest.raises(AssetError, match=r"tone\.wav\?… answered 404.*\(Sound 'http.*/tone\.wav\?…' at 0"):
        film_of(lambda: make.Fill("red"), sound=[make.Sound(f"{server.url}/tone.wav?token=secret")]).export(
            tmp_path / "film.mp4", workspace=inline, progress=False
        )
    with pytest.raises(InvalidValueError, match=r"clip\.mp4 answered 404.*Composition 'film'"):
        make.Composition([make.Clip(f"{server.url}/clip.mp4")])


def test_a_missing_font_is_told_before_anything_is_rendered(
    server: FileServer, inline: bz.Workspace, tmp_path: Path
) -> None:
    made: list[int] = []
    there = f"{server.url}/fonts"

    @bz.scene(duration=20)
    def long(frame: bz.Frame) -> list[Any]:
        made.append(frame.index)
        return [make.Text("no font but the package's")]

    @bz.scene(duration=1)
    def typed(frame: bz.Frame) -> list[Any]:
        return [make.Text("a", font=f"{there}/gone.ttf?token=secret")]

    label = make.Text([make.Span("a", font=str(tmp_path / "gone.otf"))], size=20)
    held = bz.Scene(lambda frame: [label], duration=1, name="held")
    with pytest.raises(ElementError) as caught:
        make.Composition([long(), typed(), held], **SIZE).export(
            tmp_path / "film.mp4", workspace=inline, progress=False
        )
    assert (caught.value.scene, caught.value.frame, caught.value.field) == ("typed", 0, "font")
    assert re.search(r"gone\.ttf\?… answered 404.* \(scene 'typed', frame 0\)", str(caught.value))
    assert re.search(r"gone\.otf' is not there \(scene 'held', frame 0\)", str(caught.value))
    assert made == []


def test_preload_brings_all(server: FileServer, inline: bz.Workspace, tmp_path: Path) -> None:
    addresses = [server.put(f"/{number}.png", png()) for number in range(12)]

    @bz.scene(duration=1.2)
    def shown(frame: bz.Frame) -> list[Any]:
        return [make.Image(addresses[frame.index])]

    film = make.Composition([shown()], **SIZE)
    assert film.preload(progress=False, workspace=inline) == (12, 12 * len(png()))
    assert sorted(server.asked) == sorted(f"/{number}.png" for number in range(12))
    assert film.preload(progress=False, workspace=inline).files == 12
    assert len(server.asked) == 12
    server.put("/3.png", png("blue"))
    film.preload(refresh=True, progress=False, workspace=inline)
    assert middle(film.still(3)) == (0, 0, 255)
    assert len(server.asked) == 24
    server.stop()
    film.export(tmp_path / "film.gif", workspace=inline, progress=False)

    addresses[5] = f"{server.url}/gone.png"
    addresses[7] = str(tmp_path / "gone.png")
    with pytest.raises(AssetError, match=r"`source` of Image\[0\], scene 'shown', frame 5") as caught:
        film.preload(progress=False, workspace=inline)
    assert "gone.png is not there (`source` of Image[0], scene 'shown', frame 7)" in str(caught.value)


def test_documents_fetch_nothing_unless_they_are_told_to(server: FileServer, tmp_path: Path) -> None:
    address = server.put("/a.png", png("blue"))
    film = film_of(lambda: make.Image(address, width="100%", height="100%"), sound=[])
    text = film.to_json()
    assert address in text
    assert server.asked == []
    read = bz.Composition.from_json(text)
    with pytest.raises(
        ElementError, match=r"fetches nothing unless it is told to: from_json\(text, fetch=True"
    ):
        read.still(0)
    with pytest.raises(AssetError, match="fetches nothing"):
        read.preload(progress=False, workspace=bz.Workspace(tmp_path / "root"))
    assert read.to_json() == text
    assert server.asked == []
    written = tmp_path / "film.json"
    written.write_text(text)
    command = [
        "render",
        str(written),
        "--quiet",
        "-o",
        str(tmp_path / "film.gif"),
        "--root",
        str(tmp_path / "r"),
    ]
    assert main(command) != 0
    assert server.asked == []
    assert main([*command, "--fetch"]) == 0
    assert (tmp_path / "film.gif").is_file()
    assert middle(bz.Composition.from_json(text, fetch=True).still(0)) == (0, 0, 255)
    assert len(server.asked) == 1


def test_documents_hold_what_was_handed_over_and_all_if_wanted(server: FileServer, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png("lime"))
    address = server.put("/a.png", png("blue")) + "?X-Amz-Signature=secret"
    font = next(FONT_FOLDER.glob("*.ttf"))
    wave = tmp_path / "tone.wav"
    write_wav(wave, tone())

    @bz.scene(duration=0.5)
    def shown(frame: bz.Frame) -> list[Any]:
        return [
            make.Image(png("red"), width=20, height=36, x=10),
            make.Group(
                [make.Image(path, width=20, height=36, x=30), make.Image(address, width=20, height=36, x=50)]
            ),
            make.Text(
                [make.Span("a", font=str(font)), make.Span("b")], size=12, x=10, font=wave.with_name("f.ttf")
            ),
        ]

    wave.with_name("f.ttf").write_bytes(font.read_bytes())
    film = make.Composition([shown()], sound=[make.Sound(wave, gain_db=-3)], **SIZE)
    wanted = np.asarray(film.still(2))
    with pytest.raises(InvalidValueError, match=r"a\.png\?… holds what may be a password.*embed=True"):
        film.to_json()
    text = film.to_json(embed=True)
    assert "secret" not in text
    assert str(tmp_path) not in text
    assert len(json.loads(text)["files"]) == 5
    for gone in (path, wave, wave.with_name("f.ttf")):
        gone.unlink()
    server.stop()
    forget_fetched()
    again = bz.Composition.from_json(text)
    assert np.array_equal(np.asarray(again.still(2)), wanted)
    (sound,) = found_sounds(again.sound, find_now)
    assert Path(sound.source).read_bytes().startswith(b"RIFF")
    damaged = json.loads(text)
    name = next(iter(damaged["files"]))
    damaged["files"][name] = "AAAA"
    with pytest.raises(ElementError, match="not what it is named by"):
        bz.Composition.from_json(json.dumps(damaged))


def test_saved_films_hold_what_addresses_have(
    server: FileServer, inline: bz.Workspace, clip_file: Path, tmp_path: Path
) -> None:
    video = server.put("/clip.mp4", clip_file.read_bytes()) + "?sig=secret"
    film = make.Composition([make.Clip(video)], **SIZE)
    wanted = np.asarray(film.still(7))
    film.save("kept", workspace=inline, progress=False)
    server.stop()
    forget_fetched()
    (tmp_path / "cache" / "sources").rename(tmp_path / "elsewhere")
    kept = bz.open_film("kept", workspace=inline)
    assert np.array_equal(np.asarray(kept.still(7)), wanted)
    assert len(kept.sound) == 1
    for path in (tmp_path / "root").rglob("*"):
        assert not path.is_file() or b"secret" not in path.read_bytes(), path


def test_secrets_of_addresses_are_not_shown(server: FileServer) -> None:
    address = f"{server.url.replace('//', '//ann:hunter2@')}/a.png?sig=secret"
    shown: list[str] = [
        repr(make.Image(address)), repr(make.Clip(address)), repr(make.Sound(address)),
        make.Sound(address).label,
        repr(film_of(lambda: make.Row([make.Image(address)])).frame(0)),
    ]  # fmt: skip
    for bad in (
        lambda: make.Image(address), lambda: make.Text("a", font=address), lambda: make.Image([address]),
        lambda: make.Image(address, width="wide"), lambda: make.Clip(address),
        lambda: make.Image(address, widht=3),
    ):  # fmt: skip
        with pytest.raises((bz.BazaarError, TypeError)) as caught:
            film_of(bad).still(0)
        shown.append(str(caught.value))
    with pytest.raises(InvalidValueError) as caught:
        make.Sound(address, start=-1)
    shown.append(str(caught.value))
    assert [text for text in shown if "secret" in text or "hunter2" in text] == []


def test_a_hanging_address_leaves_the_player_usable() -> None:
    from bazaar_nb.widgets.player.widget import Player
    from tests.widgets.screen import Screen

    use_fetch_limits(stall_s=3, attempts=1)
    with rude_server(hang) as address:
        hanging = Player(film_of(lambda: make.Image(address), duration=2))
        screen = Screen(hanging)
        screen.open()
        told = screen.wait_for("problem")
        assert "is being fetched" in told.content["problem"]["message"]
        other = Screen(Player(film_of(lambda: make.Fill("red"), duration=2)))
        other.open()
        other.wait_for("picture")  # while that one hangs
        while "sent nothing for 3 s" not in told.content["problem"]["message"]:
            told = screen.wait_for("problem", since=screen.messages.index(told) + 1)
        for one in (screen, other):
            one.player.close()


def test_the_player_shows_what_has_come(server: FileServer) -> None:
    from bazaar_nb.widgets.player.widget import Player
    from tests.widgets.screen import Screen

    address = server.put("/a.png", png("lime"))
    server.status["/a.png"] = [503]  # so that it takes half a second and more
    player = Player(film_of(lambda: make.Image(address, width="100%", height="100%"), duration=2))
    screen = Screen(player)
    screen.open()
    picture = screen.wait_for("picture")
    assert middle(PilImage.open(io.BytesIO(picture.buffers[0])))[1] > 240
    player.close()
