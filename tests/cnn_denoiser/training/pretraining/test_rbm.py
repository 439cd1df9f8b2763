from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from cnn_denoiser.training.pretraining import rbm as boltzmann
from cnn_denoiser.training.pretraining.rbm import BoltzmannMachine

CONV, TRANSPOSED = keras.layers.Conv2D, keras.layers.Conv2DTranspose
GEOMETRIES = [(CONV, 3, 5), (CONV, 1, 5), (TRANSPOSED, 1, 5), (TRANSPOSED, 3, 5), (CONV, 2, 3)]


def make_layer(layer_class: Any, stride: int, kernel: int = 5, **keywords: Any) -> Any:
    """Return a layer that sees pictures of 12x18 with 3 channels."""
    settings = {"strides": stride, "padding": "same", "activation": "relu", "name": "layer"}
    layer = layer_class(4, kernel, **{**settings, **keywords})
    keras.Sequential([keras.Input((12, 18, 3)), layer])
    return layer


def make_features(seed: int = 0, count: int = 16) -> np.ndarray:
    """Return smooth features with a mean, and a dark channel."""
    rng = np.random.default_rng(seed)
    phases = rng.uniform(0, 2 * np.pi, (count, 1, 1, 2))
    rows, columns = np.arange(12)[:, np.newaxis, np.newaxis], np.arange(18)[:, np.newaxis]
    waves = np.sin(rows * (0.9, 0.3) + columns * (0.2, 0.7) + phases) * (3.0, 1.5) + 2.0
    return np.concatenate([waves, np.zeros((count, 12, 18, 1))], axis=-1).astype(np.float32)


def array(tensor: Any) -> np.ndarray:
    return np.asarray(keras.ops.convert_to_numpy(tensor), np.float64)


def pointwise_kernel(machine: BoltzmannMachine) -> np.ndarray:
    """Return the 1x1 kernel of a machine, (visible, hidden), in its own scale."""
    one_by_one = np.eye(3, dtype=np.float32).reshape(3, 1, 1, 3)
    return (array(machine.up(one_by_one)) - array(machine.up(0 * one_by_one))).reshape(3, -1)


@pytest.mark.parametrize(("layer_class", "stride", "kernel"), GEOMETRIES)
def test_the_way_down_is_the_adjoint_of_the_way_up(
    layer_class: Any, stride: int, kernel: int
) -> None:
    layer = make_layer(layer_class, stride, kernel)
    machine = BoltzmannMachine(layer, make_features(), 0)
    rng = np.random.default_rng(1)
    visible = rng.standard_normal((2, 12, 18, 3)).astype(np.float32)
    hidden = rng.standard_normal((2, *layer.output.shape[1:])).astype(np.float32)
    up = array(machine.up(visible)) - array(machine.up(0 * visible))
    down = array(machine.down(hidden)) - array(machine.down(0 * hidden))
    size = np.linalg.norm(up) * np.linalg.norm(hidden)
    assert size > 1
    assert np.vdot(up, hidden) == pytest.approx(np.vdot(visible, down), abs=1e-6 * size)


@pytest.mark.parametrize(("layer_class", "stride", "kernel"), GEOMETRIES)
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_reconstruction_improves_and_the_layer_gets_the_weights(
    layer_class: Any, stride: int, kernel: int, activation: str
) -> None:
    layer = make_layer(layer_class, stride, kernel, activation=activation)
    features = make_features()
    machine = BoltzmannMachine(layer, features, 0)
    errors = [machine.train(features) for _ in range(150)]
    assert np.mean(errors[-10:]) < 0.8 * np.mean(errors[:10])

    machine.copy_to(layer, features)
    scale = np.sqrt(np.square(features - features.mean(axis=(0, 1, 2))).mean())
    x = array(machine.up((features / scale).astype(np.float32)))
    output = array(layer(features))
    if activation == "tanh":
        factor = boltzmann.SPREAD_OF_TANH / x.std()
        expected = factor * (x - x.mean(axis=(0, 1, 2)))
        np.testing.assert_allclose(np.arctanh(output), expected, atol=1e-3)
    else:
        factor = output.max() / x.max()
        np.testing.assert_allclose(output, factor * np.maximum(x, 0), atol=1e-4 * output.max())
        assert np.square(output).mean() == pytest.approx(np.square(features).mean(), rel=1e-3)


@pytest.mark.parametrize(("layer_class", "stride"), [(CONV, 3), (CONV, 1), (TRANSPOSED, 1)])
def test_units_do_not_all_become_the_same_where_brightness_is_what_varies_most(
    layer_class: Any, stride: int
) -> None:
    rng = np.random.default_rng(0)
    brightness, detail = rng.normal(0, 1, (16, 1, 1, 1)), rng.normal(0, 0.3, (16, 12, 18, 3))
    features = (brightness + detail).astype(np.float32)
    initializer = keras.initializers.HeNormal(seed=0)
    layer = make_layer(layer_class, stride, kernel_initializer=initializer)
    machine = BoltzmannMachine(layer, features, 0)
    for _ in range(60):
        machine.train(features)
    x = array(machine.up(features)).reshape(-1, 4)
    correlations = np.abs(np.corrcoef(x.T))[~np.eye(4, dtype=bool)]
    assert correlations.mean() < 0.99


def test_a_step_is_the_difference_of_statistics(monkeypatch: pytest.MonkeyPatch) -> None:
    # 1x1 kernels make a plain machine of every place, and the mean in place of a draw a sure one.
    monkeypatch.setitem(boltzmann.HIDDEN_UNITS, "tanh", lambda x, seeds: keras.ops.tanh(x))
    layer = make_layer(CONV, 1, 1, activation="tanh")
    features = make_features()
    machine = BoltzmannMachine(layer, features, 0)
    machine.compile(keras.optimizers.SGD(0.01), metrics=["mse"])

    mean = features.mean(axis=(0, 1, 2))
    scale = np.sqrt(np.square(features - mean).mean())
    centred = ((features - mean) / scale).reshape(-1, 3).astype(np.float64)
    kernel = pointwise_kernel(machine)
    hidden = np.tanh(centred @ kernel)
    again = hidden @ kernel.T
    hidden_again = np.tanh(again @ kernel)
    statistics = (centred.T @ hidden - again.T @ hidden_again) / len(centred)

    machine.train(features)
    moved = pointwise_kernel(machine) - kernel
    # Weights are learned in units that suit 3 visible and 4 hidden units.
    unit = boltzmann.STEP_OF_GAIN / boltzmann.LEARNING_RATE / np.sqrt(3 * 4)
    np.testing.assert_allclose(moved, 0.01 * unit**2 * statistics, atol=1e-6)


def test_hidden_units_are_drawn_about_their_mean() -> None:
    seeds = keras.random.SeedGenerator(0)
    x = np.repeat(np.float32([-2, -0.5, 0, 0.5, 8]), 20000).reshape(5, -1)
    signs = array(boltzmann.HIDDEN_UNITS["tanh"](x, seeds))
    assert set(np.unique(signs)) == {-1, 1}
    np.testing.assert_allclose(signs.mean(axis=1), np.tanh(x[:, 0]), atol=0.03)
    rectified = array(boltzmann.HIDDEN_UNITS["relu"](x, seeds))
    assert rectified.min() == 0
    # Many sigmoid units with ever lower biases add up to about log(1 + e^x).
    np.testing.assert_allclose(rectified.mean(axis=1), np.log1p(np.exp(x[:, 0])), atol=0.45)
    assert rectified[4].std() == pytest.approx(1, abs=0.03)


def test_the_same_seed_gives_the_same_weights() -> None:
    features = make_features()
    weights = []
    initializer = keras.initializers.GlorotUniform(seed=1)
    for seed in (0, 0, 1):
        machine = BoltzmannMachine(
            make_layer(CONV, 3, kernel_initializer=initializer), features, seed
        )
        machine.train(features)
        weights.append(machine.get_weights()[0])
    assert np.array_equal(weights[0], weights[1])
    assert not np.array_equal(weights[0], weights[2])


@pytest.mark.parametrize(
    "keywords",
    [{"activation": "softmax"}, {"padding": "valid"}, {"use_bias": False}, {"strides": 5},
     {"dilation_rate": 2, "strides": 1}],
)  # fmt: skip
def test_other_layers_are_refused(keywords: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="Received: layer 'layer'"):
        BoltzmannMachine(make_layer(CONV, 3, **keywords), make_features(), 0)
