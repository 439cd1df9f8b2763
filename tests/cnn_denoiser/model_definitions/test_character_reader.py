from __future__ import annotations

import keras
import numpy as np

from cnn_denoiser.model_definitions.character_reader import CharacterReader

POINTS = (2, 5, 8)


def reader() -> keras.Model:
    features = keras.Input(POINTS)
    return keras.Model(features, CharacterReader(POINTS, slots=3, classes=7, seed=0)(features))


def test_it_gives_logits_and_features_of_the_same_shape() -> None:
    features = np.random.default_rng(0).normal(0, 1, (4, *POINTS)).astype(np.float32)
    logits, told = map(keras.ops.convert_to_numpy, reader()(features))
    assert (logits.shape, logits.dtype) == ((4, 3, 7), np.float32)
    assert told.shape == features.shape
    again, _ = map(keras.ops.convert_to_numpy, reader()(features))
    np.testing.assert_array_equal(logits, again)  # one seed, the same weights


def test_a_place_is_read_where_the_character_stands() -> None:
    """Can it learn to tell, for each place, which of two things stands in its column?"""
    rng = np.random.default_rng(0)
    network = reader()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile(keras.optimizers.Adam(0.01), [loss, None])
    for _ in range(150):
        characters = rng.integers(0, 2, (32, 3))
        features = rng.normal(0, 0.1, (32, *POINTS)).astype(np.float32)
        features[:, :, 1:4, 0] += 2.0 * characters[:, None] - 1
        network.train_on_batch(features, [characters, features])
    logits = keras.ops.convert_to_numpy(network(features)[0])
    assert (logits.argmax(axis=-1) == characters).mean() > 0.95


def test_what_was_read_reaches_the_features() -> None:
    network = reader()
    layer = next(layer for layer in network.layers if isinstance(layer, CharacterReader))
    features = np.zeros((1, *POINTS), np.float32)
    before = keras.ops.convert_to_numpy(network(features)[1])
    layer.logits.bias.assign([9.0, 0, 0, 0, 0, 0, 0])
    assert not np.allclose(keras.ops.convert_to_numpy(network(features)[1]), before)
