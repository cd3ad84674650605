"""The notebook about media and sound, run headless: its film has its clips, and music that a voice ducks."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

import bazaar_nb as bz
from tests.headless import check_committed, of_kind, outputs, run_copy

NOTEBOOK = "03_media_and_sound.ipynb"
TEMPO = 96
SPOKEN = ((10, 14), (21, 23), (32, 35.5), (43, 46.5))
"""Seconds of the film in which somebody speaks."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder where the notebook ran."""
    folder = tmp_path_factory.mktemp("media")
    run_copy(folder, NOTEBOOK, "data")
    return folder


def test_the_film_lasts_a_minute_and_shows_its_clips(folder: Path) -> None:
    assert of_kind(outputs(folder, NOTEBOOK), "image/png")  # the plot
    with av.open(str(folder / "coast.mp4")) as movie:
        video = movie.streams.video[0]
        assert (video.width, video.height) == (1280, 720)
        means = [frame.to_ndarray(format="rgb24")[:200].mean(axis=(0, 1)) for frame in movie.decode(video)]
    assert len(means) == 60 * 24
    sea, night, again = (means[at * 24] for at in (12, 24, 34))
    assert sea[0] > 200 > sea[2]  # an orange sky
    assert night.max() < 40
    assert abs(sea - again).max() < 3


def test_it_became_several_files(folder: Path) -> None:
    with av.open(str(folder / "coast.webm")) as page:
        assert page.streams.video[0].codec_context.name in ("vp9", "libvpx-vp9")
        assert sum(1 for packet in page.demux(video=0) if packet.size) == 60 * 24
    with av.open(str(folder / "coast.m4a")) as sound:
        assert not sound.streams.video
        assert float((sound.duration or 0) / 1e6) == pytest.approx(60, abs=0.1)


def test_the_voice_ducks_the_music(folder: Path) -> None:
    movie = folder / "coast.mp4"
    drum = bz.sound_levels(movie, fps=TEMPO / 60, bands=[40, 75], unit="db", floor_db=-80)[:, 0]
    times = (np.arange(len(drum)) + 0.5) * 60 / TEMPO
    spoken = np.any([(times > begin) & (times < end) for begin, end in SPOKEN], axis=0)
    # A second and more away from any voice, where the music is neither coming nor going.
    near = np.any([(times > begin - 2) & (times < end + 3.5) for begin, end in SPOKEN], axis=0)
    free = ~near & (times > 3) & (times < 53)
    assert np.median(drum[free]) - np.median(drum[spoken]) == pytest.approx(14, abs=2.5)
    assert bz.sound_loudness(movie) == pytest.approx(-16, abs=0.5)


def test_the_notebook_is_committed_without_outputs() -> None:
    check_committed(NOTEBOOK)
