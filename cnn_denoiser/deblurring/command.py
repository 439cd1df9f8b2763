"""The work of `deblur_images.py`, once its command line is read."""

from __future__ import annotations

import argparse
import sys

from cnn_denoiser.deblurring import exit_codes
from cnn_denoiser.deblurring.planning import (
    NothingToDoError,
    Plan,
    UsageError,
    make_folders,
    plan,
)
from cnn_denoiser.deblurring.reporting.account import Account
from cnn_denoiser.deblurring.reporting.summary import printable
from cnn_denoiser.model_files.model_folder import CheckpointError
from plumbing.commands.signals import StopSignals


def run(options: argparse.Namespace) -> int:
    """Deblur what the command line asks for and return the exit code."""
    try:
        planned = plan(
            options.source,
            options.destination,
            recursive=options.recursive,
            existing=options.existing,
            file_format=options.format,
            limit=options.limit,
            comparisons=options.compare,
        )
        if options.dry_run:
            _print(planned)
            return exit_codes.ALL_WELL
        return _deblur(planned, options)
    except UsageError as error:
        return _refuse(error, exit_codes.WRONG_USAGE)
    except NothingToDoError as error:
        return _refuse(error, exit_codes.NOTHING_TO_DO)
    except CheckpointError as error:
        return _refuse(error, exit_codes.NO_MODEL)


def _deblur(planned: Plan, options: argparse.Namespace) -> int:
    from cnn_denoiser.deblurring.network import BATCH_SIZE, load_network
    from cnn_denoiser.deblurring.pipeline import Pipeline
    from cnn_denoiser.deblurring.stages import Settings
    from plumbing.pictures.codec import MAX_PIXELS

    network = load_network(options.model, options.checkpoint, options.precision)
    settings = Settings(
        size=options.size,
        colour=options.colour,
        quality=options.quality,
        max_pixels=options.max_pixels or MAX_PIXELS,
        pictures=any(path.suffix.lower() in (".html", ".htm") for path in options.report),
    )
    make_folders(planned)
    with StopSignals() as signals, Account(planned, options) as account:
        pipeline = Pipeline(
            network,
            settings,
            batch_size=options.batch_size or BATCH_SIZE,
            jobs=options.jobs,
            stop=lambda: signals.received or account.ended,
        )
        pipeline.run(planned, account.add)
        account.summary.interrupted = signals.received is not None
    if signals.received:
        return signals.exit_code
    return exit_codes.SOME_FAILED if account.something_failed else exit_codes.ALL_WELL


def _print(planned: Plan) -> None:
    for task in planned:
        results = ", ".join(printable(path) for path in task.results())
        print(f"{printable(task.source)} -> {results}" + (" (stands)" if task.stands else ""))


def _refuse(error: Exception, exit_code: int) -> int:
    print(f"deblur_images.py: {printable(error)}", file=sys.stderr)
    return exit_code
