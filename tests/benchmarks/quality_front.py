"""Measure the front of encoding time, size and picture from which the qualities were chosen.

``python -m tests.benchmarks.quality_front [--codec h264] [--quick]`` encodes
four films with many presets and CRFs, on one thread and in segments as an
export does, and prints CPU ms a frame, size, luma SSIM and PSNR of each, next
to the reference: x264's preset medium as one file (keyframes every 250
frames). A point is on the front (marked ``*``) if no other point is at once
faster, smaller and nearer to the source. ``--try veryfast:21:bframes=1,ref=1``
measures a point of your own.
"""

from __future__ import annotations

import argparse
import math
import time
from dataclasses import dataclass
from fractions import Fraction

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from numpy.typing import NDArray

from bazaar_nb.media.codecs import CODECS, NO_KEYFRAMES_INSIDE, formats_of
from bazaar_nb.media.encoder_options import encoder_options
from bazaar_nb.media.settings import Settings
from tests.benchmarks.front_frames import HEIGHT, WIDTH, WORKLOADS

VIDEO = [name for name in CODECS if name not in ("gif", "prores")]
SEGMENT = {"title": 75, "chart": 75, "montage": 75, "hold": 150}


@dataclass(frozen=True)
class Point:
    """One way to encode: a codec, its preset and CRF, and more options."""

    codec: str
    preset: str
    crf: float
    extra: str = ""
    whole: bool = False

    def options(self) -> dict[str, str]:
        """Give the options for libavcodec."""
        items = (item.split("=", 1) for item in self.extra.split(",") if item)
        codec = CODECS[self.codec]
        settings = Settings(
            format=formats_of(codec.name)[0], codec=codec.name, width=WIDTH, height=HEIGHT,
            fps_num=30, fps_den=1, crf=self.crf, preset=self.preset,
            options=tuple((key, value) for key, value in items),
        )  # fmt: skip
        return encoder_options(settings)

    def __str__(self) -> str:
        return f"{self.codec} {self.preset} crf {self.crf:g} {self.extra}{' (whole)' if self.whole else ''}"


@dataclass(frozen=True)
class Figures:
    """What one film cost with one point."""

    cpu_ms: float
    size_bytes: int
    ssim: float
    psnr: float


def measure(point: Point, film: list[NDArray[np.uint8]], segment: int) -> Figures:
    """Encode a film (yuv420p pictures, (1620, 1920)) on one thread and compare it with its source."""
    cpu, size = 0.0, 0
    ssims: list[float] = []
    errors: list[float] = []
    step = len(film) if point.whole else segment
    for start in range(0, len(film), step):
        part = film[start : start + step]
        context = av.CodecContext.create(CODECS[point.codec].library, "w")
        assert isinstance(context, av.VideoCodecContext)
        context.width, context.height, context.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        context.framerate, context.time_base = Fraction(30), Fraction(1, 30)
        context.gop_size = 250 if point.whole else NO_KEYFRAMES_INSIDE
        context.thread_count = 1
        context.colorspace, context.color_range = 1, 1
        context.options = point.options()
        packets = []
        for i, picture in enumerate(part):
            frame = av.VideoFrame.from_ndarray(picture, "yuv420p")
            frame.pts = i
            began = time.process_time()
            packets += context.encode(frame)
            cpu += time.process_time() - began
        began = time.process_time()
        packets += context.encode(None)
        cpu += time.process_time() - began
        packets = [packet for packet in packets if packet.size]
        size += sum(packet.size for packet in packets)
        decoder = av.CodecContext.create(point.codec.replace("h265", "hevc"), "r")
        assert isinstance(decoder, av.VideoCodecContext)
        if context.extradata:
            decoder.extradata = context.extradata
        shown = [frame for packet in [*packets, None] for frame in decoder.decode(packet)]
        if len(shown) != len(part):
            raise SystemExit(f"{point}: {len(shown)} frames decoded, {len(part)} encoded")
        for i in range(0, len(part), 7):
            a, b = part[i][:HEIGHT], np.asarray(shown[i].to_ndarray()[:HEIGHT], np.uint8)
            ssims.append(luma_ssim(a, b))
            errors.append(float(np.mean((a.astype(np.float32) - b) ** 2)))
    psnr = 10 * math.log10(255**2 / max(float(np.mean(errors)), 1e-4))
    return Figures(cpu * 1000 / len(film), size, float(np.mean(ssims)), psnr)


def luma_ssim(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    """Give the mean SSIM (Wang et al. 2004: Gaussian window, sigma 1.5, 11x11) of two luma planes."""
    x, y = a.astype(np.float32), b.astype(np.float32)

    def blur(z: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(cv2.GaussianBlur(z, (11, 11), 1.5), np.float32)

    mx, my = blur(x), blur(y)
    xx, yy, xy = blur(x * x) - mx * mx, blur(y * y) - my * my, blur(x * y) - mx * my
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    return float(np.mean((2 * mx * my + c1) * (2 * xy + c2) / ((mx * mx + my * my + c1) * (xx + yy + c2))))


def film(name: str, frames: int) -> list[NDArray[np.uint8]]:
    """Draw the first frames of a workload as yuv420p BT.709 pictures, (1620, 1920) each."""
    reformatter = VideoReformatter()
    pictures: list[NDArray[np.uint8]] = []
    for i in range(frames):
        if name == "hold" and i:
            pictures.append(pictures[0])
            continue
        frame = av.VideoFrame.from_ndarray(WORKLOADS[name](i), "bgr24")
        yuv = reformatter.reformat(
            frame, format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
        )
        pictures.append(np.asarray(yuv.to_ndarray(), np.uint8))
    return pictures


def sweep(codec: str, quick: bool) -> list[Point]:
    """Give the points to measure for a codec."""
    chosen = [
        Point(
            codec, look.preset or "", look.crf or 0, ",".join(f"{key}={value}" for key, value in look.options)
        )
        for look in CODECS[codec].looks.values()
    ]
    if CODECS[codec].is_vpx:
        presets, crfs = ["8", "5"], [20.0, 28.0, 36.0]
    elif codec == "av1":
        presets, crfs = ["12", "10", "8"], [20.0, 30.0, 40.0]
    elif codec == "h265":
        presets, crfs = ["ultrafast", "superfast", "veryfast"], [19.0, 23.0, 27.0]
    else:
        presets, crfs = ["superfast", "veryfast", "faster", "fast"], [19.0, 21.0, 23.0]
    if quick:
        presets, crfs = presets[:2], crfs[1:2]
    return chosen + [Point(codec, preset, crf) for preset in presets for crf in crfs]


def parse_point(codec: str, text: str) -> Point:
    """Read ``preset:crf[:key=value,...]``."""
    preset, crf, *extra = text.split(":", 2)
    return Point(codec, preset, float(crf), extra[0] if extra else "")


def main() -> None:
    """Measure, print every point and its place on the front."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--codec", choices=VIDEO, default="h264")
    parser.add_argument("--quick", action="store_true", help="75 frames and few points")
    parser.add_argument("--try", dest="tries", action="append", default=[], metavar="PRESET:CRF[:OPTIONS]")
    parser.add_argument("--only", choices=WORKLOADS, help="one workload")
    parser.add_argument("--reference", type=float, default=23, help="CRF of the reference at medium")
    args = parser.parse_args()
    points = [parse_point(args.codec, text) for text in args.tries] or sweep(args.codec, args.quick)
    reference = Point("h264", "medium", args.reference, whole=True)
    for name in [args.only] if args.only else WORKLOADS:
        pictures = film(name, 75 if args.quick else 150)
        base = measure(reference, pictures, SEGMENT[name])
        print(
            f"\n{name}: {reference}: {base.cpu_ms:.1f} ms, {base.size_bytes / 1e3:.0f} kB, "
            f"SSIM {base.ssim:.4f}, {base.psnr:.1f} dB",
            flush=True,
        )
        found = []
        for point in points:
            figures = measure(point, pictures, SEGMENT[name])
            found.append((point, figures))
        for point, f in found:
            beaten = any(
                g.cpu_ms < f.cpu_ms and g.size_bytes < f.size_bytes and g.ssim > f.ssim for _, g in found
            )
            print(
                f"{' ' if beaten else '*'} {point!s:60} {f.cpu_ms:6.1f} ms {f.cpu_ms / base.cpu_ms:5.2f}  "
                f"{f.size_bytes / 1e3:7.0f} kB {f.size_bytes / base.size_bytes:5.2f}  "
                f"SSIM {f.ssim:.4f} {f.ssim - base.ssim:+.4f}  {f.psnr:.1f} dB {f.psnr - base.psnr:+.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
