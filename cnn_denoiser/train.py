"""Train a network to deblur licence plates; see --help and the README."""

from __future__ import annotations

import sys
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

if __name__ == "__main__":
    # Run as a script: import from the project's root and not from this folder.
    sys.path[0] = str(Path(__file__).resolve().parents[1])

INSTALLATION = "run: pip install -r requirements.txt"

try:
    from cnn_denoiser.model_files.model_folder import CheckpointError
    from cnn_denoiser.training.data.training_data import open_data
    from cnn_denoiser.training.distributed.worker import WorkerLostError
    from cnn_denoiser.training.options import UsageError, read_command_line
    from cnn_denoiser.training.trainer import Training, TrainingError
    from plumbing.pictures.codec import PictureError
except ModuleNotFoundError as error:
    print(f"train.py: error: {error.name} is missing; {INSTALLATION}", file=sys.stderr)
    sys.exit(2)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code."""
    try:
        folder, goes_on, options = read_command_line(arguments)
        return Training(folder, goes_on, options, open_data(options)).run()
    except UsageError as error:
        return _fail(2, str(error))
    except (TrainingError, CheckpointError, PictureError, WorkerLostError, OSError) as error:
        return _fail(1, str(error))
    except BrokenProcessPool:
        return _fail(
            1,
            "a process that blurs was killed (out of memory?); go on from the last saved state "
            "with --run continue",
        )
    except ModuleNotFoundError as error:
        return _fail(2, f"{error.name} is missing; {INSTALLATION}")
    except KeyboardInterrupt:
        return _fail(130, "interrupted; what is saved stays")


def _fail(code: int, message: str) -> int:
    print(f"train.py: error: {message}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
