"""What became of all pictures together."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

from cnn_denoiser.deblurring.reporting.outcome import Outcome
from plumbing.commands.notices import printable

NAMED = 5  # failed pictures; all of them are told on the way
# Width over height. Plates are 2:1 (two rows) to 4.7:1 (a long European one), screens and cameras
# make 16:9 (1.78) and squarer pictures.
PLATE_ASPECTS = (1.9, 5.2)


@dataclass
class Summary:
    """Counts pictures as they are finished; `str` of it is one line for people."""

    total: int
    others: int = 0  # files that are no pictures
    linked_folders: int = 0  # they are not entered
    beyond_limit: int = 0
    done: int = 0
    skipped: int = 0
    failed: int = 0
    repaired: int = 0
    no_plates: int = 0  # pictures that do not look like plate crops
    first_no_plate: Path | None = None
    first_failures: list[Path] = field(default_factory=list)
    seconds: float = 0.0
    interrupted: bool = False
    _started: float = field(default_factory=time.perf_counter)

    def add(self, outcome: Outcome) -> None:
        """Count a picture."""
        self.seconds = time.perf_counter() - self._started
        if outcome.status == "skipped":
            self.skipped += 1
        elif outcome.status == "failed":
            self.failed += 1
            if len(self.first_failures) < NAMED:
                self.first_failures.append(outcome.source)
        else:
            self.done += 1
            self.repaired += bool(outcome.reason)
        if outcome.width and outcome.height and not _like_a_plate(outcome.width, outcome.height):
            self.no_plates += 1
            self.first_no_plate = self.first_no_plate or outcome.source

    def figures(self) -> dict[str, object]:
        """Return the counts by name, as a report takes them."""
        return {
            "total": self.total,
            "done": self.done,
            "skipped": self.skipped,
            "failed": self.failed,
            "others": self.others,
            "repaired": self.repaired,
            "seconds": round(self.seconds, 3),
            "interrupted": self.interrupted,
        }

    def __str__(self) -> str:
        rate = self.done / self.seconds if self.seconds else 0.0
        parts = [
            f"{self.done} of {self.total} pictures deblurred in {self.seconds:.1f} s "
            f"({rate:.1f} a second)"
        ]
        if self.skipped:
            parts.append(f"{self.skipped} skipped, whose results exist already")
        if self.failed:
            names = [printable(path.name) for path in self.first_failures]
            more = self.failed - len(names)
            parts.append(
                f"{self.failed} failed: {', '.join(names)}" + (f" and {more} more" if more else "")
            )
        if self.repaired:
            parts.append(f"{self.repaired} repaired")
        if self.others:
            parts.append(
                f"{self.others} other {'file' if self.others == 1 else 'files'} left alone "
                "(no picture)"
            )
        if self.linked_folders:
            parts.append(f"{self.linked_folders} links to folders not followed")
        if self.beyond_limit:
            parts.append(f"{self.beyond_limit} more left by --limit")
        return ("interrupted: " if self.interrupted else "") + "; ".join(parts)

    def warning(self) -> str | None:
        """Tell how many pictures do not look like plate crops and what to do, or None."""
        if self.first_no_plate is None:
            return None
        count = "1 picture does" if self.no_plates == 1 else f"{self.no_plates} pictures do"
        return (
            f"{count} not look like a plate crop (width to height far from 3:1), the first being "
            f"{self.first_no_plate}: crop pictures to the plate before deblurring"
        )


def _like_a_plate(width: int, height: int) -> bool:
    lowest, highest = PLATE_ASPECTS
    return lowest <= width / height <= highest
