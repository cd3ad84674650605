"""Export settings in which nothing is left open; made by `resolve_settings` of what people ask for.

Every worker that gets the same settings and frames writes the same bytes.
"""

from __future__ import annotations

import hashlib
from fractions import Fraction

import msgspec

from bazaar_nb.media.codecs import ENCODERS, FORMATS, GIF_ALPHA, Codec, CodecName, FormatName, SoundCodec

SEGMENT_RECIPE = 1
"""Part of every fingerprint; raised when the same settings start to give other bytes."""
BOUND_RECIPE = 2
"""Likewise, of those with a bound of the bit rate."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that decides what a movie's file looks like; made by `resolve_settings`.

    Attributes
    ----------
    format : str
        As in `bazaar_nb.media.codecs.FORMATS`.
    codec : str
        As in `bazaar_nb.media.codecs.CODECS`; of sound alone, the sound's.
    width, height : int
        In pixels; of sound alone, the composition's.
    fps_num, fps_den : int
        The frame rate as a fraction in lowest terms; see `fps`.
    quality : str or None
        ``low``, ``medium``, ``high``, or None if a CRF or a bit rate was asked for.
    crf : float or None
        Constant quality; None for a bit rate and for GIF.
    bit_rate : int or None
        In bits a second; of sound alone, the sound's.
    max_rate : int or None
        Bits a second that no two seconds go beyond; None for no bound but that of a bit rate.
    preset : str or None
        The encoder's own name of its speed; None for GIF.
    options : tuple of (str, str)
        More options for the encoder.
    sound_codec : str or None
        ``aac``, ``opus``, ``pcm``, ``mp3``, or None for a silent movie.
    bit_depth : int
        Bits of a colour, 8 or 10.
    alpha : bool
        Whether what is drawn lets through what the movie is laid over.
    loop : int or None
        How often an animated image plays, 0 for ever; None for videos.
    colours : int or None
        Size of a GIF's palette; None for videos.
    picture_names : str or None
        Of a sequence the pattern of its pictures' names, as ``%04d.png``.
    """

    format: FormatName
    codec: CodecName | SoundCodec
    width: int
    height: int
    fps_num: int
    fps_den: int
    quality: str | None = None
    crf: float | None = None
    bit_rate: int | None = None
    preset: str | None = None
    options: tuple[tuple[str, str], ...] = ()
    sound_codec: SoundCodec | None = None
    loop: int | None = None
    colours: int | None = None
    max_rate: int | None = None
    bit_depth: int = 8
    alpha: bool = False
    picture_names: str | None = None

    @property
    def fps(self) -> Fraction:
        """The frame rate."""
        return Fraction(self.fps_num, self.fps_den)

    @property
    def is_sound(self) -> bool:
        """Whether the file has sound and no pictures."""
        return FORMATS[self.format].is_sound

    @property
    def is_image(self) -> bool:
        """Whether the file is an animated image."""
        return FORMATS[self.format].is_image

    @property
    def is_sequence(self) -> bool:
        """Whether it is a file for each frame."""
        return FORMATS[self.format].is_sequence

    @property
    def suffix(self) -> str:
        """The end of the movie's file name, as ``.mp4``."""
        return FORMATS[self.format].suffix

    @property
    def encoder(self) -> Codec:
        """What encodes its segments."""
        return GIF_ALPHA if self.codec == "gif" and self.alpha else ENCODERS[self.codec]

    @property
    def segment_suffix(self) -> str:
        """The end of a segment's file name, as ``.mp4``."""
        return self.encoder.segment_suffix

    @property
    def pix_fmt(self) -> str:
        """What the encoder is given, by libav's name."""
        codec = self.encoder
        if self.alpha and codec.alpha_pix_fmt is not None:
            return codec.alpha_pix_fmt
        return codec.deep_pix_fmt or codec.pix_fmt if self.bit_depth == 10 else codec.pix_fmt

    def fingerprint(self) -> str:
        """Give 32 hex digits that are equal when equal frames give byte-identical segments.

        Sound, loop count, palette size, pictures' names and the words that led to these
        settings are left out: they don't touch a segment.
        """
        parts: tuple[object, ...] = (
            SEGMENT_RECIPE, self.codec, self.width, self.height, self.fps_num, self.fps_den,
            self.crf, self.bit_rate, self.preset, self.options,
        )  # fmt: skip
        if (more := (self.max_rate, self.bit_depth, self.alpha)) != (None, 8, False):
            parts += more
        if self.max_rate is not None:
            parts += (BOUND_RECIPE,)
        return hashlib.blake2b(msgspec.msgpack.encode(parts), digest_size=16).hexdigest()
