"""From what a person asks of `export` or `submit` to what is to be rendered, exactly."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypedDict

from bazaar_nb.errors import InvalidValueError, SettingsError, StoreError
from bazaar_nb.jobs.limits import Limits
from bazaar_nb.jobs.notices import Webhook
from bazaar_nb.media.codecs import FORMATS, SEQUENCE_SUFFIX, holds_alpha
from bazaar_nb.media.export_options import resolve_settings
from bazaar_nb.media.metadata import resolve_metadata
from bazaar_nb.media.picture_names import is_named_so, is_picture_name
from bazaar_nb.media.sizes import Resolution
from bazaar_nb.media.subtitles import CuesGiven, make_subtitles
from bazaar_nb.render.engines.engine import Engine
from bazaar_nb.render.film_sounds import may_be_heard
from bazaar_nb.render.request import RenderRequest
from bazaar_nb.scene.film import Film
from bazaar_nb.scene.time import Seconds, frames_to_seconds, seconds_to_frames
from bazaar_nb.store.folder_writing import why_not_replaced
from bazaar_nb.store.names import check_key
from bazaar_nb.store.paths import read_path
from bazaar_nb.store.store import Store

_told: set[tuple[str, str]] = set()


class ExportOptions(TypedDict, total=False):
    """What `Composition.export` and `Composition.submit` take beside a name and a workspace."""

    format: str | None
    codec: str | None
    quality: str | None
    bitrate: str | int | None
    crf: float | None
    preset: str | int | None
    resolution: Resolution | None
    fps: Seconds | None
    frame_range: tuple[int, int] | None
    mute: bool
    loop: int | None
    maxrate: str | int | None
    bit_depth: int | None
    metadata: Mapping[str, object] | None
    captions: CuesGiven | Mapping[str, CuesGiven] | None


class RenderPlace(Protocol):
    """Where movies go and who renders them: what a request takes from a workspace."""

    @property
    def store(self) -> Store:
        """Where movies, segments and history go."""

    @property
    def engine(self) -> Engine:
        """Who renders."""

    @property
    def user(self) -> str:
        """For whom."""

    @property
    def project(self) -> str:
        """What the movie belongs to."""

    @property
    def limits(self) -> Limits | None:
        """What renders may take."""

    @property
    def notices(self) -> Webhook | None:
        """Who is told of the end."""

    @property
    def engagement(self) -> bool:
        """Whether the history is told what people do with the movie."""


@dataclass(frozen=True, kw_only=True)
class ExportRequest(RenderRequest):
    """A render that is asked for, with what is to be checked before it and told after it.

    Attributes
    ----------
    limits : Limits or None
        What the workspace allows; what the root allows is read when the render is asked for.
    webhook : Webhook or None
        Who is told of the end; None asks the root.
    """

    limits: Limits | None = None
    webhook: Webhook | None = None

    @property
    def wanted_place(self) -> Path | str | None:
        """What would ask for the same place again; None for the store's own."""
        return self.target if self.folder is None else self.folder / (self.settings.picture_names or "")


def make_request(
    film: Film,
    path_or_name: str | os.PathLike[str] | None,
    options: ExportOptions,
    where: RenderPlace,
) -> ExportRequest:
    """Make exact what was asked for."""
    unknown = ", ".join(sorted(set(options) - set(ExportOptions.__annotations__)))
    if unknown:
        raise TypeError(f"there is no {unknown}; export takes {', '.join(ExportOptions.__annotations__)}")
    target, name = _destination(path_or_name, film.name)
    settings = resolve_settings(
        (film.width, film.height),
        film.fps,
        name=None if path_or_name is None else name,
        format=options.get("format"),
        codec=options.get("codec"),
        quality=options.get("quality"),
        bitrate=options.get("bitrate"),
        crf=options.get("crf"),
        preset=options.get("preset"),
        resolution=options.get("resolution"),
        fps_out=options.get("fps"),
        mute=options.get("mute", False),
        loop=options.get("loop"),
        maxrate=options.get("maxrate"),
        bit_depth=options.get("bit_depth"),
        transparent=film.is_transparent,
    )
    is_png = settings.format == "apng" and name.lower().endswith(".png")
    if settings.is_sequence and is_picture_name(name):
        target, name = _place_of_pictures(target, name, film.name)
    elif not name.lower().endswith(settings.suffix) and not is_png:
        name += settings.suffix
        if target is not None:
            target = f"{target}{settings.suffix}" if isinstance(target, str) else target.with_name(name)
    if settings.is_sound and not may_be_heard(film):
        raise SettingsError(f"{film.name!r:.80} has no sound: there is nothing to write to {name} (export)")
    whole = film.frozen()  # an edit of a scene's cell must not change what is half rendered
    shown = whole.at_fps(settings.fps)
    first, stop = _range(whole, shown, options.get("frame_range"))
    begin_s, length_s = (float(frames_to_seconds(frames, shown.fps)) for frames in (first, stop - first))
    return ExportRequest(
        film=shown,
        settings=settings,
        store=where.store,
        engine=where.engine,
        user=where.user,
        project=where.project,
        name=name,
        target=target,
        first=first,
        stop=stop,
        limits=where.limits,
        webhook=where.notices,
        engagement=where.engagement,
        metadata=resolve_metadata(film.name, options.get("metadata")),
        subtitles=make_subtitles(options.get("captions"), settings, begin_s, length_s),
    )


def tell_of_lost_alpha(request: ExportRequest) -> None:
    """Say once of a film that a movie can't hold its transparency."""
    film, settings = request.film, request.settings
    told = film.name, settings.format
    if not film.is_transparent or settings.alpha or settings.is_sound or told in _told:
        return
    _told.add(told)
    keep = [f"{one.name} ({name})" for one in FORMATS.values() for name in one.codecs if holds_alpha(name)]
    warnings.warn(
        f"Composition {film.name!r} is transparent, and {settings.codec} in {settings.format} holds no "
        f"alpha: it is shown over black there; {', '.join(keep)} keep it",
        stacklevel=4,
    )


def _range(whole: Film, shown: Film, frame_range: tuple[int, int] | None) -> tuple[int, int]:
    """Give a range of a composition's frames as one of the export's."""
    if frame_range is None:
        return 0, shown.frames
    try:
        first, stop = (int(edge) if int(edge) == edge else edge for edge in frame_range)
    except (TypeError, ValueError, OverflowError):
        first, stop = None, None
    if not isinstance(first, int) or not isinstance(stop, int) or not 0 <= first < stop <= whole.frames:
        raise SettingsError(
            f"`frame_range` must be (first, stop) with 0 <= first < stop <= {whole.frames}, "
            f"got {frame_range!r}"
        )
    times = (frames_to_seconds(edge, whole.fps) for edge in (first, stop))
    edges = [min(shown.frames, seconds_to_frames(time, shown.fps)) for time in times]
    return edges[0], max(edges[0] + 1, edges[1])


def _destination(path_or_name: str | os.PathLike[str] | None, default: str) -> tuple[Path | str | None, str]:
    """Give the path or URL that was asked for, if one was, and the movie's name."""
    if path_or_name is None:
        return None, default.replace("/", "-")
    text = os.fspath(path_or_name)
    if not isinstance(text, str) or not text.strip() or "\0" in text:
        raise SettingsError(f"expected a path or a name for the movie, got {path_or_name!r}")
    if text.lower().startswith("s3://"):
        return _in_bucket(text)
    has_folder = os.sep in text or "/" in text or isinstance(path_or_name, os.PathLike) or text in (".", "..")
    if not has_folder:
        return None, text
    try:
        path = read_path(text, "path_or_name")
    except InvalidValueError as error:
        raise SettingsError(str(error)) from None
    # os.path: Path.is_dir raises for a name that is too long, and Path.resolve follows links.
    if text.endswith(("/", os.sep)) or os.path.isdir(path):  # noqa: PTH112
        raise SettingsError(f"expected a file to write the movie to, {text!r} is a folder")
    try:
        check_key(path.name)
    except InvalidValueError as error:
        raise SettingsError(f"the movie can't be called {path.name!r:.80}: {error}") from None
    return Path(os.path.abspath(path)), path.name  # noqa: PTH100


def _place_of_pictures(target: Path | str | None, names: str, film: str) -> tuple[Path | None, str]:
    """Give where the pictures of a pattern go: a folder of their own, or a file in the workspace."""
    zipped = f"{film.replace('/', '-')}{SEQUENCE_SUFFIX}"
    if target is None:
        return None, zipped
    if isinstance(target, str):
        raise SettingsError(
            f"a bucket gets a film's pictures in one file, {target.rpartition('/')[0]}/{zipped} say, "
            f"which is there whole or not at all; got {target!r:.200}"
        )
    folder = target.parent
    if folder.suffix.lower() == SEQUENCE_SUFFIX:
        raise SettingsError(f"a folder of pictures can't end in .zip, got {str(target)!r:.200}")
    try:
        why = why_not_replaced(folder, lambda name: is_named_so(names, name))
    except StoreError as error:
        raise SettingsError(str(error)) from None
    if why is not None:
        raise SettingsError(
            f"a film's pictures have a folder of their own, which is replaced as a whole; {folder} can't be: "
            f"{why}. Give another one, as {str(folder / 'frames' / names)!r}"
        )
    return folder, folder.name


def _in_bucket(url: str) -> tuple[str, str]:
    root, _, name = url.rpartition("/")
    if not name or root.lower() in ("s3:", "s3:/"):
        said = url.partition("?")[0]
        raise SettingsError(f"expected s3://bucket/films/review.mp4 or the like, got {said!r:.200}")
    try:
        Store(root)  # checks the bucket's name and the folders; nothing is asked of the service
        check_key(name)
    except InvalidValueError as error:
        raise SettingsError(f"the movie can't go there: {error}") from None
    return url, name
