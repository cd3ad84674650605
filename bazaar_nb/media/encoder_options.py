"""What libavcodec's encoders are told for each setting."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

import numpy as np

from bazaar_nb.media.codecs import REALTIME_FROM, Codec
from bazaar_nb.media.settings import Settings


def encoder_options(settings: Settings) -> dict[str, str]:
    """Give the options for libavcodec, except those that are fields of its context."""
    codec = settings.encoder
    options = dict(codec.fixed)
    if codec.library == "libx264" and _misreads_memory(settings.width):
        options["x264-params"] = "asm=avx2"
    if settings.preset is not None:
        if codec.is_vpx:
            options["cpu-used"] = settings.preset
            realtime = int(settings.preset) >= REALTIME_FROM
            options["deadline"] = "realtime" if realtime else "good"
            if realtime:
                options["lag-in-frames"] = "0"
        else:
            options["preset"] = settings.preset
    if settings.crf is not None:
        options["crf"] = f"{settings.crf:g}"
        if codec.is_vpx:
            # With a CRF, libvpx takes the rate as a ceiling. VP9 takes 0 for none; VP8 wants a number,
            # and would spend it if its quantiser could fall below the CRF.
            options |= {"b": "0"} if codec.library == "libvpx-vp9" else {"b": "400M", "qmin": options["crf"]}
    if settings.max_rate is not None:
        _bound(options, codec, settings.bit_rate, settings.max_rate)
    elif settings.bit_rate is not None:
        # The rate holds over about two seconds, so that a segment does not spend what the next one needs.
        options |= {
            "b": str(settings.bit_rate),
            "maxrate": str(settings.bit_rate * 3 // 2),
            "bufsize": str(settings.bit_rate * 2),
        }
        if codec.library == "libsvtav1":  # it has a bound for constant quality only
            del options["maxrate"]
    for key, value in settings.options:
        options[key] = f"{options[key]}:{value}" if key.endswith("-params") and key in options else value
    return options


def _bound(options: dict[str, str], codec: Codec, bit_rate: int | None, max_rate: int) -> None:
    """Have no two seconds take more than `max_rate` bits a second, to within a tenth, whatever is drawn.

    Each segment begins with a buffer that is full to a part, so what encoders are told is less: shares that
    were measured with noise, of which every frame is new.
    """
    rate = max_rate * 9 // 10
    if codec.library in ("libx264", "libx265"):
        options |= {"maxrate": str(rate), "bufsize": str(rate)}
        if bit_rate is not None:
            options["b"] = str(min(bit_rate, rate))
        params = "x264-params" if codec.library == "libx264" else "x265-params"
        options[params] = ":".join(filter(None, (options.get(params), "vbv-init=0.3")))
    elif codec.library == "libvpx-vp9":
        # With a CRF it goes beyond its rate four times over. At a constant rate the CRF says what is enough.
        crf = options.pop("crf", None)
        rate = rate if bit_rate is None else min(bit_rate, rate)
        options |= {
            "b": str(rate), "minrate": str(rate), "maxrate": str(rate), "bufsize": str(rate),
            "rc_init_occupancy": str(rate * 3 // 10), "lag-in-frames": "0",
        }  # fmt: skip
        if crf is not None:
            options["qmin"] = str(round(int(crf) * 4 / 5))
    elif codec.library == "libvpx":
        rate = max_rate * 13 // 20
        rate = rate if bit_rate is None else min(bit_rate, rate)
        options |= {"b": str(rate), "bufsize": str(rate * 2)}
    else:  # AV1, with a quality: the settings know no other
        options |= {"maxrate": str(max_rate * 2 // 5), "bufsize": str(max_rate * 2 // 5)}


def _misreads_memory(width: int) -> bool:
    """Tell whether x264 (core 165) would give other bytes from run to run.

    The AVX-512 code of its macroblock tree reads memory that was never written
    where B-frames meet a width that is no multiple of eight macroblocks (seen
    with MALLOC_PERTURB_; 1920, 1280 and 640 pixels are fine). Its AVX2 code gives
    the same as AVX-512 on cleared memory, and takes 5 to 10 % more time.
    """
    return -(-width // 16) % 8 != 0 and _has_avx512()


@lru_cache(maxsize=1)
def _has_avx512() -> bool:
    # x264 does as it is told, also on processors that lack what it is told to use.
    found = cast("Any", np.show_config(mode="dicts")).get("SIMD Extensions", {}).get("found", ())
    return any(name == "X86_V4" or name.startswith("AVX512") for name in found)
