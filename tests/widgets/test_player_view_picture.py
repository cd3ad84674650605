"""What a player shows, read from screenshots of a real browser."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.widgets import media
from tests.widgets.bench import Bench

NO_SEGMENTS = -1000
COVERED = "() => !document.querySelector('.bz-above').hidden"
UNCOVERED = "() => document.querySelector('.bz-above').hidden"
PLAY = "() => bench.models[0].outside('playing', true)"
SEND = "ahead => bench.kernel().send(ahead ?? Infinity)"


def at_the_end_of_what_was_sent(seen: tuple[int, int]) -> bool:
    """Tell whether it is the last of 30 frames: a busy browser may be halted just before it is shown."""
    return seen in ((29, 0), (28, 0))


def test_shows_the_kernels_picture_until_the_video_has_it(bench: Bench) -> None:
    bench.show(ahead=NO_SEGMENTS, traits={"frame": 77})
    bench.wait_shows(77)
    assert bench.js(COVERED)
    assert bench.state() == "ready"
    bench.js(SEND)
    bench.until(UNCOVERED)
    bench.wait_shows(77)
    assert bench.asked("open")[0]["frame"] == 77
    assert bench.asked("still") == []  # what the kernel sends by itself need not be asked for


@pytest.mark.parametrize("codec", ["h264", "vp9"])
def test_a_seek_within_the_buffer_shows_its_frame(bench: Bench, codec: str) -> None:
    bench.show(film=media.film_info(video_mime=media.MIMES[codec]), codec=codec)
    bench.wait_buffered()
    picks = random.Random(3)
    for frame in [media.FRAMES - 1, 0, *(picks.randrange(media.FRAMES) for _ in range(20))]:
        bench.seek(frame)
        bench.wait_frame(frame)
        bench.wait_shows(frame)
    assert bench.asked("still") == []


def test_a_seek_outside_the_buffer_is_bridged_by_a_still(bench: Bench) -> None:
    bench.show(ahead=10)
    bench.wait_buffered(30)
    bench.js(f"({SEND})({NO_SEGMENTS})")
    for frame in (100, 149, 63):
        bench.seek(frame)
        bench.wait_frame(frame)
        bench.wait_shows(frame)
        assert bench.js(COVERED)
    assert [still["frame"] for still in bench.asked("still")] == [100, 149, 63]
    assert {still["width"] for still in bench.asked("still")} == {media.WIDTH}
    assert bench.asked("playhead")[-1]["frame"] == 63
    bench.js(SEND)
    bench.until(UNCOVERED)
    bench.wait_shows(63)


def test_plays_to_the_last_frame_and_from_there_from_the_first(bench: Bench) -> None:
    bench.show(traits={"frame": 110})
    bench.wait_buffered()
    bench.js(PLAY)
    bench.wait_frame(media.FRAMES - 1)
    bench.wait_state("ready")
    bench.wait_shows(media.FRAMES - 1)
    assert bench.trait("frame") == media.FRAMES - 1
    assert bench.trait("playing") is False
    assert [event["name"] for event in bench.asked("event")] == ["play", "ended"]
    bench.js(PLAY)
    bench.until("() => bench.root().dataset.state === 'playing' && bench.root().dataset.frame < 100")


def test_waits_for_pictures_and_goes_on(bench: Bench) -> None:
    bench.show(ahead=10)
    bench.wait_buffered(30)
    bench.js(f"({SEND})({NO_SEGMENTS})")
    bench.js(PLAY)
    bench.wait_state("waiting")
    bench.wait_shot(at_the_end_of_what_was_sent)
    bench.page.locator(".bz-spinner").wait_for()
    bench.js(SEND)
    bench.wait_state("playing")
    bench.until("() => bench.root().dataset.frame > 40")
    bench.page.locator(".bz-spinner").wait_for(state="hidden")


def test_sound_does_not_run_ahead_of_pictures_that_are_missing(bench: Bench) -> None:
    film = media.film_info(sound_mime=media.SOUND_MIME, sound_key="a")
    bench.show(film=film, ahead=10, traits={"muted": False})
    bench.wait_buffered(30)
    bench.js(f"({SEND})({NO_SEGMENTS})")
    bench.js(PLAY)
    bench.wait_shot(at_the_end_of_what_was_sent)
    bench.wait_state("waiting")
    clock = bench.js("() => bench.video().currentTime")
    assert clock < 1.4  # a browser by itself plays on for three seconds
    bench.page.wait_for_timeout(300)
    assert bench.js("() => bench.video().currentTime") == clock
    assert bench.trait("playing") is True
    bench.js(SEND)
    bench.until("() => bench.root().dataset.frame > 40")


def test_an_edit_changes_the_picture_and_only_what_was_edited(bench: Bench) -> None:
    bench.show(traits={"frame": 70})
    bench.wait_buffered()
    bench.js("() => { bench.source = bench.video().currentSrc; }")
    bench.js(f"() => {{ bench.kernel().ahead = {NO_SEGMENTS}; return bench.kernel().edit({{ 3: 1 }}); }}")
    bench.until(COVERED)
    bench.wait_shows(70, 1)  # by the kernel's picture
    bench.js(SEND)
    bench.until(UNCOVERED)
    bench.wait_shows(70, 1)
    for frame, look in ((60, 1), (89, 1), (59, 0), (90, 0)):
        bench.seek(frame)
        bench.wait_frame(frame)
        bench.wait_shows(frame, look)
    assert bench.js("() => bench.source === bench.video().currentSrc")


def test_an_edit_shows_while_the_film_plays(bench: Bench) -> None:
    bench.show(traits={"loop": True})
    bench.wait_buffered()
    bench.js(PLAY)
    bench.until("() => bench.root().dataset.frame > 10")
    bench.js("() => bench.kernel().edit([2, 2, 2, 2, 2, 2])")
    bench.wait_shot(lambda seen: seen[1] == 2)
    assert bench.trait("playing") is True


def test_another_layout_never_shows_black(bench: Bench) -> None:
    bench.show(traits={"frame": 120})
    bench.wait_buffered()
    edges = [0, 50, 100]
    bench.js("edges => void bench.kernel().edit([1, 1], { frames: 100, edges })", edges)
    seen = [bench.shot() for _ in range(8)]
    bench.until("() => bench.root().dataset.frame === '99' && document.querySelector('.bz-above').hidden")
    seen.append(bench.shot())
    assert set(seen) <= {(120, 0), (99, 1)}
    assert seen[-1] == (99, 1)
    assert bench.trait("frame") == 99
    bench.wait_buffered(100)
    bench.seek(50)
    bench.wait_frame(50)
    bench.wait_shows(50, 1)


def test_sound_is_played_and_does_not_hold_the_end_up(bench: Bench) -> None:
    film = media.film_info(sound_mime=media.SOUND_MIME, sound_key="first")
    bench.show(film=film, traits={"muted": False, "frame": 20})
    bench.wait_buffered()
    bench.js(PLAY)
    bench.until("() => bench.root().dataset.frame > 40")
    assert bench.js("() => bench.video().webkitAudioDecodedByteCount") > 0
    bench.seek(media.FRAMES - 1)
    bench.wait_frame(media.FRAMES - 1)
    bench.until(UNCOVERED)
    bench.wait_shows(media.FRAMES - 1)
    bench.until("() => bench.models[0].get('playing') === false")
    # Another sound: the old one goes, the picture stays.
    bench.js("() => bench.kernel().edit([], { sound_key: 'second' })")
    bench.js(f"() => bench.models[0].outside('frame', 3) || ({PLAY})()")
    bench.wait_state("waiting")
    bench.js("() => [...bench.kernel().views.keys()].forEach((view) => bench.kernel().sendSound(view))")
    bench.until("() => bench.root().dataset.frame > 40")


def test_pictures_do_not_wait_for_sound_that_can_not_be_had(bench: Bench) -> None:
    film = media.film_info(sound_mime=media.SOUND_MIME, sound_key="broken")
    bench.show(film=film, soundDelay=10**6)
    bench.js(PLAY)
    bench.wait_state("waiting")
    problem: dict[str, Any] = {
        "code": "sound",
        "message": "no such file",
        "scene": None,
        "frame": None,
        "lines": [],
    }
    bench.js("problem => bench.kernel().pushAll('problem', { problem })", problem)
    bench.until("() => bench.root().dataset.frame > 20")
    assert "no such file" in bench.page.locator(".bz-problem").inner_text()


def test_a_full_buffer_gives_up_what_is_far(bench: Bench) -> None:
    bench.js(
        """() => {
          const { appendBuffer } = SourceBuffer.prototype;
          SourceBuffer.prototype.appendBuffer = function (bytes) {
            const { buffered } = this;
            if (buffered.length && buffered.end(buffered.length - 1) - buffered.start(0) > 2.5) {
              throw new DOMException("full", "QuotaExceededError");
            }
            return appendBuffer.call(this, bytes);
          };
        }"""
    )
    bench.show(ahead=40)
    for frame in (10, 50, 80, 110, 140, 20):
        bench.seek(frame)
        bench.wait_frame(frame)
        bench.until(UNCOVERED)
        bench.wait_shows(frame)
    assert bench.asked("forget")


def test_stills_where_the_browser_can_not_stream(bench: Bench) -> None:
    bench.js("() => { delete window.MediaSource; }")
    bench.show()
    assert bench.asked("open")[0]["video"] == []
    for frame in (42, 7, 149):
        bench.seek(frame)
        bench.wait_frame(frame)
        bench.wait_shows(frame)
    bench.seek(130)
    bench.js(PLAY)
    bench.wait_state("playing")
    bench.until("() => bench.models[0].get('playing') === false")
    assert bench.trait("frame") == media.FRAMES - 1
    bench.wait_shows(media.FRAMES - 1)
    bench.js("() => bench.kernel().edit([0, 0, 0, 0, 0, 3])")
    bench.until("() => document.querySelector('.bz-above img') !== null")
    bench.page.wait_for_function(UNCOVERED.replace("=>", "=> !"))
    bench.seek(140)
    bench.wait_frame(140)
    bench.wait_shows(140, 3)


def test_stills_where_the_browser_can_not_play_what_it_got(bench: Bench) -> None:
    bench.show(codec="junk")
    bench.until("() => bench.kernel().asked('open').length === 3")
    assert [len(request["video"]) > 0 for request in bench.asked("open")] == [True, True, False]
    assert [event["name"] for event in bench.asked("event")] == ["error", "error"]
    bench.seek(88)
    bench.wait_frame(88)
    bench.wait_shows(88)
