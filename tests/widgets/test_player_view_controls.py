"""How a player is steered: by keys, by the mouse, from Python, and by other players."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from playwright.sync_api import Browser

from tests.widgets import media
from tests.widgets.bench import Bench

OUTSIDE = "([name, value]) => bench.models[0].outside(name, value)"
LAST = media.FRAMES - 1


def test_keys_act_within_the_player_alone(bench: Bench) -> None:
    bench.show(traits={"loop": True})  # so that it doesn't end meanwhile
    bench.wait_buffered()
    # As a notebook does, that has the letters as commands.
    bench.js(
        "() => { bench.heard = []; document.addEventListener('keydown',"
        " (event) => event.key === 'Shift' || bench.heard.push(event.key), true); }"
    )
    keyboard = bench.page.keyboard
    bench.page.locator("#elsewhere").focus()
    for key in ("k", "ArrowRight", "m", "i", "?"):
        keyboard.press(key)
    assert bench.js("() => bench.heard.splice(0)") == ["k", "ArrowRight", "m", "i", "?"]
    assert (bench.trait("frame"), bench.trait("playing"), bench.trait("range")) == (0, False, None)

    bench.js("() => bench.root().focus()")
    for key, frame in (
        ("End", LAST),
        ("ArrowLeft", LAST - 1),
        ("Shift+ArrowLeft", LAST - 31),
        ("Home", 0),
        ("Shift+ArrowRight", 30),
        ("ArrowRight", 31),
        ("j", 1),
    ):
        keyboard.press(key)
        bench.wait_frame(frame)
        assert bench.trait("frame") == frame
    for key, playing, rate in (
        ("Space", True, 1),
        ("l", True, 2),
        ("l", True, 4),
        ("j", True, 2),
        ("j", True, 1),
        ("k", False, 1),
        ("l", True, 1),
        ("k", False, 1),
    ):
        keyboard.press(key)
        assert (bench.trait("playing"), bench.trait("rate")) == (playing, rate), key
    keyboard.press("m")
    assert bench.trait("muted") is False
    assert bench.js("() => bench.heard") == []
    for key in ("q", "Escape", "Control+s", "Shift+Enter", "d"):
        keyboard.press(key)
    assert bench.js("() => bench.heard") == ["q", "Escape", "Control", "s", "Enter", "d"]


def test_keys_act_in_a_shadow_tree_too(bench: Bench) -> None:
    # Some notebooks put widgets into one.
    bench.view(int(bench.js("film => bench.model(film)", media.film_info())), shadow=True)
    bench.js("() => bench.root().focus()")
    bench.page.keyboard.press("End")
    bench.wait_frame(LAST)
    bench.page.keyboard.press("f")
    bench.until("() => document.fullscreenElement === bench.views[0].el")
    bench.page.keyboard.press("f")
    bench.until("() => document.fullscreenElement === null")


def test_controls_keep_the_keys_that_they_need(bench: Bench) -> None:
    film = media.film_info(sound_mime=media.SOUND_MIME, sound_key="a")
    bench.show(film=film, traits={"muted": False, "volume": 0.5})
    bench.wait_buffered()
    bench.page.get_by_label("Volume", exact=True).focus()
    bench.page.keyboard.press("ArrowRight")
    assert bench.trait("volume") == 0.55
    assert bench.trait("frame") == 0
    bench.page.get_by_label("Loop").focus()
    bench.page.keyboard.press("Space")
    assert bench.trait("loop") is True
    assert bench.trait("playing") is False
    bench.page.get_by_label("Speed").select_option("1.5")
    assert bench.trait("rate") == 1.5
    slider = bench.page.get_by_role("slider", name="Playhead")
    slider.focus()
    bench.page.keyboard.press("PageUp")
    bench.wait_frame(30)
    assert slider.get_attribute("aria-valuenow") == "30"
    assert slider.get_attribute("aria-valuetext") == "0:01.00, frame 30, Title"


def test_traits_from_python_are_followed(bench: Bench) -> None:
    bench.show()
    bench.wait_buffered()
    news = {"rate": 2.0, "volume": 0.25, "muted": False, "loop": True, "width": "400px"}
    for name, value in news.items():
        bench.js(OUTSIDE, [name, value])
    video = bench.js(
        "() => { const { playbackRate: r, volume: v, muted: m } = bench.video(); return [r, v, m]; }"
    )
    assert video == [2, 0.25, False]
    assert bench.js("() => bench.root().getBoundingClientRect().width") == 400
    bench.js(OUTSIDE, ["range", [60, 70]])
    bench.js(OUTSIDE, ["playing", True])
    bench.until("() => bench.root().dataset.frame >= 60 && bench.kernel().asked('event').length > 4")
    assert all(60 <= int(bench.js("() => bench.root().dataset.frame")) < 70 for _ in range(10))
    bench.js(OUTSIDE, ["playing", False])
    bench.until("() => bench.video().paused")
    told = bench.js("() => bench.models[0].saved.flatMap(Object.keys)")
    assert set(told) == {"at", "frame"}  # what came from Python is not told back


def test_the_playhead_is_told_now_and_then_while_it_moves_and_exactly_where_it_stands(bench: Bench) -> None:
    bench.show()
    bench.wait_buffered()
    bench.js(OUTSIDE, ["playing", True])
    bench.until("() => bench.models[0].saved.filter((change) => 'frame' in change).length >= 3")
    told = bench.js(
        """() => {
          const told = bench.models[0].saved.filter((change) => 'frame' in change);
          bench.models[0].outside('playing', false);
          return told;
        }"""
    )
    bench.until("() => bench.kernel().asked('event').at(-1).name === 'pause'")
    bench.wait_shot(lambda seen: seen[0] == bench.trait("frame"))
    apart = [later["at"] - sooner["at"] for sooner, later in pairwise(told)]
    assert min(apart) >= 240


# Plays for a moment, and pauses; gives the frame that Python is told of, when it is.
PAUSE = """
async (after) => {
  const told = () => bench.asked().filter(({ name }) => name === 'pause');
  const before = told().length;
  bench.models[0].outside('playing', true);
  const from = bench.root().dataset.frame;
  while (bench.root().dataset.frame === from) await new Promise(requestAnimationFrame);
  await new Promise((done) => setTimeout(done, after));
  bench.models[0].outside('playing', false);
  while (told().length === before) await new Promise((done) => setTimeout(done, 5));
  return told().at(-1).frame;
}
"""


def test_a_pause_is_told_with_the_frame_that_is_on_the_screen(bench: Bench) -> None:
    bench.show(traits={"loop": True})
    bench.wait_buffered()
    bench.js("() => { bench.asked = () => bench.kernel().asked('event'); }")
    for after in range(100, 260, 16):
        told = bench.js(PAUSE, after)
        bench.page.wait_for_timeout(300)  # in which a frame that was on its way comes
        bench.wait_shot(lambda seen, told=told: seen[0] == told)  # type: ignore[misc]
        assert bench.trait("frame") == told


def test_in_and_out_points_bound_what_is_played(bench: Bench) -> None:
    bench.show(traits={"frame": 70})
    bench.wait_buffered()
    bench.js("() => bench.root().focus()")
    press = bench.page.keyboard.press
    press("i")
    bench.seek(80)
    press("o")
    assert bench.trait("range") == [70, 81]
    bench.seek(10)
    press("k")
    bench.until("() => bench.models[0].get('playing') === false && bench.root().dataset.frame === '80'")
    bench.wait_shows(80)
    assert bench.asked("event")[-1]["name"] == "ended"
    bench.seek(90)
    press("i")  # behind the out point, which gives way
    assert bench.trait("range") == [90, media.FRAMES]
    press("o")
    assert bench.trait("range") == [90, 91]
    press("Shift+I")
    assert bench.trait("range") == [0, 91]
    press("x")
    assert bench.trait("range") is None
    bench.page.get_by_label("Set in point").click()
    bench.page.get_by_label("Clear in point").click()
    assert bench.trait("range") is None


def test_loops(bench: Bench) -> None:
    bench.show(traits={"frame": 120, "loop": True})
    bench.wait_buffered()
    bench.js(OUTSIDE, ["playing", True])
    bench.until("() => bench.root().dataset.frame > 140")
    bench.until("() => bench.root().dataset.frame > 5 && bench.root().dataset.frame < 100")
    assert bench.trait("playing") is True
    assert "ended" not in [event["name"] for event in bench.asked("event")]


def test_two_views_of_one_player(bench: Bench) -> None:
    bench.show(traits={"fallback": "abc123"}, style="width: 400px")
    bench.view(style="width: 400px")
    bench.wait_buffered()
    bench.wait_buffered(view=1)
    bench.seek(40)
    for view in (0, 1):
        bench.wait_frame(40, view)
        bench.wait_shows(40, view=view)
    bench.page.get_by_label("Play (Space)").nth(1).click()
    bench.wait_state("playing", view=1)
    bench.until("() => bench.root(0).dataset.frame > 60")
    assert bench.js("() => bench.video(0).paused")  # it follows, and does not sound twice
    assert bench.trait("playing") is True
    bench.js(OUTSIDE, ["playing", False])
    bench.until("() => bench.video(1).paused")
    bench.wait_shot(lambda seen: seen == bench.shot(1))


def test_linked_players_play_together(bench: Bench) -> None:
    for token in ("one", "two"):
        bench.show(traits={"fallback": token}, style="width: 400px")
    bench.wait_buffered()
    bench.js(
        """() => {
          const [a, b] = bench.models;
          for (const name of ['frame', 'playing'])
            for (const [from, to] of [[a, b], [b, a]])
              from.on(`change:${name}`, () => { to.set(name, from.get(name)); to.save_changes(); });
          bench.seeks = 0;
          for (const view of [0, 1]) bench.video(view).addEventListener('seeking', () => (bench.seeks += 1));
        }"""
    )
    # A video that has not shown its first frame yet may be asked for it again.
    bench.until("() => [...document.querySelectorAll('.bz-above')].every((still) => still.hidden)")
    bench.js("() => { bench.seeks = 0; }")
    bench.page.get_by_label("Play (Space)").nth(0).click()
    bench.until("() => bench.root(0).dataset.frame > 60 && bench.root(1).dataset.frame > 60")
    assert bench.js("() => bench.seeks") == 0
    assert not bench.js("() => bench.video(1).paused")
    bench.page.get_by_label("Pause (Space)").nth(1).click()
    bench.until("() => bench.video(0).paused && bench.video(1).paused")


def test_the_scrubber_is_clicked_dragged_and_hovered(bench: Bench) -> None:
    bench.show()
    bench.wait_buffered()
    track = bench.page.locator(".bz-track").bounding_box()
    assert track is not None
    mouse = bench.page.mouse
    y = track["y"] + 2

    def x(frame: int) -> float:
        return track["x"] + track["width"] * frame / LAST

    mouse.click(x(75), y)
    bench.wait_frame(75)
    bench.wait_shows(75)
    mouse.move(x(100), y)
    bench.until("() => document.querySelector('.bz-tip-time').textContent === '0:03.33 · 100'")
    assert bench.page.locator(".bz-tip-scene").inner_text() == "Chart"
    bench.until("() => document.querySelector('.bz-thumbnail:not([hidden], .bz-stale)') !== null")
    assert media.read(bench.page.locator(".bz-thumbnail").screenshot()) == (100, 0)
    assert bench.asked("still")[-1]["idle"] is True
    asked = len(bench.asked("still"))
    mouse.move(x(20), y)
    bench.until("asked => bench.kernel().asked('still').length > asked", asked)
    mouse.move(x(100), y)
    bench.page.wait_for_timeout(200)
    assert len(bench.asked("still")) == asked + 1  # it is kept

    bench.js(OUTSIDE, ["playing", True])
    mouse.down()
    for frame in (60, 33, 12):  # behind what was played
        mouse.move(x(frame), y)
        bench.wait_frame(frame)
        bench.wait_shows(frame)
    assert bench.js("() => bench.video().paused")
    mouse.up()
    bench.until("() => bench.root().dataset.frame > 45")
    assert bench.trait("playing") is True


def test_the_list_of_keys_and_the_way_back(bench: Bench) -> None:
    bench.show()
    help_button = bench.page.get_by_label("Keys (?)")
    help_button.focus()
    bench.page.keyboard.press("?")
    dialog = bench.page.get_by_role("dialog", name="Keys")
    assert dialog.is_visible()
    assert "One frame" in dialog.inner_text()
    bench.page.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert help_button.evaluate("(button) => button === document.activeElement")


def test_a_picture_goes_to_the_clipboard_or_a_file(bench: Bench, tmp_path: Path) -> None:
    bench.show(traits={"frame": 77}, film=media.film_info(name="Café / 7"))
    bench.js(
        """() => {
          navigator.clipboard.write = async ([item]) => {
            bench.copied = await item.getType('image/png');
          };
        }"""
    )
    bench.page.get_by_label("Copy this picture").click()
    bench.until("() => document.querySelector('.bz-notice').textContent === 'Frame 77 copied'")
    assert bench.js("() => bench.copied.type") == "image/png"
    still = bench.asked("still")[-1]
    assert (still["width"], still["format"], still["idle"]) == (2 * media.WIDTH, "png", False)
    bench.js("() => { navigator.clipboard.write = () => Promise.reject(new Error('no')); }")
    with bench.page.expect_download():
        bench.page.keyboard.press("s")  # as it may not copy
    bench.js("() => { navigator.clipboard.write = () => Promise.resolve(); }")
    with bench.page.expect_download() as started:
        bench.page.keyboard.press("Shift+S")
    assert started.value.suggested_filename == "Café-7-77.png"
    started.value.save_as(tmp_path / "still.png")
    assert media.read((tmp_path / "still.png").read_bytes()) == (77, 0)


def test_autoplay(chromium: Browser, address: str) -> None:
    for motion, refuses, plays in (
        ("no-preference", False, True),
        ("reduce", False, False),
        ("no-preference", True, False),
    ):
        context = chromium.new_context(reduced_motion=motion)  # type: ignore[arg-type]
        bench = Bench(context.new_page())
        bench.page.goto(f"{address}/page/index.html")
        bench.until("() => window.bench !== undefined")
        if refuses:
            bench.js(
                "() => { HTMLMediaElement.prototype.play = () =>"
                " Promise.reject(new DOMException('no', 'NotAllowedError')); }"
            )
        bench.show(traits={"autoplay": True, "loop": True})
        if plays:
            bench.until("() => bench.root().dataset.frame > 10")
        bench.page.wait_for_timeout(300)
        assert bench.trait("playing") is plays
        big = bench.page.get_by_label("Play", exact=True)
        big.wait_for(state="hidden" if plays else "visible")
        context.close()


def test_full_screen(bench: Bench) -> None:
    bench.show()
    bench.js("() => bench.root().focus()")
    bench.page.keyboard.press("f")
    bench.until("() => document.fullscreenElement === bench.root()")
    bench.page.get_by_label("Leave full screen (F)").click()
    bench.until("() => document.fullscreenElement === null")
