from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from bazaar_nb.errors import EncodeError, StoreError
from bazaar_nb.media.export_options import resolve_settings
from bazaar_nb.media.gif import write_gif
from bazaar_nb.media.segment import Draw, encode_segment
from bazaar_nb.media.segment_packets import SegmentPart
from bazaar_nb.media.settings import Settings
from tests.media.films import encode_parts, lumas, read_number


def delays_ms(path: Path) -> list[int]:
    """Read the delays with another decoder than FFmpeg's."""
    with Image.open(path) as image:
        found = []
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            found.append(image.info["duration"])
        return found


def write(folder: Path, film: Settings, frames: int, draw: Draw) -> Path:
    part = folder / "part.mkv"
    encode_segment(part, film, frames, draw)
    write_gif([SegmentPart(str(part), frames)], folder / "film.gif", film)
    return folder / "film.gif"


@pytest.mark.parametrize(
    "fps", [Fraction(20), Fraction(15), Fraction(30000, 1001), Fraction(50), Fraction(12)]
)
def test_frames_and_total_time_are_exact(tmp_path: Path, fps: Fraction) -> None:
    film = resolve_settings((129, 65), fps, format="gif", fps_out=fps)
    done: list[int] = []
    write_gif(encode_parts(tmp_path, film, [20, 1, 16]), tmp_path / "film.gif", film, done.append)
    assert done == list(range(37))
    assert [read_number(picture) for picture in lumas(tmp_path / "film.gif")] == list(range(37))
    delays = delays_ms(tmp_path / "film.gif")
    assert sum(delays) == round(37 / fps * 100) * 10
    assert max(delays) - min(delays) <= 10


@pytest.mark.parametrize(("loop", "repeats"), [(0, 0), (1, None), (3, 2)])
def test_loop_counts_the_plays(tmp_path: Path, loop: int, repeats: int | None) -> None:
    film = resolve_settings((64, 32), Fraction(10), format="gif", loop=loop)
    write_gif(encode_parts(tmp_path, film, [3]), tmp_path / "film.gif", film)
    with Image.open(tmp_path / "film.gif") as image:
        # The file says how often it repeats after the first play; without a word it plays once.
        assert image.info.get("loop") == repeats


def test_one_palette_serves_the_whole_film(tmp_path: Path) -> None:
    film = resolve_settings((64, 32), Fraction(10), format="gif", quality="low")
    colours = [(250, 30, 30), (30, 250, 30), (30, 30, 250), (200, 200, 40), (10, 10, 10)]

    def draw(i: int, view: NDArray[np.uint8]) -> bool:
        view[..., :3] = colours[i]
        return True

    with av.open(str(write(tmp_path, film, 5, draw))) as container:
        shown = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
    for picture, wanted in zip(shown, colours, strict=True):
        assert np.abs(picture.astype(int) - wanted).max() <= 8


def test_what_stands_still_costs_nearly_nothing(tmp_path: Path) -> None:
    film = resolve_settings((160, 90), Fraction(10), format="gif")
    y, x = np.mgrid[:90, :160]

    def draw(i: int, view: NDArray[np.uint8]) -> bool:
        if i == 0:
            view[..., :3] = np.stack([x, y, (x + y) // 2], axis=-1)
        return i == 0

    one = write(tmp_path, film, 1, draw).stat().st_size
    many = write(tmp_path, film, 61, draw).stat().st_size
    assert many - one < 60 * 60
    assert sum(delays_ms(tmp_path / "film.gif")) == 6100


def test_bad_segments_are_named_and_no_file_stays(tmp_path: Path) -> None:
    film = resolve_settings((64, 32), Fraction(10), format="gif")
    (part,) = encode_parts(tmp_path, film, [3])
    target = tmp_path / "film.gif"
    with pytest.raises(EncodeError, match=r"segment 0 .* should hold 4 frames, got 3"):
        write_gif([SegmentPart(part.path, 4)], target, film)
    with pytest.raises(EncodeError, match=r"could not read segment 1 .*gone\.mkv"):
        write_gif([part, SegmentPart(str(tmp_path / "gone.mkv"), 3)], target, film)
    with pytest.raises(EncodeError, match="at least one segment"):
        write_gif([], target, film)
    with pytest.raises(StoreError, match="could not write the gif"):
        write_gif([part], tmp_path / "no" / "film.gif", film)
    assert not target.exists()
