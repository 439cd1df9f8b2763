from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_denoiser.evaluation.character_changes import CharacterChanges, count_changes

READINGS = st.text("A12", max_size=6)


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ("京A12345", "京A12345", CharacterChanges(readable=6)),
        ("京A12345", "京A12395", CharacterChanges(readable=6, misread=1)),
        ("京A12345", "京A1235", CharacterChanges(readable=6, lost=1)),
        ("京A12345", "", CharacterChanges(readable=6, lost=6)),
        ("", "京A12345", CharacterChanges(unreadable=6, rescued=6)),
        ("A1", "A1", CharacterChanges(readable=2, unreadable=4)),
        ("12395", "712345", CharacterChanges(4, misread=0, unreadable=2, rescued=1)),
        # One wrong reading for another is neither harm nor rescue.
        ("A12395", "A12385", CharacterChanges(readable=5, unreadable=1)),
        # What is read too much shifts nothing.
        ("A12345", "7A12345", CharacterChanges(readable=6)),
    ],
)
def test_each_letter_and_digit_is_followed(
    before: str, after: str, changes: CharacterChanges
) -> None:
    assert count_changes("京A12345", before, after) == changes


def test_unknown_characters_and_provinces_do_not_count() -> None:
    changes = count_changes("*B**187", "京BXY187", "沪B187")
    assert changes == CharacterChanges(readable=4)


def test_look_alike_letters_of_a_label_are_digits() -> None:
    assert count_changes("京AIO", "A10", "A1") == CharacterChanges(readable=3, lost=1)


@given(READINGS, READINGS, READINGS)
def test_counts_add_up_and_swap_with_the_readings(label: str, before: str, after: str) -> None:
    there, back = count_changes(label, before, after), count_changes(label, after, before)
    assert there.readable + there.unreadable == len(label)
    assert there.harmed == back.rescued and there.rescued == back.harmed
    assert there.readable - there.harmed + there.rescued == back.readable
    assert (there + back).readable == there.readable + back.readable
