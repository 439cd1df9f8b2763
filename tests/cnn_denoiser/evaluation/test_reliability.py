from __future__ import annotations

import numpy as np
import pytest

from cnn_denoiser.evaluation.reliability import BINS, Confidences, confidences
from tests.helpers.reading_network import reading_of


def test_the_error_is_the_mean_distance_of_what_is_said_and_what_is_right() -> None:
    # Two at 0.92 and 0.98, one right: 0.95 against 0.5. Three at 0.6, two right: 0.6 against 2/3.
    found = Confidences(
        np.array([0.92, 0.98, 0.6, 0.6, 0.6]), np.array([True, False, True, True, False])
    )
    assert found.expected_error == pytest.approx((2 * 0.45 + 3 * (2 / 3 - 0.6)) / 5)
    assert [one.characters for one in found.bins] == [0, 0, 0, 0, 0, 3, 0, 0, 0, 2]
    assert found.bins[9] == (2, pytest.approx(0.95), 0.5)
    assert found.sure == (2, pytest.approx(0.95), 0.5)


def test_all_probabilities_have_a_bin() -> None:
    ends = np.array([0.0, 1e-9, 0.1, 0.9, 1.0])
    counts = [one.characters for one in Confidences(ends, ends > 0).bins]
    assert (counts[0], counts[8], counts[9], sum(counts)) == (3, 1, 1, 5) and len(counts) == BINS


def test_probabilities_that_hold_have_next_to_no_error_and_exaggerated_ones_have() -> None:
    random = np.random.default_rng(1)
    said = random.uniform(0.3, 1, 20_000)
    right = random.uniform(size=len(said)) < said
    assert (Confidences(said, right).expected_error or 1) < 0.02
    assert (Confidences(said**0.3, right).expected_error or 0) > 0.1


def test_nothing_has_no_error() -> None:
    nothing = confidences([], [])
    assert nothing.expected_error is None and nothing.sure.characters == 0


def test_a_character_is_right_where_the_label_has_it_in_its_place() -> None:
    found = confidences([reading_of("京A12345", [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3])], ["京A1Z345"])
    assert found.probabilities == pytest.approx([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3])
    assert found.right.tolist() == [True] * 3 + [False] + [True] * 3


def test_places_of_which_nothing_is_known_and_rightly_empty_ones_do_not_count() -> None:
    likely = [0.9] * 7
    partly = confidences([reading_of("京A12345", likely)], ["*A1?345"])
    assert len(partly.right) == 5 and partly.right.all()
    assert len(confidences([reading_of("京A12345", likely)], [None]).right) == 0


def test_a_character_too_many_or_too_few_is_wrong() -> None:
    many = confidences([reading_of("京A123456", [0.9] * 8)], ["京A12345"])
    few = confidences([reading_of("京A12345", [0.9] * 7)], ["京A123456"])
    for found in (many, few):
        assert found.right.tolist() == [True] * 7 + [False]
    assert few.probabilities[-1] == pytest.approx(0.999)


def test_labels_are_compared_as_people_write_them() -> None:
    found = confidences([reading_of("京A10345", [0.9] * 7)], ["京a·io345"])
    assert found.right.all() and len(found.right) == 7
