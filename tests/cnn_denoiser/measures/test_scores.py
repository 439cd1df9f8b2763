from __future__ import annotations

import pytest

from cnn_denoiser.measures.scores import ReadingScore, score_reading


def test_a_perfect_reading() -> None:
    score = score_reading("京A12345", "京A12345")
    assert (score.characters, score.alphanumeric, score.plates) == (1, 1, 1)


def test_the_province_counts_as_a_character_alone() -> None:
    score = score_reading("京A12345", "沪A12345")
    assert score.characters == pytest.approx(6 / 7)
    assert (score.alphanumeric, score.plates) == (1, 1)


def test_unknown_characters_neither_count_nor_cost() -> None:
    score = score_reading("*B**187", "京BXY187")
    assert (score.known, score.errors) == (4, 0)
    assert (score.known_alphanumeric, score.errors_alphanumeric) == (4, 0)
    assert score.plates is None


def test_an_unknown_province_leaves_the_plate_fully_known() -> None:
    assert score_reading("*BR4341", "BR4341").plates == 1
    assert score_reading("*BR4341", "京BR4347").plates == 0


def test_look_alike_letters_of_a_label_are_digits() -> None:
    assert score_reading("京AIO345", "京A10345").plates == 1


def test_errors_never_outnumber_the_known_characters() -> None:
    assert score_reading("京A1", "999999999").characters == 0


def test_scores_add_up_over_plates() -> None:
    both = score_reading("京A12345", "") + score_reading("京B67890", "京B67890")
    assert (both.characters, both.alphanumeric, both.plates) == (0.5, 0.5, 0.5)
    assert ReadingScore() + both == both


@pytest.mark.parametrize("label", ["京a·12345", "京Ａ１２３４５", " 京A 12345"])
def test_labels_as_people_write_them_count_as_the_same_text(label: str) -> None:
    assert score_reading(label, "京A12345") == score_reading("京A12345", "京A12345")


def test_a_plate_without_a_known_letter_is_not_fully_known() -> None:
    assert score_reading("???????", "京A12345") == ReadingScore()
