"""Whether a scene shows the same whenever it is asked for the same frame.

One that takes chance or the clock from elsewhere shows one thing in the player
and another in the file, and its segments are never found again. So a few frames
are asked for a second time, after all the others: a clock has then gone on, and
whoever counts calls has counted each frame of the film once.
"""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from hashlib import blake2b
from types import CodeType, MethodType

from bazaar_nb.errors import BazaarError
from bazaar_nb.scene.film import Film, RecordedScene
from bazaar_nb.scene.function_registry import one_pass
from bazaar_nb.scene.function_token import UNCLEAR_NAME
from bazaar_nb.scene.scene import Scene
from bazaar_nb.scene.timeline import Placement
from bazaar_nb.scene.tree import FrameTree

_MOST = 12
"""Frames that are asked for twice in a film, or one in a hundred if those are more."""
_MOST_OF_A_SCENE = 3
_EVERY = 50  # at most one frame in so many of a scene, but for the first

Kind = tuple[str, int]
"""A scene's name and code: what a warning is given once for."""

_told: set[Kind] = set()
_told_figures: set[tuple[str, str, int]] = set()


class Repeats:
    """Asks for some frames of a film twice, and warns of scenes that answer differently.

    Parameters
    ----------
    film : composition
        That doesn't follow edits (see `Film.frozen`).
    frames : iterable of int
        Those to ask for twice, such as `frames_to_repeat` gives.
    evaluate : callable, optional
        Gives a frame's tree, as the first time; `film.frame` by default.
    """

    def __init__(
        self,
        film: Film,
        frames: Iterable[int],
        evaluate: Callable[[int], FrameTree] | None = None,
    ) -> None:
        self._film = film
        self._frames = frozenset(frames)
        self._evaluate = evaluate or film.frame
        self._seen: dict[int, tuple[bytes, ...]] = {}
        self._elsewhere: set[int] = set()

    @property
    def frames(self) -> frozenset[int]:
        """Those that are asked for twice."""
        return self._frames

    def saw(self, index: int, tree: FrameTree) -> None:
        """Take what a frame showed, if it is one of those to ask for again."""
        if index in self._frames:
            self._seen[index] = fingerprints(tree)

    def saw_elsewhere(self, shown: Mapping[int, tuple[bytes, ...]]) -> None:
        """Take the `fingerprints` of what frames showed in another process."""
        self._seen.update(shown)
        self._elsewhere.update(shown)

    def ask_again(self, before_each: Callable[[], None] | None = None) -> int | None:
        """Ask for the frames once more; warn once of each scene that shows something else.

        Parameters
        ----------
        before_each : callable, optional
            May raise to stop.

        Returns
        -------
        int or None
            A frame that shows the same whenever it is asked for here, but showed something else elsewhere.
        """
        with one_pass():
            for index, before in self._seen.items():
                if before_each is not None:
                    before_each()
                places = _shown(self._film, index)
                if all(kind_of(place.scene) in _told for place in places):
                    continue
                after = self._ask(index)
                if after not in (before, None) and index in self._elsewhere and after == self._ask(index):
                    return index
                if after != before:
                    changed = _changed(self._film, index, places, before, after or ())
                    for scene in changed:
                        _tell([scene], index)
                    if not changed and not any(kind_of(place.scene) in _told for place in places):
                        _tell([place.scene for place in places], index)
        return None

    def _ask(self, index: int) -> tuple[bytes, ...] | None:
        with suppress(BazaarError):  # it failed the second time: that is something else, too
            return fingerprints(self._evaluate(index))
        return None


def frames_to_repeat(film: Film, first: int, stop: int) -> frozenset[int]:
    """Choose a few frames of a range: of each scene the middle, of long ones also the ends."""
    kinds: dict[Kind, tuple[int, int]] = {}
    for place in (*film.timeline.placements, *film.timeline.layers):
        begin, last = max(place.start, first), min(place.stop, stop) - 1
        if begin > last or isinstance(place.scene, RecordedScene):
            continue
        longest = kinds.get(kind_of(place.scene))
        if longest is None or last - begin > longest[1] - longest[0]:
            kinds[kind_of(place.scene)] = begin, last
    rounds: list[list[int]] = [[] for _ in range(_MOST_OF_A_SCENE)]
    for begin, last in kinds.values():
        chosen = ((begin + last) // 2, last, begin)
        for number in range(min(_MOST_OF_A_SCENE, 1 + (last - begin) // _EVERY)):
            rounds[number].append(chosen[number])
    ordered = dict.fromkeys(index for chosen_once in rounds for index in chosen_once)
    return frozenset(list(ordered)[: max(_MOST, (stop - first) // 100)])


def kinds_at(film: Film, index: int) -> set[Kind]:
    """Give the kinds of the scenes that are seen at a frame."""
    return {kind_of(place.scene) for place in _shown(film, index)}


def kind_of(scene: Scene) -> Kind:
    """Give what makes a scene the one that a warning was given for: its name and code, not its arguments."""
    code = _code(scene.function)
    return scene.name, 0 if code is None else hash(code)


def _shown(film: Film, index: int) -> list[Placement]:
    places = film.timeline.shown(index)
    return [place for place in places if not isinstance(place.scene, RecordedScene)]


def fingerprints(tree: FrameTree) -> tuple[bytes, ...]:
    """Give what tells each of a frame's elements from others, whatever it holds: 16 bytes each."""
    return tuple(
        # A function whose content can't be told has another name each time; it has its own warning.
        blake2b(UNCLEAR_NAME.sub(b"", FrameTree(1, 1, (element,)).to_msgpack()), digest_size=16).digest()
        for element in tree.elements
    )


def _changed(
    film: Film,
    index: int,
    places: list[Placement],
    before: tuple[bytes, ...],
    after: tuple[bytes, ...],
) -> list[Scene]:
    """Find the scenes that showed something else; none where that can't be told."""
    if len(places) == 1:
        return [places[0].scene]
    with suppress(BazaarError):
        parts = [(place, fingerprints(_alone(film, place, index))) for place in places]
        changed = [place.scene for place, part in parts if part != fingerprints(_alone(film, place, index))]
        if changed:
            return changed
        start = 1  # after the background
        for place, part in () if film.timeline.is_blended(index) else parts:
            where = slice(start, start + len(part))
            if before[where] != after[where]:
                return [place.scene]
            start = where.stop
    return []


def _alone(film: Film, place: Placement, index: int) -> FrameTree:
    elements = place.elements(index, film.fps, film.width, film.height)
    return FrameTree(film.width, film.height, elements)


def tell_figure(film: Film, index: int, why: str) -> None:
    """Warn of a figure that shows something else than it should; once a scene.

    Parameters
    ----------
    index : int
        The film's frame at which that was seen.
    why : str
        ``"order"`` for one of `setup` and `update` that depends on the frames before, ``"chance"``
        for an animation that shows something else each time it is run.
    """
    shown = _shown(film, index)
    kinds = {(why, *kind_of(place.scene)) for place in shown}
    if kinds <= _told_figures:
        return
    _told_figures.update(kinds)
    scenes = [place.scene for place in shown]
    names = ", ".join(dict.fromkeys(repr(scene.name) for scene in scenes))
    which = f"scene {names}" if len(scenes) == 1 else f"one of the scenes {names}"
    if why == "order":
        text = (
            f"{which} has a Figure whose picture depends on the frames that were drawn before it (seen by "
            f"frame {index} of the film): it is made anew for each frame, which is right, but slow. `update` "
            "must set for every frame all that it sets for one: data and limits, colours, texts; and add "
            "no artists."
        )
    else:
        text = (
            f"{which} shows an animation that is another one each time it is run (seen by frame {index} of "
            "the film): its frames may jump where one worker's end and another's begin. Its function may "
            "depend on its frame's data only: take chance from np.random.default_rng(seed) made in "
            "`init_func` or of the frame, and no clocks."
        )
    warnings.warn(text, UserWarning, stacklevel=2)


def _tell(scenes: list[Scene], index: int) -> None:
    """Warn of a scene, or that it is one of several; once."""
    kinds = {kind_of(scene): scene for scene in scenes}
    if kinds.keys() <= _told:
        return
    _told.update(kinds)
    names = ", ".join(repr(scene.name) for scene in kinds.values())
    which = f"scene {names}" if len(kinds) == 1 else f"one of the scenes {names}"
    text = (
        f"{which} shows something else when it is asked for a frame again (frame {index} of the film): "
        "the file will differ from the player, and nothing of it comes from the cache. A scene may depend "
        "on its frame and its arguments only: take bz.random(…) or bz.noise(…) for chance, frame.time for "
        "the time, and no counters."
    )
    code = _code(scenes[0].function)
    if code is None:
        warnings.warn(text, UserWarning, stacklevel=2)
    else:  # at the line that defines the scene
        module = getattr(scenes[0].function, "__module__", None) or "__main__"
        warnings.warn_explicit(text, UserWarning, code.co_filename, code.co_firstlineno, module)


def _code(function: Callable[..., object]) -> CodeType | None:
    function = inspect.unwrap(function)
    while isinstance(function, functools.partial | MethodType):
        function = function.func if isinstance(function, functools.partial) else function.__func__
    # Of an object that is called, its method's.
    code = getattr(function, "__code__", None) or getattr(
        vars(type(function)).get("__call__"), "__code__", None
    )
    return code if isinstance(code, CodeType) else None
