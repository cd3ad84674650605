"""A film evaluated in the process of its author: what no worker does, and what is looked at twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor

from bazaar_nb.draw.asset_pinning import Pinner
from bazaar_nb.errors import RenderError
from bazaar_nb.media.settings import Settings
from bazaar_nb.render.evaluation import Segment, evaluate_segment
from bazaar_nb.render.plan import Cut
from bazaar_nb.scene.film import Film
from bazaar_nb.scene.repeatability import Repeats, frames_to_repeat, tell_figure
from bazaar_nb.scene.tree import FrameTree


class DiffersElsewhereError(RenderError):
    """A scene shows something else in a worker than at home; the frame is the film's."""

    def __init__(self, message: str, frame: int = 0) -> None:
        super().__init__(message)
        self.frame = frame


class HomeEvaluation:
    """Evaluates segments here, and some frames twice.

    Parameters
    ----------
    film : composition
        At the export's frame rate, frozen.
    first, stop : int
        Half-open range of frames that is rendered.
    beside : Executor
        Of one thread, for the arrays of frames.

    Attributes
    ----------
    again : frozenset of int
        Frames that are looked at twice.
    """

    def __init__(
        self, film: Film, first: int, stop: int, settings: Settings, pinner: Pinner, beside: Executor
    ) -> None:
        self._film = film
        self._settings = settings
        self._pinner = pinner
        self._beside = beside
        self.again = frames_to_repeat(film, first, stop)
        self._repeats = Repeats(film, self.again)

    def evaluate(
        self, cut: Cut, before_frame: Callable[[int], None], after_frame: Callable[[], None]
    ) -> Segment:
        """Evaluate a segment.

        Raises
        ------
        SceneError, ElementError
            For the first frame that can't be made, with its scene and frame.
        """

        def on_tree(index: int, tree: FrameTree) -> None:
            self._repeats.saw(index, tree)
            after_frame()

        return evaluate_segment(
            self._film, *cut, self._settings, self._pinner,
            before_frame=before_frame, on_tree=on_tree, beside=self._beside,
        )  # fmt: skip

    def saw_elsewhere(self, shown: Mapping[int, tuple[bytes, ...]]) -> None:
        """Take what frames showed in a worker, to compare it with what they show here."""
        self._repeats.saw_elsewhere(shown)

    def tell_figures(self, distrusted: Mapping[int, str]) -> None:
        """Say of figures that showed something else than they should, by the film's frames."""
        for index, why in distrusted.items():
            tell_figure(self._film, index, why)

    def check_frame(self, index: int) -> None:
        """Make a frame that a worker could not make.

        Raises
        ------
        SceneError, ElementError
            When it can't be made here, either.
        """
        evaluate_segment(self._film, index, index + 1, self._settings, self._pinner)

    def ask_again(self, check: Callable[[], None]) -> None:
        """Look at the frames for the second time; warn of scenes that aren't functions of their frame.

        Raises
        ------
        DiffersElsewhereError
            For a scene that always shows the same here, but something else in a worker.
        """
        frame = self._repeats.ask_again(check)
        if frame is not None:
            scene, number = self._film.scene_at(frame)
            raise DiffersElsewhereError(
                f"scene {scene!r} shows something else in a worker (its frame {number})", frame
            )
