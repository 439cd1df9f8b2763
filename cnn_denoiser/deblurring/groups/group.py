"""A group on its way: the frames of one plate that have come out of the network so far."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from cnn_denoiser.deblurring.groups.frames import without_data
from cnn_denoiser.deblurring.groups.fusion import Frame
from cnn_denoiser.deblurring.groups.sharpness import sharpness
from cnn_denoiser.deblurring.plan import Task
from cnn_denoiser.deblurring.reporting.outcome import Outcome
from plumbing.storage.stored import File

# Frames of one plate that are registered with each other; of more, the sharpest are.
MOST_FRAMES = 1000


@dataclass
class Seen:
    """A frame of a group after the network, or one that did not come that far.

    number: its place among the group's frames.
    """

    source: File
    number: int
    outcome: Outcome
    frame: Frame | None
    sharp: float = 0.0
    reason: str = ""

    def forget(self) -> None:
        """Drop what takes memory."""
        self.frame = None
        self.outcome = replace(self.outcome, reading=None)

    @property
    def order(self) -> tuple[float, bytes, bytes]:
        """What frames are sorted by, the sharpest first, whatever order they came in."""
        frame = self.frame
        return (
            (-self.sharp, frame.deblurred.tobytes(), frame.blurred.tobytes())
            if frame
            else ((0.0, b"", b""))
        )


@dataclass
class Group:
    """A group on its way: what has come out of the network of it so far."""

    task: Task
    seen: list[Seen] = field(default_factory=list)  # with their frames
    left: list[Seen] = field(default_factory=list)  # without
    milliseconds: float = 0.0

    def add(self, source: File, outcome: Outcome, frame: Frame | None) -> None:
        """Take a frame."""
        self.milliseconds += outcome.milliseconds or 0.0
        number = len(self.seen) + len(self.left)
        one = Seen(without_data(source), number, outcome, frame)
        if frame is None:
            one.reason = outcome.reason or outcome.status
            one.forget()
            self.left.append(one)
            return
        one.sharp = sharpness(frame.deblurred)
        self.seen.append(one)
        if len(self.seen) >= 2 * MOST_FRAMES:
            self.keep_sharpest()

    def keep_sharpest(self) -> None:
        """Forget all but the sharpest frames."""
        self.seen.sort(key=lambda one: one.order)
        for one in self.seen[MOST_FRAMES:]:
            one.reason = f"{MOST_FRAMES:,} other frames are sharper"
            one.forget()
            self.left.append(one)
        del self.seen[MOST_FRAMES:]

    @property
    def warning(self) -> str:
        """Name the first frame that failed, and tell how many did; "" where none did."""
        failed = [one for one in self.left if one.outcome.status == "failed"]
        if not failed:
            return ""
        count = len(self.seen) + len(self.left)
        first = failed[0]
        return f"{len(failed)} of {count} frames failed, {first.source.name}: {first.reason}"
