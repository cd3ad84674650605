"""How one scene becomes the next: what stands between two scenes of a `Composition`.

All take seconds for which both scenes are seen, and an `easing`; each scene is a picture on the film's own
background. At the film's ends they come from, and go to, the background alone.
"""

from __future__ import annotations

from bazaar_nb.scene.transition import cut as cut
from bazaar_nb.scene.transition import dissolve as dissolve
from bazaar_nb.scene.transition import fade as fade
from bazaar_nb.transitions.blurring import blur as blur
from bazaar_nb.transitions.flipping import flip as flip
from bazaar_nb.transitions.moving import push as push
from bazaar_nb.transitions.moving import slide as slide
from bazaar_nb.transitions.revealing import clock as clock
from bazaar_nb.transitions.revealing import iris as iris
from bazaar_nb.transitions.revealing import wipe as wipe
from bazaar_nb.transitions.zooming import zoom as zoom

__all__ = [
    "blur",
    "clock",
    "cut",
    "dissolve",
    "fade",
    "flip",
    "iris",
    "push",
    "slide",
    "wipe",
    "zoom",
]
