"""Readings: what logits say."""

from __future__ import annotations

import json

import numpy as np
import pytest

from cnn_denoiser.deblurring.reading import Reading, log_probabilities, read, together
from plates.slots import CLASSES, SLOTS, encode

TEXT = "京A12345"


def logits_of(text: str, certainty: float = 12.0) -> np.ndarray:
    """Return logits (8, 73) that are for a text, the surer the larger `certainty` is."""
    logits = np.zeros((SLOTS, CLASSES), np.float32)
    logits[range(SLOTS), encode(text)] = certainty
    return logits


def reading_of(logits: np.ndarray, temperature: float = 1.0) -> Reading:
    (reading,) = read(logits[np.newaxis], temperature)
    return reading


def class_of(character: str) -> int:
    return int(encode(character)[0])


def test_a_sure_reading_has_its_text_and_no_doubts() -> None:
    reading = reading_of(logits_of(TEXT))
    assert reading.text == str(reading) == TEXT
    assert reading.verdict == "sure"
    assert len(reading.places) == 8 and len(reading.probabilities) == 7
    assert min(reading.probabilities) > 0.99
    assert reading.probability == pytest.approx(np.prod([p.probability for p in reading.places]))


def test_a_doubtful_place_has_its_runner_up() -> None:
    logits = logits_of(TEXT)
    logits[4, class_of("8")] = 11.0
    reading = reading_of(logits)
    assert (reading.text, reading.verdict, reading.doubtful) == (TEXT, "doubtful", (4,))
    place = reading.places[4]
    assert (place.character, place.runner_up) == ("3", "8")
    share = 1 / (1 + np.exp(-1))
    assert (place.probability, place.runner_up_probability) == pytest.approx(
        (share, 1 - share), 1e-3
    )
    assert str(reading) == "京A12[38]45"


@pytest.mark.parametrize(("more", "likely"), [(11.0, "京A12345"), (13.0, "京A12345D")])
def test_that_there_may_be_one_character_more_is_a_doubt(more: float, likely: str) -> None:
    logits = logits_of(TEXT)
    logits[7, class_of("D")] = more
    reading = reading_of(logits)
    assert (reading.text, str(reading), reading.doubtful) == (likely, "京A12345D?", (7,))


def test_a_temperature_makes_it_less_sure_of_the_same_text() -> None:
    cold, warm = reading_of(logits_of(TEXT), 1.0), reading_of(logits_of(TEXT), 2.0)
    assert cold.text == warm.text
    assert warm.probability < cold.probability
    expected = np.exp(6) / (np.exp(6) + CLASSES - 1)
    assert warm.places[0].probability == pytest.approx(expected)


def test_probabilities_add_up_however_large_logits_are() -> None:
    logits = np.random.default_rng(1).normal(0, 1, (3, SLOTS, CLASSES)) * 1e6
    np.testing.assert_allclose(np.exp(log_probabilities(logits)).sum(axis=-1), 1)


def test_where_nothing_is_likely_there_is_no_plate() -> None:
    reading = reading_of(logits_of(TEXT, certainty=3.0))
    assert (reading.text, reading.probabilities) == ("", ())
    assert reading.verdict == str(reading) == "no plate"


def test_its_repr_is_without_all_the_probabilities() -> None:
    assert repr(reading_of(logits_of(TEXT))) == "Reading(is_plate=True)"


@pytest.mark.parametrize("certainty", [12.0, 3.0])
def test_json_can_hold_what_was_read(certainty: float) -> None:
    one = reading_of(logits_of(TEXT, certainty))
    for reading in (one, together([one, one])):
        told = {
            "text": reading.text,
            "probability": reading.probability,
            "probabilities": reading.probabilities,
            "is_plate": reading.is_plate,
            "doubtful": [(index, reading.places[index].doubtful) for index in reading.doubtful],
            "places": reading.places,
        }
        kept = json.loads(json.dumps(told))
        assert kept["is_plate"] is reading.is_plate
        assert [tuple(place) for place in kept["places"]] == list(reading.places)


def test_frames_that_agree_are_surer_together() -> None:
    one = reading_of(logits_of(TEXT, certainty=6.0))
    both = together([one, one])
    assert both.text == TEXT
    assert one.probability < both.probability < 1


def test_frames_outvote_one_that_errs() -> None:
    right, wrong = reading_of(logits_of(TEXT)), reading_of(logits_of("京A12845"))
    assert together([right, wrong, right]).text == TEXT
    assert together([right, wrong]).doubtful == (4,)


def test_together_the_order_of_frames_makes_no_difference() -> None:
    readings = read(np.random.default_rng(2).normal(0, 5, (3, SLOTS, CLASSES)))
    forth, back = together(readings), together(readings[::-1])
    np.testing.assert_allclose(forth.log_probabilities, back.log_probabilities)


def test_many_frames_without_a_plate_make_none() -> None:
    nothing = reading_of(logits_of("京A12845", certainty=3.0))
    assert together([nothing] * 30).verdict == "no plate"
    plate = reading_of(logits_of(TEXT, certainty=7.0))
    assert together([nothing] * 30 + [plate]).probability == pytest.approx(plate.probability)


def test_no_readings_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        together([])
