"""The picture that is drawn, as encoders take it, also after pictures of files were handed on."""

from __future__ import annotations

import av
import numpy as np

from bazaar_nb.media.drawn_pictures import DrawnPictures


def test_what_was_drawn_while_a_picture_of_a_file_was_handed_on_is_converted_later() -> None:
    pictures = DrawnPictures(1280, 720)
    pictures.pixels[:] = (0, 0, 0, 255)
    pictures.hand_on(None, is_drawn=True)
    pictures.changed(None)
    pictures.get("yuv420p", alpha=False)
    decoded = av.VideoFrame(1280, 720, "yuv420p")
    pictures.hand_on(decoded, is_drawn=True)
    pictures.pixels[:16, :16] = 255
    pictures.changed([(0, 0, 16, 16)])
    assert pictures.get("yuv420p", alpha=False) is decoded
    pictures.hand_on(None, is_drawn=True)
    pictures.pixels[640:, 1200:] = 255
    pictures.changed([(1200, 640, 1280, 720)])
    luma = pictures.get("yuv420p", alpha=False).to_ndarray()[:720]
    assert np.all(luma[:14, :14] == 235)
    assert np.all(luma[642:, 1202:] == 235)
    assert np.all(luma[642:, :14] == 16)
