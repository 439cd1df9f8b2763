"""What TensorBoard shows of a run."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import keras
import numpy as np

from blurrer import Pair
from cnn_denoiser.frames import from_network, to_network
from cnn_denoiser.model_files.run_folder import CHANNELS, EVENTS
from cnn_denoiser.training.monitoring.event_log import EventLog
from cnn_denoiser.training.monitoring.filters import filter_grid
from cnn_denoiser.training.monitoring.network_graph import network_graph
from plumbing.files.atomic import write_atomically

# What judges a run, where it is measured: (folder, tag).
FINAL_FIGURES = [
    ("training", "loss"),
    *(("validation", tag) for tag in ("loss", "psnr", "ssim", "characters", "plates")),
]


class Monitor:
    """Writes the event files of one run, in folders beside each other in the run's own.

    training:    scalars `loss`, `learning_rate`, `dropout`, `pictures_per_second`,
                 `seconds_waiting` (for data, since the entry before), and `dead_relu/LAYER`: the
                 share of a layer's ReLUs that answer to nothing in the pictures shown; pictures
                 `blurred_deblurred_sharp`, side by side, and `layers/LAYER`, one channel of each
                 layer on the way; histograms `weights/LAYER`; the graph of the network.
    validation:  the figures of every validation by name; `unaveraged`: those of the weights
                 themselves, not of their average, early in a run; `blurred`: of doing nothing.
    pretraining: `error/LAYER`, of the reconstruction; the filters it ended with, `filters/LAYER`.

    The options of the run stand in an event file in the run's folder itself.
    """

    def __init__(
        self,
        folder: Path,
        network: keras.Model,
        first_step: int,
        hyperparameters: dict[str, Any],
        pictures: Pair,
    ) -> None:
        """Open the log; what an earlier stretch wrote after `first_step` is hidden.

        `network` is drawn and looked into; `pictures`, uint8 `(N, 90, 270)`, are shown all along.
        """
        self._folder = folder
        self._network = network
        self._blurred, self._sharp = pictures
        self._logs: dict[str, EventLog] = {}
        self._first_step = first_step
        _record_hyperparameters(folder, hyperparameters)
        if first_step == 0:
            self._log("training").graph(network_graph(network))
        shown = [
            layer
            for layer in network.layers
            if layer.trainable_weights and len(getattr(layer.output, "shape", ())) == 4
        ]
        self._names = [layer.name for layer in shown]
        # Others, leaky ones too, can always learn again.
        self._rectified = [
            layer.name
            for layer in shown
            if getattr(layer, "activation", None) is keras.activations.relu
        ]
        outputs = [*(layer.output for layer in shown), network.outputs[0]]
        self._features = keras.Model(network.inputs[0], outputs)
        self._channels: dict[str, int] = {}
        with contextlib.suppress(OSError, ValueError):
            self._channels = json.loads((folder / CHANNELS).read_text(encoding="utf-8"))

    def log_pretraining(self, layer: str, step: int, error: float) -> None:
        """Record the reconstruction error of a layer."""
        self._log("pretraining").scalars({f"error/{layer}": error}, step)

    def log_filters(self, layer: keras.layers.Layer, step: int) -> None:
        """Show the filters of a layer, pretrained with `step` batches."""
        log = self._log("pretraining")
        log.picture(f"filters/{layer.name}", filter_grid(layer), step)
        log.flush()

    def log(self, step: int, scalars: dict[str, float]) -> None:
        """Record a batch: its figures, and what every layer makes of the pictures."""
        log = self._log("training")
        *outputs, deblurred = [
            keras.ops.convert_to_numpy(output).astype(np.float32)
            for output in self._features(to_network(self._blurred), training=False)
        ]
        by_layer = dict(zip(self._names, outputs, strict=True))
        dead = {name: by_layer[name].max(axis=(0, 1, 2)) <= 0 for name in self._rectified}
        shares = {f"dead_relu/{name}": float(of.mean()) for name, of in dead.items()}
        log.scalars(scalars | shares, step)
        first = {name: output[0] for name, output in by_layer.items()}
        if self._channels.keys() != first.keys():
            # ReLUs may stay dead: show the liveliest, and stay with it.
            self._channels = {n: int(o.std(axis=(0, 1)).argmax()) for n, o in first.items()}
            write_atomically(self._folder / CHANNELS, json.dumps(self._channels).encode())
        for name, output in first.items():
            log.picture(f"layers/{name}", _stretched(output[..., self._channels[name]]), step)
        columns = (self._blurred, from_network(deblurred), self._sharp)
        log.picture(
            "blurred_deblurred_sharp",
            np.hstack([np.concatenate(column) for column in columns]),
            step,
        )
        log.flush()

    def log_validation(
        self,
        step: int,
        figures: dict[str, float],
        figures_of_blurred: dict[str, float],
        unaveraged: dict[str, float] | None = None,
    ) -> None:
        """Record a validation, and how the weights are distributed."""
        logs = {"validation": figures, "blurred": figures_of_blurred, "unaveraged": unaveraged}
        for name, values in logs.items():
            if values is not None:
                self._log(name).scalars(values, step)
                self._log(name).flush()
        for layer in self._network.layers:
            for weights in layer.trainable_weights:
                tag = f"weights/{layer.name}/{weights.name}"
                self._log("training").histogram(tag, weights.numpy(), step)
        self._log("training").flush()

    def close(self) -> None:
        """Close the log."""
        for log in self._logs.values():
            log.close()

    def _log(self, name: str) -> EventLog:
        if name not in self._logs:
            first_step = None if name == "pretraining" else self._first_step + 1
            self._logs[name] = EventLog(self._folder / name, first_step)
        return self._logs[name]


def _record_hyperparameters(folder: Path, values: dict[str, Any]) -> None:
    """Record what the run is done with, in place of what an earlier stretch recorded."""
    for earlier in folder.glob(EVENTS):
        earlier.unlink()
    log = EventLog(folder)
    plain = {
        name: value if isinstance(value, int | float) else str(value)
        for name, value in values.items()
    }
    log.hyperparameters(plain, FINAL_FIGURES)
    log.close()


def _stretched(channel: np.ndarray) -> np.ndarray:
    """Scale one channel of a layer, float32 `(H, W)`, to the whole range of uint8."""
    low, high = channel.min(), channel.max()
    return ((channel - low) * (255 / max(high - low, 1e-6))).astype(np.uint8)
