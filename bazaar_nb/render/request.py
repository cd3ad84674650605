"""What is to be rendered, for whom, by whom, and where the movie goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from msgspec.structs import replace

from bazaar_nb.errors import SettingsError
from bazaar_nb.media.settings import Settings
from bazaar_nb.media.subtitles import Subtitles
from bazaar_nb.render.engines.engine import Engine
from bazaar_nb.render.film_sounds import clip_sounds, known_clips
from bazaar_nb.scene.film import Film
from bazaar_nb.sources.finding import Finder
from bazaar_nb.store.store import Store


@dataclass(frozen=True, kw_only=True)
class RenderRequest:
    """A render before it has an id: everything that another one of it needs, too.

    Attributes
    ----------
    film : composition
        At the export's frame rate, and frozen: it doesn't change in the middle of a render.
    name : str
        Of the movie, with its suffix.
    target : Path, str or None
        Where the movie goes, a path or an ``s3://`` URL; None is the store's own place for it. Of a sequence
        the folder of its pictures, or the ZIP file that they are in.
    first, stop : int
        Half-open range of frames, at the export's rate; ``stop=0`` is the film's end.
    subtitles : Subtitles or None
        A track of words that viewers turn on; seconds of the movie.
    engagement : bool
        Whether the history is told what people do with the movie.
    metadata : mapping
        What the movie's file says of itself.
    also : tuple of Settings
        Of movies that come after this one and share its drawing: whoever draws a segment encodes theirs, too.
    """

    film: Film
    settings: Settings
    store: Store
    engine: Engine
    user: str
    project: str
    name: str
    target: Path | str | None = None
    first: int = 0
    stop: int = 0
    subtitles: Subtitles | None = None
    engagement: bool = True
    metadata: Mapping[str, str] = field(default_factory=dict)
    also: tuple[Settings, ...] = ()

    def __post_init__(self) -> None:
        if self.stop == 0:
            object.__setattr__(self, "stop", self.film.frames)
        if not 0 <= self.first < self.stop <= self.film.frames:
            raise SettingsError(
                f"a render needs frames, got {self.first} to {self.stop} of {self.film.frames} ({self.name})"
            )

    @property
    def folder(self) -> Path | None:
        """The folder that a sequence's pictures go to; None where the movie is a file."""
        is_file = self.name.lower().endswith(self.settings.suffix)
        is_folder = self.settings.is_sequence and not is_file
        return self.target if is_folder and isinstance(self.target, Path) else None

    @property
    def place(self) -> tuple[Store, str] | None:
        """The store and the key of `target`; a bucket is reached with the options of the render's own."""
        if self.target is None:
            return None
        if isinstance(self.target, Path):
            return Store(self.target.parent), self.target.name
        root, _, name = self.target.rpartition("/")
        # What is at the render's own public address is not at that of another root.
        return Store(root, replace(self.store.storage_options, public_base_url=None)), name

    @property
    def frames(self) -> int:
        """How many frames the movie has."""
        return self.stop - self.first

    @property
    def duration_s(self) -> float:
        """How long the movie is."""
        return float(self.frames / self.settings.fps)

    @property
    def has_sound(self) -> bool:
        """Whether the movie has a sound track, as far as is known before any scene is asked."""
        if self.settings.sound_codec is None:
            return False
        if self.film.sound:
            return True
        return bool(clip_sounds(known_clips(self.film), self.film.fps, Finder(fetches=False)))
