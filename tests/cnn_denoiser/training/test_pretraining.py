from __future__ import annotations

import itertools

import keras
import numpy as np
import pytest

from cnn_denoiser.training.pretraining import pretrain


def small_chain() -> keras.Model:
    layers = [
        keras.Input((12, 18, 1)),
        keras.layers.Conv2D(8, 3, strides=3, padding="same", activation="relu", name="down"),
        keras.layers.Dropout(0.5),
        keras.layers.Conv2DTranspose(1, 3, strides=3, padding="same", name="up"),
    ]
    return keras.Sequential(layers)


def test_every_layer_of_the_network_itself_learns() -> None:
    network = small_chain()
    before = [weights.copy() for weights in network.get_weights()]
    rows = np.sin(np.arange(18) + np.arange(16)[:, np.newaxis]).astype(np.float32)
    batch = np.broadcast_to(rows[:, np.newaxis, :, np.newaxis], (16, 12, 18, 1))
    costs: dict[str, list[float]] = {"down": [], "up": []}
    for name, _, cost in pretrain(network, itertools.repeat(batch), 200, 0):
        costs[name].append(cost)
    for old, new in zip(before, network.get_weights(), strict=True):
        assert not np.array_equal(old, new)
    for layer_costs in costs.values():
        assert len(layer_costs) == 200
        assert layer_costs[-1] < 0.7 * layer_costs[0]


def test_only_chains_can_be_pretrained() -> None:
    entry = keras.Input((12, 18, 1))
    network = keras.Model(entry, keras.layers.Add()([entry, entry]))
    with pytest.raises(ValueError, match="only a chain"):
        next(pretrain(network, [], 1, 0))
