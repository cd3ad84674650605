"""skia, or the error that says how to get what it lacks.

The rest of ``draw`` takes skia from here, so that a bare system answers the
first drawing call with the command that mends it.
"""

from bazaar_nb.draw.libraries import require_skia

require_skia()

import skia  # noqa: E402 (only after it is known to load)

__all__ = ["skia"]
