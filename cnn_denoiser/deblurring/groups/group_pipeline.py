"""Deblurring plates of which there are several frames: frames in, one picture a plate out.

The frames go through the pipeline that pictures go through, batches reaching from one group into
the next. Of each group only the frames themselves are kept, 270x90 before and after the network,
and of a very large one the sharpest of them, so memory does not depend on the number of groups.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import numpy as np

from cnn_denoiser.deblurring.findings import Deblurs
from cnn_denoiser.deblurring.groups.frames import frames_of
from cnn_denoiser.deblurring.groups.fusion import Fit, Frame, Fuse, Fusion, deblur_together
from cnn_denoiser.deblurring.groups.group import Group, Seen
from cnn_denoiser.deblurring.outcomes import tell_outcome
from cnn_denoiser.deblurring.pipeline import Finished, Pipeline
from cnn_denoiser.deblurring.plan import Task
from cnn_denoiser.deblurring.reading import Reading, together
from cnn_denoiser.deblurring.reporting.outcome import FrameOutcome, Outcome
from cnn_denoiser.deblurring.result_size import ResultSize
from cnn_denoiser.deblurring.stages import Loaded, Saved, Settings, load, save
from cnn_denoiser.deblurring.unreadable import Unreadable
from plumbing.storage.stored import File


class GroupPipeline:
    """Loads frames, deblurs and fuses them, saves a picture a group, and accounts for each group.

    Where the plates are read, the log-probabilities of the frames that `fuse` uses are added up.
    """

    def __init__(
        self,
        network: Deblurs,
        settings: Settings,
        *,
        batch_size: int,
        jobs: int,
        how: Fuse = "fused",
        every: int = 1,
        stop: Callable[[], object] = lambda: False,
    ):
        """Make ready.

        how:   "fused" averages the frames that fit, "best" takes the sharpest one.
        every: of a video, every so many-th frame is taken.

        The others are those of `Pipeline`.
        """
        self._network = network
        self._settings = settings
        self._batch_size = batch_size
        self._how: Fuse = how
        self._every = every
        # Of frames no results are written, and nothing of their sources is kept.
        plain = replace(settings, size=ResultSize(), grey=True, pictures=False)
        self._frames = Pipeline(
            network, plain, batch_size=batch_size, jobs=jobs, stop=stop, saving=_keep
        )

    def run(self, tasks: Iterable[Task], finished: Finished) -> None:
        """Deblur each task's frames together and write what is asked for: see `Pipeline.run`.

        `finished` is called once for each group. A frame that cannot be read is left out; a group
        fails where none can be. A group that `stop` cuts short is not accounted for.
        """
        waiting: deque[tuple[Group, File, bool]] = deque()

        def frame_tasks() -> Iterator[Task]:
            for task in tasks:
                group = Group(task)
                for source, is_last in self._sources(task):
                    waiting.append((group, source, is_last))
                    yield Task(source, task.destination, exists=task.exists)

        def take(
            outcome: Outcome, blurred: np.ndarray | None, deblurred: np.ndarray | None
        ) -> None:
            group, source, is_last = waiting.popleft()
            if group.task.exists:
                finished(replace(outcome, source=group.task.source), None, None)
                return
            frame = None
            if blurred is not None and deblurred is not None:
                frame = Frame(blurred, deblurred)
            group.add(source, outcome, frame)
            if is_last:
                self._finish(group, finished)

        self._frames.run(frame_tasks(), take)

    def _sources(self, task: Task) -> Iterator[tuple[File, bool]]:
        """Give the frames of a group, each with whether it is the last one."""
        if task.exists:
            yield task.source, True
            return
        before: File | None = None
        for source in frames_of(task, self._every, self._settings.max_pixels):
            if before is not None:
                yield before, False
            before = source
        yield before or Unreadable(str(task.source), "it has no frames"), True

    def _finish(self, group: Group, finished: Finished) -> None:
        group.keep_sharpest()
        if not group.seen:
            finished(_tell_failure(group), None, None)
            return
        started = time.perf_counter()
        group.seen.sort(key=lambda one: one.number)
        frames = [one.frame for one in group.seen if one.frame is not None]
        result, fusion = deblur_together(
            frames, lambda average: self._network.deblur(average, self._batch_size), self._how
        )
        group.milliseconds += 1000 * (time.perf_counter() - started)
        reference = group.seen[fusion.reference]
        task = replace(group.task, source=reference.source)
        loaded: Loaded | None = None
        saved: Saved | None = None
        error: BaseException | None = None
        try:
            loaded = load(task, self._settings)
            saved = save(task, loaded, result, self._settings)
        except Exception as raised:  # tell_outcome raises what is no picture's and no file's
            error = raised
        outcome = tell_outcome(
            task, loaded, saved, error, group.milliseconds, self._settings,
            _read_together(group, fusion),
        )  # fmt: skip
        outcome = replace(
            outcome,
            source=group.task.source,
            frames=_tell_frames(group, fusion),
            warning="; ".join(filter(None, (reference.outcome.warning, group.warning))),
        )
        if saved is None:
            finished(outcome, None, None)
        else:
            finished(outcome, saved.before, saved.after)


def _keep(task: Task, loaded: Loaded, deblurred: np.ndarray, settings: Settings) -> Saved:
    """Hand a frame on, before and after the network, in place of saving it."""
    return Saved(before=loaded.frame, after=deblurred, sha256=None, milliseconds=0.0)


def _read_together(group: Group, fusion: Fusion) -> Reading | None:
    readings = [
        one.outcome.reading
        for one, fit in zip(group.seen, fusion.fits, strict=True)
        if fit.used and one.outcome.reading is not None
    ]
    return together(readings) if readings else None


def _tell_failure(group: Group) -> Outcome:
    """Tell of a group without a frame that could be used: as of its first one."""
    first = group.left[0].outcome
    count = len(group.left)
    reason = first.reason if count == 1 else f"none of its {count} frames: {first.reason}"
    statuses = {one.outcome.status for one in group.left}
    return replace(
        first,
        source=group.task.source,
        output=None,
        status="failed" if "failed" in statuses else "skipped",
        reason=reason,
        frames=_told(group.left, [Fit(False, None, one.reason) for one in group.left]),
    )


def _tell_frames(group: Group, fusion: Fusion) -> tuple[FrameOutcome, ...]:
    left = [Fit(False, None, one.reason) for one in group.left]
    return _told([*group.seen, *group.left], [*fusion.fits, *left])


def _told(seen: list[Seen], fits: list[Fit]) -> tuple[FrameOutcome, ...]:
    """Tell of frames in the order that they came in."""
    pairs = sorted(zip(seen, fits, strict=True), key=lambda pair: pair[0].number)
    return tuple(
        FrameOutcome(one.source, fit.used, fit.fit, fit.reason, one.outcome.source_sha256)
        for one, fit in pairs
    )
