"""The options of a training run, which `run.json` remembers. Keras is not loaded here."""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from blurrer import list_profiles
from cnn_denoiser.model_definitions import PRECISIONS, list_models
from cnn_denoiser.training.distributed.strategies import STRATEGIES
from cnn_denoiser.training.distributed.worker import Worker, read_tf_config
from cnn_denoiser.training.dropout import DROPOUT_SCHEDULES
from cnn_denoiser.training.losses import LOSSES
from cnn_denoiser.training.optimizers import OPTIMIZERS
from cnn_denoiser.training.optimizers.schedules import SCHEDULES
from cnn_denoiser.training.pretraining import PRETRAININGS
from cnn_denoiser.training.recipes import RECIPES, defaults_in_words
from plumbing.commands.numbers import number, path, whole_number
from plumbing.commands.options import option

NO_PRETRAINING = "none"

_DATA, _NETWORK, _LEARNING = "data", "network", "learning"
_PRETRAINING, _WATCHING, _MACHINES = "pretraining", "what is logged and saved", "machines"

_share = number(lambda value: 0 <= value < 1, "at least 0 and below 1")
_part = number(lambda value: 0 < value <= 1, "above 0 and at most 1")
_rate = number(lambda value: 0 < value <= 1e38, "above 0 and at most 1e38")


def _network(text: str) -> str:
    if text not in list_models():
        raise argparse.ArgumentTypeError(
            f"must be one of {', '.join(list_models())}. Received: {text!r}"
        )
    return text


def _folder(text: str) -> str:
    """Return a folder's absolute path, so that a run goes on from anywhere."""
    if not path(text).is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {text}")
    return str(Path(text).resolve())


def _option(name: str, help: str, default: Any, **settings: Any) -> Any:
    """Return an option whose help tells the default of every network."""
    return option(help, default=default, shown_default=defaults_in_words(name, default), **settings)


@dataclass(frozen=True)
class TrainingOptions:
    """How a run trains; lengths of time are counted in batches."""

    model: str = option(
        "the network to train", type=_network, metavar="{" + ",".join(list_models()) + "}"
    )
    num_iter: int = option("how many batches to train, in all", type=whole_number(1))

    minutes: float = option(
        "end after so many minutes of training in all, those before it was continued included, if "
        "--num-iter is not reached before; learning rate and dropout then follow the clock to "
        "their end; 0: no limit",
        default=0.0, type=number(lambda value: 0 <= value <= 1e6, "0 to 1e6"),
        shown_default="0",
    )  # fmt: skip

    data: tuple[str, ...] = option(
        "folders of sharp plates (default: synthetic plates, drawn on the fly)",
        default=(), type=_folder, many=True, metavar="DIR", group=_DATA,
    )  # fmt: skip
    synthetic_share: float = option(
        "with --data: how many of the plates are synthetic all the same",
        default=0.0, type=_share, group=_DATA, shown_default="0.0",
    )  # fmt: skip
    recombined_share: float = option(
        "with --data: how many of the others get characters of other plates; for Chinese plates of "
        "seven characters in a row, cropped to the plate, best with a labels.csv of what they say "
        "(python3 -m cnn_denoiser.read_plates)",
        default=0.0, type=_share, group=_DATA, shown_default="0.0",
    )  # fmt: skip
    profile: str = option(
        "how the sharp plates are blurred", default="camera", choices=list_profiles(), group=_DATA
    )
    validation_data: tuple[str, ...] = option(
        "folders of sharp plates to validate on, with what they say in a labels.csv if that is "
        "known (default: some of --data, or synthetic plates)",
        default=(), type=_folder, many=True, metavar="DIR", group=_DATA,
    )  # fmt: skip
    validation_share: float = option(
        "how many of the plates of --data, at most 64, are kept from training to validate on; 0: "
        "no validation", default=0.05, type=_share, group=_DATA,
    )  # fmt: skip

    width: float = _option(
        "width", "the share of the hidden channels that are there (moussaka)",
        1.0, type=_part, group=_NETWORK,
    )  # fmt: skip
    weights: str = option(
        "start from these weights, a trained model's or a run's, without pretraining; those of a "
        "half, a quarter ... of the --width are widened without changing what they compute",
        default="", type=_folder, metavar="DIR", group=_NETWORK,
    )  # fmt: skip
    dropout: float = _option(
        "dropout", "the rate of dropout at its highest", 0.0, type=_share, group=_NETWORK
    )
    dropout_schedule: str = _option(
        "dropout_schedule", "constant: the same rate all along; ramp: none while the network forms "
        "and at the end, the full rate in the middle",
        "constant", choices=tuple(DROPOUT_SCHEDULES), group=_NETWORK,
    )  # fmt: skip
    precision: str = option(
        "what the network computes with; bf16 is twice as fast on processors that have it, and "
        "much slower on others", default="f32", choices=sorted(PRECISIONS), group=_NETWORK,
    )  # fmt: skip

    batch_size: int = _option(
        "batch_size", "pictures in a batch", 16, type=whole_number(1, 65536), group=_LEARNING
    )
    loss: str = _option("loss", "what is minimised", "mse", choices=tuple(LOSSES), group=_LEARNING)
    reading_weight: float = option(
        "how much the cross-entropy of the characters counts beside that, where the network reads",
        default=0.1, type=number(lambda value: 0 <= value <= 1e6, "0 to 1e6"), group=_LEARNING,
    )  # fmt: skip
    optimizer: str = _option(
        "optimizer", "what minimises it", "adam", choices=tuple(OPTIMIZERS), group=_LEARNING
    )
    schedule: str = _option(
        "schedule", "exponential: the learning rate falls by the same factor at every batch, to "
        "--final-rate of it at the last one; cosine: to zero; both after a warm-up",
        "exponential", choices=tuple(SCHEDULES), group=_LEARNING,
    )  # fmt: skip
    learning_rate: float = _option(
        "learning_rate", "the learning rate at its highest", 0.003, type=_rate, group=_LEARNING
    )
    final_rate: float = option(
        "exponential: what is left of the learning rate at the last batch, as a share",
        default=0.01, type=_part, group=_LEARNING,
    )  # fmt: skip
    ema: float = _option(
        "ema", "the saved weights are a running average that keeps this share of itself at every "
        "batch; 0: none", 0.0, type=_share, group=_LEARNING,
    )  # fmt: skip
    seed: int = option(
        "the same seed and options give the same run",
        default=0, type=whole_number(0), group=_LEARNING, shown_default="0",
    )  # fmt: skip

    pretrain: str = _option(
        "pretrain", "how the layers are pretrained one by one: dbn, a deep belief network of "
        "restricted Boltzmann machines; autoencoder, each with a reverse layer of its own",
        NO_PRETRAINING, choices=(*PRETRAININGS, NO_PRETRAINING), group=_PRETRAINING,
    )  # fmt: skip
    pretraining_batches: int = option(
        "batches of pretraining for each layer; 0: none",
        default=30, type=whole_number(0), group=_PRETRAINING,
    )  # fmt: skip
    pretraining_data: tuple[str, ...] = option(
        "folders of sharp plates to pretrain on (default: those of --data)",
        default=(), type=_folder, many=True, metavar="DIR", group=_PRETRAINING,
    )  # fmt: skip

    log_every: int = option(
        "batches between entries in TensorBoard",
        default=10, type=whole_number(1), group=_WATCHING,
    )  # fmt: skip
    validate_every: int = option(
        "batches between validations", default=500, type=whole_number(1), group=_WATCHING
    )
    save_every: int = option(
        "batches between checkpoints", default=10, type=whole_number(1), group=_WATCHING
    )

    workers: int = option(
        "processes that blur", default=1, type=whole_number(1, 1024), group=_MACHINES
    )
    steps_per_call: int = option(
        "batches learned from before anything is logged, validated or saved; with JAX, one call of "
        "the device: for a GPU, 8 or more",
        default=1, type=whole_number(1, 4096), group=_MACHINES,
    )  # fmt: skip
    strategy: str = option(
        "what trains, with shares of each batch: single, one device; mirrored, the GPUs of this "
        "machine; multi_worker, the machines that the environment variable TF_CONFIG names, on "
        "each of which the same command is started",
        default="single", choices=tuple(STRATEGIES), group=_MACHINES,
    )  # fmt: skip

    @property
    def pretrains(self) -> bool:
        """Say whether the layers are pretrained at all."""
        return self.pretrain != NO_PRETRAINING and self.pretraining_batches > 0

    @property
    def worker(self) -> Worker:
        """Which of the processes that train together this one is."""
        return read_tf_config() if self.strategy == "multi_worker" else Worker()

    @property
    def settings(self) -> dict[str, Any]:
        """What `create_model` is given beside name, seed and precision."""
        return {} if self.width == 1 else {"width": self.width}

    def as_dict(self) -> dict[str, Any]:
        """Return the options as JSON can hold them."""
        return {k: [*v] if isinstance(v, tuple) else v for k, v in asdict(self).items()}


def with_recipe(given: dict[str, Any]) -> TrainingOptions:
    """Return options of which some are given, `model` among them.

    The rest is that network's recipe, and the defaults.
    """
    return TrainingOptions(**{**RECIPES.get(given["model"], {}), **given})


# What is not told to those who are given the weights: where things lie.
PATHS = frozenset({"data", "pretraining_data", "validation_data", "weights"})


def without_paths(options: TrainingOptions) -> dict[str, Any]:
    """Return the options but for paths: how something was trained."""
    return {name: value for name, value in options.as_dict().items() if name not in PATHS}
