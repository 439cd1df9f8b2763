from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_denoiser.measures.alignment import align, edit_distance

TEXTS = st.text("AB1", max_size=6)


@pytest.mark.parametrize(
    ("label", "reading", "distance"),
    [
        ("", "", 0),
        ("ABC", "ABC", 0),
        ("ABC", "ADC", 1),
        ("ABC", "AC", 1),
        ("ABC", "AXBC", 1),
        ("ABC", "", 3),
        ("", "ABC", 3),
        ("KITTEN", "SITTING", 3),
        ("A*C", "AXC", 0),
        ("A*C", "AC", 0),
        ("A*C", "AXXC", 1),
        ("**", "", 0),
        ("*B", "BA", 1),
    ],
)
def test_edit_distance(label: str, reading: str, distance: int) -> None:
    assert edit_distance(label, reading) == distance


@given(TEXTS, TEXTS, TEXTS)
def test_edit_distance_is_a_distance(a: str, b: str, c: str) -> None:
    assert (edit_distance(a, b) == 0) == (a == b)
    assert edit_distance(a, b) == edit_distance(b, a)
    assert edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c)


@given(TEXTS, TEXTS, st.integers(0, 5))
def test_a_wildcard_costs_no_more_than_any_character(a: str, b: str, at: int) -> None:
    assert edit_distance(a[:at] + "*" + a[at + 1 :], b) <= edit_distance(a, b)


@pytest.mark.parametrize(
    ("label", "reading", "places"),
    [
        ("ABC", "ABC", "ABC"),
        ("ABC", "ADC", "ADC"),
        ("ABC", "AC", "A-C"),
        ("ABC", "BC", "-BC"),
        ("ABC", "XABC", "ABC"),
        ("ABC", "AXBC", "ABC"),
        ("ABC", "", "---"),
        ("", "ABC", ""),
        ("112", "12", "-12"),
        ("A*C", "AXC", "AXC"),
        ("A*C", "AC", "A-C"),
    ],
)
def test_align_says_what_stands_in_each_place(label: str, reading: str, places: str) -> None:
    assert "".join(seen or "-" for seen in align(label, reading)) == places


@given(TEXTS, TEXTS)
def test_an_alignment_costs_the_edit_distance(label: str, reading: str) -> None:
    places = align(label, reading)
    assert len(places) == len(label)
    dropped = len(reading) - sum(seen != "" for seen in places)
    wrong = sum(seen != wanted for seen, wanted in zip(places, label, strict=True))
    assert wrong + dropped == edit_distance(label, reading)
