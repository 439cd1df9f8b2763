"""A run of train.py, watched from outside."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from cnn_denoiser.model_files.run_folder import list_checkpoints, number_of
from cnn_denoiser.training.options import TrainingOptions

PROJECT = Path(__file__).resolve().parents[1]
CHOSEN = (
    "model", "num_iter", "batch_size", "precision", "workers", "steps_per_call", "width",
    "synthetic_share", "recombined_share",
)  # fmt: skip
FIRST_BATCH = 100  # by then everything is allocated
LOG_EVERY = 10
SECONDS_BETWEEN_LOOKS = 0.5


def run_command(settings: TrainingOptions, scratch: Path) -> tuple[float, list[int]]:
    """Train with the command.

    Returns its pictures a second, and the bytes that it and its processes held, from batch 100 on.
    """
    run = scratch / "run"
    arguments = [f"--{name}={getattr(settings, name)}" for name in CHOSEN]
    arguments += ["--pretraining_batches=0", "--validation_share=0", f"--log_every={LOG_EVERY}"]
    if settings.data:
        arguments += ["--data", *settings.data]
    held: list[int] = []
    with subprocess.Popen(
        [sys.executable, "cnn_denoiser/train.py", "--run=restart", f"--output={run}", *arguments],
        cwd=PROJECT,
        stderr=subprocess.DEVNULL,
    ) as process:
        while process.poll() is None:
            time.sleep(SECONDS_BETWEEN_LOOKS)
            saved = list_checkpoints(run)
            step = number_of(saved[-1]) if saved else 0
            # At its end the command lets go of everything.
            if FIRST_BATCH <= step < settings.num_iter:
                held.append(memory_of(process.pid))
    if process.returncode:
        raise SystemExit(f"train.py failed with exit code {process.returncode}")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    log = EventAccumulator(str(run / "training"), size_guidance={"images": 1})
    # The first entry is of batch 1; the second one holds the start of the blurring.
    rates = [event.value for event in log.Reload().Scalars("pictures_per_second")][2:]
    return len(rates) / sum(1 / rate for rate in rates), held


def memory_of(parent: int) -> int:
    """Return the resident bytes of a process and its children."""
    table = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,rss="], stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    rows = [tuple(map(int, line.split())) for line in table.splitlines()]
    return 1024 * sum(size for pid, parent_pid, size in rows if parent in (pid, parent_pid))
