"""Train a network to deblur licence plates; see --help and the README."""

from __future__ import annotations

import sys
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

if __name__ == "__main__":
    # Run as a script: import from the project's root and not from this folder.
    sys.path[0] = str(Path(__file__).resolve().parents[1])

try:
    from cnn_denoiser.checkpoints import CheckpointError
    from cnn_denoiser.image_files import PictureError
    from cnn_denoiser.training.input_data import (
        MixedPlates,
        SharpPlates,
        SyntheticPlates,
        open_folders,
    )
    from cnn_denoiser.training.options import TrainingOptions, UsageError, read_command_line
    from cnn_denoiser.training.run import Training, TrainingError
except ModuleNotFoundError as error:
    sys.exit(f"train.py: error: {error.name} is missing; run: pip install -r requirements.txt")


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code."""
    try:
        folder, goes_on, options = read_command_line(arguments)
        plates = _open_plates(options.data, options)
        pretraining_plates = (
            _open_plates(options.pretraining_data, options) if options.pretraining_data else plates
        )
        return Training(folder, goes_on, options, plates, pretraining_plates).run()
    except UsageError as error:
        return _fail(2, str(error))
    except (TrainingError, CheckpointError, PictureError, OSError) as error:
        return _fail(1, str(error))
    except BrokenProcessPool:
        return _fail(
            1,
            "a process that blurs was killed (out of memory?); go on from the last saved state "
            "with --run continue",
        )
    except ModuleNotFoundError as error:
        return _fail(1, f"{error.name} is missing; run: pip install -r requirements.txt")
    except KeyboardInterrupt:
        return _fail(130, "interrupted before the training began")


def _fail(code: int, message: str) -> int:
    print(f"train.py: error: {message}", file=sys.stderr)
    return code


def _open_plates(folders: tuple[str, ...], options: TrainingOptions) -> SharpPlates:
    """Return the plates of some folders, or synthetic ones where none are named."""
    if not folders:
        return SyntheticPlates()
    try:
        plates = open_folders(
            [Path(folder) for folder in folders],
            lambda path, reason: print(f"train.py: skipped {path}: {reason}", file=sys.stderr),
        )
    except (PictureError, OSError) as error:
        raise UsageError(str(error)) from error
    if len(plates) < options.batch_size:
        raise UsageError(
            f"{len(plates)} readable pictures are too few for a batch of {options.batch_size}: "
            "add pictures or lower --batch_size"
        )
    return MixedPlates(plates, options.synthetic_share) if options.synthetic_share else plates


if __name__ == "__main__":
    sys.exit(main())
