"""What words cost: captions over a picture beside a plain loop, and code and letters in the player."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median
from typing import Any

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from PIL import Image as PilImage
from PIL import ImageDraw, ImageFont

import bazaar_nb as bz
from bazaar_nb.draw.fonts import FONT_FOLDER
from bazaar_nb.preview.drawing import FrameDrawer
from bazaar_nb.preview.film_parts import FilmParts, PartCache
from tests.benchmarks.measures import Bench, cpu_seconds, export
from tests.benchmarks.tables import Table, mark

CAPTIONS_TARGET, PLAYER_TARGET, MANY_TARGET_MS = 0.25, 3.0, 150
_SAID = (
    "The frames of a film are mostly alike, so what is drawn once is kept, and only the word changes. " * 4
)
_PHOTO = Path(__file__).parents[2] / "notebooks" / "data" / "asia.jpg"
_SIZE, _LEADING = 56, 76
Word = tuple[str, float, float]


def measure_words(bench: Bench) -> list[Table]:
    """Measure words at 1080p30 with the defaults."""
    seconds = 6.0 if bench.quick else 20.0
    exports = Table(
        "Words at 1080p30, of what a plain loop of PIL and PyAV takes that draws the same, in turn",
        ["film", "export s", "loop s", "ratio", "target", "", "CPU ratio"],
    )
    photo = bench.folder / "words-photo.jpg"
    PilImage.open(_PHOTO).convert("RGB").resize((1920, 1080)).save(photo, quality=92)
    words = _timed(seconds)
    film = caption_film(photo, words, seconds)
    pairs = []
    for _ in range(bench.repeat):
        began = cpu_seconds(bench.engine)
        with bench.workspace() as workspace:
            ours, _ = export(film, workspace)
        between = cpu_seconds(bench.engine)
        plain = caption_loop(bench.folder / "loop.mp4", photo, words, seconds)
        pairs.append((ours, plain, (between - began) / (cpu_seconds(bench.engine) - between)))
    ratio = median(ours / plain for ours, plain, _ in pairs)
    exports.add(
        "captions word by word over a photo",
        *(f"{median(pair[side] for pair in pairs):.2f}" for side in (0, 1)),
        *(f"{ratio:.2f}", f"{CAPTIONS_TARGET:g}", mark(ratio <= CAPTIONS_TARGET)),
        f"{median(pair[2] for pair in pairs):.2f}",
    )
    player = Table(
        "Words in the player at half scale: the film's seconds for one CPU second of the kernel",
        ["film", "speed", "target", ""],
    )
    for name, film in (("a page of code that types", typing_film()), ("a title that rises", title_film())):
        speed = preview_speed(film, bench.folder)
        player.add(name, f"{speed:.1f}", f"{PLAYER_TARGET:g}", mark(speed >= PLAYER_TARGET))
    many = Table("10,000 letters, each moved", ["first frame ms", "each next, CPU ms", "target", ""])
    first, each = many_letters_ms()
    many.add(f"{first:.0f}", f"{each:.0f}", f"{MANY_TARGET_MS:g}", mark(each <= MANY_TARGET_MS))
    return [exports, player, many]


def caption_film(photo: Path, words: list[Word], seconds: float) -> bz.Composition:
    """Give a photo with captions that tell the word that is said."""

    def body(_frame: bz.Frame) -> Any:
        return bz.Image(str(photo), width="100%", height="100%", fit="cover")

    table = {
        "word": [word for word, _, _ in words],
        "start": [a for _, a, _ in words],
        "end": [b for _, _, b in words],
    }
    captions = bz.words.Captions(table, highlight="color")
    return bz.Composition([bz.scene(duration=seconds)(body)()], layers=[captions], name="captions")


def caption_loop(path: Path, photo: Path, words: list[Word], seconds: float) -> float:
    """Draw and encode the same in a plain loop, as it is usually written; give the seconds that it took."""
    font = ImageFont.truetype(str(FONT_FOLDER / "Inter-SemiBold.ttf"), _SIZE)
    captions = bz.words.Captions({"word": [w for w, _, _ in words], "start": [a for _, a, _ in words],
                                  "end": [b for _, _, b in words]}).captions  # fmt: skip
    began = time.perf_counter()
    ground = PilImage.open(photo).convert("RGB").resize((1920, 1080), PilImage.Resampling.LANCZOS)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"preset": "medium", "crf": "23"})
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = 1920, 1080, "yuv420p"
        context.thread_type, context.thread_count = "AUTO", 0
        context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
        context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        for index in range(round(seconds * 30)):
            now = index / 30
            image = ground.copy()
            draw = ImageDraw.Draw(image, "RGBA")
            for caption in captions:
                if caption.start <= now < caption.end:
                    _draw_caption(draw, font, caption, now)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(image), format="rgb24")))
        container.mux(stream.encode(None))
    return time.perf_counter() - began


def _draw_caption(draw: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont, caption: Any, now: float) -> None:
    half = (len(caption.words) + 1) // 2
    lines = [line for line in (caption.words[:half], caption.words[half:]) if line]
    for number, line in enumerate(lines):
        y = 1080 - 75 - (len(lines) - number - 0.5) * _LEADING
        width = draw.textlength(" ".join(word.text for word in line), font)
        x = 960 - width / 2
        draw.rounded_rectangle((x - 21, y - 38, x + width + 21, y + 38), 12, (10, 12, 18, 199))
        for word in line:
            color = "#fde047" if word.start <= now < word.end else "white"
            draw.text((x, y), word.text, color, font, "lm")
            x += draw.textlength(word.text + " ", font)


def typing_film(seconds: float = 10.0) -> bz.Composition:
    """Give a page of forty lines that types itself."""
    source = "\n".join(
        f"    total_{i} = compute(rows[{i}], weight={i / 7:.2f})  # step {i}" for i in range(39)
    )
    code = bz.words.Code(f"def report(rows):\n{source}", line_numbers=True)
    rate = len(code.source) / (seconds - 0.5)

    def body(frame: bz.Frame) -> Any:
        return [bz.Fill("#1e293b"), code.type(frame, rate=rate)]

    return bz.Composition([bz.scene(duration=seconds)(body)()])


def title_film(seconds: float = 10.0) -> bz.Composition:
    """Give titles that rise letter by letter, one after the other."""

    def body(frame: bz.Frame) -> Any:
        text = bz.Text("Letters that rise, one by one, into two lines", size=120, weight=700, width="80%")
        return [bz.Fill("#0f172a"), bz.words.rise(text, frame.loop(2.5), leave=1.5)]

    return bz.Composition([bz.scene(duration=seconds)(body)()])


def preview_speed(film: bz.Composition, folder: Path) -> float:
    """Give how many seconds of a film one CPU second makes for the player."""
    began = time.process_time()
    parts, drawer, cache = FilmParts(film.frozen(), 0.5), FrameDrawer(), PartCache()
    for part in range(parts.parts):
        parts.make(part, "h264", drawer, cache, folder, lambda: None)
    return float(film.duration) / (time.process_time() - began)


def many_letters_ms() -> tuple[float, float]:
    """Give the milliseconds of a first frame of 10,000 moved letters, and of each next."""
    text = ("Lorem ipsum dolor sit amet, consectetur adipiscing elit. " * 180)[:10_000]
    numbers = np.arange(len(text))

    def body(frame: bz.Frame) -> Any:
        return bz.Letters(text, size=19, width=1860, letter_dy=3 * np.sin(numbers / 9 + frame.time))

    film = bz.Composition([bz.scene(duration=2)(body)()])
    began = time.perf_counter()
    film.still(0)
    first = time.perf_counter() - began
    began = time.process_time()
    for index in range(1, 6):
        film.still(index)
    return first * 1e3, (time.process_time() - began) / 5 * 1e3


def _timed(seconds: float) -> list[Word]:
    said = _SAID.split()
    each = min(0.32, (seconds - 0.5) / len(said))
    return [(word, 0.25 + i * each, 0.25 + (i + 1) * each) for i, word in enumerate(said)]
