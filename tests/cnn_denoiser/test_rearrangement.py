from __future__ import annotations

import keras
import numpy as np

from cnn_denoiser.model_definitions.rearrangement import depth_to_space, space_to_depth


def test_a_square_of_pixels_becomes_the_channels_of_a_point() -> None:
    picture = np.arange(6 * 9).reshape(1, 6, 9, 1).astype(np.float32)
    points = keras.ops.convert_to_numpy(space_to_depth(picture, 3))
    assert points.shape == (1, 2, 3, 9)
    np.testing.assert_array_equal(points[0, 1, 2], picture[0, 3:6, 6:9, 0].ravel())


def test_both_undo_each_other() -> None:
    picture = np.random.default_rng(0).normal(size=(2, 6, 4, 3)).astype(np.float32)
    back = depth_to_space(space_to_depth(picture, 2), 2)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(back), picture)
