from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import cv2
import numpy as np
import pytest

from blurrer import Pair, list_profiles, make_pair, original
from plumbing.pictures.frame import HEIGHT, WIDTH

PROFILES = list_profiles()
ORIGINAL_FIVE = ("main", "brightness", "pixelation", "vertical", "mild")


def draw_plate(ground: tuple[int, ...] = (150, 70, 20)) -> np.ndarray:
    """Draw a small picture with the look of a plate: light characters on a dark ground (BGR)."""
    plate = np.full((48, 160, 3), ground, np.uint8)
    cv2.rectangle(plate, (3, 3), (156, 44), (230, 230, 230), 1)
    cv2.putText(plate, "B7K2Z5", (12, 36), cv2.FONT_HERSHEY_SIMPLEX, 1.05, (235, 240, 235), 3)
    return plate


@pytest.fixture
def plate() -> np.ndarray:
    return draw_plate()


@pytest.fixture(params=PROFILES)
def profile(request: pytest.FixtureRequest) -> str:
    return request.param


def pair(sharp: np.ndarray, seed: int, profile: str = "camera", colour: bool = False) -> np.ndarray:
    """Return target and blurred picture as one array."""
    rng = np.random.default_rng(seed)
    blurred, target = make_pair(sharp, rng, profile, colour=colour)
    return np.stack([target, blurred])


def test_the_profiles_are_the_camera_and_the_originals() -> None:
    assert PROFILES == ["camera", "original", *ORIGINAL_FIVE]


@pytest.mark.parametrize("shape", [(90, 270), (30, 100, 3), (400, 900, 3), (1, 1, 3), (7, 300)])
def test_a_pair_is_two_grey_frames_whatever_the_picture(
    profile: str, shape: tuple[int, ...]
) -> None:
    sharp = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    before = sharp.copy()
    for one in make_pair(sharp, np.random.default_rng(1), profile):
        assert one.dtype == np.uint8
        assert one.shape == (HEIGHT, WIDTH) == (90, 270)
    np.testing.assert_array_equal(sharp, before)


def test_colours_are_kept_where_asked(profile: str, plate: np.ndarray) -> None:
    target, _ = pair(plate, 3, profile, colour=True)
    assert target.shape == (90, 270, 3)
    assert np.abs(target[:, :, 0].astype(int) - target[:, :, 2]).mean() > 10
    assert pair(plate[:, :, 0], 3, profile, colour=True).shape == (2, 90, 270)


def test_the_seed_alone_decides(profile: str, plate: np.ndarray) -> None:
    np.testing.assert_array_equal(pair(plate, 5, profile), pair(plate, 5, profile))
    assert not np.array_equal(pair(plate, 5, profile), pair(plate, 6, profile))


def test_the_picture_in_memory_may_be_a_view(profile: str, plate: np.ndarray) -> None:
    padded = np.pad(plate[:, ::-1], ((2, 2), (5, 5), (0, 0)))
    view = padded[2:-2, 5:-5][:, ::-1]
    np.testing.assert_array_equal(pair(view, 5, profile), pair(plate, 5, profile))


def test_threads_make_no_difference(plate: np.ndarray) -> None:
    expected = [pair(plate, seed) for seed in range(40)]
    threads = cv2.getNumThreads()
    try:
        for count in (1, 4):
            cv2.setNumThreads(count)
            with ThreadPoolExecutor(8) as pool:
                results = list(pool.map(lambda seed: pair(plate, seed), range(40)))
            np.testing.assert_array_equal(results, expected)
    finally:
        cv2.setNumThreads(threads)


def test_a_worker_process_makes_the_same_pairs(plate: np.ndarray) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        result = pool.submit(make_pair, plate, np.random.default_rng(9), "camera").result()
    np.testing.assert_array_equal([result.sharp, result.blurred], pair(plate, 9))


def test_the_blurred_picture_shows_less_of_the_edges(profile: str, plate: np.ndarray) -> None:
    """Less of them in common, at least: noise and halos have edges of their own."""

    def gradient(picture: np.ndarray) -> np.ndarray:
        return np.diff(picture.astype(np.float64), axis=1).ravel()

    likeness = []
    for seed in range(30):
        target, blurred = pair(plate, seed, profile)
        likeness.append(np.corrcoef(gradient(target), gradient(blurred))[0, 1])
    # Brightness shifts barely blur; the others leave something, but not much.
    assert 0.05 < np.median(likeness) < (0.95 if profile == "brightness" else 0.8)


def shift(first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """Return how far right and down `second` lies of `first`, in parts of a pixel.

    The peak of their cross-correlation, between pixels on a parabola; cv2.phaseCorrelate is half
    a pixel off on pictures as smooth as these.
    """
    window = np.outer(np.hanning(first.shape[0]), np.hanning(first.shape[1]))
    spectra = [np.fft.fft2((picture - picture.mean()) * window) for picture in (first, second)]
    correlation = np.fft.fftshift(np.fft.ifft2(spectra[0].conj() * spectra[1]).real)
    row, column = np.unravel_index(correlation.argmax(), correlation.shape)

    def peak(before: float, middle: float, after: float) -> float:
        return 0.5 * (before - after) / (before - 2 * middle + after)

    right = column + peak(*correlation[row, column - 1 : column + 2])
    down = row + peak(*correlation[row - 1 : row + 2, column])
    return right - first.shape[1] // 2, down - first.shape[0] // 2


def test_pairs_are_aligned(profile: str, plate: np.ndarray) -> None:
    """Where target and blurred picture fit best is, over many pairs, no shift at all."""
    # The characters alone: what the frame cuts off has no counterpart to fit.
    inner = (slice(12, -12), slice(20, -20))
    shifts = []
    for seed in range(60):
        target, blurred = (
            cv2.GaussianBlur(picture.astype(np.float64), (0, 0), 4)[inner]
            for picture in pair(plate, seed, profile)
        )
        shifts.append(shift(target, blurred))
    np.testing.assert_allclose(np.median(shifts, axis=0), 0, atol=0.25)


def test_the_target_does_not_depend_on_the_light(plate: np.ndarray) -> None:
    dim = (plate * 0.4 + 30).astype(np.uint8)
    for seed in range(10):
        difference = pair(plate, seed)[0].astype(int) - pair(dim, seed)[0]
        assert np.abs(difference).mean() < 3


def light_share(sharp: np.ndarray) -> float:
    """Return how many targets have a light ground."""
    targets = [pair(sharp, seed)[0] for seed in range(200)]
    return float(np.mean([np.median(target[30:60, 60:210]) > 127 for target in targets]))


def test_a_fifth_of_the_dark_plates_become_light_ones() -> None:
    assert light_share(draw_plate()) == pytest.approx(0.2, abs=0.08)


def test_light_plates_stay_light() -> None:
    assert light_share(255 - draw_plate()) > 0.98


def test_camera_pictures_range_from_mild_to_severe(plate: np.ndarray) -> None:
    """Seen in how much of the fine detail is left."""

    def detail(picture: np.ndarray) -> float:
        return float(cv2.Laplacian(picture, cv2.CV_64F).std())

    left = [
        detail(blurred) / detail(target) for target, blurred in map(pair, [plate] * 150, range(150))
    ]
    mildest, severest = np.percentile(left, [95, 5])
    assert mildest > 4 * severest


def test_camera_weighs_the_colours_anew_and_the_others_as_the_eye_does() -> None:
    # Red and green that are equally bright to the eye: 30 % of 200, 59 % of 102.
    sharp = np.full((90, 270, 3), (0, 0, 200), np.uint8)
    sharp[30:60, 60:210] = (0, 102, 0)
    for profile in PROFILES:
        spread = np.median(
            [np.ptp(pair(sharp, seed, profile)[0, 20:70, 40:230]) for seed in range(9)]
        )
        assert spread > 100 if profile == "camera" else spread < 3


def test_the_mixture_draws_the_five_as_often_as_it_says(
    plate: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = []
    for name, (_, share) in original.FREQUENCIES.items():

        def note(sharp: np.ndarray, rng: np.random.Generator, name: str = name) -> Pair:
            drawn.append(name)
            return Pair(sharp, sharp)

        monkeypatch.setitem(original.FREQUENCIES, name, (note, share))
    for seed in range(2000):
        original.original(plate, np.random.default_rng(seed))
    shares = [drawn.count(name) / 20 for name in ORIGINAL_FIVE]
    assert shares == pytest.approx([88, 3, 2, 5, 2], abs=2)


def test_brightness_shifts_by_50_to_100(plate: np.ndarray) -> None:
    grey = np.full((90, 270), 120, np.uint8)
    shifts = [int(pair(grey, seed, "brightness")[1, 45, 135]) - 120 for seed in range(60)]
    assert all(50 <= abs(shift) <= 100 for shift in shifts)
    assert min(shifts) < 0 < max(shifts)


@pytest.mark.parametrize(
    ("sharp", "message"),
    [
        (np.zeros((9, 9), np.float32), "float32"),
        (np.zeros((9, 9, 4), np.uint8), r"\(9, 9, 4\)"),
        (np.zeros((9,), np.uint8), r"\(9,\)"),
        (np.zeros((0, 9, 3), np.uint8), r"\(0, 9, 3\)"),
    ],
)
def test_other_arrays_are_refused(sharp: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make_pair(sharp, np.random.default_rng(0))


def test_an_unknown_profile_is_refused_with_the_known_ones(plate: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"camera, original, main.*Received: sepia"):
        make_pair(plate, np.random.default_rng(0), "sepia")


def test_the_blurrer_needs_numpy_and_opencv_alone(run_command) -> None:
    program = (
        "import sys, blurrer; "
        "print({'cnn_denoiser', 'plates', 'tensorflow', 'keras', 'scipy'} & set(sys.modules))"
    )
    result = run_command("-c", program)
    assert (result.stdout, result.stderr) == ("set()\n", "")
