"""The optimisers by name; Keras is loaded when one is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

    from cnn_denoiser.training.options import TrainingOptions

# Clipped gradients, and decoupled weight decay (Loshchilov and Hutter 2019, arXiv:1711.05101):
# short trainings at a high rate stay stable.
CLIPPED = {"global_clipnorm": 1.0}
STEADY = {"weight_decay": 1e-3, **CLIPPED}
ADAMW_BETA_2 = 0.99  # a short memory for squared gradients, for the same reason


def make_optimizer(options: TrainingOptions, network: keras.Model) -> keras.optimizers.Optimizer:
    """Return the optimiser of a run, built for a network, at the run's highest learning rate.

    It also keeps the running average (EMA) of the weights, if there is one.
    """
    ema = {"use_ema": True, "ema_momentum": options.ema} if options.ema else {}
    optimizer = OPTIMIZERS[options.optimizer](options, network, ema)
    optimizer.build(network.trainable_variables)
    return optimizer


def _adam(options: TrainingOptions, network: keras.Model, ema: Any) -> Any:
    from cnn_denoiser.training.optimizers.adam import Adam, rate_scales

    return Adam(options.learning_rate, rate_scales(network), **CLIPPED, **ema)


def _adamw(options: TrainingOptions, network: keras.Model, ema: Any) -> Any:
    from cnn_denoiser.training.optimizers.adam import AdamW

    return AdamW(options.learning_rate, name="adamw", beta_2=ADAMW_BETA_2, **STEADY, **ema)


def _muon(options: TrainingOptions, network: keras.Model, ema: Any) -> Any:
    from cnn_denoiser.training.optimizers.muon import Muon

    precision = "bfloat16" if options.precision == "bf16" else "float32"
    return Muon(options.learning_rate, precision, **STEADY, **ema)


OPTIMIZERS: dict[str, Callable[..., Any]] = {"adam": _adam, "adamw": _adamw, "muon": _muon}
