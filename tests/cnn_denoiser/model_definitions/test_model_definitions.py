from __future__ import annotations

import keras
import numpy as np
import pytest

from cnn_denoiser.model_definitions import create_model, list_models
from cnn_denoiser.model_definitions.dropout import Dropout
from cnn_denoiser.model_files.model_folder import count_parameters
from plates.slots import CLASSES, SLOTS


def blurred_batch(count: int = 2) -> np.ndarray:
    return np.random.default_rng(0).uniform(-1, 1, (count, 90, 270, 1)).astype(np.float32)


@pytest.fixture(scope="module")
def moussaka() -> keras.Model:
    return create_model("moussaka")


@pytest.mark.parametrize("name", list_models())
def test_every_network_maps_plates_to_plates(name: str) -> None:
    network = create_model(name)
    outputs = keras.tree.flatten(network(blurred_batch(), training=False))
    picture, *readings = map(keras.ops.convert_to_numpy, outputs)
    assert network.name == name
    assert picture.shape == (2, 90, 270, 1)
    for logits in readings:
        assert logits.shape == (2, SLOTS, CLASSES)
    assert all(np.isfinite(output).all() for output in (picture, *readings))
    assert bool(readings) == (name == "unet")


@pytest.mark.parametrize("name", list_models())
def test_the_seed_settles_the_weights(name: str) -> None:
    first, again, other = (create_model(name, seed).get_weights() for seed in (3, 3, 4))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(first, other, strict=True))


def test_no_layers_start_alike(moussaka: keras.Model) -> None:
    starts = [
        layer.get_weights()[0].ravel()[:10] for layer in moussaka.layers if layer.trainable_weights
    ]
    scaled = [start / np.abs(start).max() for start in starts]
    assert not any(np.allclose(scaled[i], scaled[j]) for i in range(len(scaled)) for j in range(i))


def test_channels_of_unet_cannot_fall_silent_for_good() -> None:
    unet = create_model("unet")
    x = blurred_batch(1)
    for layer in (layer for layer in unet.layers if layer.name.endswith("_a")):
        kernel, bias = layer.get_weights()
        inner = keras.Model(unet.input, unet.get_layer(layer.name[:-1] + "b").input)
        layer.set_weights([kernel, bias - 99])
        dark = np.asarray(inner(x))
        layer.set_weights([kernel, bias - 199])
        darker = np.asarray(inner(x))
        assert (darker < dark).all(), layer.name  # there is a slope to learn from
        layer.set_weights([kernel, bias])


def test_unknown_network_lists_the_known() -> None:
    with pytest.raises(ValueError, match=r"moussaka.*Received: 'goulash'"):
        create_model("goulash")


def test_moussaka_is_as_described(moussaka: keras.Model) -> None:
    layers = [layer for layer in moussaka.layers if layer.trainable_weights]
    assert count_parameters(moussaka) == 5_345_281
    assert [layer.output.shape[1:] for layer in layers] == [
        (30, 90, 512), (10, 30, 256), (10, 30, 128), (10, 30, 128), (30, 90, 256), (90, 270, 1),
    ]  # fmt: skip
    assert [layer.activation.__name__ for layer in layers] == ["relu"] * 5 + ["tanh"]
    kinds = [type(layer).__name__ for layer in moussaka.layers]
    assert kinds[0] == "Conv2D" and kinds[1::2] == ["Dropout"] * 5


@pytest.mark.parametrize(("width", "parameters"), [(0.5, 1_341_441), (0.25, 337_921)])
def test_moussaka_can_be_narrower(width: float, parameters: int) -> None:
    assert count_parameters(create_model("moussaka", width=width)) == parameters


def test_settings_that_a_network_lacks_are_refused() -> None:
    with pytest.raises(ValueError, match="unet has no setting 'width'"):
        create_model("unet", width=0.5)
    with pytest.raises(ValueError, match="width must be above 0"):
        create_model("moussaka", width=0)


def test_the_rate_of_dropout_can_change() -> None:
    layer = Dropout(0.5, seed=1)
    ones = np.ones((1, 4000), np.float32)
    for rate in (0.25, 0.0, 0.75):
        layer.rate.assign(rate)
        output = np.asarray(layer(ones, training=True))
        assert np.mean(output == 0) == pytest.approx(rate, abs=0.05)
        assert output.max() == pytest.approx(1 / (1 - rate))
    assert (np.asarray(layer(ones)) == 1).all()


def test_dropout_works_in_training_and_only_there(moussaka: keras.Model) -> None:
    batch = blurred_batch()
    used = [keras.ops.convert_to_numpy(moussaka(batch, training=False)) for _ in range(2)]
    trained = [keras.ops.convert_to_numpy(moussaka(batch, training=True)) for _ in range(2)]
    assert np.array_equal(*used)
    assert not np.allclose(*trained, atol=1e-3)
