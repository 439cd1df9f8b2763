from __future__ import annotations

import numpy as np
import pytest

from benchmarks.uncertainty import Character, area, blur, cells


def characters(plate: int, right: list[float], wrong: list[float]) -> list[Character]:
    return [
        Character(plate, "A", is_right, deviation, 0.0)
        for is_right, values in ((True, right), (False, wrong))
        for deviation in values
    ]


def deviation(character: Character) -> float:
    return character.deviation


def test_area_is_the_share_of_pairs_in_which_the_wrong_one_has_more() -> None:
    assert area([characters(0, [1, 2], [3, 4])], deviation) == 1
    assert area([characters(0, [3, 4], [1, 2])], deviation) == 0
    assert area([characters(0, [1, 3], [2, 3])], deviation) == (1 + 0 + 1 + 0.5) / 4


def test_area_can_be_of_pairs_within_groups_alone() -> None:
    dark, light = characters(0, [1], [2, 3]), characters(1, [11], [10])
    assert area([dark, light], deviation) == pytest.approx(2 / 3)
    assert area([dark + light], deviation) == pytest.approx(3 / 6)
    assert np.isnan(area([characters(0, [1], [])], deviation))


@pytest.mark.parametrize(("kind", "text"), [("blue", "京A12345"), ("green", "沪AD12345")])
def test_each_character_has_a_cell_of_its_own(kind: str, text: str) -> None:
    frame = np.zeros((90, 270), int)
    for cell in cells(kind, text):
        frame[cell] += 1
        assert frame[cell].shape[0] == 58
        assert 23 <= frame[cell].shape[1] <= 29
    assert len(cells(kind, text)) == len(text)
    assert frame.max() == 1


def test_blur_keeps_characters_in_their_places() -> None:
    frame = np.full((90, 270), 40, np.uint8)
    frame[30:60, 120:150] = 220
    for seed in range(10):
        blurred = blur(frame, np.random.default_rng(seed)).astype(float)
        assert blurred.shape == frame.shape
        assert not np.array_equal(blurred, frame)
        bright = blurred - blurred.min()
        columns = (bright.sum(axis=0) * np.arange(270)).sum() / bright.sum()
        rows = (bright.sum(axis=1) * np.arange(90)).sum() / bright.sum()
        assert abs(columns - 134.5) < 8 and abs(rows - 44.5) < 4
