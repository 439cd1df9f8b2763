"""Readings as a row of a report."""

from __future__ import annotations

import json

import pytest

from cnn_denoiser.deblurring.reporting.reading_row import in_fields, reading_row, rounded_down
from tests.helpers.reading_network import reading_of

TEXT = "京A12345"


@pytest.mark.parametrize(
    ("probability", "told"),
    [
        (1.0, 0.9999),
        (1 - 1e-9, 0.9999),
        (0.99996, 0.9999),
        (0.89996, 0.8999),
        (0.29, 0.29),
        (0.5, 0.5),
        (0.012347, 0.01234),
        (1.23456e-7, 1.234e-7),
        (0.0, 0.0),
    ],
)
def test_a_probability_is_rounded_down_and_never_1(probability: float, told: float) -> None:
    assert rounded_down(probability) == told


def test_in_no_column_is_anything_certain() -> None:
    row = reading_row(reading_of(TEXT, [1 - 1e-12] * 2 + [0.89999] + [1 - 1e-6] * 4))
    assert row["character_probabilities"] == [0.9999, 0.9999, 0.8999, *[0.9999] * 4]
    assert row["runner_ups"][0]["probability"] == 0.8999
    assert "1.0" not in json.dumps(row)
    fields = in_fields({**row, "as_it_is": None})
    assert fields["character_probabilities"].split()[:3] == ["0.9999", "0.9999", "0.8999"]
    assert fields["runner_ups"].startswith("3: 1 0.8999, ")
