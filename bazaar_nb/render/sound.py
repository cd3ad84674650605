"""The sound track of a render: mixed and encoded once, kept like a segment."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

from bazaar_nb.media.sound_file import check_sound
from bazaar_nb.media.sound_track import (
    DEFAULT_BIT_RATE,
    TRACK_SUFFIX,
    SoundCodec,
    encode_track,
    is_whole_track,
    sound_key,
)
from bazaar_nb.scene.sound import Sound
from bazaar_nb.store.file_digests import digest_file
from bazaar_nb.store.key_layout import segment_key_name
from bazaar_nb.store.store import Store


def check_sounds(sounds: Sequence[Sound]) -> None:
    """Look at every sound file before anything is rendered.

    Raises
    ------
    AssetError, InvalidValueError
        For the first that is missing, broken, silent or shorter than its trim.
    """
    for sound in sounds:
        check_sound(sound)


def make_track(
    store: Store,
    sounds: Sequence[Sound],
    codec: SoundCodec,
    duration_s: Fraction,
    begin_s: Fraction,
    end_s: Fraction,
    check: Callable[[], None],
) -> tuple[Path, float]:
    """Give the file of a film's sound track, made now unless it is in the store.

    Parameters
    ----------
    duration_s : Fraction
        Of the whole film.
    begin_s, end_s : Fraction
        The part of it that the movie shows.
    check : function
        Called after each second or so of sound; raises to stop.

    Returns
    -------
    path : Path
    seconds : float
        What it took.
    """
    began = time.perf_counter()
    name = track_key(sounds, codec, duration_s, begin_s, end_s)
    key = segment_key_name(name, TRACK_SUFFIX[codec].removeprefix("."))
    there = bool(store.claim([key]))
    if there and not is_whole_track(store.local(key), end_s - begin_s):
        store.remove(key)
        there = False
    if not there:
        with store.writing(key, once=True) as path:
            encode_track(sounds, duration_s, path, codec, begin_s=begin_s, end_s=end_s, on_block=check)
    return store.local(key), time.perf_counter() - began


def track_key(
    sounds: Sequence[Sound], codec: SoundCodec, duration_s: Fraction, begin_s: Fraction, end_s: Fraction
) -> str:
    """Name the sound track of a part of a film by what is heard in it; the files are read for it.

    Raises
    ------
    AssetError
        If one can't be read.
    """
    digests = {sound.source: digest_file(sound.source) for sound in sounds}
    return sound_key(sounds, digests, duration_s, codec, DEFAULT_BIT_RATE, begin_s=begin_s, end_s=end_s)
