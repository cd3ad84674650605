"""Pictures that were read, kept while they may be drawn again.

What a photo weighs changes: all of it while smaller copies of it are made, then
those alone. So they are weighed when another is about to be read; what has to go
for it goes first, as reading takes memory of its own.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Hashable

from bazaar_nb.draw.image_loading import LARGE_BYTES, Picture, full_bytes

_LIMIT_BYTES = 150_000_000  # with the one that is being read, at its full size
_LEAST_BYTES = 64_000_000  # that others may hold however large that one is: the photo that fades, too
_PASSING_BYTES = 500_000  # of an array: smaller ones are kept at once
_REMEMBERED = 32  # arrays that were asked for: more than are in most frames


class PictureCache:
    """Pictures by their names, the least recently asked for let go first.

    Parameters
    ----------
    give_back : function, optional
        Has the C library return memory that was freed to the system; called before a large
        picture is read.

    Attributes
    ----------
    frame : int
        To be raised with each frame that is drawn: what was used in the last two stays.
    """

    def __init__(self, give_back: Callable[[], None] | None = None) -> None:
        self.frame = 0
        self._give_back = give_back
        self._pictures: OrderedDict[Hashable, Picture] = OrderedDict()
        self._passing: deque[int] = deque(maxlen=_REMEMBERED)  # hashes: a name may hold all of an array

    @property
    def held_bytes(self) -> int:
        """Bytes of all pictures that are kept."""
        return sum(picture.size_bytes for picture in self._pictures.values())

    def find(self, name: Hashable) -> Picture | None:
        """Give a picture if it is here."""
        found = self._pictures.get(name)
        if found is not None:
            self._pictures.move_to_end(name)
            found.frame = self.frame
        return found

    def get(self, name: Hashable, size: tuple[int, int], read: Callable[[], Picture]) -> Picture:
        """Give a picture, read now if it isn't here.

        Parameters
        ----------
        size : (int, int)
            Its width and height in pixels.
        """
        found = self.find(name)
        if found is None:
            self._make_room(full_bytes(*size))
            found = self._pictures[name] = read()
            found.frame = self.frame
        return found

    def get_array(self, name: Hashable, size: tuple[int, int], make: Callable[[], Picture]) -> Picture:
        """Give a picture that is an array: kept if it is small or comes again, as most often it doesn't."""
        if name not in self._pictures and full_bytes(*size) >= _PASSING_BYTES:
            passing = hash(name)
            if passing not in self._passing:
                self._passing.append(passing)
                return make()
        return self.get(name, size, make)

    def before_reading_again(self) -> None:
        """Make as much room as can be without letting a picture go."""
        for picture in self._pictures.values():
            picture.drop_spare(self.frame - 1)
        if self._give_back is not None:
            self._give_back()

    def _make_room(self, size_bytes: int) -> None:
        if size_bytes >= LARGE_BYTES:
            self.before_reading_again()
        most, held = max(_LEAST_BYTES, _LIMIT_BYTES - size_bytes), self.held_bytes
        while held > most:
            held -= self._pictures.popitem(last=False)[1].size_bytes
