"""What became of all pictures together."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field

from cnn_denoiser.deblurring.reading import Verdict
from cnn_denoiser.deblurring.reporting.outcome import Outcome
from plumbing.commands.notices import printable

# Of readings: the names of their counts in reports, and the verdicts that are counted.
FIGURES: dict[str, Verdict] = {"sure": "sure", "doubtful": "doubtful", "no_plate": "no plate"}
NAMED = 5  # failed pictures; all of them are told on the way


@dataclass
class Summary:
    """Counts pictures as they are finished; `str` of it is one line for people."""

    total: int
    others: int = 0  # files that are no pictures
    linked_folders: int = 0  # they are not entered
    passed_over: int = 0  # sub-folders
    read: bool = False  # whether plates are read
    grouped: bool = False  # whether several frames are one picture
    written: bool = True  # whether pictures are
    beyond_limit: int = 0
    done: int = 0
    skipped: int = 0
    failed: int = 0
    repaired: int = 0
    warned: int = 0
    warned_untold: int = 0  # those of the warned that did not fail; failures are told one by one
    first_warned: Outcome | None = None  # of those
    unwanted: int = 0  # those of the skipped that carry a warning
    first_failures: list[str] = field(default_factory=list)
    seconds: float = 0.0
    interrupted: bool = False
    verdicts: Counter[str] = field(default_factory=Counter)  # of the readings
    _started: float = field(default_factory=time.perf_counter)

    def add(self, outcome: Outcome) -> None:
        """Count a picture."""
        self.seconds = time.perf_counter() - self._started
        if outcome.status == "skipped":
            self.skipped += 1
            self.unwanted += bool(outcome.warning)
        elif outcome.status == "failed":
            self.failed += 1
            if len(self.first_failures) < NAMED:
                self.first_failures.append(outcome.source.name)
        else:
            self.done += 1
            self.repaired += bool(outcome.reason)
            if outcome.reading is not None:
                self.verdicts[outcome.reading.verdict] += 1
        if outcome.warning:
            self.warned += 1
            if outcome.status != "failed":
                self.warned_untold += 1
                self.first_warned = self.first_warned or outcome

    def figures(self) -> dict[str, object]:
        """Return the counts by name, as a report takes them."""
        figures: dict[str, object] = {
            "total": self.total,
            "done": self.done,
            "skipped": self.skipped,
            "failed": self.failed,
            "warned": self.warned,
            "others": self.others,
            "repaired": self.repaired,
            "seconds": round(self.seconds, 3),
            "interrupted": self.interrupted,
            "grouped": self.grouped,
        }
        if self.read:
            figures |= {name: self.verdicts[verdict] for name, verdict in FIGURES.items()}
        return figures

    def __str__(self) -> str:
        rate = self.done / self.seconds if self.seconds else 0.0
        parts = [
            f"{self.done} of {_count(self.total, 'picture')} "
            f"{'deblurred' if self.written else 'read'} in {self.seconds:.1f} s "
            f"({rate:.1f} a second)"
        ]
        if self.read and self.done:
            parts.append(", ".join(f"{self.verdicts[one]} {one}" for one in FIGURES.values()))
        if existing := self.skipped - self.unwanted:
            parts.append(f"{existing} skipped, whose results exist already")
        if self.unwanted:
            parts.append(f"{self.unwanted} skipped, which carry a warning")
        if self.failed:
            names = [printable(name) for name in self.first_failures]
            more = self.failed - len(names)
            parts.append(
                f"{self.failed} failed: {', '.join(names)}" + (f" and {more} more" if more else "")
            )
        if self.repaired:
            parts.append(f"{self.repaired} repaired")
        if self.others:
            parts.append(f"{_count(self.others, 'other file')} left alone (no picture)")
        if self.passed_over:
            folders = _count(self.passed_over, "sub-folder")
            parts.append(f"{folders} passed over (--recursive looks into them)")
        if self.linked_folders:
            parts.append(f"{self.linked_folders} links to folders not followed")
        if self.beyond_limit:
            parts.append(f"{self.beyond_limit} more left by --limit")
        return ("interrupted: " if self.interrupted else "") + "; ".join(parts)

    def warning(self) -> str | None:
        """Tell how many pictures carry a warning, and the first one with its own, or None.

        Those that failed are left out.
        """
        if self.first_warned is None:
            return None
        told = f"{self.first_warned.source}: {self.first_warned.warning}"
        if self.warned_untold == 1:
            return told
        count = self.warned_untold
        return f"{count} pictures carry a warning (a report names them), the first {told}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
