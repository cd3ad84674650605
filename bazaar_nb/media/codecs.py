"""What each codec is called, takes, and is set to: one table.

A segment is encoded on one thread and as one closed GOP: its bytes depend on
the frames and the settings alone, not on the cores of the machine, and
segments can be joined by copying packets.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

CodecName = Literal[
    "h264", "h265", "av1", "vp8", "vp9", "prores", "gif", "webp", "apng", "png", "jpeg",
    "h264-preview", "vp9-preview",
]  # fmt: skip
FormatName = Literal["mp4", "webm", "mov", "gif", "webp", "apng", "png", "jpeg", "m4a", "mp3", "wav"]
SoundCodec = Literal["aac", "opus", "pcm", "mp3"]

NO_KEYFRAMES_INSIDE = 9999
"""The longest run without a keyframe: longer than any segment, the same for all of them.

Encoders may still start anew where the picture changes altogether; that is
closed too, is smaller than the alternative, and is where a viewer seeks to."""

IMAGE_CODECS: tuple[CodecName, ...] = ("webp", "apng")
"""Animated images beside GIF."""

SEQUENCE_CODECS: tuple[CodecName, ...] = ("png", "jpeg")
"""Pictures one by one."""

QUALITIES = ("low", "medium", "high")

X26X_PRESETS = (
    "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow", "placebo",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """How a codec is set so that a quality looks the same in all of them.

    Attributes
    ----------
    crf : float or None
        The codec's own constant-quality number; None where it has none.
    preset : str or None
        The codec's own speed; None where it has none.
    options : tuple of (str, str)
        More of the encoder's options, measured together with the two above.
    """

    crf: float | None
    preset: str | None
    options: tuple[tuple[str, str], ...] = ()


VPX_PRESETS = ("8", "7", "6", "5", "4", "3", "2", "1", "0")
"""``cpu-used``: libvpx's deadline "good" ends at 5, from 6 on it is "realtime"."""
REALTIME_FROM = 6

# Chosen with tests/benchmarks/quality_front.py (1080p, one thread, segments of 75 frames, 150 for hold) so
# that the luma SSIM on title, chart, montage and hold is that of x264's preset medium at CRF 28, 23 and 18.
# Medium next to that preset at CRF 23 in one file (150 frames, keyframes every 250):
#             CPU ms a frame     bytes    SSIM
#   title      12.1 of 51.3      1.05    0.0000
#   chart       6.6 of 18.4      1.38   -0.0001
#   montage    10.2 of 47.3      0.80   -0.0023
#   hold        5.5 of  8.8      0.92   -0.0001
# Superfast alone needs up to 2.5 times the bytes for that picture: mbtree with a lookahead of 14 frames gives
# them to what stays on screen (20 frames would be nearer on the montage, for 50 MB more a worker at 1080p),
# three references keep charts and text small, b-adapt=0 and 8x8dct=0 save time and no quality. Veryfast at
# CRF 21 has the same picture for 1.2 to 1.5 times the CPU time.
_X264 = (("x264-params", "mbtree=1:rc-lookahead=14:ref=3:b-adapt=0:8x8dct=0"),)
H264_LOOKS = {
    "low": Look(27, "superfast", _X264),
    "medium": Look(22.5, "superfast", _X264),
    "high": Look(17, "superfast", _X264),
}
# The same comparison for title, chart and montage: CPU 0.66, 1.4, 0.89; bytes 0.47, 1.95, 0.56.
H265_LOOKS = {"low": Look(26, "superfast"), "medium": Look(21, "superfast"), "high": Look(16, "superfast")}
# VP8: CPU 0.21, 0.45, 0.40; bytes 2.0, 3.1, 3.7.
VP8_LOOKS = {"low": Look(18, "5"), "medium": Look(10, "5"), "high": Look(5, "5")}
# VP9: CPU 0.19, 0.49, 0.46; bytes 1.1, 2.5, 1.3. The "good" speeds take 5 to 6 times as long for 0.6 to 0.7
# of these bytes.
VP9_LOOKS = {"low": Look(38, "7"), "medium": Look(29, "7"), "high": Look(19, "7")}
AV1_PRESETS = tuple(str(preset) for preset in range(13, -1, -1))
AV1_LOOKS = {"low": Look(42, "10"), "medium": Look(32, "10"), "high": Look(20, "10")}
# Apple's own profiles: 422 LT, 422 and 422 HQ; with alpha 4444 and 4444 XQ. Of the two encoders prores_aw
# takes 9 to 14 ms CPU a 720p frame where prores_ks takes 60 to 110, for the same bytes and errors.
PRORES_LOOKS = {
    "low": Look(None, None, (("profile", "1"),)),
    "medium": Look(None, None, (("profile", "2"),)),
    "high": Look(None, None, (("profile", "3"),)),
}
PRORES_ALPHA = {"low": "4", "medium": "4", "high": "5"}
"""The profile that a quality has where there is alpha."""
# libjpeg's own quality, 1 to 100, and how many pixels share a sample of chroma, as Pillow counts: 2 is 2x2.
JPEG_LOOKS = {
    "low": Look(None, None, (("quality", "75"), ("subsampling", "2"))),
    "medium": Look(None, None, (("quality", "85"), ("subsampling", "2"))),
    "high": Look(None, None, (("quality", "95"), ("subsampling", "0"))),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Codec:
    """A video codec that a movie can have.

    Attributes
    ----------
    name : str
        As people write it: ``h264``.
    library : str
        The encoder in libavcodec.
    muxer : str
        The libavformat muxer of its segments.
    segment_suffix : str
        The end of a segment's file name.
    pix_fmt : str
        What the encoder is given.
    deep_pix_fmt : str or None
        What it is given of 10 bits; None where it holds 8 only.
    alpha_pix_fmt : str or None
        What it is given with alpha; None where it holds none.
    presets : tuple of str
        From the fastest to the slowest.
    crf_range : tuple of (float, float)
        Both ends are allowed; the first is the best picture.
    looks : dict of str to Look
        The settings behind each quality.
    fixed : dict of str to str
        Encoder options that every segment has.
    reorder : int
        By how many frames at most a picture is decoded before it is shown.
    tag : str or None
        The container's name for the stream, where the default one is not what players want.
    min_width : int
        Pixels; narrower pictures can't be encoded.
    gop_frames : int
        A keyframe at least every so many frames.
    mux : dict of str to str
        The muxer's options.
    """

    name: CodecName
    library: str
    muxer: str
    segment_suffix: str
    pix_fmt: str = "yuv420p"
    deep_pix_fmt: str | None = None
    alpha_pix_fmt: str | None = None
    presets: tuple[str, ...] = ()
    crf_range: tuple[float, float] = (0, 0)
    looks: dict[str, Look] = field(default_factory=dict)
    fixed: dict[str, str] = field(default_factory=dict)
    reorder: int = 0
    tag: str | None = None
    min_width: int = 16
    gop_frames: int = NO_KEYFRAMES_INSIDE
    mux: dict[str, str] = field(default_factory=dict)

    @property
    def is_vpx(self) -> bool:
        """Whether libvpx encodes it; its presets are ``cpu-used`` numbers."""
        return self.library.startswith("libvpx")

    @property
    def is_deep(self) -> bool:
        """Whether it holds 10 bits and never 8."""
        return self.pix_fmt == self.deep_pix_fmt


CODECS: dict[str, Codec] = {
    codec.name: codec
    for codec in (
        Codec(
            name="h264",
            library="libx264",
            muxer="mp4",
            segment_suffix=".mp4",
            presets=X26X_PRESETS,
            crf_range=(0, 51),
            looks=H264_LOOKS,
            reorder=2,
        ),
        Codec(
            name="h265",
            library="libx265",
            muxer="mp4",
            segment_suffix=".mp4",
            presets=X26X_PRESETS,
            crf_range=(0, 51),
            looks=H265_LOOKS,
            # One thread; closed GOPs, which x265 does not make by default; no version text in the stream.
            fixed={"x265-params": "log-level=none:pools=none:frame-threads=1:open-gop=0:info=0"},
            deep_pix_fmt="yuv420p10le",
            reorder=2,
            tag="hvc1",  # Apple's players refuse hev1
            min_width=64,  # x265 writes beyond its memory for pictures that are 34 to 48 pixels wide
        ),
        Codec(
            name="vp8",
            library="libvpx",
            muxer="webm",
            segment_suffix=".webm",
            presets=VPX_PRESETS,
            crf_range=(0, 63),
            looks=VP8_LOOKS,
            # Alternate reference frames are packets of their own in VP8: more packets than frames.
            fixed={"auto-alt-ref": "0"},
        ),
        Codec(
            name="vp9",
            library="libvpx-vp9",
            muxer="webm",
            segment_suffix=".webm",
            presets=VPX_PRESETS,
            crf_range=(0, 63),
            looks=VP9_LOOKS,
            alpha_pix_fmt="yuva420p",
            fixed={"row-mt": "0"},
        ),
        Codec(
            name="av1",
            library="libsvtav1",
            muxer="mp4",
            segment_suffix=".mp4",
            presets=AV1_PRESETS,
            crf_range=(0, 63),
            looks=AV1_LOOKS,
            deep_pix_fmt="yuv420p10le",
            fixed={"svtav1-params": "lp=1"},
            min_width=64,
        ),
        Codec(
            name="prores",
            library="prores_aw",
            muxer="mov",
            segment_suffix=".mov",
            pix_fmt="yuv422p10le",
            deep_pix_fmt="yuv422p10le",
            alpha_pix_fmt="yuva444p10le",
            looks=PRORES_LOOKS,
        ),
        # A GIF's segments are lossless and keep its pixels until the palette is known.
        Codec(
            name="gif",
            library="libx264rgb",
            muxer="matroska",
            segment_suffix=".mkv",
            pix_fmt="bgr0",
            alpha_pix_fmt="bgra",
            fixed={"preset": "ultrafast", "qp": "0"},
        ),
        # Likewise: each picture is encoded when its neighbours are known, and these keep alpha.
        *(
            Codec(
                name=name,
                library="ffv1",
                muxer="matroska",
                segment_suffix=".mkv",
                pix_fmt="bgr0",
                alpha_pix_fmt="bgra",
                fixed={"level": "3", "slices": "4", "slicecrc": "0"},
                gop_frames=1,
            )
            for name in IMAGE_CODECS
        ),
        # The packets of these segments are the pictures' files.
        Codec(
            name="png",
            library="png",
            muxer="mov",
            segment_suffix=".mov",
            pix_fmt="rgb24",
            alpha_pix_fmt="rgba",
            gop_frames=1,
        ),
        Codec(
            name="jpeg",
            library="mjpeg",
            muxer="mov",
            segment_suffix=".mov",
            pix_fmt="yuvj420p",
            looks=JPEG_LOOKS,
            gop_frames=1,
        ),
    )
}

PREVIEW_GOP_FRAMES = 10
"""A browser that seeks decodes from the keyframe before: 5 frames on the mean, 10 at most."""

PREVIEW_CODECS: dict[str, Codec] = {
    codec.name: codec
    for codec in (
        Codec(
            name="h264-preview",
            library="libx264",
            muxer="mp4",
            segment_suffix=".mp4",
            # Frames come out as they go in. Ultrafast is baseline H.264, and is told to say so: then every
            # preview has the same codec string, whatever its size.
            fixed={"preset": "ultrafast", "tune": "zerolatency", "profile": "baseline", "level": "5.2"},
            gop_frames=PREVIEW_GOP_FRAMES,
            mux={"movflags": "frag_keyframe+empty_moov+default_base_moof"},
        ),
        Codec(
            name="vp9-preview",
            library="libvpx-vp9",
            muxer="webm",
            segment_suffix=".webm",
            fixed={"row-mt": "0", "cpu-used": "8", "deadline": "realtime", "lag-in-frames": "0", "b": "0"},
            gop_frames=PREVIEW_GOP_FRAMES,
            mux={"cluster_time_limit": "1000"},
        ),
    )
}
"""What players in a browser append piece by piece; no export has them."""

ENCODERS = CODECS | PREVIEW_CODECS

GIF_ALPHA = Codec(
    name="gif",
    library="ffv1",
    muxer="matroska",
    segment_suffix=".mkv",
    pix_fmt="bgra",
    alpha_pix_fmt="bgra",
    fixed={"level": "3", "slices": "4", "slicecrc": "0"},
    gop_frames=1,
)
"""A GIF's segments where there is alpha, which x264 doesn't hold; without, it takes half as long as FFV1."""


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file that a film can become.

    Attributes
    ----------
    name : str
        As people write it, and the end of the file's name, but of pictures: these are in a ZIP file.
    codecs : tuple of str
        That go into it, the default first; none in files of sound alone.
    sound : str or None
        The codec of its sound.
    """

    name: FormatName
    codecs: tuple[CodecName, ...]
    sound: SoundCodec | None = None

    @property
    def suffix(self) -> str:
        """The end of its files' names, as ``.mp4``."""
        return SEQUENCE_SUFFIX if self.is_sequence else f".{self.name}"

    @property
    def is_sound(self) -> bool:
        """Whether it has no pictures."""
        return not self.codecs

    @property
    def is_image(self) -> bool:
        """Whether browsers show it as a picture that moves."""
        return self.name in ("gif", *IMAGE_CODECS)

    @property
    def is_sequence(self) -> bool:
        """Whether it is a file for each frame: a folder of them, or a ZIP file."""
        return self.name in SEQUENCE_CODECS

    @property
    def is_mp4_like(self) -> bool:
        """Whether its boxes are those of ISO 14496-12 and of QuickTime."""
        return self.name in ("mp4", "mov")


FORMATS: dict[str, Format] = {
    one.name: one
    for one in (
        Format("mp4", ("h264", "h265", "av1"), "aac"),
        Format("webm", ("vp9", "vp8", "av1"), "opus"),
        Format("mov", ("prores",), "pcm"),
        Format("gif", ("gif",)),
        Format("webp", ("webp",)),
        Format("apng", ("apng",)),
        Format("png", ("png",)),
        Format("jpeg", ("jpeg",)),
        Format("m4a", (), "aac"),
        Format("mp3", (), "mp3"),
        Format("wav", (), "pcm"),
    )
}
"""What goes with what: all that a film can be exported to."""

SEQUENCE_SUFFIX = ".zip"
"""What a sequence's pictures are in where they have no folder of their own."""
PICTURE_ENDINGS: dict[str, FormatName] = {"png": "png", "jpg": "jpeg", "jpeg": "jpeg"}
"""How names of pictures end, without the dot, and what that says."""
ENDINGS: dict[str, FormatName] = {
    **{one.suffix[1:]: one.name for one in FORMATS.values() if not one.is_sequence},
    **PICTURE_ENDINGS,
    SEQUENCE_SUFFIX[1:]: "png",
}
"""How names of files end, without the dot, and the format that this says."""


def holds_alpha(codec: str) -> bool:
    """Tell whether a codec keeps what a film lets through."""
    return CODECS[codec].alpha_pix_fmt is not None


def formats_of(codec: str) -> tuple[FormatName, ...]:
    """Give the formats that take a codec; the first is the one it is in if nothing is said."""
    return tuple(one.name for one in FORMATS.values() if codec in one.codecs)
