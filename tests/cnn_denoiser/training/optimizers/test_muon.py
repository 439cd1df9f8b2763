from __future__ import annotations

import keras
import numpy as np
import pytest

from cnn_denoiser.training.optimizers.muon import STEP_SIZE, Muon, orthogonalise


def to_numpy(tensor: object) -> np.ndarray:
    return np.asarray(keras.ops.convert_to_numpy(tensor), np.float32)


def uneven_matrix(shape: tuple[int, int]) -> np.ndarray:
    """Return a matrix with singular values from 1 down to 0.1."""
    rng = np.random.default_rng(2017)
    rank = min(shape)
    left, _ = np.linalg.qr(rng.normal(size=(shape[0], rank)))
    right, _ = np.linalg.qr(rng.normal(size=(shape[1], rank)))
    return (left @ np.diag(np.logspace(0, -1, rank)) @ right.T).astype(np.float32)


@pytest.mark.parametrize("shape", [(40, 8), (8, 40), (8, 8)])
def test_all_directions_become_alike(shape: tuple[int, int]) -> None:
    matrix = uneven_matrix(shape)
    result = to_numpy(orthogonalise(keras.ops.convert_to_tensor(matrix)))
    left, _, right = np.linalg.svd(matrix, full_matrices=False)
    along = left.T @ result @ right.T  # diagonal where the directions are those of `matrix`
    values = np.diag(along)
    assert values.min() > 0.5
    assert values.max() < 1.4
    np.testing.assert_allclose(along - np.diag(values), 0, atol=0.05)


def test_zeros_stay_zeros() -> None:
    assert not to_numpy(orthogonalise(keras.ops.zeros((4, 6)))).any()


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_step_is_as_long_as_the_rate_says_whatever_the_gradient(precision: str) -> None:
    for scale in (1e-4, 1.0):
        kernel = keras.Variable(np.zeros((3, 3, 16, 8), np.float32))
        bias = keras.Variable(np.zeros(8, np.float32))
        gradient = scale * uneven_matrix((144, 8))
        optimizer = Muon(0.5, precision)
        optimizer.build([kernel, bias])
        optimizer.apply(
            [gradient.reshape(kernel.shape), scale * np.arange(-4, 4, dtype=np.float32)]
        )
        step = np.sqrt(np.mean(np.square(to_numpy(kernel))))
        # The singular values are only nearly 1.
        assert step == pytest.approx(0.5 * STEP_SIZE, rel=0.3)
        np.testing.assert_allclose(to_numpy(bias)[[0, 4, 7]], [0.5, 0, -0.5], rtol=1e-2)


def test_rare_directions_are_learned_as_fast_as_frequent_ones() -> None:
    target = np.eye(6, dtype=np.float32)
    frequency = np.logspace(0, -3, 6, dtype=np.float32)[:, None]

    def error_after(optimizer: keras.optimizers.Optimizer) -> float:
        kernel = keras.Variable(np.zeros((6, 6), np.float32))
        optimizer.build([kernel])
        for _ in range(60):
            optimizer.apply([frequency * (to_numpy(kernel) - target)])
        return float(np.abs(to_numpy(kernel) - target).max())

    assert error_after(Muon(0.05)) < 0.4
    assert error_after(keras.optimizers.SGD(0.5)) > 0.9


def test_weights_shrink_beside_the_gradient() -> None:
    kernel = keras.Variable(np.ones((2, 2), np.float32))
    optimizer = Muon(0.1, weight_decay=0.5)
    optimizer.build([kernel])
    optimizer.apply([np.zeros((2, 2), np.float32)])
    np.testing.assert_allclose(to_numpy(kernel), 0.95, rtol=1e-6)
