"""A network whose dropout is decided from outside."""

from __future__ import annotations

from collections.abc import Sequence

import keras


class _Masked(keras.layers.Layer):
    """Does what Dropout does in training, with a mask that is put into `kept` before each call."""

    def __init__(self, rate: float, name: str):
        super().__init__(name=name)
        self.rate = rate
        self.kept: keras.KerasTensor | None = None

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        return x * keras.ops.cast(self.kept, x.dtype) / (1 - self.rate)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return input_shape  # known without a call, which needs a mask


class WithMasks(keras.Model):
    """A copy of a network that takes a mask for each of its dropout layers as well.

    Its inputs are a list: the pictures, then bool `(N, ...)` for each layer of `rates`, in their
    order and of the shape in `shapes`: which values are kept.

    rates:   the dropout rates by the layers' names; empty where the network has no dropout.
    shapes:  of the values that each of them drops, without the batch.
    """

    def __init__(self, network: keras.Model):
        super().__init__()
        self.rates: dict[str, float] = {}
        self.shapes: dict[str, tuple[int, ...]] = {}
        self._masked: list[_Masked] = []

        def copy(layer: keras.layers.Layer) -> keras.layers.Layer:
            if not isinstance(layer, keras.layers.Dropout) or not layer.rate:
                return type(layer).from_config(layer.get_config())
            masked = _Masked(layer.rate, layer.name)
            self._masked.append(masked)
            self.rates[layer.name] = layer.rate
            self.shapes[layer.name] = layer.input.shape[1:]
            return masked

        self.network = keras.models.clone_model(network, clone_function=copy)
        self.network.set_weights(network.get_weights())

    def call(self, inputs: Sequence[keras.KerasTensor]) -> keras.KerasTensor:
        """Deblur pictures, `inputs[0]`, with the masks `inputs[1:]`."""
        pictures, *masks = inputs
        for layer, mask in zip(self._masked, masks, strict=True):
            layer.kept = mask
        return self.network(pictures)
