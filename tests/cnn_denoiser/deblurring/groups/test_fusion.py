from __future__ import annotations

import numpy as np
import pytest

from cnn_denoiser.deblurring.groups.fusion import Frame, deblur_together, fuse
from tests.helpers.bursts import burst, moved, noisy, plate_frame


def error(picture: np.ndarray, plate: np.ndarray) -> float:
    return float(np.abs(picture[10:-10, 30:-30].astype(float) - plate[10:-10, 30:-30]).mean())


def test_noise_averages_out() -> None:
    plate = plate_frame(3)
    frames = [Frame(noisy(plate, seed, 40), noisy(plate, 50 + seed, 5)) for seed in range(8)]
    fusion = fuse(frames)
    assert all(fit.used and fit.fit > 0.9 for fit in fusion.fits)
    assert error(fusion.average, plate) < 0.6 * error(frames[0].blurred, plate)


def test_moved_frames_are_laid_on_the_reference() -> None:
    frames = burst(3, 6)
    fusion = fuse(frames)
    assert all(fit.used for fit in fusion.fits)
    seen = moved(plate_frame(3), 2 * fusion.reference, -fusion.reference / 2)
    assert error(fusion.average, seen) < 0.7 * error(frames[fusion.reference].blurred, seen)


@pytest.mark.parametrize("how", ["fused", "best"])
def test_the_order_of_the_frames_makes_no_difference(how: str) -> None:
    frames = [*burst(3, 4), *burst(4, 2)]
    first = fuse(frames, how)
    for seed in range(4):
        order = np.random.default_rng(seed).permutation(len(frames))
        again = fuse([frames[index] for index in order], how)
        assert order[again.reference] == first.reference
        assert [again.fits[list(order).index(k)] for k in range(len(frames))] == first.fits
        assert np.array_equal(again.average, first.average)


@pytest.mark.parametrize("how", ["fused", "best"])
def test_identical_frames_give_the_single_result(how: str) -> None:
    frame = burst(3, 1)[0]
    result, fusion = deblur_together([frame] * 5, lambda frames: 255 - frames, how)
    assert np.array_equal(result, frame.deblurred)
    assert sum(fit.used for fit in fusion.fits) == 1
    assert "same picture" in fusion.fits[1].reason


def test_a_frame_given_twice_counts_once() -> None:
    frames = burst(3, 3)
    assert np.array_equal(fuse([*frames, frames[0]]).average, fuse(frames).average)


def test_a_foreign_plate_is_rejected_even_where_it_is_the_sharpest() -> None:
    frames = burst(3, 3)
    foreign = burst(4, 1)[0]
    sharpest = Frame(foreign.blurred, noisy(foreign.deblurred, 9, 60))
    fusion = fuse([sharpest, *frames])
    assert fusion.reference != 0
    assert [fit.used for fit in fusion.fits] == [False, True, True, True]
    assert "another plate" in fusion.fits[0].reason
    assert np.array_equal(fusion.average, fuse(frames).average)


def test_of_two_that_do_not_fit_the_sharper_one_is_the_result() -> None:
    dull, sharp = burst(3, 1, level=8)[0], burst(4, 1, level=80)[0]
    result, fusion = deblur_together([dull, sharp], lambda frames: 255 - frames)
    assert fusion.average is None
    assert np.array_equal(result, sharp.deblurred)
    assert [fit.used for fit in fusion.fits] == [False, True]


def test_best_is_the_sharpest_deblurred_frame() -> None:
    frames = burst(3, 4)
    result, fusion = deblur_together(frames, lambda frames: 255 - frames, "best")
    assert np.array_equal(result, frames[fusion.reference].deblurred)
    assert [fit.used for fit in fusion.fits].count(True) == 1


def test_the_average_is_deblurred_once() -> None:
    frames = burst(3, 4)
    asked: list[np.ndarray] = []

    def negative(pictures: np.ndarray) -> np.ndarray:
        asked.append(pictures)
        return 255 - pictures

    result, fusion = deblur_together(frames, negative)
    assert len(asked) == 1
    assert np.array_equal(asked[0][0], fusion.average)
    assert np.array_equal(result, 255 - fusion.average)


def test_empty_frames_are_no_error() -> None:
    empty = np.full((90, 270), 7, np.uint8)
    fusion = fuse([Frame(empty, empty), Frame(empty + 1, empty)])
    assert fusion.average is None


def test_no_frames_are_an_error() -> None:
    with pytest.raises(ValueError, match="at least one"):
        fuse([])
