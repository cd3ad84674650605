"""A film that can be exported: rendered to files, here or by others, and told beforehand what that takes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import nullcontext
from functools import partial
from typing import Any, Literal, Unpack, overload

from bazaar_nb.detached.attached import AttachedRender
from bazaar_nb.detached.submission import submit_detached
from bazaar_nb.errors import SettingsError
from bazaar_nb.jobs.estimate import Estimate
from bazaar_nb.jobs.estimation import Place, checked_memory_gb, estimate, planned_engine, read_history
from bazaar_nb.jobs.export_request import ExportOptions, make_request
from bazaar_nb.jobs.gif_size import with_gif_size
from bazaar_nb.jobs.job import Job
from bazaar_nb.jobs.prices import Prices, checked_prices
from bazaar_nb.jobs.queue import as_priority, make_job
from bazaar_nb.jobs.several_files import make_jobs
from bazaar_nb.jobs.similar_renders import Wanted
from bazaar_nb.media.sizes import Resolution
from bazaar_nb.media.subtitles import CuesGiven
from bazaar_nb.render.engines.engine import Engine
from bazaar_nb.render.progress import ProgressBar
from bazaar_nb.render.result import Render
from bazaar_nb.scene.film import Film
from bazaar_nb.scene.time import Seconds
from bazaar_nb.workspace import Workspace, default_workspace


class ExportingFilm(Film):
    """What `Composition` takes its exports from."""

    @overload
    def export(
        self,
        path_or_name: str | os.PathLike[str] | None = None,
        *,
        progress: bool = True,
        workspace: Workspace | None = None,
        **options: Unpack[ExportOptions],
    ) -> Render: ...
    @overload
    def export(
        self,
        path_or_name: list[Any] | tuple[Any, ...],
        *,
        progress: bool = True,
        workspace: Workspace | None = None,
        **options: Unpack[ExportOptions],
    ) -> list[Render]: ...
    def export(
        self,
        path_or_name: str | os.PathLike[str] | list[Any] | tuple[Any, ...] | None = None,
        *,
        format: str | None = None,
        codec: str | None = None,
        quality: str | None = None,
        bitrate: str | int | None = None,
        crf: float | None = None,
        preset: str | int | None = None,
        resolution: Resolution | None = None,
        fps: Seconds | None = None,
        frame_range: tuple[int, int] | None = None,
        mute: bool = False,
        loop: int | None = None,
        maxrate: str | int | None = None,
        bit_depth: int | None = None,
        metadata: Mapping[str, object] | None = None,
        captions: CuesGiven | Mapping[str, CuesGiven] | None = None,
        progress: bool = True,
        workspace: Workspace | None = None,
    ) -> Render | list[Render]:
        """Render the film to a file, with a progress bar; unchanged segments are not rendered again.

        Parameters
        ----------
        path_or_name : str or path, or a list of them, optional
            A path with a folder (``"out/review.mp4"``, ``"./review.mp4"``) is
            where the movie goes, or the URL of one in a bucket
            (``"s3://bucket/films/review.mp4"``). A bare name (``"review.mp4"``) goes into the
            workspace: ``<root>/projects/<project>/<render id>/review.mp4``. The
            composition's name by default. Of a list, as ``["a.mp4", "a.webm", "a.gif"]``, each becomes a
            file, and those of one size and frame rate share their drawing; what else is given is for all.
        format : {"mp4", "webm", "mov", "gif", "webp", "apng", "png", "jpeg", "m4a", "mp3", "wav"}, optional
            By default what the name ends in, else mp4; apng also in a ``.png``. png and jpeg are a picture
            of each frame: ``"frames/%04d.png"`` makes a folder of them, another name a ZIP file. The last
            three are the sound alone: no frame is drawn.
        codec : {"h264", "h265", "av1", "vp9", "vp8", "prores"}, optional
            h264, h265 or av1 in mp4, vp9, vp8 or av1 in webm, prores in mov; the first of each by default.
        quality : {"low", "medium", "high"}, optional
            What x264's CRF 28, 23 and 18 look like, in every codec; medium by default.
        bitrate : {"low", "medium", "high"}, int or str, optional
            Instead of a quality: bits a second; the words mean 1, 2.5 and 5
            Mbit/s at 720p and 30 fps.
        crf, preset
            The encoder's own numbers and names, taken literally.
        resolution : str or (int, int), optional
            ``"720p"``, ``"1080p"`` or ``"4k"`` are the short side; or width and
            height in the composition's shape.
        fps : number, optional
            Frames a second; scenes are asked for more or fewer frames.
        frame_range : (int, int), optional
            Half-open, in the composition's own frames.
        mute : bool
            Leave the sound out.
        loop : int, optional
            How often a GIF, WebP or APNG plays; 0 is for ever.
        maxrate : int or str, optional
            Bits a second that no two seconds of the picture go beyond, as ``"8M"``; with any quality.
        bit_depth : {8, 10}, optional
            10 in h265 and av1 rounds what is drawn, in 8 bits, less: gradients have finer steps.
        metadata : mapping, optional
            What the file says of itself beside its title, which is the
            composition's name: title, artist, album, comment, composer,
            copyright, date, description, genre, show.
        captions : Captions, list of (start, end, text), or dict of a language to one, optional
            A subtitle track, in mp4 and webm, which viewers turn on and off: seconds of the film;
            ``{"deu": captions}`` says the language, in three letters.
        progress : bool
            Whether to show the bar.
        workspace : Workspace, optional
            Where the movie and the history go, and who renders.

        Returns
        -------
        Render, or list of Render
            Where the movie is, and what it took; it shows itself in a notebook.

        Raises
        ------
        SettingsError
            When the settings don't go together, before anything is rendered.
        AccessError
            When the project is not yours; before anything is rendered.
        LimitError
            When the workspace or its root doesn't allow it.
        BazaarError
            Whatever ended the render. The history has a row of it.

        Examples
        --------
        >>> film.export("review.mp4", quality="high")  # doctest: +SKIP
        """
        where = workspace or default_workspace()
        wanted = ExportOptions(
            format=format, codec=codec, quality=quality, bitrate=bitrate, crf=crf, preset=preset,
            resolution=resolution, fps=fps, frame_range=frame_range, mute=mute, loop=loop,
            maxrate=maxrate, bit_depth=bit_depth, metadata=metadata, captions=captions,
        )  # fmt: skip
        if is_list := isinstance(path_or_name, list | tuple):
            jobs = make_jobs(self, path_or_name, wanted, where)
        else:
            jobs = [make_job(self, path_or_name, wanted, where)]
        renders = []
        for job in jobs:
            bar = partial(ProgressBar, partial(getattr, job, "progress"), job.name)
            renders.append(where.queue.run(job, bar if progress else nullcontext))
        return renders if is_list else renders[0]

    @overload
    def submit(
        self,
        path_or_name: str | os.PathLike[str] | None = None,
        *,
        priority: int = 0,
        workspace: Workspace | None = None,
        detach: Literal[False] = False,
        **options: Unpack[ExportOptions],
    ) -> Job: ...
    @overload
    def submit(
        self,
        path_or_name: list[Any] | tuple[Any, ...],
        *,
        priority: int = 0,
        workspace: Workspace | None = None,
        detach: Literal[False] = False,
        **options: Unpack[ExportOptions],
    ) -> list[Job]: ...
    @overload
    def submit(
        self,
        path_or_name: str | os.PathLike[str] | None = None,
        *,
        priority: int = 0,
        workspace: Workspace | None = None,
        detach: Literal[True],
        **options: Unpack[ExportOptions],
    ) -> AttachedRender: ...
    def submit(
        self,
        path_or_name: str | os.PathLike[str] | list[Any] | tuple[Any, ...] | None = None,
        *,
        priority: int = 0,
        workspace: Workspace | None = None,
        detach: bool = False,
        **options: Unpack[ExportOptions],
    ) -> Job | list[Job] | AttachedRender:
        """Have the film rendered while the notebook goes on: `export` that returns at once.

        The job waits for its turn in the queue of this process (``workspace.queue``), and then runs in
        the background. It is cancelled when the process ends before it: a script waits for its ``result()``.

        Parameters
        ----------
        path_or_name : str or path, or a list of them, optional
            As for `export`; a list gives a list of jobs, and is not for detached ones.
        priority : int
            Higher ones have their turn first; the same one after the other.
        workspace : Workspace, optional
            As for `export`.
        detach : bool
            Hand the film over, as data, to the workspace's Dask cluster, or else to those who work for the
            root (``bazaar work``): the render goes on when this process ends, and `bz.attach` with its id
            shows it from anywhere. All frames are looked at before this returns.
        **options
            All that `export` takes, from ``format`` to ``captions``.

        Returns
        -------
        Job or AttachedRender
            To look at, wait for (``job.result()``, ``await job``) or cancel.

        Raises
        ------
        SettingsError
            When the settings don't go together.
        AccessError
            When the project is not yours.
        LimitError
            When the workspace or its root doesn't allow it.
        NoWorkerError
            With ``detach=True``, when the engine is no Dask cluster and nobody works for the root.

        Examples
        --------
        >>> job = film.submit("review.mp4", quality="high")  # doctest: +SKIP
        >>> job.progress.fraction  # doctest: +SKIP
        0.25
        """
        where = workspace or default_workspace()
        if isinstance(path_or_name, list | tuple):
            if detach:
                raise SettingsError("a list of files is not for detached renders: submit each by itself")
            jobs = make_jobs(self, path_or_name, options, where, priority)
            for job in jobs:
                where.queue.submit(job)
            return jobs
        if detach:
            return AttachedRender(
                where, submit_detached(self, path_or_name, options, where, as_priority(priority))
            )
        job = make_job(self, path_or_name, options, where, priority)
        where.queue.submit(job)
        return job

    def estimate(
        self,
        path_or_name: str | os.PathLike[str] | None = None,
        *,
        engine: Any = None,
        workers: int | None = None,
        memory_gb: float | None = None,
        prices: Prices | None = None,
        workspace: Workspace | None = None,
        **options: Unpack[ExportOptions],
    ) -> Estimate:
        """Tell what an export will take, before it: time, cost, memory and bytes, as ranges.

        The ranges come from earlier renders in the workspace's history, of this film before others. Nine of
        ten renders should be inside; without any that is like it they are very wide, and say so. Nothing is
        evaluated or rendered for it, but eight frames of a GIF whose film was not rendered yet, for its size.
        What is in the store already is not looked for: it makes a render quicker.

        Parameters
        ----------
        path_or_name : str or path, optional
            As for `export`: its ending tells the format.
        engine : Engine, Dask client, cluster or address, or {"local", "inline", "dask", "lithops"}, optional
            Who would render it; the workspace's engine by default. With `workers` it need not be there.
        workers : int, optional
            How many segments would run at the same time; as many as the engine has by default: a cluster
            is asked.
        memory_gb : float, optional
            Of a function on ``lithops``, in GB of 2**30 bytes; 2 by default.
        prices : Prices, optional
            Your price list; that of a common cloud by default, see `analysis.Prices`.
        workspace : Workspace, optional
            Whose history is asked, and whose store would be used.
        **options
            All that `export` takes, from ``format`` to ``captions``.

        Returns
        -------
        Estimate
            ``time_s``, ``cost``, ``memory_bytes`` and ``size_bytes`` as (low, likely, high); it shows itself
            as a table.

        Raises
        ------
        SettingsError
            When the settings don't go together.
        InvalidValueError
            For an engine, workers, memory or prices that can't be.
        EngineError
            If a cluster is to be asked for its workers, and doesn't answer.
        StoreError
            If the history can't be read.

        Examples
        --------
        >>> film.estimate("review.mp4", engine="lithops", workers=200)  # doctest: +SKIP
        """
        where = workspace or default_workspace()
        request = make_request(self, path_or_name, options, where)
        wanted = Wanted.of(request, *planned_engine(engine, workers, where.engine))
        memory = checked_memory_gb(memory_gb, engine if isinstance(engine, Engine) else where.engine)
        # Functions reach no folder of this machine, whatever the workspace has now.
        is_remote = where.store.is_remote or engine == "lithops"
        place = Place(checked_prices(prices), memory, is_remote)
        return with_gif_size(estimate(wanted, read_history(where.store, wanted), place), request)
