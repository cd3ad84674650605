"""Frames to a segment of pictures: each is encoded by itself, and its packet is a picture's file."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from typing import cast

import av
from av.packet import Packet
from av.video.stream import VideoStream

from bazaar_nb.media.drawn_pictures import DrawnPictures
from bazaar_nb.media.picture_encoding import picture_encoder
from bazaar_nb.media.settings import Settings
from bazaar_nb.media.writing import abandoned_on_failure, writing


class PictureSegmentEncoder:
    """Encodes frames into the file of a segment of PNG or JPEG pictures.

    Attributes
    ----------
    convert_s, encode_s : float
        Seconds spent so far; what is converted is part of encoding here.
    """

    def __init__(self, path: Path, settings: Settings, ending: ExitStack) -> None:
        self.path = path
        self.convert_s = self.encode_s = 0.0
        self._settings = settings
        self._encode = picture_encoder(settings)
        self._drawn, self._picture = 0, b""
        codec = settings.encoder
        with writing("segment", path):
            self._container = av.open(
                str(path), "w", format=codec.muxer, container_options={"fflags": "+bitexact"}
            )
        ending.enter_context(abandoned_on_failure(self._container))
        with writing("segment", path):
            self._stream = cast("VideoStream", self._container.add_stream(codec.library, rate=settings.fps))
        context = self._stream.codec_context
        context.width, context.height, context.pix_fmt = settings.width, settings.height, settings.pix_fmt
        context.time_base = 1 / settings.fps

    def take(self, index: int, pictures: DrawnPictures) -> None:
        """Encode a frame; one that looks like the one before is the same file again."""
        began = time.perf_counter()
        if pictures.drawn != self._drawn:
            self._drawn, self._picture = pictures.drawn, self._encode(pictures.pixels)
        packet = Packet(self._picture)
        packet.stream, packet.time_base = self._stream, 1 / self._settings.fps
        packet.pts = packet.dts = index
        packet.duration, packet.is_keyframe = 1, True
        with writing("segment", self.path):
            self._container.mux_one(packet)
        self.encode_s += time.perf_counter() - began

    def finish(self) -> None:
        """End the file."""
        began = time.perf_counter()
        with writing("segment", self.path):
            self._container.close()
        self.encode_s += time.perf_counter() - began
