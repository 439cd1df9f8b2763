from __future__ import annotations

import numpy as np
import pytest

from plates import draw_plate, wear


def test_paint_is_worn_on_some_plates_and_never_all_gone() -> None:
    rng = np.random.default_rng(0)
    drawn = [wear.paint_left(rng, (126, 396)) for _ in range(120)]
    worn = [left for left in drawn if left is not None]
    assert 20 < len(worn) < 60
    for left in worn:
        assert left.shape == (126, 396)
        assert left.min() > 0.25 and left.max() <= 1
    assert np.mean([left.mean() for left in worn]) > 0.7


def test_a_holder_covers_the_edge_alone() -> None:
    distance = np.minimum(*np.meshgrid(np.arange(200.0), np.arange(80.0))).astype(np.float32)
    held = 0
    for seed in range(60):
        plate = np.full((3, 80, 200), 128, np.float32)
        wear.add_holder(np.random.default_rng(seed), plate, distance)
        np.testing.assert_array_equal(plate[:, distance > 6], 128)
        held += bool(np.all(np.abs(plate[:, distance < 1] - 128) > 20))
    assert 3 < held < 20


def test_characters_fade_with_their_paint(monkeypatch: pytest.MonkeyPatch) -> None:
    def contrast(left: float) -> float:
        monkeypatch.setattr(wear, "paint_left", lambda rng, shape: np.full(shape, left, np.float32))
        picture, _ = draw_plate(np.random.default_rng(1), "yellow")
        height = picture.shape[0]
        inner = picture[height // 3 : -height // 3, 40:-40].mean(axis=2)
        return float(np.ptp(np.percentile(inner, [5, 95])))

    assert contrast(1.0) > 1.6 * contrast(0.3)
