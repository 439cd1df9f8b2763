from __future__ import annotations

import numpy as np
import pytest

from cnn_denoiser.deblurring.groups.registration import coverage, lay_on, register
from tests.helpers.bursts import moved, noisy, plate_frame


@pytest.mark.parametrize(("along", "down", "scale"), [(0, 0, 1), (3, -2, 1.03), (-30, 12, 1)])
def test_a_moved_frame_is_laid_on_its_reference(along: float, down: float, scale: float) -> None:
    reference = plate_frame(1)
    frame = noisy(moved(reference, along, down, scale), 2, 10)
    found = register(reference, frame)
    assert found.succeeded
    assert found.matrix == pytest.approx(np.array([[scale, 0, along], [0, scale, down]]), abs=0.6)
    inside = coverage(found)
    before = np.abs(frame.astype(float) - reference)[inside].mean()
    after = np.abs(lay_on(frame, found) - reference)[inside].mean()
    assert after < 15
    assert after < before or (along, down) == (0, 0)


def test_contrast_and_brightness_make_no_difference() -> None:
    reference = plate_frame(1)
    darker = (moved(reference, 4, 1) * 0.3 + 20).astype(np.uint8)
    assert register(reference, darker).fit > 0.95


def test_frames_of_two_plates_do_not_fit() -> None:
    fits = [register(plate_frame(seed), plate_frame(seed + 1)).succeeded for seed in range(8)]
    assert not any(fits)


def test_an_empty_frame_does_not_fit() -> None:
    empty = np.full((90, 270), 128, np.uint8)
    assert register(plate_frame(1), empty).fit == 0
    assert register(empty, plate_frame(1)).fit == 0


def test_what_a_frame_does_not_show_is_not_covered() -> None:
    reference = plate_frame(1)
    inside = coverage(register(reference, moved(reference, -30, 0)))
    assert not inside[:, :25].any()
    assert inside[10:-10, 40:-10].all()
