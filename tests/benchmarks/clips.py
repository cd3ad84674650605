"""Clips against encoding alone and a plain loop, in one run: ``python -m tests.benchmarks.clips [seconds]``.

Ratios are of wall time; where they are of CPU time it is said. The clip is made by the ffmpeg program.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
from PIL import Image as PilImage
from PIL import ImageDraw

import bazaar_nb as bz
from bazaar_nb.draw.asset_pinning import Pinner
from bazaar_nb.draw.damage import KeptFrame
from bazaar_nb.draw.renderer import Renderer
from bazaar_nb.media.clip_file import look_into_clip
from bazaar_nb.media.clip_reader import ClipReader
from bazaar_nb.preview.drawing import FrameDrawer
from bazaar_nb.preview.film_parts import FilmParts, PartCache
from bazaar_nb.render.still import name_file, named_file
from tests.benchmarks import workloads
from tests.benchmarks.encode_only import encode_alone
from tests.benchmarks.workloads import FPS, HEIGHT, WIDTH

MONTAGE_TARGET, PLAIN_TARGET, PLAYER_TARGET, ALONE_TARGET_MS = 1.15, 4.0, 2.0, 6.0


@bz.scene(duration=10)
def montage(frame: bz.Frame, photo: str, clip: str) -> list[bz.Element]:
    """Show the montage of the workloads with a clip in a corner, which is heard."""
    inset = bz.Clip(clip, width=640, height=360, radius=24, x=WIDTH - 400, y=260)
    return [*workloads.montage_scene.function(frame, photo), inset]  # type: ignore[misc]


def make_files(folder: Path, seconds: int) -> tuple[str, str, str]:
    """Give a photo, a clip of 640x360 with sound, and one of 1080p."""
    workloads.montage(folder, seconds)
    sound = ("-f", "lavfi", "-i", f"sine=330:d={seconds}", "-c:a", "aac")
    made = []
    for width, height in ((640, 360), (WIDTH, HEIGHT)):
        path = folder / f"{height}.mp4"
        source = f"testsrc2=s={width}x{height}:r={FPS}:d={seconds}"
        command = ["ffmpeg", "-y", "-v", "error", "-f", "lavfi", "-i", source, *sound]
        command += ["-c:v", "libx264", "-preset", "medium", "-crf", "23", "-pix_fmt", "yuv420p", "-g", "60"]
        subprocess.run([*command, str(path)], check=True)
        made.append(str(path))
    return str(folder / "photo.jpg"), made[0], made[1]


def ready_frames(film: bz.Composition) -> list[av.VideoFrame]:
    """Draw all frames of a film as yuv420p, each with memory of its own."""
    drawer, frames = FrameDrawer(), []
    for index in range(film.frames):
        pixels = drawer.pixels(film, index, drawer.tree(film, index), (film.width, film.height))
        frames.append(av.VideoFrame.from_ndarray(pixels, format="bgra").reformat(format="yuv420p"))
    return frames


def plain_loop(path: Path, photo: str, clip: str, frames: int) -> float:
    """Write the montage as people do: PIL over decoded frames, PyAV, in one loop; silent."""
    began = time.perf_counter()
    large = PilImage.open(photo)
    corners = PilImage.new("L", (640, 360))
    ImageDraw.Draw(corners).rounded_rectangle((0, 0, 640, 360), 24, 255)
    with av.open(clip) as source, av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": "medium", "crf": "23"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.thread_type = "AUTO"
        shown = source.decode(video=0)
        for index in range(frames):
            zoom = 1 + 0.25 * index / (frames - 1)
            width, height = 4000 / zoom, 2250 / zoom
            box = (2000 - width / 2, 1500 - height / 2, 2000 + width / 2, 1500 + height / 2)
            picture = large.resize((WIDTH, HEIGHT), PilImage.Resampling.BILINEAR, box)
            picture.paste(PilImage.fromarray(next(shown).to_ndarray(format="rgb24")), (1200, 80), corners)
            ImageDraw.Draw(picture, "RGBA").rounded_rectangle((120, 850, 1020, 1000), 12, (15, 23, 42, 166))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")))
        container.mux(stream.encode(None))
    return time.perf_counter() - began


def alone_ms(clip: str) -> tuple[float, float, float]:
    """Give CPU ms a frame of a 1080p clip: as an export decodes and draws it, drawn, and decoded alone."""
    film = bz.Composition([bz.Clip(clip)], width=WIDTH, height=HEIGHT, fps=FPS)
    pinner = Pinner(name_file, look_into_clip=look_into_clip)
    trees = [pinner.pin(film.frame(index)) for index in range(film.frames)]
    pixels = np.zeros((HEIGHT, WIDTH, 4), np.uint8)

    def export() -> None:
        renderer = Renderer(WIDTH, HEIGHT, named_file, clips=ClipReader())
        for tree in trees:
            assert renderer.decoded_picture(tree) is not None

    def draw() -> None:
        renderer, kept = Renderer(WIDTH, HEIGHT, named_file, clips=ClipReader()), KeptFrame(pixels)
        for tree in trees:
            renderer.redraw(tree, kept)

    def decode() -> None:
        with av.open(clip) as container:
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1
            for _ in container.decode(stream):
                pass

    export_ms, draw_ms, decode_ms = (min(_cpu_ms(each) for _ in range(3)) for each in (export, draw, decode))
    return export_ms / film.frames, draw_ms / film.frames, decode_ms / film.frames


def _cpu_ms(work: Callable[[], None]) -> float:
    began = time.process_time()
    work()
    return 1000 * (time.process_time() - began)


def player_rate(film: bz.Composition, folder: Path) -> float:
    """Give how much faster than real time the player's parts are made, in one thread, at half the size."""
    parts, drawer = FilmParts(film.frozen(), 0.5), FrameDrawer()
    began = time.perf_counter()
    for part in range(parts.parts):
        parts.make(part, "h264", drawer, PartCache(), folder, lambda: None)
    return float(film.duration) / (time.perf_counter() - began)


def main(seconds: int) -> None:
    """Measure, and print a table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        photo, small, large = make_files(folder, seconds)
        film = bz.Composition([montage(photo, small, duration=seconds)], width=WIDTH, height=HEIGHT, fps=FPS)
        workspace = bz.Workspace(folder / "root")
        film.export(folder / "warm.mp4", workspace=workspace, progress=False, frame_range=(0, 5))
        same = film.export(
            folder / "same.mp4", workspace=workspace, progress=False, crf=23, preset="medium"
        ).render_s
        default = film.export(folder / "default.mp4", workspace=workspace, progress=False).render_s
        limit = encode_alone(ready_frames(film), folder / "limit.mp4", film.fps).seconds
        plain = plain_loop(folder / "plain.mp4", photo, small, film.frames)
        exported, drawn, decoded = alone_ms(large)
        rate = player_rate(film, folder)
        for what, value, unit, target in (
            ("montage, same settings", same / limit, "of encoding alone", f"<= {MONTAGE_TARGET}"),
            ("montage, defaults", plain / default, "times as fast as a plain loop", f">= {PLAIN_TARGET}"),
            ("1080p clip, for an export", exported, "ms CPU a frame", f"<= {ALONE_TARGET_MS}"),
            ("1080p clip, drawn", drawn, "ms CPU a frame", f"<= {ALONE_TARGET_MS}"),
            ("1080p clip, decoded alone", decoded, "ms CPU a frame", ""),
            ("player at half the size", rate, "times real time", f">= {PLAYER_TARGET}"),
        ):
            print(f"{what:26} {value:6.2f} {unit} {target}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
