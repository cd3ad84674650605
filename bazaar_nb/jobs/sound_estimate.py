"""What a file of a film's sound alone will take: it is mixed and encoded once, in this process.

Its size follows from its bit rate, or from its samples. No frame is drawn, so
nothing of what earlier renders say of pictures is of use for it.
"""

from __future__ import annotations

from bazaar_nb.jobs.estimate import Estimate, Range
from bazaar_nb.jobs.prices import Prices
from bazaar_nb.jobs.similar_renders import Wanted

_PCM_BITS_S = 48_000 * 2 * 16
_RATE_SPREAD = 0.05  # of encoders around the rate that they are told
_START_S = 0.1
_WORK_S = {"pcm": 0.006, "aac": 0.014, "mp3": 0.014}
"""A second of sound: mixed, and encoded at 192 kbit/s."""
_WORK_SPREAD = 0.6  # how many sounds there are, and whether frames have to be evaluated to hear clips
_MEMORY_BYTES = 160e6
_PUTS = 5  # the track, the file and the render's events


def sound_estimate(wanted: Wanted, prices: Prices, *, is_remote: bool) -> Estimate:
    """Tell what a file of sound alone will probably take.

    Parameters
    ----------
    wanted : Wanted
        Of settings whose codec is a sound's.
    is_remote : bool
        Whether the store is a bucket.
    """
    bits_s = wanted.bit_rate or _PCM_BITS_S
    size = Range.around(bits_s / 8 * wanted.duration_s, _RATE_SPREAD if wanted.bit_rate else 0.001)
    time_s = Range.around(_START_S + _WORK_S[wanted.codec] * wanted.duration_s, _WORK_SPREAD)
    nothing = Range(0.0, 0.0, 0.0)
    requests, month = nothing, nothing
    if is_remote:
        requests = Range.around(_PUTS * prices.put_1000 / 1000, 0.2)
        month = size * (2 * prices.gb_month / 2**30)
    compute = time_s * (prices.cpu_hour / 3600)
    return Estimate(
        time_s=time_s,
        size_bytes=size,
        stored_bytes=size * 2,
        memory_bytes=Range.around(_MEMORY_BYTES, 0.3),
        cost=compute + requests,
        costs={"compute": compute, "requests": requests, "egress": nothing, "month": month},
        currency=prices.currency,
        engine=wanted.engine,
        workers=wanted.workers,
        segments=0,
        frames=wanted.frames,
        renders=0,
        same_film=False,
        exact_size=True,
        notes=("sound alone: no frame is drawn, and this process makes it, whatever the engine",),
    )
