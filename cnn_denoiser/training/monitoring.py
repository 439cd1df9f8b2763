"""What TensorBoard shows of a run.

Written with tensorboardX, which needs no TensorFlow, so that a run on any Keras backend is seen.
"""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
from tensorboardX import SummaryWriter

from cnn_denoiser.image_processing import from_network, to_network


class Monitor:
    """Writes the event files of one run: folders `pretraining` and `training` beside each other.

    Scalars: `cost/LAYER` of pretraining, `cost` and `learning_rate` of training. Pictures:
    `pictures/blurred`, `deblurred` and `sharp`, and `layers/LAYER` for each layer on the way.
    """

    def __init__(self, folder: Path, network: keras.Model, first_step: int) -> None:
        """Open the log; what an earlier stretch wrote after `first_step` is hidden."""
        self._folder = folder
        self._writer = SummaryWriter(str(folder / "training"), purge_step=first_step + 1)
        shown = [layer for layer in network.layers if layer.weights]
        self._names = [layer.name for layer in shown]
        outputs = [*(layer.output for layer in shown), network.outputs[0]]
        self._features = keras.Model(network.inputs[0], outputs)
        self._channels: list[int] = []
        self._pretraining: SummaryWriter | None = None

    def log_pretraining(self, layer: str, step: int, cost: float) -> None:
        """Record the reconstruction error of a layer."""
        if self._pretraining is None:
            self._pretraining = SummaryWriter(str(self._folder / "pretraining"))
        self._pretraining.add_scalar(f"cost/{layer}", cost, step)

    def log(
        self, step: int, cost: float, learning_rate: float, blurred: np.ndarray, sharp: np.ndarray
    ) -> None:
        """Record a batch: its cost and rate, and what every layer makes of one picture of it.

        `blurred` and `sharp` are uint8 `(90, 270)`.
        """
        self._writer.add_scalar("cost", cost, step)
        self._writer.add_scalar("learning_rate", learning_rate, step)
        *outputs, deblurred = [
            keras.ops.convert_to_numpy(output)[0]
            for output in self._features(to_network(blurred[np.newaxis]), training=False)
        ]
        if not self._channels:
            # Rectified channels may stay dark for ever: show the liveliest, and stay with it.
            self._channels = [int(output.std(axis=(0, 1)).argmax()) for output in outputs]
        for name, output, channel in zip(self._names, outputs, self._channels, strict=True):
            self._add_picture(f"layers/{name}", _stretched(output[..., channel]), step)
        self._add_picture("pictures/blurred", blurred, step)
        self._add_picture("pictures/deblurred", from_network(deblurred[np.newaxis])[0], step)
        self._add_picture("pictures/sharp", sharp, step)
        self._writer.flush()

    def close(self) -> None:
        """Write what is left and close the log."""
        self._writer.close()
        if self._pretraining:
            self._pretraining.close()

    def _add_picture(self, tag: str, picture: np.ndarray, step: int) -> None:
        self._writer.add_image(tag, picture, step, dataformats="HW")


def _stretched(channel: np.ndarray) -> np.ndarray:
    """Scale one channel of a layer, float32 `(H, W)`, to the whole range of uint8."""
    low, high = channel.min(), channel.max()
    return ((channel - low) * (255 / max(high - low, 1e-6))).astype(np.uint8)
