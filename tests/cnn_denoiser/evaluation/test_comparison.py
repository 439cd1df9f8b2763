from __future__ import annotations

import json

import numpy as np
import pytest

from cnn_denoiser.evaluation.comparison import compare, to_json
from cnn_denoiser.evaluation.measurement import Restored, each_frame
from cnn_denoiser.evaluation.picture_sets import PictureSet
from tests.helpers.reading_network import reading_of

COUNT = 5


class BrightnessReader:
    """Stands in for an OCR engine: reads a picture's mean brightness, or the half of it."""

    def __init__(self, factor: float = 1) -> None:
        self.factor = factor

    def read(self, picture: np.ndarray) -> str:
        return f"京{self.factor * picture.mean():03.0f}"


ONE = {"eye": BrightnessReader()}
TWO = {"eye": BrightnessReader(), "dim": BrightnessReader(0.5)}


def picture_set(targets: bool = True) -> PictureSet:
    """Make pictures of brightness 100 to 104; targets are 10 brighter, and their plates say so."""
    frames = np.stack([np.full((90, 270), 100 + i, np.uint8) for i in range(COUNT)])
    return PictureSet(
        name="greys",
        description="five greys",
        names=[f"{i}.png" for i in range(COUNT)],
        pictures=list(frames),
        frames=frames,
        targets=frames + 10 if targets else None,
        labels=["京110", "京111", "京112", None, "*1*4"],
        colours=["blue", "yellow", "blue", None, "blue"],
    )


def brighter(step: int):
    return each_frame(lambda frame: frame + np.uint8(step))


def test_each_method_is_measured_against_targets_and_labels() -> None:
    comparison = compare(picture_set(), {"half": brighter(5), "full": brighter(10)}, {}, ONE)
    methods = to_json(comparison, {})["methods"]
    assert list(methods) == ["blurred", "half", "full", "sharp"]
    assert methods["half"]["psnr"] == pytest.approx(34.1514, abs=1e-4)  # 20 log10(255 / 5)
    assert methods["blurred"]["psnr"] == pytest.approx(28.1308, abs=1e-4)
    assert methods["full"]["ssim"] == pytest.approx(1)
    # blurred: 100, 101, 102 for 110, 111, 112, and 104 for the plate that is known in part.
    assert methods["blurred"]["reading"]["eye"]["alphanumeric"] == pytest.approx(1 - 3 / 11)
    assert methods["blurred"]["reading"]["eye"]["plates"] == 0
    assert (
        methods["full"]["reading"]["eye"]["characters"]
        == methods["full"]["reading"]["eye"]["plates"]
        == 1
    )
    assert methods["half"]["milliseconds"] > 0 and methods["blurred"]["milliseconds"] is None


class ColourReader:
    """Stands in for an OCR engine that knows whether a picture has colours."""

    def read(self, picture: np.ndarray) -> str:
        return "京110" if picture.ndim == 3 and np.ptp(picture, axis=2).any() else ""


def test_engines_read_results_in_the_colours_of_their_pictures() -> None:
    pictures = picture_set(targets=False)
    pictures.pictures[0] = np.full((40, 120, 3), (180, 90, 60), np.uint8)
    comparison = compare(pictures, {"full": brighter(10)}, {}, {"eye": ColourReader()})
    assert comparison.measurements["full"].readings["eye"] == ["京110", "", "", None, ""]


def test_json_tells_each_picture_and_is_strict_json() -> None:
    comparison = compare(picture_set(), {"full": brighter(10)}, {}, ONE)
    result = to_json(comparison, {"full": 7})
    json.dumps(result, allow_nan=False)
    assert result["labels"]["0.png"] == "京110"
    each = result["methods"]["full"]["pictures"]
    assert len(each) == COUNT
    assert each["0.png"] == {"psnr": None, "ssim": pytest.approx(1), "readings": {"eye": "京110"}}
    assert each["3.png"]["readings"]["eye"] is None
    assert [m["parameters"] for m in result["methods"].values()] == [None, 7, None]


def test_ready_made_outputs_are_measured_and_missing_ones_count_as_read_empty() -> None:
    pictures = picture_set(targets=False)
    outputs = [frame + np.uint8(10) for frame in pictures.frames]
    comparison = compare(pictures, {}, {"whole": outputs, "holed": [None, *outputs[1:]]}, ONE)
    methods = to_json(comparison, {})["methods"]
    assert list(methods) == ["blurred", "whole", "holed"]
    assert methods["whole"]["reading"]["eye"]["plates"] == 1
    assert methods["holed"]["reading"]["eye"]["plates"] == pytest.approx(2 / 3)
    assert methods["holed"]["reading"]["eye"]["alphanumeric"] == pytest.approx(1 - 3 / 11)
    assert methods["whole"]["psnr"] is None


def test_colours_are_measured_apart() -> None:
    result = to_json(compare(picture_set(), {}, {}, ONE), {})
    assert result["colours"]["1.png"] == "yellow" and result["colours"]["3.png"] is None
    by_colour = result["methods"]["blurred"]["by_colour"]
    assert list(by_colour) == ["blue", "yellow"]
    # 101 for 111; of the blue ones 100 for 110, 102 for 112, 104 for *1*4, as a whole right.
    assert by_colour["yellow"]["reading"]["eye"]["alphanumeric"] == pytest.approx(1 - 1 / 3)
    assert by_colour["blue"]["reading"]["eye"]["alphanumeric"] == pytest.approx(1 - 2 / 8)


def test_json_counts_the_characters_that_a_method_changes() -> None:
    comparison = compare(
        picture_set(targets=False),
        {"full": brighter(10), "worse": brighter(100)},
        {"none": [None] * COUNT},
        ONE,
    )
    methods = to_json(comparison, {})["methods"]
    # Read as they are: 100, 101, 102 for 110, 111, 112, and 104 for *1*4.
    before = {"readable": 8, "unreadable": 3}
    assert methods["full"]["changes"]["eye"] == {**before, "misread": 0, "lost": 0, "rescued": 3}
    assert methods["none"]["changes"]["eye"] == {**before, "misread": 0, "lost": 8, "rescued": 0}
    # 200, 201, 202, 204: each has lost its 1 to a 2.
    assert methods["worse"]["changes"]["eye"] == {**before, "misread": 4, "lost": 0, "rescued": 0}
    unread = compare(picture_set(), {"full": brighter(10)}, {}, {})
    assert to_json(unread, {})["methods"]["full"]["changes"] == {}


def test_two_engines_are_told_each_and_as_their_mean() -> None:
    comparison = compare(picture_set(), {"full": brighter(10)}, {}, TWO)
    methods = to_json(comparison, {})["methods"]
    reading = methods["full"]["reading"]
    assert list(reading) == ["eye", "dim", "mean", "all"]
    assert reading["eye"]["plates"] == 1 and reading["dim"]["plates"] == 0
    assert reading["mean"]["plates"] == 0.5
    assert reading["mean"]["alphanumeric"] == pytest.approx(
        (reading["eye"]["alphanumeric"] + reading["dim"]["alphanumeric"]) / 2
    )
    assert reading["all"] == {"plates": 0}
    assert methods["full"]["pictures"]["0.png"]["readings"] == {"eye": "京110", "dim": "京055"}
    assert list(methods["full"]["changes"]) == ["eye", "dim"]


def test_a_network_that_reads_stands_beside_the_engines_and_not_in_their_mean() -> None:
    texts = iter(["京110", "京111", "京113", "京999", "京1A4"])

    def reader(frames: np.ndarray) -> Restored:
        return Restored(frames, [reading_of(text, [0.99996] * len(text)) for text in texts])

    result = to_json(compare(picture_set(), {"reader": reader}, {}, TWO), {})
    json.dumps(result, allow_nan=False)
    methods = result["methods"]
    own = methods["reader"]["reading"]["network"]
    assert methods["reader"]["reading"]["mean"] == methods["blurred"]["reading"]["mean"]
    assert (own["plates"], own["alphanumeric"]) == (pytest.approx(2 / 3), 1 - 1 / 11)
    # Not the plate of which nothing is known, nor the wildcards: 14 characters, one of them wrong.
    assert (own["compared"], own["sure"]["characters"]) == (14, 14)
    assert own["sure"]["right"] == pytest.approx(13 / 14)
    assert own["expected_calibration_error"] == pytest.approx(0.99996 - 13 / 14)
    assert [one["characters"] for one in methods["reader"]["reliability"]] == [0] * 9 + [14]
    each = methods["reader"]["pictures"]["3.png"]
    assert each["readings"] == {"eye": None, "dim": None, "network": "京999"}
    assert each["probabilities"] == [0.9999] * 4  # never 1
    assert methods["blurred"]["reliability"] is None
    assert "network" not in methods["blurred"]["reading"]


def test_plates_read_by_all_are_those_that_each_engine_reads() -> None:
    pictures = picture_set(targets=False)
    same = {"eye": BrightnessReader(), "other": BrightnessReader(1)}
    outputs = {"two of three": [None, *pictures.frames[1:] + np.uint8(10)]}
    methods = to_json(compare(pictures, {}, outputs, same), {})["methods"]
    assert methods["two of three"]["reading"]["all"]["plates"] == pytest.approx(2 / 3)


def test_the_work_stops_where_it_is_told_to() -> None:
    asked = 0

    def check() -> None:
        nonlocal asked
        asked += 1
        if asked > 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compare(picture_set(), {"full": brighter(10)}, {}, ONE, check)
    assert asked == 4
