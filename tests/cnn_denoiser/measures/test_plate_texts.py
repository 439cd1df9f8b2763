from __future__ import annotations

import pytest

from cnn_denoiser.measures.plate_texts import comparable, letters_and_digits, plate_text


@pytest.mark.parametrize("text", [" 京a·1o i-Z.学\n", "京Ａ１０１Ｚ学", "京A?1O1Z学"])
def test_plate_text_drops_what_plates_do_not_have(text: str) -> None:
    assert plate_text(text) == "京A101Z学"


def test_a_label_keeps_its_wildcards() -> None:
    assert comparable("*o·1?") == "*01*"


@pytest.mark.parametrize(
    ("text", "kept"), [("京A1*学", "A1*"), ("*A1", "A1"), ("京*1", "*1"), ("", "")]
)
def test_letters_and_digits_are_without_the_province(text: str, kept: str) -> None:
    assert letters_and_digits(text) == kept
