"""The optimiser of a training run and the course of its learning rate."""

from __future__ import annotations

import keras

from cnn_denoiser.training.muon import Muon
from cnn_denoiser.training.options import TrainingOptions

WARM_UP_BATCHES = 300
# Decoupled weight decay (Loshchilov and Hutter 2019, arXiv:1711.05101) and clipped gradients: short
# trainings at a high rate stay stable.
STEADY = {"weight_decay": 1e-3, "global_clipnorm": 1.0}
ADAMW_BETA_2 = 0.99  # a short memory for squared gradients, for the same reason


def make_schedule(
    options: TrainingOptions,
) -> keras.optimizers.schedules.LearningRateSchedule:
    """Return the learning rate as a function of the batch's number."""
    if options.schedule == "exponential":
        return keras.optimizers.schedules.ExponentialDecay(
            options.learning_rate, options.decay_steps, options.decay_rate, staircase=True
        )
    warm_up = min(WARM_UP_BATCHES, options.num_iter // 2)
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=0.0,
        decay_steps=options.num_iter - warm_up,
        warmup_target=options.learning_rate,
        warmup_steps=warm_up,
    )


def make_optimizer(
    options: TrainingOptions, schedule: keras.optimizers.schedules.LearningRateSchedule
) -> keras.optimizers.Optimizer:
    """Return the optimiser, which also keeps the running average of the weights if there is one."""
    averaging = {"use_ema": options.averaging > 0, "ema_momentum": options.averaging or 0.99}
    if options.optimizer == "adam":
        return keras.optimizers.Adam(schedule, **averaging)
    if options.optimizer == "muon":
        precision = "bfloat16" if options.precision == "bf16" else "float32"
        return Muon(schedule, precision, **STEADY, **averaging)
    return keras.optimizers.AdamW(schedule, beta_2=ADAMW_BETA_2, **STEADY, **averaging)
