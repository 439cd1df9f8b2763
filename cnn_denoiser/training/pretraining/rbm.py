"""The convolutional restricted Boltzmann machine of a layer: a step of a deep belief network.

A restricted Boltzmann machine (Smolensky 1986) gives visible units v and hidden units h the
probability exp(-E) / Z. Here the visible units are Gaussian with unit variance and

    E(v, h) = |v - c|^2 / 2 - <W v + b, h>,

where W is a layer's convolution (Lee et al. 2009) or transposed convolution. So W v + b is what the
layer computes before its activation, and W' h + c, with the adjoint W' of the same weights, is the
mean of the visible units. What a hidden unit draws from W v + b follows from the layer's
activation: see `HIDDEN_UNITS`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

# Momentum and decay are those of Hinton 2010, "A practical guide to training restricted Boltzmann
# machines". Adam in place of his plain steps: rectified units have no upper bound, and a step in
# proportion to the gradient, unless it is very short, lets them grow without end.
LEARNING_RATE = 0.01  # of the biases
MOMENTUM = 0.9
WEIGHT_DECAY = 2e-4
# Remembers the last hundred steps; pretraining takes some fifty, and the default a thousand.
SQUARED_GRADIENT_MEMORY = 0.99
# Largest singular value of the first weights, and how much a step can change it, whatever the
# layer's size. At 1, W' W v is as large as v. From far smaller ones the strongest component of what
# the layer sees, its brightness, grows alone, and all hidden units become the same one: the first
# steps of the training proper then push all of them one way, and many die.
INITIAL_GAIN = 1.0
STEP_OF_GAIN = 0.1
# Of what goes into a tanh at the start of the training proper: where the tanh is steep.
SPREAD_OF_TANH = 0.1


def _draw_rectified(x: Any, seeds: keras.random.SeedGenerator) -> Any:
    """Draw noisy rectified linear units (Nair and Hinton 2010): max(0, x + N(0, sigmoid(x)))."""
    noise = keras.random.normal(keras.ops.shape(x), seed=seeds)
    return keras.ops.relu(x + noise * keras.ops.sqrt(keras.ops.sigmoid(x)))


def _draw_signs(x: Any, seeds: keras.random.SeedGenerator) -> Any:
    """Draw -1 or 1, which the energy makes as likely as exp(-x) to exp(x); the mean is tanh(x)."""
    level = keras.random.uniform(keras.ops.shape(x), seed=seeds)
    return keras.ops.where(level < keras.ops.sigmoid(2 * x), 1.0, -1.0)


# The units whose mean is, or nearly is, what the activation makes of x.
HIDDEN_UNITS: dict[str, Callable[[Any, keras.random.SeedGenerator], Any]] = {
    "relu": _draw_rectified,
    "tanh": _draw_signs,
}


class BoltzmannMachine(keras.Model):
    """A layer as a restricted Boltzmann machine, trained by contrastive divergence (CD-1).

    CD-1: Hinton 2002. The machine has weights of its own, in float32; `copy_to` gives them to the
    layer.
    """

    def __init__(self, layer: keras.layers.Layer, features: np.ndarray, seed: int) -> None:
        """Start from the layer's own weights, scaled.

        `features`, float32 `(N, H, W, C)`, is a batch of what the layer is to see: it settles the
        scale in which the visible units have unit variance, and their mean. `seed` settles what is
        drawn. Raises `ValueError` as `check_layer` does.
        """
        super().__init__(name=f"{layer.name}_machine")
        check_layer(layer)
        self._is_transposed = isinstance(layer, keras.layers.Conv2DTranspose)
        self._activation = layer.activation.__name__
        self._stride = layer.strides[0]
        self._seeds = keras.random.SeedGenerator(seed)

        mean = features.mean(axis=(0, 1, 2))
        # One scale for all channels: weak ones stay weak, and dark ones are no division by zero.
        self._scale = float(np.sqrt(np.mean(np.square(features - mean)))) or 1.0
        self._visible_mean = mean / self._scale

        kernel = keras.ops.convert_to_numpy(layer.kernel)
        taps = kernel.shape[0] * kernel.shape[1]
        visible, hidden = features.shape[-1], layer.output.shape[-1]
        # Units at different places of a transposed convolution see different taps, by turns.
        self._turns = self._stride**2 if self._is_transposed else 1
        seen_from_hidden = taps * visible / self._turns
        seen_from_visible = taps * hidden * self._turns / self._stride**2
        # The largest singular value of a random matrix (Geman 1980).
        spread = INITIAL_GAIN / (seen_from_hidden**0.5 + seen_from_visible**0.5)
        # Adam changes all weights by about its rate: in these units, the gain by `STEP_OF_GAIN`.
        self._unit = STEP_OF_GAIN / LEARNING_RATE / (seen_from_hidden * seen_from_visible) ** 0.5
        self._weights = self.add_weight(shape=kernel.shape, name="kernel")
        self._weights.assign(kernel * (spread / kernel.std() / self._unit))
        self._hidden_bias = self.add_weight(shape=(hidden,), initializer="zeros", name="bias")
        self._visible_bias = self.add_weight(shape=(visible,), name="visible_bias")
        self._visible_bias.assign(self._visible_mean)

        optimizer = keras.optimizers.AdamW(
            LEARNING_RATE, WEIGHT_DECAY, beta_1=MOMENTUM, beta_2=SQUARED_GRADIENT_MEMORY
        )
        optimizer.exclude_from_weight_decay(var_names=["bias"])
        # XLA compiles convolutions badly for CPUs; JAX knows nothing else.
        jit_compile = keras.backend.backend() == "jax"
        self.compile(optimizer, metrics=["mse"], jit_compile=jit_compile)

    def train(self, features: np.ndarray) -> float:
        """Take one step of CD-1 on a batch, float32 `(N, H, W, C)`.

        Returns the mean squared error of the reconstruction, as a share of the batch's variance.
        """
        visible = features / self._scale
        self.reset_metrics()
        error = float(self.train_on_batch(visible, visible, return_dict=True)["mse"])
        variance = float(np.mean(np.square(visible - self._visible_mean)))
        return error / variance if variance > 0 else error

    def call(self, visible: Any) -> Any:
        """Return the reconstruction of visible units; the loss has the gradient of CD-1.

        What is drawn counts as constant, hence the difference of two energies has the difference
        of statistics, <v h> of the data less <v h> of the reconstruction, as its gradient. The
        reconstruction is the visible units' mean: drawing them would only add noise (Hinton 2010).
        """
        draw = HIDDEN_UNITS[self._activation]
        constant = keras.ops.stop_gradient
        x = self.up(visible)
        hidden = constant(draw(x, self._seeds))
        reconstruction = constant(self.down(hidden))
        x_again = self.up(reconstruction)
        hidden_again = constant(draw(x_again, self._seeds))
        self.add_loss(
            self._energy(visible, x, hidden) - self._energy(reconstruction, x_again, hidden_again)
        )
        return reconstruction

    def up(self, visible: Any) -> Any:
        """Return W v + b, what the layer computes before its activation."""
        convolve = keras.ops.conv_transpose if self._is_transposed else keras.ops.conv
        kernel, bias = self._kernel_and_bias()
        return convolve(visible, kernel, strides=self._stride, padding="same") + bias

    def down(self, hidden: Any) -> Any:
        """Return W' h + c, the mean of the visible units."""
        convolve = keras.ops.conv if self._is_transposed else keras.ops.conv_transpose
        kernel, _ = self._kernel_and_bias()
        return convolve(hidden, kernel, strides=self._stride, padding="same") + self._visible_bias

    def copy_to(self, layer: keras.layers.Layer, features: np.ndarray) -> None:
        """Give the layer the machine's weights, in a scale that suits a network.

        Many hidden units share the work of giving back one visible unit, so that each is small.
        Rectified ones are the same features at any scale: kernel and bias are multiplied so that
        on `features` the layer's output has the mean square of its input, which is what He et al.
        2015 start from. Units of a tanh that can only be -1 or 1 hardly learn any more: kernel and
        bias are set so that on `features` what goes into the tanh has mean 0 and a spread of
        `SPREAD_OF_TANH`.
        """
        kernel, bias = self._kernel_and_bias()
        x = self.up(features / self._scale)
        if self._activation == "relu":
            target = float(np.sqrt(np.mean(np.square(features))))
            spread = float(keras.ops.sqrt(keras.ops.mean(keras.ops.square(keras.ops.relu(x)))))
        else:
            target = SPREAD_OF_TANH
            spread = float(keras.ops.std(x))
            bias = bias - keras.ops.mean(x, axis=(0, 1, 2))
        factor = target / spread if spread > 0 else 1.0
        layer.kernel.assign(kernel * (factor / self._scale))
        layer.bias.assign(bias * factor)

    def _energy(self, visible: Any, x: Any, hidden: Any) -> Any:
        """Return the energy a place of the hidden units, averaged over those and the pictures."""
        quadratic = keras.ops.sum(keras.ops.square(visible - self._visible_bias), axis=-1) / 2
        visible_places = self._stride**2 / self._turns**2  # for each place of hidden ones
        products = keras.ops.sum(x * hidden, axis=-1)
        return keras.ops.mean(quadratic) * visible_places - keras.ops.mean(products)

    def _kernel_and_bias(self) -> tuple[Any, Any]:
        """Return the kernel of W, and b.

        What is learned in place of b is W v + b at the mean of the visible units: without this
        centring (Montavon and Müller 2012) all kernels would first of all learn that mean.
        """
        kernel = self._weights * self._unit
        mean = keras.ops.convert_to_tensor(self._visible_mean, kernel.dtype)
        if self._is_transposed:
            at_mean = keras.ops.sum(kernel * mean, (0, 1, 3)) / self._turns
        else:
            at_mean = keras.ops.sum(kernel * mean[:, None], (0, 1, 2))
        return kernel, self._hidden_bias - at_mean


def check_layer(layer: keras.layers.Layer) -> None:
    """Raise `ValueError` for a layer that cannot be a restricted Boltzmann machine."""
    suits = (
        isinstance(layer, keras.layers.Conv2D | keras.layers.Conv2DTranspose)
        and getattr(layer.activation, "__name__", None) in HIDDEN_UNITS
        and layer.use_bias
        and layer.padding == "same"
        and layer.dilation_rate == (1, 1)
        and getattr(layer, "groups", 1) == 1
        and layer.strides[0] == layer.strides[1]
        # Else the transposed convolution would give back a larger picture.
        and (
            isinstance(layer, keras.layers.Conv2DTranspose)
            or all(length % layer.strides[0] == 0 for length in layer.input.shape[1:3])
        )
    )
    if not suits:
        raise ValueError(
            "a restricted Boltzmann machine is made of convolutions and transposed ones, with "
            f"bias, 'same' padding, whole strides, and {' or '.join(HIDDEN_UNITS)}. "
            f"Received: layer {layer.name!r}"
        )
