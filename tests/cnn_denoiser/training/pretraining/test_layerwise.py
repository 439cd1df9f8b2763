from __future__ import annotations

import importlib.util
import itertools
import subprocess
from collections.abc import Callable

import keras
import numpy as np
import pytest

from cnn_denoiser.training.pretraining import PRETRAININGS
from cnn_denoiser.training.pretraining.layerwise import pretrain
from cnn_denoiser.training.pretraining.rbm import BoltzmannMachine


def small_chain(activation: str = "tanh") -> keras.Model:
    layers = [
        keras.Input((12, 18, 1)),
        keras.layers.Conv2D(8, 3, strides=3, padding="same", activation="relu", name="down"),
        keras.layers.Dropout(0.5),
        keras.layers.Conv2DTranspose(
            1, 3, strides=3, padding="same", activation=activation, name="up"
        ),
    ]
    return keras.Sequential(layers)


def waves() -> np.ndarray:
    rows = np.sin(np.arange(18) + np.arange(16)[:, np.newaxis]).astype(np.float32)
    return np.broadcast_to(rows[:, np.newaxis, :, np.newaxis], (16, 12, 18, 1))


@pytest.mark.parametrize("kind", ["dbn", "autoencoder"])
def test_every_layer_of_the_network_itself_learns(kind: str) -> None:
    network = small_chain()
    before = [weights.copy() for weights in network.get_weights()]
    errors: dict[str, list[float]] = {"down": [], "up": []}
    for layer, _, error, _ in pretrain(network, itertools.repeat(waves()), 200, 0, kind):
        errors[layer.name].append(error)
    for old, new in zip(before, network.get_weights(), strict=True):
        assert not np.array_equal(old, new)
    for layer_errors in errors.values():
        assert len(layer_errors) == 200
        assert np.mean(layer_errors[-9:]) < 0.7 * np.mean(layer_errors[:9])


def test_what_the_machines_learned_is_in_the_network_at_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    machines = []

    class Recorded(BoltzmannMachine):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments)  # type: ignore[arg-type]
            machines.append(self)

    monkeypatch.setitem(PRETRAININGS, "dbn", Recorded)
    network = small_chain()
    for _ in pretrain(network, itertools.repeat(waves()), 20, 0):
        pass
    down, _, up = network.layers
    for machine, layer in zip(machines, (down, up), strict=True):
        learned = machine.get_weights()[0]
        ratio = np.asarray(layer.kernel) / learned
        np.testing.assert_allclose(ratio, ratio.mean(), rtol=1e-4)
        assert ratio.mean() > 0


def test_a_layer_learns_from_what_the_layers_below_have_learned() -> None:
    seen = []

    class Spy:
        def __init__(self, layer: keras.layers.Layer, features: np.ndarray, seed: int) -> None:
            pass

        def train(self, features: np.ndarray) -> float:
            seen.append(features)
            return 0.0

        def copy_to(self, layer: keras.layers.Layer, features: np.ndarray) -> None:
            layer.kernel.assign(layer.kernel * 0)
            layer.bias.assign(layer.bias * 0 + 7)

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(PRETRAININGS, "dbn", Spy)
        steps = list(pretrain(small_chain(), itertools.repeat(waves()), 1, 0))
    assert [step.layer.name for step in steps] == ["down", "up"]
    assert np.array_equal(seen[0], waves())
    assert (seen[1] == 7).all()


def test_it_ends_with_the_batches() -> None:
    assert len(list(pretrain(small_chain(), [waves()] * 3, 2, 0))) == 3


@pytest.mark.slow
@pytest.mark.skipif(not importlib.util.find_spec("jax"), reason="JAX is not installed")
def test_it_works_on_jax(run_command: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    script = """
import itertools, keras, numpy as np
from cnn_denoiser.training.pretraining.layerwise import pretrain
layer = keras.layers.Conv2DTranspose(2, 3, strides=3, padding="same", activation="relu")
network = keras.Sequential([keras.Input((4, 6, 3)), layer])
batch = np.random.default_rng(0).normal(size=(8, 4, 6, 1)).repeat(3, axis=3).astype("float32")
errors = [done.error for done in pretrain(network, itertools.repeat(batch), 200, 0)]
print(keras.backend.backend(), np.mean(errors[-9:]) / np.mean(errors[:9]))
"""
    finished = run_command("-c", script, KERAS_BACKEND="jax")
    assert finished.returncode == 0, finished.stderr
    backend, ratio = finished.stdout.split()
    assert backend == "jax"
    assert float(ratio) < 0.9


def test_only_chains_of_convolutions_can_be_pretrained() -> None:
    entry = keras.Input((12, 18, 1))
    network = keras.Model(entry, keras.layers.Add()([entry, entry]))
    with pytest.raises(ValueError, match="only a chain"):
        next(pretrain(network, [], 1, 0))
    with pytest.raises(ValueError, match="Received: layer 'up'"):
        next(pretrain(small_chain("softmax"), [], 1, 0))
