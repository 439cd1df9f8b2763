"""The options of a training run: their defaults, their checks, and how a run remembers them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import MISSING, asdict, dataclass, fields
from pathlib import Path
from typing import Any

from blurrer import list_profiles
from cnn_denoiser.model_definitions import PRECISIONS, list_models
from cnn_denoiser.model_files.model_folder import CheckpointError
from cnn_denoiser.model_files.run_folder import (
    BEST,
    CHECKPOINTS,
    OPTIONS,
    TENSORBOARD,
    read_options,
)
from cnn_denoiser.training.distributed.worker import Worker, read_tf_config
from plumbing.commands.numbers import whole_number

COSTS = ("mse", "charbonnier_frequency")
OPTIMIZERS = ("adam", "adamw", "muon")
SCHEDULES = ("exponential", "cosine")
PRETRAININGS = ("dbn", "autoencoder", "none")
STRATEGIES = ("single", "mirrored", "multi_worker")

# What may differ when a run goes on: how it is run, and how far (a cosine schedule stretches).
CHANGEABLE = frozenset(
    {"num_iter", "log_every", "validate_every", "save_every", "workers", "strategy"}
)

# Where things lie is nobody's business who is given the weights.
PATHS = frozenset({"data", "pretraining_data", "validation_data", "weights"})

# What stands for an option that is newer than a run, where it is not the default.
BEFORE_THERE_WAS: dict[str, Any] = {"validation_share": 0.0, "pretrain": "autoencoder"}

# What a network is trained with where nothing else is asked for; the rest as `TrainingOptions`.
RECIPES: dict[str, dict[str, Any]] = {
    # Not Adam: its first steps are so large for layers of 12,800 inputs that nearly all channels of
    # the second convolution fall silent for good.
    "moussaka": {"optimizer": "muon", "learning_rate": 0.0015, "averaging": 0.998},
    "unet": {
        "pretraining_batches": 0,  # it is no chain of layers
        "batch_size": 16,
        "cost": "charbonnier_frequency",
        "optimizer": "muon",
        "schedule": "cosine",
        "learning_rate": 0.0015,
        "averaging": 0.998,
    },
}


class UsageError(Exception):
    """The options do not fit each other or what lies on the disk; the message is for people."""


@dataclass(frozen=True)
class TrainingOptions:
    """The options of a run; lengths of time are counted in batches."""

    model: str
    num_iter: int
    data: tuple[str, ...] = ()
    synthetic_share: float = 0.0
    recombined_share: float = 0.0
    pretraining_data: tuple[str, ...] = ()
    pretrain: str = "dbn"
    pretraining_batches: int = 50
    batch_size: int = 64
    profile: str = "camera"
    cost: str = "mse"
    optimizer: str = "adam"  # as runs older than this option were trained
    schedule: str = "exponential"
    learning_rate: float = 0.001
    decay_rate: float = 0.98125
    decay_steps: int = 1000
    averaging: float = 0.0
    precision: str = "f32"
    weights: str = ""
    seed: int = 0
    validation_data: tuple[str, ...] = ()
    validation_share: float = 0.05
    log_every: int = 10
    validate_every: int = 500
    save_every: int = 10
    workers: int = 1
    strategy: str = "single"

    @property
    def pretrains(self) -> bool:
        """Say whether the layers are pretrained at all."""
        return self.pretrain != "none" and self.pretraining_batches > 0

    @property
    def worker(self) -> Worker:
        """Which of the processes that train together this one is."""
        return read_tf_config() if self.strategy == "multi_worker" else Worker()

    def as_dict(self) -> dict[str, Any]:
        """Return the options as JSON can hold them."""
        return {k: [*v] if isinstance(v, tuple) else v for k, v in asdict(self).items()}


def recipe(options: TrainingOptions) -> dict[str, Any]:
    """Return the options but for paths: how something was trained."""
    return {name: value for name, value in options.as_dict().items() if name not in PATHS}


def read_command_line(arguments: list[str] | None = None) -> tuple[Path, bool, TrainingOptions]:
    """Return the run's folder, whether it goes on from a checkpoint, and all its options.

    Raises `UsageError` where options contradict the run in the folder; exits with 2, as argparse
    does, where one is malformed.
    """
    given = vars(_parser().parse_args(arguments))
    goes_on = given.pop("run") == "continue"
    overwrite = given.pop("overwrite")
    folder = Path(given.pop("output", None) or Path("runs") / given["model"])
    if goes_on:
        return folder, True, _checked(_options_of_run(folder, given))
    if "weights" in given:
        if given.setdefault("pretraining_batches", 0) or given.get("pretrain", "none") != "none":
            raise UsageError(
                "trained weights need no pretraining: leave out --weights, or --pretrain and "
                "--pretraining_batches"
            )
    options = _checked(TrainingOptions(**{**RECIPES[given["model"]], **given}))
    if not options.worker.is_chief:
        return folder, False, options  # the chief looks after the folder, and may be ahead
    if (folder / OPTIONS).exists():
        if not overwrite:
            raise UsageError(
                f"{folder} holds a run already: go on with --run continue, choose another "
                "--output, or give --overwrite to lose it"
            )
    elif foreign := [name for name in (CHECKPOINTS, BEST, TENSORBOARD) if (folder / name).exists()]:
        raise UsageError(f"{folder} holds {foreign[0]} of something else: choose another --output")
    return folder, False, options


def _checked(options: TrainingOptions) -> TrainingOptions:
    """Return the options; `UsageError` where they do not suit each other or the machines."""
    for name in ("synthetic_share", "recombined_share"):
        if getattr(options, name) and not options.data:
            raise UsageError(f"--{name} needs --data: without it all plates are synthetic")
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


def _options_of_run(folder: Path, given: dict[str, Any]) -> TrainingOptions:
    """Return the options that a run was started with, changed where that is harmless."""
    try:
        stored = read_options(folder)
    except CheckpointError as error:
        raise UsageError(f"nothing to continue: {error}") from error
    known = {field.name for field in fields(TrainingOptions)}
    if not {"model", "num_iter"} <= stored.keys() <= known:
        raise UsageError(f"{folder / OPTIONS} was written by another version of this project")
    stored = {name: tuple(v) if isinstance(v, list) else v for name, v in stored.items()}
    # An older version may lack an option, which then had no effect.
    stored = TrainingOptions(**{**BEFORE_THERE_WAS, **stored}).__dict__
    for name, value in given.items():
        if name not in CHANGEABLE and value != stored[name]:
            option = "--" + name
            raise UsageError(
                f"the run in {folder} was started with {option} {stored[name]!r}; it cannot go on "
                f"with {value!r}"
            )
    return TrainingOptions(**{**stored, **given})


def _parser() -> argparse.ArgumentParser:
    defaults = {field.name: field.default for field in fields(TrainingOptions)}
    parser = argparse.ArgumentParser(
        prog="train.py",
        description="Train a network to deblur licence plates.",
        epilog="Exit codes: 0 done; 1 the training failed; 2 wrong usage; 130 stopped by Ctrl-C, "
        "143 by SIGTERM (the state is saved once pretraining is over).",
        # Only what is given: the rest comes from the defaults or, with continue, from the run.
        argument_default=argparse.SUPPRESS,
    )

    def add(name: str, help_text: str, **keywords: Any) -> None:
        field = name.lstrip("-")
        value = defaults.get(field)
        values = [] if value in (None, MISSING, (), "") else [str(value)]
        values += [
            f"{model}: {recipe[field]}" for model, recipe in RECIPES.items() if field in recipe
        ]
        note = f" (default: {'; '.join(values)})" if values else ""
        parser.add_argument(name, help=help_text + note, **keywords)

    add("--run", "start anew, or go on from the saved state", choices=("restart", "continue"),
        required=True)  # fmt: skip
    add("--model", "the network to train", choices=list_models(), required=True)
    add("--num_iter", "how many batches to train, in all", type=whole_number(1), required=True)
    add("--output", "where the run is kept (default: runs/MODEL)", metavar="DIR")
    add("--overwrite", "with restart: replace the run in the folder", action="store_true",
        default=False)  # fmt: skip
    add("--data", "folders of sharp plates (default: synthetic plates made on the fly)",
        nargs="+", metavar="DIR", action=_Folders)  # fmt: skip
    add("--synthetic_share", "with --data: how many of the plates are synthetic all the same",
        type=_share)  # fmt: skip
    add("--recombined_share", "with --data: how many of the others get characters of other plates; "
        "for Chinese plates of seven characters in a row, cropped to the plate, best with a "
        "labels.csv of what they say (python3 -m cnn_denoiser.read_plates)",
        type=_share)  # fmt: skip
    add("--pretraining_data", "folders of sharp plates to pretrain on (default: those of --data)",
        nargs="+", metavar="DIR", action=_Folders)  # fmt: skip
    add("--pretrain", "how the layers are pretrained one by one: dbn, a deep belief network of "
        "restricted Boltzmann machines; autoencoder, each with a reverse layer of its own",
        choices=PRETRAININGS)  # fmt: skip
    add(
        "--pretraining_batches",
        "batches of pretraining for each layer; 0: none",
        type=whole_number(0),
    )
    add("--batch_size", "pictures in a batch", type=whole_number(1))
    add("--profile", "how the sharp plates are blurred", choices=list_profiles())
    add("--cost", "what is minimised", choices=COSTS)
    add("--optimizer", "what minimises it", choices=OPTIMIZERS)
    add("--schedule", "exponential: the learning rate decays in steps; cosine: it falls to zero at "
        "the last batch, after a warm-up", choices=SCHEDULES)  # fmt: skip
    add("--learning_rate", "the learning rate at its highest", type=_positive)
    add("--decay_rate", "exponential: the rate is multiplied with this ...", type=_decay)
    add("--decay_steps", "... each time so many batches have passed", type=whole_number(1))
    add("--averaging", "the saved weights are a running average that keeps this share of itself at "
        "every batch; 0: none", type=_share)  # fmt: skip
    add("--precision", "what the network computes with; bf16 is twice as fast on processors that "
        "have it, and much slower on others", choices=sorted(PRECISIONS))  # fmt: skip
    add("--weights", "start from these weights, a trained model's or a run's, without pretraining",
        metavar="DIR", type=_folder)  # fmt: skip
    add("--seed", "the same seed and options give the same run", type=whole_number(0))
    add("--validation_data", "folders of sharp plates to validate on, with what they say in a "
        "labels.csv if that is known (default: some of --data, or synthetic plates)",
        nargs="+", metavar="DIR", action=_Folders)  # fmt: skip
    add("--validation_share", "how many of the plates of --data, at most 64, are kept from "
        "training to validate on; 0: no validation", type=_share)  # fmt: skip
    add("--log_every", "batches between entries in TensorBoard", type=whole_number(1))
    add("--validate_every", "batches between validations", type=whole_number(1))
    add("--save_every", "batches between checkpoints", type=whole_number(1))
    add("--workers", "processes that blur", type=whole_number(1))
    add("--strategy", "what trains, with shares of each batch: single, one device; mirrored, the "
        "GPUs of this machine; multi_worker, the machines that the environment variable TF_CONFIG "
        "names, on each of which the same command is started", choices=STRATEGIES)  # fmt: skip
    return parser


def _folder(text: str) -> str:
    if not Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {text}")
    return str(Path(text).resolve())


class _Folders(argparse.Action):
    """Stores folders as a tuple of absolute paths, so that a run goes on from anywhere."""

    def __call__(self, parser, namespace, values, option_string=None) -> None:  # type: ignore[no-untyped-def]
        for folder in values:
            if not Path(folder).is_dir():
                parser.error(f"{option_string}: there is no folder {folder}")
        setattr(namespace, self.dest, tuple(str(Path(folder).resolve()) for folder in values))


def _share(text: str) -> float:
    return _number(text, lambda number: 0 <= number < 1, "at least 0 and below 1")


def _decay(text: str) -> float:
    return _number(text, lambda number: 0 < number <= 1, "above 0 and at most 1")


def _positive(text: str) -> float:
    return _number(text, lambda number: 0 < number < float("inf"), "a number above 0")


def _number(text: str, allowed: Callable[[float], bool], what: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0  # allowed nowhere
    if not allowed(number):
        raise argparse.ArgumentTypeError(f"must be {what}. Received: {text}")
    return number
