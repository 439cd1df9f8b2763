from __future__ import annotations

import json

import numpy as np
import pytest

from cnn_denoiser.evaluation.comparison import compare, to_json, to_sheet, to_table
from cnn_denoiser.evaluation.measurement import each_frame
from cnn_denoiser.evaluation.picture_sets import PictureSet

COUNT = 5


class BrightnessReader:
    """Stands in for the OCR engine: reads a picture's mean brightness."""

    def read(self, picture: np.ndarray) -> str:
        return f"京{picture.mean():03.0f}"


def picture_set(targets: bool = True) -> PictureSet:
    """Make pictures of brightness 100 to 104; targets are 10 brighter, and their plates say so."""
    frames = np.stack([np.full((90, 270), 100 + i, np.uint8) for i in range(COUNT)])
    return PictureSet(
        description="five greys",
        names=[f"{i}.png" for i in range(COUNT)],
        pictures=list(frames),
        frames=frames,
        targets=frames + 10 if targets else None,
        labels=["京110", "京111", "京112", None, "*1*4"],
    )


def brighter(step: int):
    return each_frame(lambda frame: frame + np.uint8(step))


def test_each_method_is_measured_against_targets_and_labels() -> None:
    comparison = compare(
        picture_set(), {"half": brighter(5), "full": brighter(10)}, {}, BrightnessReader()
    )
    methods = to_json(comparison)["methods"]
    assert list(methods) == ["blurred", "half", "full", "sharp"]
    assert methods["half"]["psnr"] == pytest.approx(34.1514, abs=1e-4)  # 20 log10(255 / 5)
    assert methods["blurred"]["psnr"] == pytest.approx(28.1308, abs=1e-4)
    assert methods["full"]["ssim"] == pytest.approx(1)
    # blurred: 100, 101, 102 for 110, 111, 112, and 104 for the plate that is known in part.
    assert methods["blurred"]["alphanumeric"] == pytest.approx(1 - 3 / 11)
    assert methods["blurred"]["plates"] == 0
    assert methods["full"]["characters"] == methods["full"]["plates"] == 1
    assert methods["half"]["milliseconds"] > 0 and methods["blurred"]["milliseconds"] is None


def test_json_tells_each_picture_and_is_strict_json() -> None:
    result = to_json(compare(picture_set(), {"full": brighter(10)}, {}, BrightnessReader()))
    json.dumps(result, allow_nan=False)
    assert result["labels"]["0.png"] == "京110"
    each = result["methods"]["full"]["pictures"]
    assert len(each) == COUNT
    assert each["0.png"] == {"psnr": None, "ssim": pytest.approx(1), "reading": "京110"}
    assert each["3.png"]["reading"] is None


def test_ready_made_outputs_are_measured_and_missing_ones_count_as_read_empty() -> None:
    pictures = picture_set(targets=False)
    outputs = [frame + np.uint8(10) for frame in pictures.frames]
    comparison = compare(
        pictures, {}, {"whole": outputs, "holed": [None, *outputs[1:]]}, BrightnessReader()
    )
    methods = to_json(comparison)["methods"]
    assert list(methods) == ["blurred", "whole", "holed"]
    assert methods["whole"]["plates"] == 1
    assert methods["holed"]["plates"] == pytest.approx(2 / 3)
    assert methods["holed"]["alphanumeric"] == pytest.approx(1 - 3 / 11)
    assert methods["whole"]["psnr"] is None


def test_the_table_has_a_row_a_method_and_no_column_of_what_was_not_measured() -> None:
    with_reader = to_table(compare(picture_set(), {"half": brighter(5)}, {}, BrightnessReader()))
    assert "34.15" in with_reader and "alphanumeric" in with_reader
    without = to_table(compare(picture_set(), {"half": brighter(5)}, {}, None))
    assert "SSIM" in without and "alphanumeric" not in without
    unpaired = to_table(compare(picture_set(targets=False), {}, {}, BrightnessReader()))
    assert "PSNR" not in unpaired and "plates" in unpaired
    assert [line.split()[1] for line in without.splitlines()[2:]] == ["blurred", "half", "sharp"]


def test_the_sheet_has_a_row_a_picture_and_a_column_a_method() -> None:
    one = compare(picture_set(), {"full": brighter(10)}, {}, BrightnessReader())
    sheet = to_sheet([one])
    for grey in (100, 104, 110, 114):  # first and last picture, blurred and restored
        assert (sheet == grey).all(axis=2).sum() >= 270 * 90
    two = to_sheet([one, compare(picture_set(targets=False), {}, {}, None)])
    assert two.shape[1] == sheet.shape[1] and two.shape[0] > 1.9 * sheet.shape[0]
