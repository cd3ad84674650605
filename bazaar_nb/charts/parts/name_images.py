"""Pictures beside names: flags, logos. They have boxes of one size, so that names stay aligned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bazaar_nb.charts.parts.room import Room
from bazaar_nb.errors import BazaarError
from bazaar_nb.scene.elements import Anchor, Image
from bazaar_nb.scene.paint import Shadow

_HEIGHT, _GAP = 1.1, 0.4  # of the letters' size
_SHAPE = 1.5  # a box's width, of its height, where pictures don't say: that of most flags
_WIDEST, _NARROWEST = 1.7, 0.7
_MOST_MEASURED = 40
_RIM = 2.5  # pixels of a frame whose shorter side is 1080


@dataclass(frozen=True)
class NameImages:
    """The pictures that stand beside names, each in a box of one size; in pixels.

    Attributes
    ----------
    files : dict
        By name; none where no name has one.
    width, height : float
        Of a box: a picture of another shape stands in its middle, whole.
    gap : float
        From a box to the words.
    radius : float
        Of the pictures' corners.
    rim : Shadow or None
        A hairline around them.
    """

    files: Mapping[str, str]
    width: float = 0.0
    height: float = 0.0
    gap: float = 0.0
    radius: float = 0.0
    rim: Shadow | None = None

    @classmethod
    def beside(
        cls,
        room: Room,
        images: Mapping[str, str],
        names: Iterable[str],
        size: float,
        *,
        height: float | None = None,
        shape: float | None = None,
        gap: float | None = None,
    ) -> NameImages:
        """Choose those of some names; where none of them has one, they take no room.

        Parameters
        ----------
        size : float
            Of the names' letters.
        height, gap : float, optional
            By default a little more than the letters, and a part of their size.
        shape : float, optional
            A box's width, of its height; by default what the widest picture needs.
        """
        files = {name: images[name] for name in names if name in images} if images else {}
        if not files:
            return cls({})
        height = _HEIGHT * size if height is None else height
        shape = _widest(room, files, height) if shape is None else shape
        radius = min(room.theme.radius * height, 0.5 * height)
        return cls(files, shape * height, height, _GAP * size if gap is None else gap, radius, _rim(room))

    @property
    def room(self) -> float:
        """Pixels that a picture takes with its gap; 0 where there is none."""
        return self.width + self.gap

    def room_of(self, name: str) -> float:
        """Give the pixels that one name's picture takes, where names don't stand below one another."""
        return self.room if name in self.files else 0.0

    def draw(
        self, name: str, x: float, y: float, *, anchor: Anchor = "left", opacity: float = 1.0
    ) -> list[Image]:
        """Give the picture of a name, if it has one."""
        if name not in self.files:
            return []
        return [
            Image(
                self.files[name], x=round(x, 3), y=round(y, 3), width=self.width, height=self.height,
                anchor=anchor, fit="contain", radius=self.radius, opacity=opacity,
                shadow=self.rim,
            )
        ]  # fmt: skip


NO_IMAGES = NameImages({})


def _widest(room: Room, files: Mapping[str, str], height: float) -> float:
    """Give the shape of the widest of some pictures; one that can't be read is told when it is drawn."""
    found: list[float] = []
    for file in dict.fromkeys(files.values()):
        if len(found) >= _MOST_MEASURED:
            break
        try:
            found.append(room.measuring(Image(file, height=height)).width / height)
        except BazaarError:
            return _SHAPE
    return min(_WIDEST, max(_NARROWEST, *found))


def _rim(room: Room) -> Shadow | None:
    """Give what shows where a white flag ends on a light ground; it follows the shapes of logos, too."""
    theme = room.theme
    return Shadow(blur=_RIM * room.unit, dx=0, dy=0, color=theme.soft) if theme.is_light else None
