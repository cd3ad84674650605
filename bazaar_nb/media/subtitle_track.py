"""A subtitle track for a movie that is there: packets are copied, words with times put beside them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
from av.subtitles.subtitle import SubtitleSet

from bazaar_nb.errors import EncodeError, SettingsError, StoreError
from bazaar_nb.media.subtitles import SUBTITLE_CODECS, Cue
from bazaar_nb.media.writing import abandoned_on_failure, removed_on_failure, writing

_MS = Fraction(1, 1000)
# What subtitle encoders want to be told of styles, in the words of ASS: players have their own.
_HEADER = b"""[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, \
Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, \
MarginR, MarginV, Encoding
Style: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


def add_subtitle_track(movie: str | Path, cues: Sequence[Cue], language: str) -> Path:
    """Put a subtitle track into a movie, which viewers can turn on and off.

    The movie is replaced by one with the track, whole or not at all.

    Parameters
    ----------
    movie : path
        An mp4, mov or webm.
    cues : sequence of Cue
        In any order; those that overlap are shown together.
    language : str
        Three letters, as ``eng``.

    Raises
    ------
    SettingsError
        When the container has no place for subtitles.
    StoreError
        When the movie can't be read or written.
    """
    path = Path(movie)
    codec = SUBTITLE_CODECS.get(path.suffix.lower().lstrip("."))
    if codec is None:
        known = ", ".join(SUBTITLE_CODECS)
        raise SettingsError(
            f"a {path.suffix or 'file without suffix'} has no subtitle track: {known} have ({path})"
        )
    if not path.is_file():
        raise StoreError(f"there is no movie {str(path)!r} that a subtitle track could be put into")
    made = path.with_name(f".{path.name}.{os.getpid()}.part{path.suffix}")
    with removed_on_failure(made):
        _write(path, made, codec, _apart(cues), language)
        made.replace(path)
    return path


def _write(source: Path, target: Path, codec: str, cues: Sequence[Cue], language: str) -> None:
    options = {"fflags": "+bitexact"} | ({"movflags": "+faststart"} if codec == "mov_text" else {})
    with writing("subtitle track of", source), av.open(str(source)) as given:
        made: Any = av.open(str(target), "w", container_options=options)
        with abandoned_on_failure(made):
            made.metadata.update(given.metadata)
            streams: dict[int, Any] = {}
            for stream in (*given.streams.video, *given.streams.audio):
                streams[stream.index] = copy = made.add_stream_from_template(stream)
                copy.codec_context.codec_tag = stream.codec_context.codec_tag
                copy.metadata.update(stream.metadata)
            track = made.add_stream(codec)
            track.codec_context.subtitle_header = _HEADER
            track.codec_context.time_base = track.time_base = _MS
            track.metadata["language"] = language
            packets = _packets(track, cues)
            waiting = next(packets, None)
            for packet in given.demux([stream for stream in given.streams if stream.index in streams]):
                if packet.dts is None or packet.size == 0:
                    continue
                while waiting is not None and waiting.dts * _MS <= packet.dts * packet.time_base:
                    made.mux_one(waiting)
                    waiting = next(packets, None)
                packet.stream = streams[packet.stream.index]
                made.mux_one(packet)
            while waiting is not None:
                made.mux_one(waiting)
                waiting = next(packets, None)
            made.close()


def _packets(track: Any, cues: Sequence[Cue]) -> Iterator[Any]:
    for cue in cues:
        start, length = round(cue.start * 1000), max(1, round((cue.end - cue.start) * 1000))
        words = (
            cue.text.replace("{", "(").replace("}", ")").replace("\n", "\\N")
        )  # braces are commands in ASS
        said = f"0,0,Default,,0,0,0,,{words}".encode()
        packet = track.codec_context.encode_subtitle(SubtitleSet.create(said, 0, length, start * 1000))
        packet.stream, packet.time_base = track, _MS
        packet.pts = packet.dts = start
        packet.duration = length
        yield packet


def _apart(cues: Sequence[Cue]) -> list[Cue]:
    """Cut cues where others begin and end, so that each moment has one, with the words of all."""
    edges = sorted({edge for cue in cues for edge in (cue.start, cue.end)})
    ordered = sorted(cues)
    found: list[Cue] = []
    for start, end in pairwise(edges):
        said = [cue.text for cue in ordered if cue.start <= start and cue.end >= end and cue.end > cue.start]
        text = "\n".join(said)
        if not said:
            continue
        if found and found[-1].text == text and found[-1].end == start and len(said) == 1:
            found[-1] = Cue(found[-1].start, end, text)
        else:
            found.append(Cue(start, end, text))
    if not found:
        raise EncodeError("a subtitle track has words to show, these captions have none")
    return found
