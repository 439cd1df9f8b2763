"""Telling what became of a picture from how its stages ended."""

from __future__ import annotations

from dataclasses import replace

from cnn_denoiser.deblurring.plan import Task
from cnn_denoiser.deblurring.reading import Reading
from cnn_denoiser.deblurring.reporting.outcome import Outcome
from cnn_denoiser.deblurring.stages import Loaded, Saved, Settings, UnwantedError
from plumbing.pictures.codec import PictureError


def tell_outcome(
    task: Task,
    loaded: Loaded | None,
    saved: Saved | None,
    error: BaseException | None,
    milliseconds: float,
    settings: Settings,
    reading: Reading | None = None,
    as_it_is: bool | None = None,
) -> Outcome:
    """Return what became of a picture.

    loaded, saved: how far it came.
    error:         what stopped it; one that is neither a picture's nor a file's is raised.
    milliseconds:  in the network.
    reading:       what was read on the picture, where that is asked for.
    as_it_is:      whether it can be read without being deblurred, likewise.
    """
    if task.exists:
        return Outcome(task.source, task.destination, "skipped", "its result exists already")
    if isinstance(error, UnwantedError):
        outcome = Outcome(
            task.source, None, "failed", str(error), error.width, error.height, warning=str(error)
        )
        return replace(outcome, status="skipped") if settings.on_warning == "skip" else outcome
    outcome = Outcome(task.source, None, "failed")
    if loaded is not None:
        outcome = replace(
            outcome,
            width=loaded.width,
            height=loaded.height,
            warning=loaded.warning,
            source_sha256=loaded.sha256,
        )
    if error is not None:
        number = error.errno if isinstance(error, OSError) else None
        return replace(outcome, reason=_reason(error), error=number)
    assert loaded is not None and saved is not None
    return replace(
        outcome,
        output=task.destination,
        status="done",
        reason="repaired: its end was missing" if loaded.repaired else "",
        output_sha256=saved.sha256,
        milliseconds=loaded.milliseconds + milliseconds + saved.milliseconds,
        reading=reading,
        as_it_is=as_it_is,
    )


def _reason(error: BaseException) -> str:
    if not isinstance(error, (PictureError, OSError, MemoryError)):
        raise error
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
