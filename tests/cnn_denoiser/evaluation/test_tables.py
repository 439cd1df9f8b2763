from __future__ import annotations

import numpy as np
import pytest

from cnn_denoiser.evaluation.comparison import Comparison
from cnn_denoiser.evaluation.measurement import Measurement
from cnn_denoiser.evaluation.picture_sets import PictureSet
from cnn_denoiser.evaluation.tables import MARKDOWN, PLAIN, cost_table, describe
from tests.helpers.reading_network import reading_of

SHAPE = (2, 90, 270)


def comparison(
    engines: tuple[str, ...] = ("eye",), targets: bool = True, recognised: int = 0
) -> Comparison:
    """Make up two pictures and a method that rescues a character, misreads one, loses one."""
    frames = np.zeros(SHAPE, np.uint8)
    pictures = PictureSet(
        name="two",
        description="two plates",
        names=["a.png", "b.png"],
        pictures=list(frames),
        frames=frames,
        targets=frames if targets else None,
        labels=["京A12345", "沪B67890"],
        colours=["blue", "green"],
        recognised=recognised,
    )

    def measured(method: str, ms: float | None, read: list[str | None]) -> Measurement:
        quality: list[float | None] | None = [20.0, 30.0] if targets else None
        by = dict.fromkeys(engines, read)
        return Measurement(method, list(frames), ms, quality, quality, by)

    return Comparison(
        pictures,
        {
            "blurred": measured("blurred", None, ["京A12346", "沪B67890"]),
            "net": measured("net", 5.0, ["京A12345", "沪86789"]),
        },
    )


def cells(text: str, method: str) -> list[list[str]]:
    """Return the cells of each table's row of a method."""
    lines = [line for line in text.splitlines() if line.startswith(f"| {method}")]
    return [[cell.strip() for cell in line.strip("|").split("|")][1:] for line in lines]


def test_figures_changes_and_colours_of_a_set() -> None:
    text = describe(comparison(), MARKDOWN)
    figures, changes, colours = cells(text, "net")
    # The first is read right; of the second, B is misread and 0 lost.
    assert figures == ["25.00", "25.000", "85.7 %", "83.3 %", "50.0 %"]
    assert changes == ["2 (18.2 %)", "1", "1 (100.0 %)"]
    assert colours == ["100.0 %", "66.7 %"]
    assert "two plates: 2 pictures" in text
    assert "harmed, of 11" in text and "rescued, of 1 " in text
    assert "blue (1)" in text and "green (1)" in text and "yellow" not in text


def test_several_engines_have_tables_of_their_own_beside_the_mean() -> None:
    one_reads_worse = comparison(engines=("eye", "dim"))
    one_reads_worse.measurements["net"].readings["dim"] = ["", ""]
    text = describe(one_reads_worse, MARKDOWN)
    mean, eye, dim, changes, other_changes, _ = cells(text, "net")
    assert mean[-3:] == ["41.7 %", "25.0 %", "0.0 %"]
    assert eye == ["85.7 %", "83.3 %", "50.0 %"]
    assert dim == ["0.0 %", "0.0 %", "0.0 %"]
    assert changes[0] == "2 (18.2 %)" and other_changes[0] == "11 (100.0 %)"
    assert "plates by all" in text and "Mean of eye and dim" in text
    assert "plates by all" not in describe(comparison(), MARKDOWN)


def test_a_network_that_reads_has_a_row_beside_the_engines_and_no_part_in_their_mean() -> None:
    reading = comparison(engines=("eye", "dim"))
    before = cells(describe(reading, MARKDOWN), "net")
    # Both as the engines read them; nine of the fourteen characters are surely said, one is wrong.
    texts = {"京A12345": [0.99] * 7, "沪B67891": [0.98] * 2 + [0.5] * 5}
    reading.measurements["net"].own_readings = [reading_of(*item) for item in texts.items()]
    text = describe(reading, MARKDOWN)
    mean, eye, dim, own, *others = cells(text, "net")
    assert [mean, eye, dim, *others] == before
    assert own == ["92.9 %", "91.7 %", "50.0 %", "0.115", "9 of 14", "98.8 %", "100.0 %"]
    assert "Read by the networks themselves" in text
    assert "Read by the networks" not in describe(comparison(), MARKDOWN)


def test_what_was_not_measured_has_no_column() -> None:
    unread = describe(comparison(engines=()), MARKDOWN)
    assert "SSIM" in unread and "plates |" not in unread and "harmed" not in unread
    assert "PSNR (dB) by colour" in unread
    unpaired = describe(comparison(targets=False), MARKDOWN)
    assert "PSNR" not in unpaired and "letters and digits" in unpaired


@pytest.mark.parametrize(
    ("recognised", "note"), [(0, None), (1, "1 of them recognised"), (2, "colours recognised")]
)
def test_recognised_colours_are_told_from_given_ones(recognised: int, note: str | None) -> None:
    text = describe(comparison(recognised=recognised), PLAIN)
    assert (note in text) if note else "recognised" not in text


def test_plain_tables_have_no_bars() -> None:
    assert "|" not in describe(comparison(), PLAIN)


def test_cost_is_over_the_pictures_of_all_sets() -> None:
    one, other = comparison(), comparison()
    other.measurements["net"].milliseconds = 7.0
    table = cost_table([one, other], {"net": 2154753}, MARKDOWN)
    assert cells(table, "net") == [["6.0", "2,154,753"]]
    assert cells(table, "blurred") == []
