"""Segments to a GIF with one palette for the whole film.

Two passes over the lossless segments, one frame in memory at a time: the
first counts colours and picks the palette, the second maps the frames to it.
Dithering is ordered (Bayer): a pixel that keeps its colour keeps its index,
so what stands still costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.filter import Graph
from av.filter.context import FilterContext
from av.video.format import VideoFormat

from bazaar_nb.errors import EncodeError
from bazaar_nb.media.metadata import add_gif_comment
from bazaar_nb.media.segment_packets import SegmentPart, segment_frames
from bazaar_nb.media.settings import Settings
from bazaar_nb.media.writing import abandoned_on_failure, removed_on_failure, writing

CENTISECOND = Fraction(1, 100)
"""Seconds; the unit of a GIF's delays."""
SEEN_FROM = 128
"""The least alpha, of 255, of a pixel that is seen: a GIF shows it whole or not at all."""


def write_gif(
    segments: Sequence[SegmentPart],
    target: str | Path,
    settings: Settings,
    on_frame: Callable[[int], None] | None = None,
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Write an animated GIF from lossless segments.

    Delays are whole centiseconds and alternate where the frame rate asks for
    it: frame ``k`` appears at ``k / fps`` to the nearest centisecond, and the
    GIF ends at ``frames / fps`` likewise. If anything fails the file is
    removed; whoever wants it to appear whole gives a temporary path and renames.

    Parameters
    ----------
    segments : sequence of SegmentPart
        From `encode_segment` with `settings`, in the order of the film.
    target : str or Path
        The file to write.
    settings : Settings
        With format gif.
    on_frame : callable, optional
        Called with each frame's index in the film when it is written.
    metadata : mapping, optional
        What the file says of itself, as `resolve_metadata` gives it.

    Raises
    ------
    DamagedSegmentError
        If a segment can't be read or lacks frames.
    EncodeError
        If there are no segments.
    StoreError
        If the file can't be written.
    """
    target = Path(target)
    if not segments:
        raise EncodeError(f"a gif has at least one segment, got none ({target})")
    palette = _palette(segments, settings)
    with removed_on_failure(target):
        _write(segments, target, settings, palette, on_frame)
        with writing("gif", target):
            add_gif_comment(target, metadata or {})


def _palette(segments: Sequence[SegmentPart], settings: Settings) -> av.VideoFrame:
    """Give the palette of the film as a 16x16 picture."""
    graph = Graph()
    source = _source(graph, settings.width, settings.height, settings.pix_fmt, settings)
    generate = graph.add("palettegen", f"max_colors={settings.colours}")
    sink = graph.add("buffersink")
    source.link_to(generate)
    generate.link_to(sink)
    graph.configure()
    for frame in _frames(segments, settings):
        source.push(frame)
    source.push(None)
    palette = sink.pull()
    if not isinstance(palette, av.VideoFrame):
        raise EncodeError("the palette of the gif could not be made")
    return palette


def _write(
    segments: Sequence[SegmentPart],
    target: Path,
    settings: Settings,
    palette: av.VideoFrame,
    on_frame: Callable[[int], None] | None,
) -> None:
    graph = Graph()
    pictures = _source(graph, settings.width, settings.height, settings.pix_fmt, settings)
    colours = _source(graph, palette.width, palette.height, palette.format.name, settings)
    use = graph.add("paletteuse", "dither=bayer:bayer_scale=3:diff_mode=rectangle")
    sink = graph.add("buffersink")
    pictures.link_to(use, 0, 0)
    colours.link_to(use, 0, 1)
    use.link_to(sink)
    graph.configure()
    palette.pts, palette.time_base = 0, 1 / settings.fps
    colours.push(palette)
    colours.push(None)

    total = sum(part.frames for part in segments)
    last = _centiseconds(total, settings) - _centiseconds(total - 1, settings)
    # The muxer writes the play count as it is: 0 for ever, -1 for a file without one, which plays once.
    loop = settings.loop or 0
    options = {
        "fflags": "+bitexact",
        "loop": str(-1 if loop == 1 else max(0, loop - 1)),
        "final_delay": str(last),
    }
    with writing("gif", target):
        movie = av.open(str(target), "w", format="gif", container_options=options)
    with abandoned_on_failure(movie):
        with writing("gif", target):
            stream = movie.add_stream("gif", rate=settings.fps)
        stream.width, stream.height, stream.pix_fmt = settings.width, settings.height, "pal8"
        stream.codec_context.time_base = CENTISECOND
        for index, frame in enumerate(_frames(segments, settings)):
            pictures.push(frame)
            mapped = sink.pull()
            if not isinstance(mapped, av.VideoFrame):
                raise EncodeError(f"frame {index} of the gif could not be mapped to the palette")
            mapped.pts, mapped.time_base = _centiseconds(index, settings), CENTISECOND
            with writing("gif", target):
                movie.mux(stream.encode(mapped))
            if on_frame is not None:
                on_frame(index)
        with writing("gif", target):
            movie.mux(stream.encode(None))
            movie.close()


def _source(graph: Graph, width: int, height: int, pix_fmt: str, settings: Settings) -> FilterContext:
    return graph.add_buffer(
        width=width, height=height, format=VideoFormat(pix_fmt, width, height), time_base=1 / settings.fps
    )


def _centiseconds(frame: int, settings: Settings) -> int:
    return round(frame / settings.fps / CENTISECOND)


def _frames(segments: Sequence[SegmentPart], settings: Settings) -> Iterator[av.VideoFrame]:
    for frame in segment_frames(segments, settings.fps):
        if settings.alpha:
            pixels = frame.to_ndarray(format="bgra")
            seen = pixels[..., 3] >= SEEN_FROM
            pixels[..., 3] = np.where(seen, 255, 0)
            picture = av.VideoFrame.from_ndarray(pixels, format="bgra")
        else:
            picture = frame.reformat(format="bgr0")
        picture.pts, picture.time_base = frame.pts, frame.time_base
        yield picture
