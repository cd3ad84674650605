"""What tells one movie from another: all that is seen and heard in it, and how its file is made.

Equal content has an equal key, whatever code made the film and wherever that ran: by it a movie is known
that is there already. It is made of the keys of the segments, which say what is drawn, not of code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from fractions import Fraction
from itertools import chain

import msgspec

from bazaar_nb.draw.asset_pinning import Pinner
from bazaar_nb.media.clip_file import look_into_clip
from bazaar_nb.media.libraries import encoding_version
from bazaar_nb.render.evaluation import evaluate_segment, name_file
from bazaar_nb.render.film_sounds import found_sounds, heard_sounds
from bazaar_nb.render.kept_pixels import pixels_name
from bazaar_nb.render.plan import cut_film
from bazaar_nb.render.request import RenderRequest
from bazaar_nb.render.sound import track_form, track_key
from bazaar_nb.scene.clip_sounds import ClipRun
from bazaar_nb.scene.time import frames_to_seconds
from bazaar_nb.sources.finding import Finder, FindFile
from bazaar_nb.store.key_layout import segment_key_name


def content_key(
    request: RenderRequest, segments: Iterable[str], seen: Iterable[ClipRun], find: FindFile
) -> str:
    """Give the hash of a movie's content, 40 hexadecimal digits.

    Parameters
    ----------
    segments : iterable of str
        The keys under which its segments are in the store, in the film's order.
    seen : iterable of ClipRun
        Clips that its frames show.
    find : function
        Gives the files of sounds.

    Raises
    ------
    AssetError
        If a sound file can't be read.
    """
    digest = hashlib.blake2b(f"movie 1 {encoding_version()}".encode(), digest_size=20)
    settings = msgspec.structs.asdict(request.settings)
    if settings["picture_names"] is None:  # which settings of other files never had
        del settings["picture_names"]
    digest.update(msgspec.msgpack.encode((settings, sorted(request.metadata.items()))))
    if request.subtitles is not None:
        digest.update(msgspec.msgpack.encode(request.subtitles))
    for key in segments:
        digest.update(key.encode())
    codec = request.settings.sound_codec
    sounds = found_sounds(heard_sounds(request.film, seen, find), find)
    if sounds and codec is not None:
        begin_s, end_s = sound_range(request)
        bit_rate, tags = track_form(request)
        key = track_key(
            sounds, codec, request.film.duration, begin_s, end_s, request.film.loudness,
            bit_rate=bit_rate, tags=tags,
        )  # fmt: skip
        digest.update(key.encode())
    return digest.hexdigest()


def evaluate_content(request: RenderRequest) -> str:
    """Give the hash that a movie would have, from its frames evaluated here; nothing is drawn or written.

    Raises
    ------
    SceneError, ElementError
        For the first frame that can't be made.
    AssetError
        If a sound file can't be read.
    """
    settings, film = request.settings, request.film
    finder = Finder(fetches=film.fetches)
    pinner = Pinner(name_file, pixels_name, look_into_clip, find=finder)
    cuts = cut_film(film, request.first, request.stop)
    segments = [evaluate_segment(film, *cut, settings, pinner) for cut in cuts]
    seen = chain.from_iterable(segment.heard for segment in segments)
    if settings.is_sound:
        return content_key(request, (), seen, finder)
    suffix = settings.segment_suffix.removeprefix(".")
    keys = [segment_key_name(segment.key, suffix) for segment in segments]
    return content_key(request, keys, seen, finder)


def sound_range(request: RenderRequest) -> tuple[Fraction, Fraction]:
    """Give the part of the film that the movie shows, in seconds."""
    fps = request.film.fps
    return frames_to_seconds(request.first, fps), frames_to_seconds(request.stop, fps)
