"""Text along a path."""

from __future__ import annotations

from typing import Literal

import numpy as np
from msgspec.structs import replace

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import Text
from bazaar_nb.scene.frame import Frame
from bazaar_nb.vectors.contours import PathLike
from bazaar_nb.vectors.path_places import path_places
from bazaar_nb.words.text_parts import as_text, change, measure_letters

_MIDDLE_EM = 0.36  # above the baseline: what `Letters` turn around


def on_path(
    text: Text | str,
    frame: Frame,
    path: PathLike,
    *,
    at: float | None = None,
    align: Literal["start", "center", "end"] = "center",
    lift: float = 0.0,
) -> Text:
    """Set a text along a path, each letter upright on it.

    Parameters
    ----------
    text : Text or str
        In one line. Its place counts no more: the path's coordinates are those of the frame.
    frame : Frame
    path : Path, str or array of shape (n, 2)
        An element, SVG path data, or points in pixels; in one piece. Text runs from its start to its end:
        clockwise above a circle that is drawn clockwise.
    at : float, optional
        Where on the path the text is aligned, as a share of its length: animate it, and the text goes along.
        By default the start, middle or end, as `align` says.
    align : str
        Which of the text's points stands there. On a closed path text goes round again.
    lift : float
        Pixels that the baseline is above the path.

    Returns
    -------
    Text
        Letters beyond an open path's ends are not seen.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=2)
    ... def shown(frame):
    ...     return bz.words.on_path("along an arc", frame, "M 100 400 Q 640 100 1180 400")
    >>> picture = bz.Composition([shown()], width=1280, height=720).still(30)
    """
    given = as_text(text, "on_path")
    shares = {"start": 0.0, "center": 0.5, "end": 1.0}
    if align not in shares:
        raise InvalidValueError(f"`align` must be start, center or end, got {align!r} (on_path)")
    share = shares[align]
    places = path_places(path, "on_path", pieces=False)
    one_line = replace(given, x=0.0, y=0.0, anchor="top-left", width=None)
    layout = measure_letters(one_line, frame)
    if layout.line.max(initial=0) > 0:
        raise InvalidValueError(
            f"text on a path is one line, got {layout.line.max() + 1} of them: take its breaks out (on_path)"
        )
    middle = (layout.left + layout.right) / 2
    along = (share if at is None else float(at)) * places.length - share * layout.width + middle
    points, angles = places.at(along)
    up = _MIDDLE_EM * layout.size  # from the baseline to what a letter turns around
    away = up + lift
    seen = np.ones(len(along)) if places.closed else ((along >= 0) & (along <= places.length)).astype(float)
    return change(
        one_line,
        dx=points[:, 0] + np.sin(angles) * away - middle,
        dy=points[:, 1] - np.cos(angles) * away - (layout.baseline - up),
        rotation=np.degrees(angles),
        opacity=seen,
    )
