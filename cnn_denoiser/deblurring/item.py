"""A picture on its way through the pipeline."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass

from cnn_denoiser.deblurring.plan import Task
from cnn_denoiser.deblurring.reading import Reading
from cnn_denoiser.deblurring.stages import Loaded, Saved


@dataclass
class Item:
    """A picture between its loading and its account."""

    task: Task
    charge: int = 0  # bytes of its source, while it is in memory
    loading: Future[Loaded] | None = None
    loaded: Loaded | None = None
    computing: Future[None] | None = None
    saving: Future[Saved] | None = None
    milliseconds: float = 0.0  # in the network
    reading: Reading | None = None
    as_it_is: bool | None = None
    error: BaseException | None = None
