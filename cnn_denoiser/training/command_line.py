"""From the command line to a request to train."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from cnn_denoiser.model_definitions import NETWORKS
from cnn_denoiser.model_files.model_folder import CheckpointError
from cnn_denoiser.model_files.run_folder import (
    BEST,
    CHECKPOINTS,
    EVENTS,
    LOGS,
    OPTIONS,
    PRETRAINING,
    find_best,
    find_pretrained,
    list_checkpoints,
)
from cnn_denoiser.model_files.run_options import NoRunError, read_options
from cnn_denoiser.training.options import NO_PRETRAINING, PATHS, TrainingOptions, with_recipe
from plumbing.commands.errors import ExitCode, UsageError
from plumbing.commands.numbers import path
from plumbing.commands.options import make_parser, option, parse

# What may differ when a run goes on: how it is run, how far (the schedules stretch), and
# where its data lie, as long as they are the same.
CHANGEABLE = frozenset(
    {"num_iter", "minutes", "log_every", "validate_every", "save_every", "workers", "strategy"}
    | {"data", "pretraining_data", "validation_data"}
)
_EXIT_CODES = f"""exit codes:
  {ExitCode.OK:d}    done
  {ExitCode.FAILED:d}    the training failed: it diverged, a disk is full, memory ran out ...
  {ExitCode.USAGE:d}    wrong usage, a wrong TF_CONFIG, or another training writes into --output
  {ExitCode.MODEL:d}    saved states, weights or run.json are damaged
  {ExitCode.INTERRUPTED:d}  stopped by Ctrl-C ({ExitCode.TERMINATED:d}: by SIGTERM), the state saved
  134  ended by the system (137: killed), mostly for want of memory: lower --batch_size
"""


@dataclass(frozen=True, kw_only=True)
class _CommandLine(TrainingOptions):
    """The options of the command: those of the run, and what is to be done with it."""

    run: str = option("start anew, or go on from the saved state", choices=("restart", "continue"))
    output: Path | None = option(
        "where the run is kept", default=None, type=path, metavar="DIR",
        shown_default="runs/MODEL",
    )  # fmt: skip
    overwrite: bool = option("with restart: replace the run in the folder", default=False)


@dataclass(frozen=True)
class Request:
    """What the command is asked for: a run in a folder, new or going on, and its options."""

    folder: Path
    goes_on: bool
    options: TrainingOptions


def read_command_line(prog: str, arguments: Sequence[str] | None = None) -> Request:
    """Return what is asked for; `UsageError` where options contradict each other or the folder."""
    parser = make_parser(
        _CommandLine, prog, "Train a network to deblur licence plates.", _EXIT_CODES
    )
    given = parse(_CommandLine, parser, arguments)
    goes_on = given.pop("run") == "continue"
    overwrite = given.pop("overwrite", False)
    folder = given.pop("output", None) or Path("runs") / given["model"]
    if goes_on:
        return Request(folder, True, _checked(_options_of_run(folder, given)))
    options = _checked(_with_weights(given))
    _check_effects(options, given)
    if options.worker.is_chief:  # the others may be behind it
        _check_folder(folder, overwrite)
    return Request(folder, False, options)


def _with_weights(given: dict[str, Any]) -> TrainingOptions:
    """Return the options of a new run: trained weights are not pretrained."""
    if not given.get("weights"):
        return with_recipe(given)
    if given.get("pretraining_batches") or given.get("pretrain", NO_PRETRAINING) != NO_PRETRAINING:
        raise UsageError(
            "trained weights need no pretraining: leave out --weights, or --pretrain and "
            "--pretraining_batches"
        )
    return replace(with_recipe(given), pretrain=NO_PRETRAINING)


def _check_folder(folder: Path, overwrite: bool) -> None:
    """Raise `UsageError` where a new run would destroy something."""
    if (folder / OPTIONS).exists():
        kept = list_checkpoints(folder) or find_pretrained(folder) or find_best(folder)
        if not overwrite and kept:
            raise UsageError(
                f"{folder} holds a run already: go on with --run continue, choose another "
                "--output, or give --overwrite to lose it"
            )
        return
    ours = (CHECKPOINTS, PRETRAINING, BEST, *LOGS, EVENTS)
    if foreign := [path for name in ours for path in folder.glob(name)]:
        raise UsageError(
            f"{folder} holds {foreign[0].name} of something else: choose another --output"
        )


def _checked(options: TrainingOptions) -> TrainingOptions:
    """Return the options; `UsageError` where they do not suit each other or the machines."""
    for name in ("synthetic_share", "recombined_share"):
        if getattr(options, name) and not options.data:
            raise UsageError(f"--{name} needs --data: without it all plates are synthetic")
    if options.minutes and options.strategy == "multi_worker":
        raise UsageError("--minutes: the clocks of several machines differ; give --num_iter alone")
    if options.width != 1 and "width" not in NETWORKS[options.model]:
        raise UsageError(f"--width: {options.model} has one width only")
    try:
        workers = options.worker.count
    except ValueError as error:
        raise UsageError(f"--strategy {options.strategy}: {error}") from error
    if options.batch_size % workers:
        raise UsageError(
            f"a batch of {options.batch_size} cannot be divided equally among the {workers} "
            "machines of TF_CONFIG: change --batch_size"
        )
    return options


def _check_effects(options: TrainingOptions, given: Collection[str]) -> None:
    """Raise `UsageError` for options that are given and can have no effect."""
    pretrain, batches = options.pretrain != NO_PRETRAINING, options.pretraining_batches > 0
    # Which option is without effect; the one because of which; whether that is so.
    for name, other, is_so in (
        ("final_rate", "schedule", options.schedule == "cosine"),
        ("dropout_schedule", "dropout", not options.dropout),
        ("pretrain", "pretraining_batches", pretrain and not batches),
        ("pretraining_batches", "pretrain", batches and not pretrain),
        ("pretraining_data", "weights", bool(options.weights)),
        ("pretraining_data", "pretrain", not pretrain),
        ("pretraining_data", "pretraining_batches", pretrain and not batches),
        ("validation_share", "validation_data", bool(options.validation_data)),
    ):
        if not is_so or name not in given:
            continue
        value = getattr(options, other)
        reason = f"--{other}" if isinstance(value, tuple) else f"--{other} {value}"
        advice = "leave one of them out"
        if other not in given:
            reason += f", the default of {options.model}"
            advice = "change that, or leave it out"
        raise UsageError(f"--{name} has no effect with {reason}: {advice}")


def _options_of_run(folder: Path, given: dict[str, Any]) -> TrainingOptions:
    """Return the options that a run was started with, changed where that is harmless.

    Raises `UsageError` where there is no run or it cannot be changed so, `CheckpointError` where
    what it was started with is damaged.
    """
    try:
        stored = _stored_options(read_options(folder))
    except NoRunError as error:
        raise UsageError(f"nothing to continue: {error}") from error
    except ValueError as error:
        raise CheckpointError(
            f"{folder / OPTIONS} is damaged, or of another version of this project: {error}"
        ) from error
    for name, value in given.items():
        before = getattr(stored, name)
        if name not in CHANGEABLE and value != before:
            raise UsageError(
                f"the run in {folder} was started with --{name} {before!r}; it cannot go on with "
                f"{value!r}"
            )
    return replace(stored, **given)


def _stored_options(stored: dict[str, Any]) -> TrainingOptions:
    """Return options that `TrainingOptions.as_dict` gave; ValueError where it did not.

    They are read like a command line. Folders may have gone since.
    """
    names = {field.name for field in fields(TrainingOptions)}
    if different := sorted(names ^ stored.keys()):
        raise ValueError(f"{different[0]} is {'missing' if different[0] in names else 'unknown'}")
    paths = {name: stored[name] for name in PATHS}
    for name, value in paths.items():
        is_text = isinstance(value, str) if name == "weights" else _is_list_of_texts(value)
        if not is_text:
            raise ValueError(f"{name} cannot be {value!r}")
    arguments = [f"--{name}={stored[name]}" for name in sorted(names - PATHS)]
    try:
        rest = parse(TrainingOptions, make_parser(TrainingOptions, OPTIONS, ""), arguments)
    except UsageError as error:
        raise ValueError(error) from error
    folders: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in paths.items()}
    return TrainingOptions(**rest, **folders)


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
