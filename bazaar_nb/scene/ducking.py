"""Ducking: a sound that goes down while another is heard, as music does under a voice. Pure data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import force_setattr

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.time import Seconds, as_seconds
from bazaar_nb.values.number import plain_number

CLIPS = "clips"
"""The name by which sounds go down under whatever clips sound."""

_LONGEST_S = 10.0
"""Of attack, hold and release: a mix looks this far ahead at most."""


class Duck(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How a sound goes down while another is heard.

    The mix knows what comes: the sound is down when the other begins, not a moment after. It stays
    down through pauses of up to `hold`, so that music doesn't pump between words.

    Parameters
    ----------
    under : str
        The `name` of the sounds that it makes room for; ``"clips"`` is what all clips sound.
    by_db : float, default 12
        How far down, in decibels, 0 to 60.
    attack : seconds, default 0.3
        How long it takes to go down, before the other begins; at most 10, as `hold` and `release`.
    hold : seconds, default 0.5
        How long it waits after the other's end.
    release : seconds, default 0.8
        How long it takes to come back after that.
    threshold_db : float, default -40
        The other is heard where it is louder than this, in decibels below full scale (RMS of 10 ms).

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> sound = [bz.Sound("voice.wav", name="voice"),
    ...          bz.Sound("music.mp3", duck=bz.Duck("voice", by_db=15, release=1.5))]
    """

    under: str
    by_db: float = 12.0
    attack: float = 0.3
    hold: float = 0.5
    release: float = 0.8
    threshold_db: float = -40.0

    if TYPE_CHECKING:

        def __init__(
            self,
            under: str,
            by_db: float = 12,
            attack: Seconds = 0.3,
            hold: Seconds = 0.5,
            release: Seconds = 0.8,
            threshold_db: float = -40,
        ) -> None: ...

    def __post_init__(self) -> None:
        if not isinstance(self.under, str) or not self.under:
            raise InvalidValueError(f"`under` must be the name of a sound, got {self.under!r:.60} (Duck)")
        where = f" (Duck under {self.under!r})"
        for name in ("attack", "hold", "release"):
            given = getattr(self, name)
            seconds = float(as_seconds(given, name, where))
            if not 0 <= seconds <= _LONGEST_S:
                raise InvalidValueError(f"`{name}` must be 0 to {_LONGEST_S:g} s, got {given!r}{where}")
            force_setattr(self, name, seconds)
        for name, low, high in (("by_db", 0.0, 60.0), ("threshold_db", -100.0, 0.0)):
            given = getattr(self, name)
            number = plain_number(given)
            if number is None or isinstance(number, bool) or not low <= number <= high:
                raise InvalidValueError(
                    f"`{name}` must be between {low:g} and {high:g} decibels, got {given!r:.60}{where}"
                )
            force_setattr(self, name, float(number))
