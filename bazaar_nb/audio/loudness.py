"""How loud a sound is, for people who want the number."""

from __future__ import annotations

from bazaar_nb.audio.heard import Source, as_sound
from bazaar_nb.media.sound_loudness import sound_loudness as loudness_of


def sound_loudness(source: Source) -> float:
    """Measure the integrated loudness of a sound in LUFS, as EBU R128 and ITU-R BS.1770-4 have it.

    Parameters
    ----------
    source : str, path, bytes, file object, array or Sound
        Of a `Sound`, what is between its trims.

    Returns
    -------
    float
        -70 for silence. A mono sound counts as it is played, by both loudspeakers.

    Raises
    ------
    AssetError, InvalidValueError
        For what is no sound.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> round(bz.sound_loudness(bz.tone(1000, 2, volume=0.1)), 1)
    -20.0
    """
    return loudness_of(as_sound(source, " (sound_loudness)"))
