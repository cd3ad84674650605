"""What looks cost at 1080p: CPU time a frame over that of the scene below, beside encoding it."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import av
import numpy as np
from PIL import Image as PilImage

import bazaar_nb as bz
from bazaar_nb.draw.asset_pinning import Pinner
from bazaar_nb.draw.renderer import Renderer
from bazaar_nb.render.still import name_file, named_file
from tests.benchmarks.measures import Bench
from tests.benchmarks.tables import Table, mark

FRAMES = 12
TARGET = 1.0  # of what encoding the scene takes, at x264's medium: a look takes no longer than that
_PHOTO = "notebooks/data/asia.jpg"
Look = Callable[[Any, bz.Frame], Any]

_SIDE = np.linspace(0, 1, 33, dtype=np.float32) ** np.float32(1.1)
_CUBE: Any = np.stack(np.meshgrid(_SIDE, _SIDE, _SIDE, indexing="ij")[::-1], axis=-1)
LOOKS: dict[str, Look] = {
    "saturation (a matrix)": lambda shown, _: bz.looks.saturation(shown, 0.5),
    "levels (curves)": lambda shown, _: bz.looks.levels(shown, 0.1, 0.9),
    "lut, 33 colours a side": lambda shown, _: bz.looks.lut(shown, _CUBE),
    "glow": lambda shown, _: bz.looks.glow(shown),
    "grain": lambda shown, frame: bz.looks.grain(shown, frame),
    "vignette": lambda shown, _: [*shown, bz.looks.vignette()],
    "mask by a text": lambda shown, _: bz.Mask(shown, by=bz.Text("MASK", size=600, weight=900)),
    "mask of the frame, luma": lambda shown, _: bz.Mask(
        shown, by=bz.Fill(bz.LinearGradient(("black", "white"), angle=0)), mode="luma"
    ),
    "turn of the frame": lambda shown, frame: bz.looks.turn(shown, rotate_y=20 + frame.index),
    "motion blur of a ball, 8 moments": lambda shown, frame: [
        *shown[:1],
        bz.Average(tuple(bz.Group((_ball(frame, n / 16),)) for n in range(8))),
    ],
    "camera that zooms": lambda shown, frame: bz.looks.camera(
        shown, frame, [bz.looks.Shot(0), bz.looks.Shot(2, "30%", "40%", 1.5)]
    ),
    "picture in picture": lambda shown, frame: [*shown, bz.looks.picture_in_picture(shown, frame)],
    "aurora (alone)": lambda _, frame: bz.looks.aurora(frame),
    "particles (alone)": lambda _, frame: bz.looks.particles(frame),
    "grid (alone)": lambda _, frame: bz.looks.grid(frame),
}


def _ball(frame: bz.Frame, share: float) -> bz.Ellipse:
    return bz.Ellipse(width=120, x=300 + 40 * (frame.index + share), y=400, fill="gold")


def _scene(photo: str, frame: bz.Frame) -> list[Any]:
    return [bz.Image(photo, width="100%", height="100%"), _ball(frame, 0)]


def measure_looks(bench: Bench) -> list[Table]:
    """Measure each look over a photo with a ball that moves."""
    photo = str(bench.folder / "looks.png")
    PilImage.open(_PHOTO).convert("RGB").resize((1920, 1080)).save(photo)
    plain, pixels = _draw_ms(lambda frame: _scene(photo, frame))
    encoding = _encode_ms(pixels)
    table = Table(
        f"Looks at 1080p over a photo: CPU ms a frame over the {plain:.1f} of the scene, "
        f"of the {encoding:.1f} of encoding it (x264 medium, one thread)",
        ["look", "CPU ms", "of encoding", "target", ""],
    )
    for name, look in LOOKS.items():

        def body(frame: bz.Frame, look: Look = look) -> Any:
            return look(_scene(photo, frame), frame)

        times = [_draw_ms(body)[0] for _ in range(bench.repeat)]
        more = median(times) - (0.0 if "alone" in name else plain)
        table.add(
            name, f"{more:.1f}", f"{more / encoding:.2f}", f"{TARGET:g}", mark(more <= TARGET * encoding)
        )
    return [table]


def _draw_ms(body: Callable[[bz.Frame], Any]) -> tuple[float, list[Any]]:
    """Give the CPU milliseconds of drawing a frame as a whole, and the frames' pixels."""
    film = bz.Composition([bz.Scene(body, duration=2, name="look")])
    pinner, renderer = Pinner(name_file), Renderer(1920, 1080, named_file)
    trees = [pinner.pin(film.frame(index)) for index in range(FRAMES + 2)]
    pixels = [np.zeros((1080, 1920, 4), np.uint8) for _ in trees]
    for tree, into in zip(trees[:2], pixels[:2], strict=True):
        renderer.draw(tree, into)
    began = time.process_time()
    for tree, into in zip(trees[2:], pixels[2:], strict=True):
        renderer.draw(tree, into)
    return (time.process_time() - began) / FRAMES * 1e3, pixels


def _encode_ms(pixels: list[Any]) -> float:
    """Give the CPU milliseconds of converting and encoding a frame."""
    with av.open("null", "w", format="null") as container:
        stream = container.add_stream("libx264", rate=30, options={"preset": "medium", "crf": "23"})
        context = stream.codec_context
        context.width, context.height, context.pix_fmt, context.thread_count = 1920, 1080, "yuv420p", 1
        began = time.process_time()
        for frame in pixels:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="bgra")))
        container.mux(stream.encode(None))
        return (time.process_time() - began) / len(pixels) * 1e3
