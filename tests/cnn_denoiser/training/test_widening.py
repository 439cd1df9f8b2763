from __future__ import annotations

import keras
import numpy as np
import pytest

from cnn_denoiser.model_definitions import create_model
from cnn_denoiser.training.widening import widen


def output(network: keras.Model) -> np.ndarray:
    frames = np.random.default_rng(0).uniform(-1, 1, (2, 90, 270, 1)).astype(np.float32)
    return np.asarray(network(frames, training=False))


@pytest.mark.parametrize("width", [0.125, 0.0625])
def test_a_widened_network_computes_the_same(width: float) -> None:
    narrow, wide = create_model("moussaka", 1, width=width), create_model("moussaka", width=0.125)
    before = output(wide)
    widen(narrow, wide, seed=3)
    np.testing.assert_allclose(output(wide), output(narrow), atol=1e-5)
    assert not np.allclose(before, output(wide), atol=1e-2)


def test_twins_can_learn_different_things() -> None:
    narrow, wide = create_model("moussaka", 1, width=1 / 16), create_model("moussaka", width=1 / 8)
    widen(narrow, wide, seed=3)
    kernel = np.asarray(wide.get_layer("convolution_2").kernel)
    first, second = np.split(kernel, 2, axis=2)
    assert (first != second).mean() > 0.99


def test_widths_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match=r"convolution_1.*cannot become"):
        widen(create_model("moussaka", width=0.06), create_model("moussaka", width=0.1), seed=0)
