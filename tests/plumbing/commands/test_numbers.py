from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plumbing.commands.numbers import LARGEST, number, path, whole_number


@pytest.mark.parametrize(("text", "value"), [("3", 3), ("9", 9), ("007", 7)])
def test_whole_numbers_are_read(text: str, value: int) -> None:
    assert whole_number(3, 9)(text) == value


@pytest.mark.parametrize(
    "text",
    ["2", "10", "-3", "+4", "4.0", "4e0", "", " 4", "4 ", "four", "٤", "0x4", "4_0", "9" * 5000],
)
def test_other_texts_are_refused_with_the_bounds(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="from 3 to 9"):
        whole_number(3, 9)(text)


def test_what_no_library_can_hold_is_refused() -> None:
    assert whole_number(0)(str(LARGEST)) == LARGEST
    with pytest.raises(argparse.ArgumentTypeError, match=str(LARGEST)):
        whole_number(0)(str(LARGEST + 1))


@given(st.text())
def test_any_text_is_a_number_within_the_bounds_or_refused(text: str) -> None:
    try:
        assert 0 <= whole_number(0, 5)(text) <= 5
    except argparse.ArgumentTypeError as error:
        assert repr(text) in str(error)


@pytest.mark.parametrize(("text", "value"), [("0.5", 0.5), ("1e-3", 0.001), ("1", 1.0)])
def test_numbers_are_read(text: str, value: float) -> None:
    assert number(lambda given: 0 < given <= 1, "above 0, at most 1")(text) == value


@pytest.mark.parametrize("text", ["0", "1.1", "nan", "inf", "-inf", "1e999", "", "half"])
def test_other_numbers_are_refused_with_what_they_must_be(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=r"above 0, at most 1\. Received"):
        number(lambda given: 0 < given <= 1, "above 0, at most 1")(text)


def test_a_path_is_any_text_but_an_empty_one() -> None:
    assert path("a b") == Path("a b")
    assert path("\udcff.png") == Path("\udcff.png")
    assert path("/") == Path("/")
    with pytest.raises(argparse.ArgumentTypeError, match="empty"):
        path("")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a/" + "n" * 256 + "/b", "256 bytes; there can be 255"),
        ("京" * 86, "258 bytes"),
        ("a/" * 2500, "is too long"),
    ],
)
def test_paths_that_no_disk_can_hold_are_refused(text: str, reason: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=reason):
        path(text)
    assert path("n" * 255).name == "n" * 255


@pytest.mark.parametrize("text", ["s3://bucket/x", "gs://bucket", "file:///tmp/x", "a+b://c"])
def test_a_url_is_no_path(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=r"must be a path on a disk\. Received"):
        path(text)
    assert path(f"./{text}") == Path(text)
