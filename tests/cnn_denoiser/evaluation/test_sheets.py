from __future__ import annotations

import numpy as np

from cnn_denoiser.evaluation.comparison import Comparison
from cnn_denoiser.evaluation.measurement import Measurement
from cnn_denoiser.evaluation.picture_sets import PictureSet
from cnn_denoiser.evaluation.sheets import EACH, choose, to_sheet
from tests.helpers.reading_network import reading_of

LABEL = "京A12345"


def comparison(
    after: list[str], before: list[str] | None = None, psnr: list[float | None] | None = None
) -> Comparison:
    """Make up a set of pictures of brightness 100, 101, ... with these readings; 50 more after."""
    count = len(after)
    frames = np.stack([np.full((90, 270), 100 + i, np.uint8) for i in range(count)])
    pictures = PictureSet(
        name="greys",
        description="greys",
        names=[f"{i}.png" for i in range(count)],
        pictures=list(frames),
        frames=frames,
        targets=None,
        labels=[LABEL] * count,
        colours=[None] * count,
    )
    blurred: list[str | None] = list(before or [""] * count)
    return Comparison(
        pictures,
        {
            "blurred": Measurement("blurred", list(frames), readings={"eye": blurred}),
            "net": Measurement("net", list(frames + 50), 1.0, psnr, None, {"eye": list(after)}),
        },
    )


def test_the_best_the_middle_and_the_worst_are_chosen_by_what_is_read() -> None:
    readings = [LABEL[: 1 + n] for n in (3, 6, 0, 5, 1, 4, 2)]
    places = choose(comparison([*readings, *readings]), "net")
    assert [place.kind for place in places] == ["best"] * EACH + ["median"] * EACH + [
        "worst"
    ] * EACH
    assert [place.index for place in places[:EACH]] == [1, 8, 3]
    assert [place.index for place in places[-EACH:]] == [11, 2, 9]
    assert [place.rank for place in places] == [1, 2, 3, 6, 7, 8, 12, 13, 14]


def test_of_equals_the_greater_rescue_is_better_and_the_greater_harm_worse() -> None:
    before = [LABEL, "", LABEL, ""]
    places = choose(comparison([LABEL, LABEL, "", ""], before), "net")
    assert [place.index for place in places] == [1, 0, 3, 2]


def test_without_engines_what_the_network_itself_reads_decides() -> None:
    compared = comparison([""] * 3)
    for measurement in compared.measurements.values():
        measurement.readings = {}
    texts = ("京A00000", LABEL, "京A12300")
    own = [reading_of(text, [0.99] * 7) for text in texts]
    compared.measurements["net"].own_readings = own
    assert [place.index for place in choose(compared, "net")] == [1, 2, 0]
    assert to_sheet([compared], "net").shape[1] > 2 * 270


def test_of_equally_read_ones_psnr_decides() -> None:
    places = choose(comparison([LABEL] * 3, psnr=[20.0, 30.0, 25.0]), "net")
    assert [place.index for place in places] == [1, 2, 0]


def test_plates_without_a_known_letter_or_digit_are_not_ranked() -> None:
    made_up = comparison([LABEL] * 4)
    made_up.pictures.labels[:2] = [None, "京******"]
    places = choose(made_up, "net")
    assert [(place.index, place.of) for place in places] == [(2, 2), (3, 2)]


def test_a_small_set_is_shown_whole_and_once() -> None:
    for count in range(1, 2 * EACH):
        places = choose(comparison([LABEL] * count), "net")
        assert sorted(place.index for place in places) == list(range(count))


def test_the_sheet_has_a_row_a_picture_and_a_column_a_method() -> None:
    one = comparison([LABEL] * 2)
    sheet = to_sheet([one], "net")
    for grey in (100, 101, 150, 151):
        assert (sheet == grey).all(axis=2).sum() >= 270 * 90
    two = to_sheet([one, one], "net")
    assert two.shape[1] == sheet.shape[1] and two.shape[0] > 1.9 * sheet.shape[0]
