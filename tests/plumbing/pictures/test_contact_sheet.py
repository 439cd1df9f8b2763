from __future__ import annotations

import numpy as np
import pytest

from plumbing.pictures.contact_sheet import BACKGROUND, contact_sheet

GREY = np.full((90, 270), 150, np.uint8)
RED = np.full((30, 40, 3), (0, 0, 255), np.uint8)


def is_blank(area: np.ndarray) -> bool:
    return bool((area == BACKGROUND).all())


def columns_of(sheet: np.ndarray, colour: tuple[int, int, int]) -> tuple[int, int]:
    """Return the width and height of the area in this very colour."""
    rows, columns = np.nonzero((sheet == colour).all(axis=2))
    return int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1


def test_pictures_of_any_size_and_colour_fill_their_cells() -> None:
    sheet = contact_sheet([[GREY, RED]])
    assert sheet.dtype == np.uint8 and sheet.ndim == 3
    assert columns_of(sheet, (150, 150, 150)) == (270, 90)
    assert columns_of(sheet, (0, 0, 255)) == (270, 90)


def test_rows_stand_below_each_other_and_left_of_right() -> None:
    sheet = contact_sheet([[RED, GREY], [GREY, RED]])
    half_height, half_width = sheet.shape[0] // 2, sheet.shape[1] // 2
    red = (sheet == (0, 0, 255)).all(axis=2)
    assert red[:half_height, :half_width].sum() == red[half_height:, half_width:].sum() == 270 * 90
    assert not red[:half_height, half_width:].any() and not red[half_height:, :half_width].any()


def test_missing_pictures_and_short_rows_leave_their_place_empty() -> None:
    sheet = contact_sheet([[None, RED], [RED]])
    half_height, half_width = sheet.shape[0] // 2, sheet.shape[1] // 2
    assert is_blank(sheet[:half_height, :half_width])
    assert is_blank(sheet[half_height:, half_width + 6 :])


def test_titles_stand_above_and_captions_below() -> None:
    bare = contact_sheet([[RED]])
    titled = contact_sheet([[RED]], titles=["blurred"])
    captioned = contact_sheet([[RED]], captions=[["A12345"]])
    assert titled.shape[0] == captioned.shape[0] > bare.shape[0]
    half = bare.shape[0] // 2
    assert not is_blank(titled[: titled.shape[0] - bare.shape[0]])
    assert not is_blank(captioned[half + 90 // 2 + 1 :])


def test_a_long_caption_does_not_reach_the_next_cell() -> None:
    short = contact_sheet([[RED, RED]], captions=[["", "next"]])
    long = contact_sheet([[RED, RED]], captions=[["a long caption " * 10, "next"]])
    half = short.shape[1] // 2
    assert not np.array_equal(short[:, :half], long[:, :half])
    assert np.array_equal(short[:, half:], long[:, half:])


def test_headings_stand_above_their_rows() -> None:
    bare = contact_sheet([[RED], [RED]])
    headed = contact_sheet([[RED], [RED]], headings=["one", "two"])
    extra = (headed.shape[0] - bare.shape[0]) // 2
    red = (headed == (0, 0, 255)).all(axis=2).any(axis=1)
    assert extra > 0 and red.sum() == 2 * 90
    first = int(red.argmax())
    assert not is_blank(headed[first - extra : first])


def test_nothing_to_show_and_captions_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one picture"):
        contact_sheet([])
    with pytest.raises(ValueError, match="one caption a picture"):
        contact_sheet([[RED, RED]], captions=[["only one"]])
    with pytest.raises(ValueError, match="one heading a row"):
        contact_sheet([[RED], [RED]], headings=["only one"])
