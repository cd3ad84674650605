"""Looks: what a camera, a lens, a film and a lab do to elements and scenes.

All are pure functions: elements in, elements out. What goes around all of a scene is given its elements, or
the scene by `over`.
"""

from __future__ import annotations

from bazaar_nb.looks.backgrounds import aurora as aurora
from bazaar_nb.looks.backgrounds import gradient as gradient
from bazaar_nb.looks.backgrounds import grid as grid
from bazaar_nb.looks.backgrounds import particles as particles
from bazaar_nb.looks.camera import Depth as Depth
from bazaar_nb.looks.camera import Shot as Shot
from bazaar_nb.looks.camera import camera as camera
from bazaar_nb.looks.colors import brightness as brightness
from bazaar_nb.looks.colors import contrast as contrast
from bazaar_nb.looks.colors import curves as curves
from bazaar_nb.looks.colors import duotone as duotone
from bazaar_nb.looks.colors import grayscale as grayscale
from bazaar_nb.looks.colors import hue as hue
from bazaar_nb.looks.colors import invert as invert
from bazaar_nb.looks.colors import levels as levels
from bazaar_nb.looks.colors import saturation as saturation
from bazaar_nb.looks.colors import sepia as sepia
from bazaar_nb.looks.colors import tint as tint
from bazaar_nb.looks.filters import filtered as filtered
from bazaar_nb.looks.insets import browser as browser
from bazaar_nb.looks.insets import laptop as laptop
from bazaar_nb.looks.insets import phone as phone
from bazaar_nb.looks.insets import picture_in_picture as picture_in_picture
from bazaar_nb.looks.light import glow as glow
from bazaar_nb.looks.light import grain as grain
from bazaar_nb.looks.light import vignette as vignette
from bazaar_nb.looks.scenes import motion_blur as motion_blur
from bazaar_nb.looks.scenes import over as over
from bazaar_nb.looks.tables import lut as lut
from bazaar_nb.looks.turning import flip as flip
from bazaar_nb.looks.turning import sway as sway
from bazaar_nb.looks.turning import turn as turn
from bazaar_nb.scene.filter_steps import ColorCube as ColorCube
from bazaar_nb.scene.filter_steps import ColorCurves as ColorCurves
from bazaar_nb.scene.filter_steps import ColorMatrix as ColorMatrix
from bazaar_nb.scene.filter_steps import Glow as Glow
from bazaar_nb.scene.filter_steps import Grain as Grain

__all__ = [
    "ColorCube",
    "ColorCurves",
    "ColorMatrix",
    "Depth",
    "Glow",
    "Grain",
    "Shot",
    "aurora",
    "brightness",
    "browser",
    "camera",
    "contrast",
    "curves",
    "duotone",
    "filtered",
    "flip",
    "glow",
    "gradient",
    "grain",
    "grayscale",
    "grid",
    "hue",
    "invert",
    "laptop",
    "levels",
    "lut",
    "motion_blur",
    "over",
    "particles",
    "phone",
    "picture_in_picture",
    "saturation",
    "sepia",
    "sway",
    "tint",
    "turn",
    "vignette",
]
