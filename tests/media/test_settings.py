from __future__ import annotations

import itertools
import re
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar_nb.errors import BazaarError, SettingsError
from bazaar_nb.media.codecs import CODECS, FORMATS
from bazaar_nb.media.encoder_options import encoder_options
from bazaar_nb.media.export_options import resolve_settings
from bazaar_nb.media.settings import Settings
from tests.texts import refused_or_read, texts

HD = (1920, 1080)
NTSC = Fraction(30000, 1001)


def resolve(size: tuple[int, int] = HD, fps: Fraction = Fraction(30), **words: Any) -> Settings:
    return resolve_settings(size, fps, **words)


def test_nothing_asked_gives_a_movie_like_the_composition() -> None:
    settings = resolve((1280, 720), NTSC)
    assert (settings.format, settings.codec, settings.quality) == ("mp4", "h264", "medium")
    assert (settings.width, settings.height, settings.fps) == (1280, 720, NTSC)
    assert settings.sound_codec == "aac"
    assert settings.crf is not None
    assert settings.bit_rate is None
    assert resolve(codec="vp8").format == "webm"
    assert resolve(name="s3://films/a.b/review.webm").sound_codec == "opus"
    assert resolve(name="REVIEW.GIF").format == "gif"
    assert resolve(mute=True).sound_codec is None


@given(
    format_=st.sampled_from([None, *FORMATS]),
    codec=st.sampled_from([None, *CODECS]),
    level=st.sampled_from(
        [{}, {"quality": "high"}, {"bitrate": "low"}, {"crf": 20}, {"crf": 20, "preset": "5"}]
    ),
    resolution=st.sampled_from([None, "720p", "4k", (960, 540), (961, 541)]),
    fps=st.sampled_from([None, 24, 25, 29.97, "59.94", 120]),
    loop=st.sampled_from([None, 0, 3]),
)
def test_every_combination_resolves_or_says_why(
    format_: str | None, codec: str | None, level: dict[str, Any], resolution: Any, fps: Any, loop: int | None
) -> None:
    try:
        settings = resolve(
            format=format_, codec=codec, resolution=resolution, fps_out=fps, loop=loop, **level
        )
    except BazaarError:
        return
    takes = FORMATS[settings.format]
    assert settings.codec in (takes.codecs or (takes.sound,))
    assert format_ in (None, settings.format)
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(settings), type=Settings)
    assert again == settings
    assert again.fingerprint() == settings.fingerprint()
    assert hash(settings) == hash(again)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            {"format": "mp4", "codec": "vp9"},
            "'vp9' does not go into mp4: mp4 takes h264, h265 or av1; webm takes vp9, vp8 or av1; mov takes",
        ),
        (
            {"format": "mp5"},
            "one of mp4, webm, mov, gif, webp, apng, png, jpeg, m4a, mp3, wav; got 'mp5' (did you",
        ),
        (
            {"name": "film.avi"},
            "'film.avi' ends in must be one of mp4, webm, mov, gif, webp, apng, m4a, mp3, wav, png, jpg, ",
        ),
        ({"name": "film.mp4", "format": "webm"}, "'film.mp4' ends in .mp4 but `format` is 'webm'"),
        ({"codec": "h.264"}, "did you mean 'h264'?"),
        (
            {"quality": "hgih"},
            "`quality` must be one of low, medium, high; got 'hgih' (did you mean 'high'?)",
        ),
        ({"quality": "low", "crf": 20}, "got quality='low' and crf=20: give one of"),
        ({"bitrate": 1000000, "crf": 20}, "got bitrate=1000000 and crf=20: give one of"),
        ({"crf": 52}, "`crf` of h264 must be between 0 (best) and 51, got 52"),
        ({"crf": float("nan")}, "must be between 0 (best) and 51, got nan"),
        ({"crf": True}, "got True"),
        ({"codec": "vp9", "crf": 64}, "`crf` of vp9 must be between 0 (best) and 63, got 64"),
        ({"codec": "vp9", "crf": 20.5}, "must be a whole number, got 20.5"),
        ({"preset": "fastish"}, "one of ultrafast, superfast, veryfast"),
        ({"codec": "vp9", "preset": "fast"}, "`preset` of vp9 is a cpu-used number"),
        ({"bitrate": "lots"}, "or a text like '2.5M', got 'lots'"),
        ({"bitrate": 12}, "between 10k and 400M bits a second, got 12"),
        (
            {"resolution": "721p"},
            "must be one of 480p, 720p, 1080p, 1440p, 4k or (width, height), got '721p'",
        ),
        ({"resolution": (1280, 800)}, "aspect of the composition, 1920x1080: 1280x720 or 1422x800 would fit"),
        (
            {"resolution": (1281, 721)},
            "1281x721, and mp4 and webm want even sides (yuv420p): use resolution=(1280, 720)",
        ),
        ({"resolution": (8, 4)}, "sides of 16 to 8192 pixels, got 8x4"),
        ({"resolution": (1280.0, 720)}, "in whole pixels, got (1280.0, 720)"),
        ({"fps_out": 144}, "`fps` is at most 120 in a movie, got 144"),
        ({"fps_out": 0}, "`fps` must be positive, got 0"),
        ({"loop": 2}, "`loop` is for gif, webp and apng, got loop=2 with mp4"),
        ({"format": "gif", "crf": 20, "preset": "fast"}, "gif has no crf=20 or preset='fast'"),
        ({"format": "gif", "codec": "h264"}, "gif has no codec='h264'"),
        ({"format": "gif", "fps_out": 60}, "`fps` of a gif is at most 50, got 60"),
        ({"format": "gif", "loop": -1}, "0 (for ever) to 65535, got -1"),
        ({"maxrate": "fast"}, "`maxrate` must be bits a second or a text like '2.5M', got 'fast'"),
        (
            {"maxrate": "1M", "bitrate": "2M"},
            "must not be below the bit rate, 2,000,000 bits a second, got '1M'",
        ),
        ({"codec": "av1", "maxrate": "3M", "bitrate": "2M"}, "av1 has no `maxrate` beside a `bitrate`"),
        ({"bit_depth": 12, "codec": "h265"}, "`bit_depth` must be 8 or 10, got 12"),
        ({"bit_depth": 10}, "h264 has 8 bits here, as its players expect: 10 are in h265, av1, prores"),
        ({"bit_depth": 8, "format": "mov"}, "prores has 10 bits, never 8"),
        ({"format": "mov", "crf": 3, "preset": "fast"}, "prores has no crf=3 or preset='fast': it takes"),
        ({"mute": "no"}, "`mute` must be True or False, got 'no'"),
    ],
)
def test_what_does_not_combine_is_named(words: dict[str, Any], message: str) -> None:
    with pytest.raises(BazaarError, match=re.escape(message)):
        resolve(**words)


def test_an_odd_composition_names_the_even_size() -> None:
    with pytest.raises(SettingsError, match=re.escape("use resolution=(1280, 720)")):
        resolve((1281, 721))
    assert (resolve((1281, 721), resolution=(1280, 720)).width) == 1280
    assert (resolve((301, 201), format="gif").width) == 301


@pytest.mark.parametrize(
    ("size", "resolution", "wanted"),
    [
        (HD, "720p", (1280, 720)),
        (HD, "4K", (3840, 2160)),
        ((1080, 1920), "720p", (720, 1280)),
        ((1000, 1000), "1080p", (1080, 1080)),
        ((1366, 768), "720p", (1280, 720)),
        ((854, 480), "1080p", (1922, 1080)),
        ((1366, 768), (1280, 720), (1280, 720)),
        (HD, [640, 360], (640, 360)),
    ],
)
def test_resolutions_give_the_short_side(
    size: tuple[int, int], resolution: Any, wanted: tuple[int, int]
) -> None:
    settings = resolve(size, resolution=resolution)
    assert (settings.width, settings.height) == wanted


@given(st.integers(100, 4000), st.integers(100, 4000), st.sampled_from(["480p", "720p", "1080p"]))
def test_named_resolutions_keep_the_aspect(width: int, height: int, resolution: str) -> None:
    try:
        settings = resolve((width, height), resolution=resolution)
    except SettingsError:
        assert max(width, height) / min(width, height) * 480 > 1000  # only a long strip is refused
        return
    assert min(settings.width, settings.height) == int(resolution[:-1])
    assert abs(settings.width - settings.height * width / height) <= max(1, width / height)
    assert settings.width % 2 == settings.height % 2 == 0


def test_gif_has_its_own_size_and_rate() -> None:
    film = resolve(format="gif")
    assert (film.width, film.height, film.fps_num, film.loop, film.sound_codec) == (640, 360, 20, 0, None)
    small = resolve((200, 100), Fraction(12), format="gif", loop=3, quality="low")
    assert (small.width, small.height, small.fps_num, small.loop, small.colours) == (200, 100, 12, 3, 64)
    assert resolve(format="gif", resolution="720p", fps_out=50).width == 1280


def test_bit_rates_grow_with_the_pixels() -> None:
    assert [resolve((1280, 720), bitrate=word).bit_rate for word in ("low", "medium", "high")] == [
        1_000_000, 2_500_000, 5_000_000,
    ]  # fmt: skip
    assert resolve(bitrate="medium").bit_rate == 5_625_000
    assert resolve((1280, 720), Fraction(60), bitrate="low").bit_rate == 1_414_000
    assert [resolve(bitrate=value).bit_rate for value in ("2.5M", "800k", "90000", 90000)] == [
        2_500_000, 800_000, 90_000, 90_000,
    ]  # fmt: skip


def test_crf_and_preset_are_taken_literally() -> None:
    settings = resolve(crf=23, preset="medium")
    assert (settings.crf, settings.preset, settings.options, settings.quality) == (23, "medium", (), None)
    assert encoder_options(settings) == {"crf": "23", "preset": "medium"}
    assert encoder_options(resolve(codec="vp9", crf=31, preset=4))["cpu-used"] == "4"
    assert resolve(crf=23).options == ()


def test_better_qualities_have_lower_crfs_in_every_codec() -> None:
    for codec in CODECS.values():
        levels = [codec.looks[quality].crf or 0 for quality in ("low", "medium", "high") if codec.looks]
        assert levels == sorted(levels, reverse=True)


def test_only_what_touches_a_segment_is_in_its_fingerprint() -> None:
    base = resolve().fingerprint()
    assert re.fullmatch("[0-9a-f]{32}", base)
    assert resolve(mute=True).fingerprint() == resolve(name="a.mp4", quality="medium").fingerprint() == base
    other: list[dict[str, Any]] = [
        {"quality": "high"}, {"crf": 30}, {"bitrate": "low"}, {"resolution": "720p"}, {"fps_out": 25},
        {"codec": "h265"}, {"preset": "slow"}, {"format": "gif"},
    ]  # fmt: skip
    found = [base, *(resolve(**words).fingerprint() for words in other)]
    assert len(set(found)) == len(found)
    loops = [
        resolve(format="gif", loop=loop, quality=q) for loop, q in itertools.product((0, 2), ("low", "high"))
    ]
    assert len({settings.fingerprint() for settings in loops}) == 1


WORDS = {
    "format": ("mp4", "gif"), "name": ("a.mp4", "b/c.webm", "x.tar.gif"), "codec": ("h264", "vp9", "gif"),
    "quality": ("high", "low"), "bitrate": ("2.5M", "800k", "medium", "2500000"), "crf": ("23",),
    "preset": ("medium", "ultrafast", "5"), "resolution": ("720p", "4k", "1280x720"), "mute": ("True",),
    "fps_out": ("29.97", "30000/1001"), "loop": ("3",),
}  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
def test_any_text_is_a_setting_or_an_error(word: str) -> None:
    @given(texts(*WORDS[word]), st.sampled_from(({}, {"format": "gif"}, {"codec": "vp9"})))
    def check(text: str, others: dict[str, str]) -> None:
        words: dict[str, Any] = {**others, word: text}
        refused_or_read(lambda: resolve(**words))

    check()
