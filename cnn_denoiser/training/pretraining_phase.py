"""The pretraining of a run: layer by layer, each saved once it is done."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

from cnn_denoiser.frames import to_network
from cnn_denoiser.training.batch import Batch
from cnn_denoiser.training.checkpointing import Checkpointing
from cnn_denoiser.training.distributed.strategy import Strategy
from cnn_denoiser.training.learner import Learner
from cnn_denoiser.training.monitoring.monitor import Monitor
from cnn_denoiser.training.monitoring.progress import Progress
from cnn_denoiser.training.options import TrainingOptions
from cnn_denoiser.training.pretraining.layerwise import layers_to_pretrain, pretrain

Feed = Callable[[int, int], Iterator[Batch]]
"""Yields the batches from a number up to another one, or fewer where a signal asks to stop."""

_log = logging.getLogger(__name__)


def pretrain_all(
    options: TrainingOptions,
    learner: Learner,
    layers_done: int,
    feed: Feed,
    checkpointing: Checkpointing,
    monitor: Monitor | None,
    strategy: Strategy,
) -> bool:
    """Pretrain the layers after the first `layers_done`; say whether that came to its end."""
    layers = layers_to_pretrain(learner.network)
    each = options.pretraining_batches
    first, total = layers_done * each, len(layers) * each
    _log.info(
        "first, %d of %d layers are pretrained, with %d batches of %d pictures each; the training "
        "follows (--pretrain none: without)",
        *(len(layers) - layers_done, len(layers), each, options.batch_size),
    )
    is_chief = strategy.worker.is_chief
    with Progress(first, total, "pretraining", options.batch_size, is_chief) as progress:
        for layer, batch, error, is_last in pretrain(
            learner.network,
            (to_network(batch.sharp) for batch in feed(first, total)),
            each,
            options.seed,
            options.pretrain,
            layers_done,
        ):
            progress.update(error, layer=layer.name)
            if monitor and (batch % options.log_every == 0 or is_last):
                monitor.log_pretraining(layer.name, batch, error)
            if is_last:
                layers_done += 1
                if monitor:
                    monitor.log_filters(layer, batch)
                checkpointing.save_pretrained(layers_done)
    strategy.equalise(learner.network.trainable_variables)
    return layers_done == len(layers)
