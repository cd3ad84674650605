"""Video files opened: nothing but the file itself is read, in one thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import av.error
from av.codec.context import ThreadType
from av.container import InputContainer
from av.stream import Discard, Disposition
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from bazaar_nb.errors import AssetError

# Containers that are one file and hold their own data: a playlist would have FFmpeg fetch what it names.
_FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,mxf,nut,ivf,gif,"
    "apng,h264,hevc,m4v,obu,av1,rm,wtv,dv,yuv4mpegpipe,mjpeg,image2,png_pipe,webp_pipe"
)
OPEN_OPTIONS = {"protocol_whitelist": "file", "format_whitelist": _FORMATS, "fflags": "+genpts"}
"""For whatever is opened of a clip: nothing but the file itself is read."""


@contextmanager
def opened_clip(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """Open a file and find its pictures; whatever FFmpeg says of it is an `AssetError`."""
    container = open_clip(path)
    try:
        with container:
            yield container, video_of(container, path)
    except av.error.FFmpegError as error:
        raise broken(path, error) from error


def open_clip(path: Path) -> InputContainer:
    """Open a file; the caller closes it."""
    try:
        # "file:" keeps FFmpeg from reading a protocol into a name with a colon.
        return av.open(f"file:{path}", container_options=OPEN_OPTIONS)
    except (av.error.FFmpegError, ValueError) as error:
        raise broken(path, error) from error


def broken(path: Path, error: Exception) -> AssetError:
    """Give the error of a file that can't be read."""
    if path.is_file() and path.stat().st_size == 0:
        return AssetError(f"clip {str(path)!r} is empty")
    said = getattr(error, "strerror", None) or str(error)
    return AssetError(
        f"clip {str(path)!r} is no video that can be read, or was cut off: {said[:1].lower()}{said[1:]}"
    )


def video_of(container: InputContainer, path: Path) -> VideoStream:
    """Give the stream with the pictures: a cover picture of a song is none."""
    for stream in container.streams.video:
        if not stream.disposition & (Disposition.attached_pic | Disposition.timed_thumbnails):
            for other in container.streams:
                if other.index != stream.index:
                    other.discard = Discard.all  # what nobody looks at isn't read
            return stream
    raise AssetError(f"clip {str(path)!r} has no pictures: bz.Sound plays a file that has only sound")


def decoder_of(stream: VideoStream, alpha_decoder: str) -> VideoCodecContext:
    """Give what decodes a stream: in one thread, so that a frame costs no more than its worker's core."""
    context = stream.codec_context
    if alpha_decoder:
        made = av.Codec(alpha_decoder, "r").create("video")
        if context.extradata:
            made.extradata = context.extradata
        context = made
    context.thread_count = 1
    context.thread_type = ThreadType.NONE
    return context


def alpha_decoder_of(stream: VideoStream) -> str:
    """Give the decoder that reads the alpha which WebM puts beside its pictures."""
    name = stream.codec_context.name
    beside = stream.metadata.get("alpha_mode") == "1" and name in ("vp8", "vp9", "libvpx", "libvpx-vp9")
    return {"vp8": "libvpx", "vp9": "libvpx-vp9"}.get(name, name) if beside else ""
