from __future__ import annotations

import numpy as np

from cnn_denoiser.frames import from_network, to_network


def test_frames_survive_the_way_to_the_network_and_back() -> None:
    frames = np.resize(np.arange(256, dtype=np.uint8), (2, 90, 270))
    array = to_network(frames)
    assert array.shape == (2, 90, 270, 1)
    assert array.dtype == np.float32
    assert (array.min(), array.max()) == (-1, 1)
    assert np.array_equal(from_network(array), frames)


def test_values_outside_the_range_are_clipped() -> None:
    array = np.array([-7.0, 7.0], dtype=np.float32).reshape(1, 1, 2, 1)
    assert from_network(array).tolist() == [[[0, 255]]]
