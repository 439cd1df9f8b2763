from __future__ import annotations

import cv2
import numpy as np
import pytest

from plates import draw_plate
from plates.plate import Plate
from plates.recombination import CELLS, HEIGHT, WIDTH, recombine


def blue_plates(count: int) -> list[np.ndarray]:
    return [draw_plate(np.random.default_rng(seed), "blue")[0] for seed in range(count)]


def recombined(plate: np.ndarray, donors: list[np.ndarray], seed: int) -> np.ndarray:
    """Exchange characters for those of the same places of the donors, by turns."""
    plates = [Plate(donor, None) for donor in donors]
    return recombine(
        Plate(plate, None),
        lambda place: (plates[place % len(plates)], place),
        np.random.default_rng(seed),
    ).picture


def changed_cells(plate: np.ndarray, result: np.ndarray) -> list[bool]:
    """Say for each of the six cells whether its middle differs."""
    plate = cv2.resize(plate, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
    difference = cv2.absdiff(plate, result)[15:-15].max(axis=(0, 2))
    cells = np.rint(CELLS * WIDTH).astype(int)
    return [bool(difference[left + 12 : right - 12].max() > 20) for left, right in cells]


def test_characters_are_exchanged_some_more_and_some_less_and_the_first_one_never() -> None:
    plate, *donors = blue_plates(3)
    counts = np.zeros(6)
    for seed in range(60):
        result = recombined(plate, donors, seed)
        assert (result.shape, result.dtype) == ((HEIGHT, WIDTH, 3), np.uint8)
        counts += changed_cells(plate, result)
        first = slice(0, int(CELLS[0, 0] * WIDTH) - 8)
        small = cv2.resize(plate, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
        np.testing.assert_array_equal(result[:, first], small[:, first])
    assert (counts > 20).all()
    assert (counts < 50).all()


def test_same_seed_same_plate() -> None:
    plate, *donors = blue_plates(4)
    first, again = (recombined(plate, donors, 5) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert (first != recombined(plate, donors, 6)).any()


def test_the_given_pictures_stay_as_they_are() -> None:
    pictures = [cv2.resize(plate, (WIDTH, HEIGHT)) for plate in blue_plates(3)]
    copies = [picture.copy() for picture in pictures]
    recombined(pictures[0], pictures[1:], 0)
    for picture, copy in zip(pictures, copies, strict=True):
        np.testing.assert_array_equal(picture, copy)


def test_exchanged_characters_take_the_colours_of_the_plate() -> None:
    plate, donor = blue_plates(2)
    pale = np.rint(donor * 0.4 + 90).astype(np.uint8)
    result = recombined(plate, [pale], 1)
    assert any(changed_cells(plate, result))
    for percentile in (20, 95):
        expected = np.percentile(cv2.resize(plate, (WIDTH, HEIGHT))[20:-20], percentile)
        assert np.percentile(result[20:-20], percentile) == pytest.approx(expected, abs=12)


def test_the_donor_is_asked_for_each_place_that_is_exchanged() -> None:
    plate, donor = blue_plates(2)
    asked: list[int] = []

    def draw_donor(place: int) -> tuple[Plate, int]:
        asked.append(place)
        return Plate(donor, None), 5 - place

    result = recombine(Plate(plate, None), draw_donor, np.random.default_rng(4)).picture
    assert 0 < len(asked) < 6
    assert [place for place, is_changed in enumerate(changed_cells(plate, result)) if is_changed]
    assert set(np.flatnonzero(changed_cells(plate, result))) <= set(asked)


def test_plain_pictures_do_no_harm() -> None:
    plain = np.full((30, 90, 3), 77, np.uint8)
    result = recombined(plain, [plain], 0)
    assert np.abs(result.astype(int) - 77).max() <= 1


@pytest.mark.parametrize(
    ("text", "donor_text", "first"),
    [
        ("京A12345", "沪BCDEFG", "京"),
        (None, "沪BCDEFG", "?"),
        ("京A12345", None, "京"),
        ("京AD12345", "沪BCDEFG", "?"),
    ],
)
def test_the_text_follows_the_characters(
    text: str | None, donor_text: str | None, first: str
) -> None:
    picture, donor = blue_plates(2)
    for seed in range(10):
        asked: list[int] = []

        def draw_donor(place: int, asked: list[int] = asked) -> tuple[Plate, int]:
            asked.append(place)
            return Plate(donor, donor_text), 5 - place

        result = recombine(Plate(picture, text), draw_donor, np.random.default_rng(seed)).text
        assert result is not None and len(result) == 7
        assert result[0] == first
        for place, character in enumerate(result[1:]):
            known, at = (donor_text, 5 - place) if place in asked else (text, place)
            is_known = known is not None and len(known) == 7
            assert character == (known[1 + at] if known and is_known else "?")


@pytest.mark.parametrize("shade", [1, 0.4])
@pytest.mark.parametrize("kind", ["blue", "yellow"])
def test_a_character_takes_the_colours_of_the_plate_that_it_comes_to(
    kind: str, shade: float
) -> None:
    plate = draw_plate(np.random.default_rng(1), kind)[0]
    light = np.linspace(1, shade, plate.shape[1])[:, np.newaxis]
    plate = (plate * light).astype(np.uint8)
    donors = [draw_plate(np.random.default_rng(9), other)[0] for other in ("blue", "yellow")]
    small = cv2.resize(plate, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
    cells = np.rint(CELLS * WIDTH).astype(int)
    changed = 0
    for seed in range(8):
        result = recombined(plate, donors, seed)
        changed += sum(changed_cells(plate, result))
        for left, right in cells:
            # The ground covers most of a cell.
            before, after = (
                np.median(picture[15:-15, left:right], axis=(0, 1)) for picture in (small, result)
            )
            assert np.abs(before - after).max() < 80
    assert changed > 10
